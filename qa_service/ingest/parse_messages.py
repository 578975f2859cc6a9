"""What an ingest and its parsing processes say to each other, pickled over a pipe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from qa_service.records import Article, ArticleMeta

__all__ = ["Ended", "Message", "Opened", "ParseRequest", "Read", "Ready", "Warned"]


@dataclass(frozen=True, slots=True)
class ParseRequest:
    """A file to parse. For `name` and `columns` see `SourceInfo`."""

    path: Path
    name: str
    metadata: ArticleMeta | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ready:
    """The process waits for a file."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The file has this format."""

    kind: str


@dataclass(frozen=True, slots=True)
class Read:
    """The next articles of the file."""

    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning about the file."""

    text: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The file is at its end, or cannot be read further for this reason."""

    reason: str | None = None
    retryable: bool = False
    broken: bool = False
    """Whether the process should not parse another file."""
    details: str | None = None
    """For the log: the traceback of an error that no format expects."""


Message = Opened | Read | Warned | Ended
