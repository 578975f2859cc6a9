"""Evaluations over HTTP: what is asked for, and how far it is."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, NoReturn
from urllib.parse import quote

from pydantic import BeforeValidator, Field, ValidationError

from qa_service.errors import InvalidInput, did_you_mean
from qa_service.evaluation.run.job_records import EvaluationJob, JobProgress, in_words
from qa_service.options.field_types import BodyFloat, BodyInt, CollectionName, FilterText, QueryFloat, QueryInt
from qa_service.options.limits import MOST_PASSAGES
from qa_service.options.question import Retriever
from qa_service.options.schema_base import RequestModel, ResponseModel
from qa_service.settings import Settings

__all__ = [
    "NEED_INGEST",
    "RANKING",
    "EvaluationAccepted",
    "EvaluationBody",
    "EvaluationFilePath",
    "EvaluationForm",
    "EvaluationItem",
    "EvaluationListQuery",
    "EvaluationListResponse",
    "EvaluationPath",
    "EvaluationResponse",
    "RemovedResponse",
    "check_overrides",
]

RANKING = frozenset({
    "depth", "dense_weight", "late_interaction", "late_interaction_depth", "late_interaction_weight", "sentence_share",
    "source_weight", "date_weight", "balance_step", "reranker_depth", "collapse_duplicates", "diversity", "outlet_step",
    "nli_threshold", "answerable_threshold",
})  # fmt: skip
"""Settings of ranking and answering, which a question is answered under."""
NEED_INGEST = frozenset({
    "model", "chunking", "max_word_pieces", "max_tokens", "overlap_sentences", "title_weight",
})  # fmt: skip
"""Settings that a collection is built under."""
MODELS = frozenset({"reranker", "nli_model"})
"""Of ranking and answering as well, but not to be changed in a service that is open."""
RESULT_FILES = ("report.html", "summary.json", "per_question.jsonl", "passages.jsonl", "run.trec", "timings.csv",
    "manifest.json", "junit.xml")  # fmt: skip
TOP_K = "Most passages a question."
OVERLAP = "How much of a gold span a passage must cover, for relevance by evidence."
RELEVANCE = "What makes a passage relevant; left out: what the most questions have gold for."
CAP = "Most passages of one article, 0 for any number; left out: 1 for relevance by article, else any number."
SETTINGS = f"Settings of ranking and answering for this evaluation alone: {', '.join(sorted(RANKING))}."

Kind = Literal["auto", "passage", "evidence", "article", "answer"]
SetFormat = Literal["jsonl", "csv", "beir", "trec", "squad"]


def _parse_object(value: Any) -> Any:
    """A JSON object in a field of a form."""
    if isinstance(value, str):
        try:
            value = json.loads(value, parse_constant=_refuse_constant) if value.strip() else {}
        except (ValueError, RecursionError):
            value = None
    if not isinstance(value, dict):
        raise ValueError('must be a JSON object such as {"depth": 500}')
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _object(value: Any) -> Any:
    return value if isinstance(value, dict) else _parse_object(None)


SettingsText = Annotated[dict[str, Any], BeforeValidator(_parse_object)]
SettingsObject = Annotated[dict[str, Any], BeforeValidator(_object)]


class EvaluationForm(RequestModel):
    """The fields of an upload, beside its files."""

    collection: CollectionName = "default"
    format: SetFormat | None = None
    top_k: QueryInt = Field(10, ge=1, le=MOST_PASSAGES, description=TOP_K)
    relevance: Kind = Field("auto", description=RELEVANCE)
    overlap: QueryFloat = Field(1.0, gt=0, le=1, description=OVERLAP)
    max_per_article: QueryInt | None = Field(None, ge=0, le=MOST_PASSAGES, description=CAP)
    retriever: Retriever = "hybrid"
    settings: SettingsText = Field({}, description=SETTINGS)


class EvaluationBody(RequestModel):
    """A question set in the request itself. Only `questions` is required."""

    questions: list[Any] = Field(
        min_length=1,
        description="As in our JSON Lines, one object a question; docs/reference/question-sets.md has the fields.",
        json_schema_extra={
            "items": {
                "type": "object",
                "required": ["id", "question"],
                "properties": {
                    "id": {"type": "string"},
                    "question": {"type": "string"},
                    "answers": {"type": "array", "items": {"type": "string"}},
                    "evidence": {"type": "array", "items": {"type": "object"}},
                    "articles": {},
                    "passages": {},
                    "answerable": {"type": "boolean"},
                    "filters": {"type": "object"},
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "language": {"type": "string"},
                },
            }
        },
    )
    collection: CollectionName = "default"
    top_k: BodyInt = Field(10, ge=1, le=MOST_PASSAGES, description=TOP_K)
    relevance: Kind = Field("auto", description=RELEVANCE)
    overlap: BodyFloat = Field(1.0, gt=0, le=1, description=OVERLAP)
    max_per_article: BodyInt | None = Field(None, ge=0, le=MOST_PASSAGES, description=CAP)
    retriever: Retriever = "hybrid"
    settings: SettingsObject = Field({}, description=SETTINGS)


class EvaluationPath(RequestModel):
    evaluation_id: str


class EvaluationFilePath(EvaluationPath):
    name: str = Field(description=f"One of {', '.join(RESULT_FILES)}.")


class EvaluationListQuery(RequestModel):
    limit: QueryInt = Field(50, ge=1, le=200, description="Most evaluations in one page.")
    after: FilterText | None = Field(None, description="`next_after` of the page before.")


def check_overrides(given: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """Settings for one evaluation, in the kind that each is of.

    Raises:
        InvalidInput: one of them is none, has a wrong value, or does more than rank and answer; `param` names it.
    """
    for name in given:
        param, known = f"settings.{name}", f"Those that can be: {', '.join(sorted(RANKING))}."
        if name not in Settings.model_fields:
            raise InvalidInput(f"{param}: there is no such setting{did_you_mean(name, RANKING)} {known}", param=param)
        if name in NEED_INGEST:
            message = f"{param}: a collection is built under it and would have to be ingested anew. {known}"
            raise InvalidInput(message, param=param)
        if name in MODELS:
            message = (
                f"{param}: the service reads this model once, as QA_{name.upper()} names it, and this evaluation is "
                f"asked with it; qa-service evaluate --set {name}=… takes another. {known}"
            )
            raise InvalidInput(message, param=param)
        if name not in RANKING:
            raise InvalidInput(f"{param}: is not about ranking or answering. {known}", param=param)
    try:
        changed = Settings.model_validate({name: getattr(settings, name) for name in RANKING} | dict(given))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        param = f"settings.{first['loc'][0]}"
        raise InvalidInput(f"{param}: {first['msg']} (got {first['input']!r:.80}).", param=param) from None
    return {name: getattr(changed, name) for name in given}


class EvaluationAccepted(ResponseModel):
    evaluation_id: str


class RemovedResponse(ResponseModel):
    evaluation_id: str
    outcome: str = Field(description="`cancelled`, or `removed` where it was over.")


class EvaluationItem(ResponseModel):
    evaluation_id: str
    name: str = Field(description="The file's name without suffix.")
    format: str
    collection: str
    state: str = Field(description="`queued`, `running`, `done`, `failed` or `cancelled`.")
    state_text: str = Field(description="The same in words: what it waits for, or how far it is.")
    asked: int = Field(description="Questions asked so far.")
    total: int = Field(description="Questions of the set.")
    remaining_seconds: float | None = Field(description="An estimate while it is running; null where none can be made.")
    relevance: str
    top_k: int
    overlap: float
    max_per_article: int | None = Field(description="Most passages of one article; null for any number.")
    retriever: str
    settings: dict[str, Any] = Field(description="Those given for this evaluation alone.")
    submitted: datetime
    finished: datetime | None
    error: str | None = Field(description="Why it failed.")
    notes: list[str] = Field(description="What the figures leave out, as far as it is known.")
    measures: dict[str, float | None] = Field(description="Means by name when it is done; empty before.")
    files: dict[str, str] = Field(description="Addresses of the results by name when it is done; empty before.")

    @classmethod
    def values(cls, job: EvaluationJob, progress: JobProgress) -> dict[str, Any]:
        names = RESULT_FILES if job.state == "done" else ()
        return {
            **{name: getattr(job, name) for name in cls.model_fields if hasattr(job, name)},
            "asked": progress.asked,
            "state_text": in_words(job, progress),
            "notes": list(job.notes),
            "remaining_seconds": progress.remaining_seconds,
            "settings": {name: job.settings[name] for name in job.overrides},
            "submitted": _time(job.submitted),
            "finished": None if job.finished is None else _time(job.finished),
            "measures": dict(job.measures),
            "files": {name: f"/v1/evaluations/{job.evaluation_id}/files/{quote(name)}" for name in names},
        }


class EvaluationListResponse(ResponseModel):
    evaluations: list[EvaluationItem]
    total: int
    next_after: str | None = Field(description="Ask for the next page with `after=` this; null on the last page.")


class EvaluationResponse(EvaluationItem):
    summary: dict[str, Any] | None = Field(description="summary.json when it is done; null before.")


def _time(nanoseconds: int) -> datetime:
    return datetime.fromtimestamp(math.floor(nanoseconds / 1e9), UTC)
