"""A file, or a posted article, on its way into a collection."""

from __future__ import annotations

from dataclasses import dataclass

from qa_service.records import Article
from qa_service.storage.writes import JobFile

__all__ = ["Cancelled", "Place", "Source", "never"]

Place = tuple[int, int]
"""Position of a file: its number among the given files, and its number in the archive, from 0."""


class Cancelled(Exception):
    """The caller cancelled the ingest. It never leaves the ingest."""


def never() -> bool:
    """Always False: the ingest cannot be cancelled."""
    return False


@dataclass(frozen=True, slots=True)
class Source:
    """A file or a posted article, with its parsed articles. `skipped` is the reason if it cannot be read.

    Without a `name` the articles belong to no file, and replace only articles with the same id.
    A long file comes in parts with the same `place`. Each part may be stored in a commit of its own.
    """

    label: str
    name: str | None
    articles: tuple[Article, ...] = ()
    skipped: str | None = None
    job_file: JobFile | None = None
    """The commit with the source that `closes` it records this file of a job as done."""
    kind: str | None = None
    """Name of the format."""
    warnings: tuple[str, ...] = ()
    retryable: bool = False
    bare: bool = False
    """Whether the name has no folder that tells it from other files of the same name."""
    place: Place | None = None
    """None: the order of arrival."""
    whole: bool = True
    """False for a part of a long file."""
    last: bool = True
    """Whether the file ends with this source."""
    closes: bool = True
    """Whether the given file is done with this source. False for a file in an archive."""
    members: frozenset[str] | None = None
    """For the source that ends an archive: the names of all files in it. Articles of other members are deleted."""

    @property
    def is_archive(self) -> bool:
        """Whether this is the end of an archive. It has no result, except if it says why it was skipped."""
        return self.members is not None
