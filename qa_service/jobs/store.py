"""Jobs on disk: each job is a folder, complete before anyone learns its id.

<folder>/<id>/              the record of a job (a JSON file), and what else its kind of job keeps there
<folder>/.<id>/             a job that is being submitted
<folder>/.gone-<id>/        a job that is being removed
<folder>/queue.lock         held by the process that runs the jobs
"""

from __future__ import annotations

import json
import logging
import re
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import Field, asdict, replace
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from qa_service.files.atomic import publish, write_file
from qa_service.files.locks import Lock

__all__ = ["OVER", "JobStore", "Record", "read_json", "turn"]

logger = logging.getLogger(__name__)

OVER = frozenset({"done", "failed", "cancelled"})
"""States in which a job never runs again."""
_ID = re.compile(r"[0-9a-f]{32}")
_GONE = ".gone-"


class Record(Protocol):
    """A frozen dataclass that describes a job.

    `submitted` is in nanoseconds since 1970; jobs run in that order. `state` is `queued`, `running` or one of `OVER`.
    """

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def job_id(self) -> str: ...
    @property
    def submitted(self) -> int: ...
    @property
    def state(self) -> str: ...


R = TypeVar("R", bound=Record)


class JobStore(Generic[R]):
    """The jobs in one folder. Several processes may open the same folder, and it need not exist yet."""

    def __init__(self, folder: Path, file: str, parse: Callable[[dict[str, Any]], R], noun: str) -> None:
        """
        Args:
            file: name of the record in the folder of a job.
            parse: makes a record of the fields in the file; raises KeyError, TypeError or AttributeError.
            noun: the word for a job in messages.
        """
        self.folder = folder
        self.noun = noun
        self._file = file
        self._parse = parse
        self._submitting = threading.Lock()
        self._last = 0
        self._unreadable: set[str] = set()

    def place(self, job_id: str) -> Path:
        """The folder of a job.

        Raises:
            FileNotFoundError: there is no such job.
        """
        folder = self.folder / job_id
        if not _ID.fullmatch(job_id) or not folder.is_dir():
            raise FileNotFoundError(job_id)
        return folder

    def submit(self, fill: Callable[[str, Path], R]) -> R:
        """Store a job and return its record. The job is durable then.

        Args:
            fill: writes what the job needs into its folder, and returns its record; receives the id and the folder.
        """
        job_id = uuid.uuid4().hex
        unfinished = self.folder / f".{job_id}"
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._submitting:
            with Lock(self.folder, create=False):
                unfinished.mkdir()
                lock = Lock(unfinished, create=False)
            with lock:
                try:
                    record = fill(job_id, unfinished)
                    self._last = max(time.time_ns(), self._last + 1)
                    record = replace(record, submitted=self._last)
                    self.write(record, unfinished)
                    publish(unfinished, self.folder / job_id)
                except BaseException:
                    shutil.rmtree(unfinished, ignore_errors=True)
                    raise
        return record

    def write(self, record: R, folder: Path | None = None) -> None:
        """Replace the record of a job, durably."""
        write_file((folder or self.place(record.job_id)) / self._file, json.dumps(asdict(record)))

    def read(self, job_id: str) -> R:
        """The record of a job.

        Raises:
            OSError: there is no record, or it cannot be read.
            ValueError: the file is not the record of a job.
        """
        values = read_json(self.place(job_id) / self._file)
        try:
            return self._parse(values)
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(f"{self._file} is not a record of this kind of {self.noun}: {error!r}") from None

    def read_or_none(self, job_id: str) -> R | None:
        """The record of a job; None if there is no record, or if it cannot be read."""
        try:
            return self.read(job_id)
        except FileNotFoundError:
            return None  # it was removed a moment ago
        except (OSError, ValueError) as error:
            if job_id not in self._unreadable:
                logger.warning("%s %s is left out, its record cannot be read: %s", self.noun, job_id, error)
                self._unreadable.add(job_id)
            return None

    def records(self, skip: Collection[str] = ()) -> list[R]:
        """The records that can be read, oldest first, without those whose ids are in `skip`."""
        found = (self.read_or_none(job_id) for job_id in self._ids() if job_id not in skip)
        return sorted((record for record in found if record is not None), key=turn)

    def waiting(self) -> list[R]:
        """The records of the jobs that are not over, oldest first."""
        return [record for record in self.records() if record.state not in OVER]

    def remove(self, job_id: str) -> None:
        """Remove the folder of a job; after a crash it is complete or never seen again."""
        gone = self.folder / f"{_GONE}{job_id}"
        try:
            self.place(job_id).rename(gone)
        except FileNotFoundError:
            return  # another call was first
        shutil.rmtree(gone, ignore_errors=True)

    def remove_left_over(self) -> None:
        """Remove what a crash within `submit` or `remove` left behind."""
        with Lock(self.folder, create=False):
            for folder in self.folder.glob(".*"):
                if not _ID.fullmatch(folder.name.removeprefix(_GONE).removeprefix(".")):
                    continue
                # A job that is being submitted holds the lock of its folder; by now it may have another name.
                with suppress(BlockingIOError, FileNotFoundError), Lock(folder, wait=0, create=False):
                    shutil.rmtree(folder, ignore_errors=True)

    def _ids(self) -> Iterator[str]:
        if self.folder.is_dir():
            yield from (folder.name for folder in self.folder.iterdir() if _ID.fullmatch(folder.name))


def turn(record: Record) -> tuple[int, str]:
    """The key that sorts jobs in the order in which they run."""
    return record.submitted, record.job_id


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in a file.

    Raises:
        OSError: the file cannot be read. ValueError: it holds no JSON object.
    """
    value = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(value, dict):
        raise ValueError(f"{path.name} is no JSON object")
    return value
