"""Opens archives, so that each file in them is read as a file of its own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from qa_service.errors import UnreadableSource
from qa_service.ingest.parse_messages import ParseRequest
from qa_service.ingest.parse_pool import FileToRead
from qa_service.parsing.archives import archive_kind, members
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


def _in_archive(archive: FileToRead, stopped: Callable[[], bool]) -> Iterator[FileToRead]:
    name, number = archive.request.name, 0
    names: set[str] = set()
    with _kept_until_read() as (folder, read):
        found = members(archive.request.path, name, folder, stopped)
        try:
            with closing(found):  # type: ignore[type-var]
                for member in found:
                    request = replace(
                        archive.request, path=member.path or Path(), name=member.name, metadata=member.metadata
                    )
                    names.add(member.name)
                    yield FileToRead(
                        request,
                        (archive.place[0], number),
                        member.skip_reason,
                        job_file=archive.job_file,
                        bare=archive.bare,
                        closes=False,
                        warnings=member.warnings,
                        done=None if member.path is None else partial(read, member.path),
                    )
                    number += 1
        except UnreadableSource as error:
            yield replace(archive, place=(archive.place[0], number), skipped=error.message)
            return
        except OSError as error:
            reason = f"{name}: cannot be unpacked: {error.strerror or error}."
            yield replace(archive, place=(archive.place[0], number), skipped=reason, retryable=True)
            return
        if not names:
            reason = f"{name}: the archive holds no file that can be read."
            yield replace(archive, place=(archive.place[0], number), skipped=reason)
            return
        yield replace(archive, place=(archive.place[0], number), members=frozenset(names))


@contextmanager
def _kept_until_read() -> Iterator[tuple[Path, Callable[[Path], None]]]:
    """A folder, and what to call when a file in it is read. The folder goes when the block has ended and all are read.

    The last files are still being read when the block ends.
    """
    folder, ended = Path(tempfile.mkdtemp(prefix="qa-service-")), False

    def read(file: Path) -> None:
        file.unlink(missing_ok=True)
        if ended:
            remove()

    def remove() -> None:
        with suppress(OSError):  # another file is being read
            folder.rmdir()

    try:
        yield folder, read
    except BaseException:  # nobody reads the rest
        shutil.rmtree(folder, ignore_errors=True)
        raise
    ended = True
    remove()
