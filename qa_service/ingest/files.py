"""Opens archives, so that each file in them is read as a file of its own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from qa_service.errors import UnreadableSource
from qa_service.ingest.parse_messages import ParseRequest
from qa_service.ingest.parse_pool import FileToRead
from qa_service.parsing.packed.archives import archive_kind, members
from qa_service.records import ArticleMeta
from qa_service.storage.writes import JobFile

__all__ = ["GivenFile", "GivenFiles", "files_to_read"]


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file as a caller gives it. For `bare` see `Source`, for `columns` see `SourceInfo`."""

    path: Path
    name: str
    metadata: ArticleMeta | None = None
    skip_reason: str | None = None
    bare: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)
    job_file: JobFile | None = None


GivenFiles = Iterable[tuple[int, GivenFile]]
"""Files with their numbers."""


def files_to_read(files: GivenFiles, stopped: Callable[[], bool]) -> Iterator[FileToRead]:
    """Yields the files with their number, and for an archive the files in it, then its end.

    A file in an archive is unpacked when it is asked for, and deleted once it is read.
    """
    for number, file in files:
        request = ParseRequest(file.path, file.name, file.metadata, file.columns)
        plain = FileToRead(request, (number, 0), file.skip_reason, False, file.job_file, file.bare)
        if file.skip_reason is not None:
            yield plain
            continue
        try:
            kind = archive_kind(file.path)
        except OSError as error:
            reason = f"{file.name}: cannot be read: {error.strerror or error}."
            yield replace(plain, skipped=reason, retryable=not isinstance(error, PermissionError))
            continue
        if kind is None:
            yield plain
        else:
            yield from _in_archive(replace(plain, kind=kind), stopped)


class _Folder:
    """A temporary folder for the files of an archive. The last file that is read deletes it."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="qa-service-"))
        self._complete = False

    def drop(self, path: Path) -> None:
        """Delete a file that was read."""
        path.unlink(missing_ok=True)
        self._delete()

    def complete(self) -> None:
        """No file will follow."""
        self._complete = True
        self._delete()

    def _delete(self) -> None:
        if self._complete:
            with suppress(OSError):  # another file is still read
                self.path.rmdir()


def _in_archive(archive: FileToRead, stopped: Callable[[], bool]) -> Iterator[FileToRead]:
    name, number = archive.request.name, 0
    names: set[str] = set()
    folder = _Folder()
    reason, retryable = None, False
    try:
        for member in members(archive.request.path, name, folder.path, stopped):
            request = replace(archive.request, path=member.path or Path(), name=member.name, metadata=member.metadata)
            names.add(member.name)
            yield replace(
                archive,
                request=request,
                place=(archive.place[0], number),
                skipped=member.skip_reason,
                closes=False,
                kind=None,
                warnings=member.warnings,
                done=None if member.path is None else partial(folder.drop, member.path),
            )
            number += 1
    except UnreadableSource as error:
        reason = error.message
    except OSError as error:
        reason, retryable = f"{name}: cannot be unpacked: {error.strerror or error}.", True
    except GeneratorExit:
        shutil.rmtree(folder.path, ignore_errors=True)
        raise
    folder.complete()
    if reason is None and not names:
        reason = f"{name}: the archive holds no file that can be read."
    end = replace(archive, place=(archive.place[0], number), skipped=reason, retryable=retryable)
    yield end if reason is not None else replace(end, members=frozenset(names))
