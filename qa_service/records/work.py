"""What ingests, jobs and checks report."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "AddedArticle",
    "FileResult",
    "IngestProgress",
    "IngestReport",
    "Job",
    "VerifyReport",
]


@dataclass(frozen=True, slots=True)
class AddedArticle:
    """The id of a stored article, and how many passages it has."""

    article_id: str
    passages: int


@dataclass(frozen=True, slots=True)
class FileResult:
    """What came of one file: `added`, `replaced`, `unchanged` or `skipped`, with the reason for the last."""

    file: str
    outcome: str
    articles: tuple[AddedArticle, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class IngestProgress:
    """How far an ingest is. `total_files` is known from the start; passages are those committed so far."""

    done_files: int
    total_files: int
    passages: int
    seconds: float


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did. `generation` is the collection's after it."""

    collection: str
    generation: int
    files: tuple[FileResult, ...]
    articles: int
    passages: int
    seconds: float

    def count(self, outcome: str) -> int:
        return sum(1 for f in self.files if f.outcome == outcome)


@dataclass(frozen=True, slots=True)
class Job:
    """Work that continues after the response. `state` is `queued`, `running`, `done` or `failed`.

    `submitted` is in nanoseconds since 1970.
    """

    job_id: str
    kind: str
    collection: str
    state: str
    done: int
    total: int
    files: tuple[FileResult, ...] = ()
    generation: int | None = None
    error: str | None = None
    submitted: int = 0


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What `verify` checked and what it found wrong; `problems` is empty when every promise holds."""

    collection: str
    articles: int
    passages: int
    checks: tuple[str, ...]
    problems: tuple[str, ...]
