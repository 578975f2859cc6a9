"""The error tree of this package.

    QAServiceError
    ├── InvalidInput             the request, a file or a setting is wrong; `param` names which
    │   ├── UnreadableSource     a file could not be read as an article
    │   └── SettingsError        a setting, environment variable or configuration file is wrong
    ├── NotFound
    │   ├── CollectionNotFound
    │   ├── ArticleNotFound
    │   └── JobNotFound
    ├── Conflict                 the request contradicts what is stored
    │   └── CollectionBusy       another process is writing; try again later
    ├── CollectionMismatch       model, chunking or schema differ from the settings
    ├── CollectionCorrupt        stored data contradict each other; `verify` lists how
    ├── ModelUnavailable         a model or encoding is missing on disk or altered
    └── NotReady                 no snapshot is loaded yet

Errors carry no HTTP status: `web/` maps them in one table. A message names the thing at fault and says what to do.
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
    """End of an error sentence: a suggestion if a known name is similar to `name`, else a full stop."""
    by_folded = {one.casefold(): one for one in known}
    near = get_close_matches(name.casefold(), by_folded, n=1)
    return f"; did you mean {by_folded[near[0]]}?" if near else "."


class QAServiceError(Exception):
    """Base class of all errors of this package. `param` is the field, file or setting at fault, if any."""

    def __init__(self, message: str, *, param: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param


class InvalidInput(QAServiceError):
    """The request, a file or a setting is wrong."""


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
        """The error for the unknown name `name`. Suggests one of the `known` names."""
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
    """The model, chunking or schema of a collection differ from the settings."""


class CollectionCorrupt(QAServiceError):
    """Stored data contradict each other."""


class ModelUnavailable(QAServiceError):
    """A model or an encoding is missing on disk, or its bytes differ from the published ones."""


class NotReady(QAServiceError):
    """No snapshot is loaded yet."""
