"""The files of an ingest job on disk.

<job>/files.json     name and metadata of each file, and the columns of tables
<job>/files/<n>      the uploaded bytes of file n, while the job is not over
<job>/kept/<n>       the same of the files that are not stored, when the job is over; a retry reads them
<job>/results.json   what came of each file, when the job is over
"""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from qa_service.files.atomic import write_file
from qa_service.ingest.job_json import read_results, results_json
from qa_service.records import ArticleMeta, FileResult, Job, Upload

__all__ = [
    "FILES", "NOT_READ", "JobInput", "UploadedFile", "by_number", "counts", "drop_kept", "keep", "kept_bytes",
    "read_results_of", "results_so_far", "take_over", "to_retry", "write_results",
]  # fmt: skip

NAMES, FILES, KEPT, RESULTS = "files.json", "files", "kept", "results.json"
BEFORE = "names.json"
"""What an earlier version wrote instead of `files.json`: a list of names."""
CHUNK = 1024 * 1024
WAITING, READING, CANCELLED = "waiting", "reading", "cancelled"
OUTCOMES = ("added", "replaced", "unchanged", "skipped", CANCELLED)
"""Outcomes of the files of a job that is over."""
NOT_READ = frozenset({WAITING, READING, CANCELLED})
"""Outcomes of files that were not read to their end."""


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file of a job: its name, the place of its bytes, and the metadata that came with it."""

    name: str
    path: Path
    metadata: ArticleMeta | None = None


@dataclass(frozen=True, slots=True)
class JobInput:
    """The files of a job, and the column that holds each field in a table, by the field's name."""

    files: tuple[UploadedFile, ...]
    columns: Mapping[str, str]

    @classmethod
    def write(cls, folder: Path, uploads: Sequence[Upload], columns: Mapping[str, str]) -> None:
        """Write uploads into the folder of a job. A large file is copied in pieces."""
        (folder / FILES).mkdir()
        for number, upload in enumerate(uploads):
            with (folder / FILES / str(number)).open("wb") as file:
                if isinstance(upload.content, bytes):
                    file.write(upload.content)
                else:
                    shutil.copyfileobj(upload.content, file, CHUNK)
        _write_names(folder, [(upload.name, upload.metadata) for upload in uploads], columns)

    @classmethod
    def read(cls, folder: Path) -> JobInput:
        """The input of the job in this folder.

        Raises:
            OSError: it cannot be read. ValueError: it is damaged.
        """
        try:
            written = json.loads((folder / NAMES).read_text(encoding="utf-8"))
        except FileNotFoundError:
            names = json.loads((folder / BEFORE).read_text(encoding="utf-8"))
            written = {"columns": {}, "files": [{"name": name, "metadata": None} for name in names]}
        found = [(one["name"], _metadata(one["metadata"])) for one in written["files"]]
        return cls(
            tuple(UploadedFile(name, folder / FILES / str(n), meta) for n, (name, meta) in enumerate(found)),
            written["columns"],
        )


def by_number(files: Sequence[UploadedFile], results: Sequence[FileResult]) -> dict[int, list[FileResult]]:
    """The results of each file. An archive has the results of the files in it."""
    numbers, found = _numbers(files), dict[int, list[FileResult]]()
    for result in results:
        if (number := _number_of(numbers, result.file)) is not None:
            found.setdefault(number, []).append(result)
    return found


def results_so_far(
    job: Job, files: Sequence[UploadedFile], done: Mapping[int, Sequence[FileResult]]
) -> list[FileResult]:
    """What came of each file of a job that is not over. `done` are the results of the files that are done."""
    reading = None if job.current is None or job.state == "queued" else _number_of(_numbers(files), job.current)
    found: list[FileResult] = []
    for number, file in enumerate(files):
        found += done.get(number, (FileResult(file.name, READING if number == reading else WAITING),))
    return found


def write_results(folder: Path, results: Sequence[FileResult]) -> None:
    write_file(folder / RESULTS, results_json(results))


