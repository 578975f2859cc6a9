"""Uploads, and the jobs that ingest them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from qa_service.records.articles import ArticleMeta
from qa_service.records.work import FileResult


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to ingest in a job. `content` is bytes, or an open file, which is read from where it stands to its end."""

    name: str
    """Path relative to the uploaded folder, with forward slashes. It becomes the `source` of the articles."""
    content: bytes | BinaryIO
    metadata: ArticleMeta | None = None
    """Describes the first article of the file, and overrides what the file says."""


@dataclass(frozen=True, slots=True)
class Job:
    """Work that continues after the HTTP response, as it is at one moment.

    `done` and `total` count files. `submitted` and `finished` are in nanoseconds since 1970.
    """

    job_id: str
    kind: str
    collection: str
    state: str
    """`queued`, `running`, `cancelling`, `done`, `failed` or `cancelled`."""
    done: int
    total: int
    files: tuple[FileResult, ...] = ()
    """What came of each file; before that the outcome is `waiting` or `reading`. Empty in a list of jobs."""
    generation: int | None = None
    error: str | None = None
    submitted: int = 0
    finished: int | None = None
    passages: int = 0
    """Passages that the job has stored."""
    current: str | None = None
    """The file that is being read."""
    outcomes: Mapping[str, int] = field(default_factory=dict)
    """Number of files by outcome, when the job is over."""
    retryable: int = 0
    """Number of files that a retry would read again, when the job is over."""
    retry_of: str | None = None
    """The job whose files this one reads again."""
    retried_as: str | None = None
    """The job that reads files of this one again."""
    warnings: tuple[str, ...] = ()
    """What was wrong in the upload itself, such as an entry of `sources.toml` for a file that was not sent."""


@dataclass(frozen=True, slots=True)
class JobPage:
    """One page of jobs, newest first. `next_after` is None on the last page."""

    jobs: tuple[Job, ...]
    total: int
    next_after: str | None
