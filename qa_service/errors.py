"""The errors this package raises on purpose.

    QAServiceError
    ├── InvalidInput             what the caller sent is wrong; `param` names the field or file
    │   ├── UnreadableSource     a file could not be read as an article
    │   └── SettingsError        a setting, environment variable or configuration file is wrong
    ├── NotFound
    │   ├── CollectionNotFound
    │   ├── ArticleNotFound
    │   └── JobNotFound
    ├── Conflict                 the request contradicts what is stored
    │   └── CollectionBusy       another process is writing; try again later
    ├── CollectionMismatch       built with another model, chunking or schema than the settings ask for
    ├── CollectionCorrupt        a promise of laws 1 or 2 does not hold; `verify` tells which
    ├── ModelUnavailable         a model or encoding is not on disk, or its bytes are not the published ones
    └── NotReady                 no snapshot is loaded yet

Errors carry no HTTP status: `web/` maps them in one table. Messages are written for the person who
has to act on them: they name the thing and say what to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Self

__all__ = [
    "ArticleNotFound",
    "CollectionBusy",
    "CollectionCorrupt",
    "CollectionMismatch",
    "CollectionNotFound",
    "Conflict",
    "InvalidInput",
    "JobNotFound",
    "ModelUnavailable",
    "NotFound",
    "NotReady",
    "QAServiceError",
    "SettingsError",
    "UnreadableSource",
    "did_you_mean",
]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown name: it suggests the nearest known name, in any case of letters."""
    by_folded = {one.casefold(): one for one in known}
    near = get_close_matches(name.casefold(), by_folded, n=1)
    return f"; did you mean {by_folded[near[0]]}?" if near else "."


class QAServiceError(Exception):
    """Base of every error raised on purpose.

    `param` is the field, file or setting at fault, where there is one.
    """

    def __init__(self, message: str, *, param: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param


class InvalidInput(QAServiceError):
    """What the caller sent is wrong."""


class UnreadableSource(InvalidInput):
    """A file could not be read as an article."""


class SettingsError(InvalidInput):
    """A setting, an environment variable or a configuration file is wrong."""


class NotFound(QAServiceError):
    """The named thing does not exist."""


class CollectionNotFound(NotFound):
    """No collection has that name."""

    @classmethod
    def of(cls, name: str, known: Sequence[str], *, param: str = "collection") -> Self:
        """`known` are the names that there are."""
        return cls(f"There is no collection {name!r}{did_you_mean(name, known)}", param=param)


class ArticleNotFound(NotFound):
    """No article has that id."""


class JobNotFound(NotFound):
    """No job has that id."""


class Conflict(QAServiceError):
    """The request contradicts what is stored."""


class CollectionBusy(Conflict):
    """Another process is writing to the collection."""


class CollectionMismatch(QAServiceError):
    """The collection was built with another model, chunking or schema than the settings ask for."""


class CollectionCorrupt(QAServiceError):
    """A stored promise does not hold."""


class ModelUnavailable(QAServiceError):
    """A model or an encoding is not on disk, or its bytes are not the published ones."""


class NotReady(QAServiceError):
    """No snapshot is loaded yet."""
