"""Reports of ingestion and verification."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AddedArticle:
    """An added article and its number of passages."""

    article_id: str
    passages: int


@dataclass(frozen=True, slots=True)
class FileResult:
    """Outcome of one file: `added`, `replaced`, `unchanged`, `skipped` or `cancelled`.

    `reason` says why it was skipped. Of a long file that was read in part, `articles` are the stored ones.
    """

    file: str
    outcome: str
    articles: tuple[AddedArticle, ...] = ()
    reason: str | None = None
    warnings: tuple[str, ...] = ()
    """What was wrong in a file that was read all the same, such as a date that is not a date."""
    kind: str | None = None
    """Name of the format, such as `PDF`; None if the file was not opened or its format is unknown."""
    retryable: bool = False
    """Whether the reason for skipping may pass: a time limit, memory, a file that changed while it was read."""


@dataclass(frozen=True, slots=True)
class IngestProgress:
    """Progress of an ingest. `passages` counts the committed ones."""

    done_files: int
    total_files: int
    passages: int
    seconds: float
    current: str | None = None
    """Name of the file that is being read."""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """Result of an ingest. `generation` is the collection's generation afterwards."""

    collection: str
    generation: int
    files: tuple[FileResult, ...]
    articles: int
    passages: int
    seconds: float

    def count(self, outcome: str) -> int:
        """Number of files with this outcome."""
        return sum(1 for f in self.files if f.outcome == outcome)


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """Checks that `verify` made and problems that it found. `problems` is empty if the collection is intact."""

    collection: str
    articles: int
    passages: int
    checks: tuple[str, ...]
    problems: tuple[str, ...]
