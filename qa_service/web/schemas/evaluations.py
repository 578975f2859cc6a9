"""Schemas of `/v1/evaluations`: the request of an evaluation and its state."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, NoReturn
from urllib.parse import quote

from pydantic import BeforeValidator, Field, ValidationError

from qa_service.errors import InvalidInput, did_you_mean
from qa_service.evaluation.run import setting_stages
from qa_service.evaluation.run.evaluation_job import EvaluationJob, JobProgress, in_words
from qa_service.options.field_types import BodyFloat, BodyInt, CollectionName, FilterText, QueryFloat, QueryInt
from qa_service.options.limits import MOST_PASSAGES
from qa_service.options.question import Retriever
from qa_service.options.schema_base import RequestModel, ResponseModel
from qa_service.settings import Settings

RANKING = frozenset({*setting_stages.RANKING, "nli_threshold", "answerable_threshold"})
"""Settings of ranking and answering."""
NEED_INGEST = frozenset({"model", "chunking", *setting_stages.INDEXING})
"""Settings that a collection is built with."""
MODELS = frozenset({"reranker", "reader", "nli_model"})
"""Models of ranking and answering, which an open service cannot change."""
RESULT_FILES = ("report.html", "summary.json", "per_question.jsonl", "passages.jsonl", "run.trec", "timings.csv",
    "manifest.json", "junit.xml")  # fmt: skip
TOP_K = "Most passages per question."
OVERLAP = "Share of a gold span that a passage must cover, for relevance by evidence."
RELEVANCE = "What makes a passage relevant. Default: the kind that most questions have gold for."
CAP = "Most passages of one article, 0 for any number. Default: 1 for relevance by article, else any number."
SETTINGS = f"Settings of ranking and answering for this evaluation alone: {', '.join(sorted(RANKING))}."

Kind = Literal["auto", "passage", "evidence", "article", "answer"]
SetFormat = Literal["jsonl", "csv", "beir", "trec", "squad"]


def _parse_object(value: Any) -> Any:
    """The JSON object in a form field."""
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
    """The form fields of an upload."""

    collection: CollectionName = "default"
    format: SetFormat | None = None
    top_k: QueryInt = Field(10, ge=1, le=MOST_PASSAGES, description=TOP_K)
    relevance: Kind = Field("auto", description=RELEVANCE)
    overlap: QueryFloat = Field(1.0, gt=0, le=1, description=OVERLAP)
    max_per_article: QueryInt | None = Field(None, ge=0, le=MOST_PASSAGES, description=CAP)
    retriever: Retriever = "hybrid"
    settings: SettingsText = Field({}, description=SETTINGS)


class EvaluationBody(RequestModel):
    """A request that contains the question set. Only `questions` is required."""

    questions: list[Any] = Field(
        min_length=1,
        description="One object per question, as in our JSON Lines; docs/reference/question-sets.md has the fields.",
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
    """The settings of one evaluation, converted to their types.

    Raises:
        InvalidInput: a setting is unknown, has a wrong value, or is not of ranking and answering; `param` names it.
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
    outcome: str = Field(description="`cancelled`, or `removed` if it had ended.")


class EvaluationItem(ResponseModel):
    evaluation_id: str
    name: str = Field(description="The file's name without suffix.")
    format: str
    collection: str
    state: str = Field(description="`queued`, `running`, `done`, `failed` or `cancelled`.")
    state_text: str = Field(description="The state in words: the reason to wait, or the progress.")
    asked: int = Field(description="Questions asked so far.")
    total: int = Field(description="Questions of the set.")
    remaining_seconds: float | None = Field(description="An estimate while it is running; null if unknown.")
    relevance: str
    top_k: int
    overlap: float
    max_per_article: int | None = Field(description="Most passages of one article; null for any number.")
    retriever: str
    settings: dict[str, Any] = Field(description="Settings that were given for this evaluation alone.")
    submitted: datetime
    finished: datetime | None
    error: str | None = Field(description="The reason of a failure.")
    notes: list[str] = Field(description="Notes on questions that the figures leave out.")
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