def read_results_of(folder: Path) -> tuple[FileResult, ...]:
    """The results of a job that is over; empty if there are none."""
    with suppress(FileNotFoundError):
        return tuple(read_results((folder / RESULTS).read_text(encoding="utf-8")))
    return ()


def counts(results: Sequence[FileResult]) -> dict[str, int]:
    """Number of files by outcome."""
    found = Counter(result.outcome for result in results)
    return {outcome: found[outcome] for outcome in OUTCOMES if found[outcome]}


def to_retry(files: Sequence[UploadedFile], results: Sequence[FileResult], *, all_skipped: bool) -> list[int]:
    """The numbers of the files that a retry reads: those that may pass, or all that were not stored whole."""
    numbers = _numbers(files)
    found = {
        _number_of(numbers, result.file)
        for result in results
        if result.outcome in NOT_READ or (result.outcome == "skipped" and (result.retryable or all_skipped))
    }
    return sorted(number for number in found if number is not None)


def keep(folder: Path) -> None:
    """Delete the bytes of the files that are stored, when a job is over. The others may be retried."""
    files = JobInput.read(folder).files
    wanted = set(to_retry(files, read_results_of(folder), all_skipped=True))
    for file in files:
        if int(file.path.name) not in wanted:
            file.path.unlink(missing_ok=True)
    if wanted:
        (folder / FILES).rename(folder / KEPT)
    else:
        shutil.rmtree(folder / FILES, ignore_errors=True)


def take_over(folder: Path, old: Path, numbers: Collection[int]) -> int:
    """Make the files of a new job from files of a job that is over, without a copy. Returns how many there are."""
    given = JobInput.read(old)
    (folder / FILES).mkdir()
    taken: list[UploadedFile] = []
    for number in numbers:
        for place in (old / KEPT / str(number), old / FILES / str(number)):
            if place.exists():
                _link(place, folder / FILES / str(len(taken)))
                taken.append(given.files[number])
                break
    _write_names(folder, [(file.name, file.metadata) for file in taken], given.columns)
    return len(taken)


def drop_kept(folder: Path, numbers: Collection[int] | None = None) -> None:
    """Delete kept files of a job: all of them, or those with these numbers."""
    if numbers is None:
        shutil.rmtree(folder / KEPT, ignore_errors=True)
        return
    for number in numbers:
        (folder / KEPT / str(number)).unlink(missing_ok=True)
    with suppress(OSError):  # others are still there
        (folder / KEPT).rmdir()


def kept_bytes(folder: Path) -> int:
    """Size of the files that are kept for a retry."""
    with suppress(FileNotFoundError), os.scandir(folder / KEPT) as found:
        return sum(entry.stat().st_size for entry in found)
    return 0


def _numbers(files: Sequence[UploadedFile]) -> dict[str, int]:
    return {file.name: number for number, file in enumerate(files)}


def _number_of(numbers: Mapping[str, int], label: str) -> int | None:
    """The number of the file with this name, or of the archive that holds it."""
    while label and label not in numbers:
        label = label.rpartition("/")[0]
    return numbers.get(label)


def _link(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:  # a file system without links
        shutil.copyfile(source, target)


def _write_names(folder: Path, files: Sequence[tuple[str, ArticleMeta | None]], columns: Mapping[str, str]) -> None:
    listed = [{"name": name, "metadata": None if meta is None else asdict(meta)} for name, meta in files]
    text = json.dumps({"columns": dict(columns), "files": listed}, default=lambda value: value.isoformat())
    (folder / NAMES).write_text(text, encoding="utf-8")


def _metadata(values: dict[str, Any] | None) -> ArticleMeta | None:
    if values is None:
        return None
    known = {field.name for field in fields(ArticleMeta)}
    meta: dict[str, Any] = {name: value for name, value in values.items() if name in known and value is not None}
    for name in ("published", "updated"):
        if name in meta:
            meta[name] = date.fromisoformat(meta[name])
    if "tags" in meta:
        meta["tags"] = tuple(meta["tags"])
    return ArticleMeta(**meta)
