"""The evaluations of one index as they lie on disk, for whichever process looks: which there are, how far each is, and
what somebody has decided about it. `records.lock` is held while a state is decided.
"""

from __future__ import annotations

import fcntl
import logging
import re
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from qa_service.errors import InvalidInput, NotFound
from qa_service.evaluation.run.job_records import (
    CANCEL,
    OVER,
    PROGRESS,
    QRELS,
    RESULTS,
    SET,
    EvaluationJob,
    JobProgress,
    read_json,
    read_record,
    write_record,
)

__all__ = ["JobStore", "read_or_none"]

logger = logging.getLogger(__name__)

SECONDS_TO_SUBMIT = 3600.0
_ID = re.compile(r"[0-9a-f]{32}")


class JobStore:
    """Those in `folder`, which need not be there yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def page(self, limit: int, after: str | None) -> tuple[list[EvaluationJob], int, str | None]:
        """A page, newest first; how many there are; and what the next page is after, if there is one.

        Raises:
            InvalidInput: there is no evaluation `after`.
        """
        seen = [_seen(self.folder / job.evaluation_id, job) for job in self._all()]
        seen.sort(key=lambda job: (-job.submitted, job.evaluation_id))
        first = 0
        if after is not None:
            first = next((n for n, job in enumerate(seen, 1) if job.evaluation_id == after), 0)
            if not first:
                raise InvalidInput(
                    f"after: there is no evaluation {after!r}. Begin with the first page.", param="after"
                )
        page = seen[first : first + limit]
        return page, len(seen), page[-1].evaluation_id if len(seen) > first + limit else None

    def waiting(self) -> list[EvaluationJob]:
        """Those that are not over by their records, oldest first."""
        found = [job for job in self._all() if job.state not in OVER]
        return sorted(found, key=_turn)

    def job(self, evaluation_id: str) -> EvaluationJob:
        """As it shall be seen.

        Raises:
            NotFound: there is none, or its record cannot be read.
        """
        folder = self.place(evaluation_id)
        try:
            return _seen(folder, read_record(folder))
        except (OSError, ValueError) as error:
            message = f"The record of evaluation {evaluation_id} cannot be read: {error}"
            raise NotFound(message, param="evaluation_id") from None

    def progress(self, jobs: Sequence[EvaluationJob]) -> list[JobProgress]:
        """Of each; the records are read once for all that wait."""
        turns = [_turn(job) for job in self.waiting()] if any(job.state == "queued" for job in jobs) else []
        return [self._progress(job, turns) for job in jobs]

    def _progress(self, job: EvaluationJob, turns: Sequence[tuple[int, str]]) -> JobProgress:
        if job.state == "done":
            return JobProgress(job.total)
        told = self._told(job)
        if job.state == "queued":
            return JobProgress(told.asked, ahead=sum(turn < _turn(job) for turn in turns))
        return told if job.state == "running" else JobProgress(told.asked)

    def _told(self, job: EvaluationJob) -> JobProgress:
        """What its process wrote down last."""
        try:
            return JobProgress(**read_json(self.folder / job.evaluation_id / PROGRESS))
        except (OSError, ValueError, TypeError):
            return JobProgress()

    def remove(self, evaluation_id: str) -> str:
        """Cancel one that is not over, or remove one that is: `cancelled` or `removed`. Who runs it ends its process.

        Raises:
            NotFound: there is none.
        """
        folder = self.place(evaluation_id)
        gone = self.folder / f".gone-{evaluation_id}"
        with self.deciding():
            job = read_or_none(folder)
            if job is not None and job.state not in OVER:
                (folder / CANCEL).touch()
                if job.state == "queued":
                    self.end(job, state="cancelled")
                return "cancelled"
            try:
                folder.rename(gone)
            except FileNotFoundError:
                return "removed"  # by another call, a moment ago
        shutil.rmtree(gone, ignore_errors=True)
        return "removed"

    def end(self, job: EvaluationJob, **outcome: Any) -> None:
        """Write down that it is over, and let go of what nobody needs now. Called while a state is decided."""
        folder = self.folder / job.evaluation_id
        write_record(folder, replace(job, finished=time.time_ns(), **outcome))
        for name in (SET, QRELS, *([] if outcome["state"] == "done" else [RESULTS])):
            shutil.rmtree(folder / name, ignore_errors=True)

    @contextmanager
    def deciding(self) -> Iterator[None]:
        with (self.folder / "records.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def queue(self) -> IO[str] | None:
        """The lock of the one server that runs evaluations; None where another holds it. It dies with the process."""
        lock = (self.folder / "queue.lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return None
        for left in self.folder.glob(".*"):  # by a crash within `submit` or `remove`
            with suppress(OSError):
                if left.name.startswith(".gone-") or time.time() - left.stat().st_mtime > SECONDS_TO_SUBMIT:
                    shutil.rmtree(left, ignore_errors=True)
        return lock

    def place(self, evaluation_id: str) -> Path:
        """Its folder.

        Raises:
            NotFound: there is none.
        """
        folder = self.folder / evaluation_id
        if not _ID.fullmatch(evaluation_id) or not folder.is_dir():
            raise NotFound(f"There is no evaluation {evaluation_id!r}.", param="evaluation_id")
        return folder

    def _all(self) -> Iterator[EvaluationJob]:
        for folder in self.folder.iterdir() if self.folder.is_dir() else ():
            if _ID.fullmatch(folder.name) and (job := read_or_none(folder)) is not None:
                yield job


def _turn(job: EvaluationJob) -> tuple[int, str]:
    return job.submitted, job.evaluation_id


def read_or_none(folder: Path) -> EvaluationJob | None:
    """None where there is no record, or none that can be read."""
    try:
        return read_record(folder)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        logger.warning("evaluation %s is left out, its record cannot be read: %s", folder.name, error)
        return None


def _seen(folder: Path, job: EvaluationJob) -> EvaluationJob:
    """Cancelled from the moment somebody has said so."""
    return replace(job, state="cancelled") if job.state not in OVER and (folder / CANCEL).exists() else job
