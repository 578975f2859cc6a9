"""The record of an evaluation that runs beside a server, and its progress.

<index>/.evaluations/<id>/evaluation.json   the record
<index>/.evaluations/<id>/set/…             the question set as it was sent; qrels/… its judgements
<index>/.evaluations/<id>/results/          the folder that `evaluate` writes
<index>/.evaluations/<id>/progress.json     how far the evaluation is
<index>/.evaluations/<id>/outcome.json      written by its process at the end
<index>/.evaluations/<id>/cancel            exists when the evaluation must not continue
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from qa_service.errors import QAServiceError

RECORD, PROGRESS, OUTCOME, CANCEL = "evaluation.json", "progress.json", "outcome.json", "cancel"
SET, QRELS, RESULTS = "set", "qrels", "results"


class QueueFull(QAServiceError):
    """Too many evaluations wait already; try again later."""


@dataclass(frozen=True, slots=True)
class EvaluationJob:
    """An evaluation and its state: queued, running, done, failed or cancelled.

    `path` and `qrels` are relative to its `set` folder. `settings` are those of the server at submission, `overrides`
    included: a restarted server with other settings continues under these. Times are in nanoseconds since 1970.
    """

    evaluation_id: str
    name: str
    path: str
    format: str
    total: int
    relevance: str
    collection: str = "default"
    top_k: int = 10
    overlap: float = 1.0
    max_per_article: int | None = None
    retriever: str = "hybrid"
    qrels: str | None = None
    overrides: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    submitted: int = 0
    finished: int | None = None
    state: str = "queued"
    error: str | None = None
    measures: Mapping[str, float | None] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    """What the measures leave out, as far as it is known."""

    @property
    def job_id(self) -> str:
        """The id by which `qa_service.jobs` knows the evaluation."""
        return self.evaluation_id


@dataclass(frozen=True, slots=True)
class JobProgress:
    """Questions asked so far, an estimate (None if there is none yet), and the evaluations that run earlier."""

    asked: int = 0
    remaining_seconds: float | None = None
    ahead: int = 0


def in_words(job: EvaluationJob, progress: JobProgress) -> str:
    """The state of an evaluation, for people."""
    if job.state == "queued":
        others = "1 other evaluation" if progress.ahead == 1 else f"{progress.ahead} other evaluations"
        return f"waits behind {others}" if progress.ahead else "waits for its turn"
    if job.state != "running":
        return job.state
    if not progress.asked:
        return "has just started: the model is being loaded"
    told = f"{progress.asked} of {job.total} questions asked"
    return f"{told}, the report is being written" if progress.asked == job.total else told


def remaining_seconds(done: int, total: int, resumed: int, seconds: float) -> float | None:
    """Seconds left at the pace so far, which is `seconds` for `done - resumed` questions."""
    return round((total - done) * seconds / (done - resumed), 1) if done > resumed else None


def read_job(values: dict[str, Any]) -> EvaluationJob:
    """The evaluation that `asdict` made `values` of.

    Raises:
        KeyError, TypeError: `values` is not the record of an evaluation.
    """
    lists = {"overrides": tuple(values["overrides"]), "notes": tuple(values.get("notes", ()))}
    return EvaluationJob(**{**values, **lists})
