"""How a job and what came of its files are written down."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from qa_service.records import AddedArticle, FileResult, Job

__all__ = ["StoredJob", "read_job", "read_result", "result_json", "sync_folder", "write_job"]

FILE = "job.json"


@dataclass(frozen=True, slots=True)
class StoredJob:
    """A job and when it was submitted, in ns since 1970: jobs are run in that order."""

    submitted: int
    job: Job


def write_job(folder: Path, stored: StoredJob) -> None:
    """On disk, whole, when this returns."""
    new = folder / f"{FILE}.new"
    with new.open("w", encoding="utf-8") as file:
        json.dump({"submitted": stored.submitted, **asdict(stored.job)}, file)
        file.flush()
        os.fsync(file.fileno())
    new.replace(folder / FILE)
    sync_folder(folder)


def read_job(folder: Path) -> StoredJob:
    """
    Raises:
        OSError: there is none, or it cannot be read. ValueError: it is not what `write_job` wrote.
    """
    try:
        values = json.loads((folder / FILE).read_text(encoding="utf-8"))
        submitted = int(values.pop("submitted"))
        values["files"] = tuple(_result(f) for f in values["files"])
        return StoredJob(submitted, Job(**values))
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"{FILE} is not the record of a job: {error!r}") from None


def result_json(result: FileResult) -> str:
    return json.dumps(asdict(result))


def read_result(text: str) -> FileResult:
    """What `result_json` wrote."""
    return _result(json.loads(text))


def sync_folder(folder: Path) -> None:
    """Bring the folder's entries to disk: new names, renames."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _result(values: dict[str, Any]) -> FileResult:
    articles = tuple(AddedArticle(**a) for a in values["articles"])
    return FileResult(values["file"], values["outcome"], articles, values["reason"])
