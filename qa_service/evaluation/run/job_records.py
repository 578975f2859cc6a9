"""What is known of an evaluation that runs beside a server: written whole, so that a crash leaves the old or the new.

<index>/.evaluations/<id>/evaluation.json   what is asked, and what became of it
<index>/.evaluations/<id>/set/…             the question set as it was sent; qrels/… its judgements
<index>/.evaluations/<id>/results/          the folder that `evaluate` writes
<index>/.evaluations/<id>/progress.json     how far it is
<index>/.evaluations/<id>/outcome.json      what its process says at the end
<index>/.evaluations/<id>/cancel            there when it must not go on
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from qa_service.errors import QAServiceError

__all__ = [
    "CANCEL",
    "OUTCOME",
    "OVER",
    "PROGRESS",
    "QRELS",
    "RECORD",
    "RESULTS",
    "SET",
    "EvaluationJob",
    "JobProgress",
    "QueueFull",
    "in_words",
    "read_json",
    "read_record",
    "remaining_seconds",
    "sync_folder",
    "write_json",
    "write_record",
]

RECORD, PROGRESS, OUTCOME, CANCEL = "evaluation.json", "progress.json", "outcome.json", "cancel"
SET, QRELS, RESULTS = "set", "qrels", "results"
OVER = frozenset({"done", "failed", "cancelled"})


class QueueFull(QAServiceError):
    """As many evaluations as are taken on are waiting already; try again later."""


@dataclass(frozen=True, slots=True)
class EvaluationJob:
    """An evaluation as it was asked for, and its state: queued, running, done, failed or cancelled.

    `path` and `qrels` are seen from its `set` folder. `settings` are those of the server when it was submitted with
    the `overrides` in them, so that a restart under others goes on with what has begun. Times are in nanoseconds since
    1970.
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
    """What its figures leave out, as far as it is known by now."""


@dataclass(frozen=True, slots=True)
class JobProgress:
    """`remaining_seconds` is None where nobody can say yet; `ahead` are those that must be over before it begins."""

    asked: int = 0
    remaining_seconds: float | None = None
    ahead: int = 0


def in_words(job: EvaluationJob, progress: JobProgress) -> str:
    """Where it stands."""
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
    """At the pace so far: `seconds` for `done - resumed` questions."""
    return round((total - done) * seconds / (done - resumed), 1) if done > resumed else None


def write_record(folder: Path, job: EvaluationJob) -> None:
    """On disk, whole, when this returns."""
    write_json(folder / RECORD, asdict(job), sync=True)
    sync_folder(folder)


def read_record(folder: Path) -> EvaluationJob:
    """
    Raises:
        OSError: there is none, or it cannot be read. ValueError: it is not what `write_record` wrote.
    """
    values = read_json(folder / RECORD)
    try:
        lists = {"overrides": tuple(values["overrides"]), "notes": tuple(values.get("notes", ()))}
        return EvaluationJob(**{**values, **lists})
    except (KeyError, TypeError) as error:
        raise ValueError(f"{RECORD} is not the record of an evaluation: {error!r}") from None


def write_json(path: Path, value: Mapping[str, Any], *, sync: bool = False) -> None:
    """The file is there whole or as it was."""
    new = path.with_name(f"{path.name}.new")
    with new.open("w", encoding="utf-8") as file:
        json.dump(value, file)
        if sync:
            file.flush()
            os.fsync(file.fileno())
    new.replace(path)


def read_json(path: Path) -> dict[str, Any]:
    """
    Raises:
        OSError: there is none, or it cannot be read. ValueError: it is no JSON object.
    """
    value = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(value, dict):
        raise ValueError(f"{path.name} is no JSON object")
    return value


def sync_folder(folder: Path) -> None:
    """Bring the folder's entries to disk: new names, renames."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
