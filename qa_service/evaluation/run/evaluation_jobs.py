"""Evaluations beside a server, which continue after the response and after a restart (see `qa_service.jobs`).

A separate process runs each evaluation (see `job_process`). The first evaluation makes the thread, the process and the
folder. The worker processes of a server share the queue. They hold `records.lock` while they decide the state of an
evaluation.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from qa_service.errors import InvalidInput, NotFound
from qa_service.evaluation.run import job_process
from qa_service.evaluation.run.evaluation_job import (
    CANCEL,
    PROGRESS,
    QRELS,
    RECORD,
    RESULTS,
    SET,
    EvaluationJob,
    JobProgress,
    QueueFull,
    read_job,
)
from qa_service.evaluation.run.submission import Submission, stored_settings, write_set
from qa_service.files.locks import Lock
from qa_service.jobs.queue import JobQueue
from qa_service.jobs.store import OVER, JobStore, read_json, turn

if TYPE_CHECKING:
    from qa_service.service import Service

__all__ = ["FOLDER", "EvaluationJobs", "evaluation_store"]

FOLDER = ".evaluations"
MOST_WAITING = 100
"""Most evaluations that are not over, the running one included."""
SECONDS_TO_BE_CHECKED = 60.0
"""Longest wait of a submission for the check of others."""
LOOK_SECONDS = 0.1
"""Seconds between two looks whether the process has ended, or must end."""


def evaluation_store(index: Path) -> JobStore[EvaluationJob]:
    """The evaluations of an index."""
    return JobStore(index.absolute() / FOLDER, RECORD, read_job, "evaluation")


class EvaluationJobs:
    """The evaluations of one index. Safe to use from several threads."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._store = evaluation_store(service.settings.index)
        self._queue = JobQueue(self._store, self._run, self._tidy, name="evaluations")
        self._checking = threading.Lock()

    def start(self) -> None:
        """Run what waits, interrupted evaluations included. Does nothing while no evaluation waits."""
        self._queue.start()

    def close(self) -> None:
        """Interrupt the running evaluation. The next start continues it."""
        self._queue.close()

    def submit(self, submission: Submission) -> EvaluationJob:
        """Check the whole question set, write it to disk and queue the evaluation.

        Raises:
            InvalidInput: the set is wrong; the message names file, line and field. NotFound: no such collection.
            QueueFull: too many evaluations wait.
        """
        self._service.status(submission.collection)

        def fill(evaluation_id: str, folder: Path) -> EvaluationJob:
            return replace(write_set(folder, submission, self._service), evaluation_id=evaluation_id)

        if not self._checking.acquire(timeout=SECONDS_TO_BE_CHECKED):
            raise QueueFull("Other question sets are being checked. Send this one again in a minute.")
        try:
            if len(self._store.waiting()) >= MOST_WAITING:
                raise QueueFull(f"{MOST_WAITING} evaluations wait already. Wait until one is over, or cancel one.")
            job = self._store.submit(fill)
        finally:
            self._checking.release()
        self.start()
        return job

    def jobs(self, *, limit: int = 50, after: str | None = None) -> tuple[list[EvaluationJob], int, str | None]:
        """One page of evaluations, newest first; the number of all; and `after` for the next page, if there is one.

        Raises:
            InvalidInput: there is no evaluation `after`.
        """
        found = sorted(map(self._seen, self._store.records()), key=lambda job: (-job.submitted, job.evaluation_id))
        first = next((n for n, job in enumerate(found, 1) if job.evaluation_id == after), 0)
        if after is not None and not first:
            raise InvalidInput(f"after: there is no evaluation {after!r}. Begin with the first page.", param="after")
        page = found[first : first + limit]
        self._start_for(*page)
        return page, len(found), page[-1].evaluation_id if len(found) > first + limit else None

    def job(self, evaluation_id: str) -> EvaluationJob:
        """The evaluation as it is now, whichever process runs it.

        Raises:
            NotFound: there is no such evaluation, or its record cannot be read.
        """
        self._place(evaluation_id)
        try:
            job = self._seen(self._store.read(evaluation_id))
        except (OSError, ValueError) as error:
            message = f"The record of evaluation {evaluation_id} cannot be read: {error}"
            raise NotFound(message, param="evaluation_id") from None
        self._start_for(job)
        return job

    def progress(self, *jobs: EvaluationJob) -> list[JobProgress]:
        """The progress of each evaluation."""
        turns = [turn(job) for job in self._store.waiting()] if any(job.state == "queued" for job in jobs) else []
        return [self._progress(job, turns) for job in jobs]

    def result(self, evaluation_id: str, name: str) -> BinaryIO:
        """A file of results, open. It can be read to its end, also when the evaluation is removed meanwhile.

        Raises:
            NotFound: there is no such evaluation or file, or the evaluation is not done.
        """
        from qa_service.evaluation.run.resume import RESULTS as NAMES

        job = self.job(evaluation_id)
        if name not in NAMES:
            raise NotFound(f"There is no file {name!r}. There are {', '.join(NAMES)}.", param="name")
        if job.state != "done":
            raise NotFound(f"The evaluation is {job.state}; its files are there when it is done.", param="name")
        try:
            return (self._store.place(evaluation_id) / RESULTS / name).open("rb")
        except FileNotFoundError:
            raise NotFound(f"The evaluation has no {name} any more; it was removed.", param="name") from None

    def remove(self, evaluation_id: str) -> str:
        """Cancel an evaluation that is not over, or remove one that is. Returns `cancelled` or `removed`.

        Raises:
            NotFound: there is no such evaluation.
        """
        folder = self._place(evaluation_id)
        with self._deciding():
            job = self._store.read_or_none(evaluation_id)
            cancel = job is not None and job.state not in OVER
            if job is not None and cancel:
                (folder / CANCEL).touch()
                if job.state == "queued":
                    self._end(job, state="cancelled")
            else:
                self._store.remove(evaluation_id)
        self.start()  # the server that runs it ends its process; if that server is gone, this one decides
        return "cancelled" if cancel else "removed"

    def _place(self, evaluation_id: str) -> Path:
        try:
            return self._store.place(evaluation_id)
        except FileNotFoundError:
            raise NotFound(f"There is no evaluation {evaluation_id!r}.", param="evaluation_id") from None

    def _seen(self, job: EvaluationJob) -> EvaluationJob:
        """The evaluation as people see it: cancelled as soon as someone cancelled it."""
        cancelled = job.state not in OVER and (self._store.folder / job.evaluation_id / CANCEL).exists()
        return replace(job, state="cancelled") if cancelled else job

    def _start_for(self, *jobs: EvaluationJob) -> None:
        """Run the evaluations that are not over: the server that ran them may be gone."""
        if any(job.state not in OVER for job in jobs):
            self.start()

    def _progress(self, job: EvaluationJob, turns: Sequence[tuple[int, str]]) -> JobProgress:
        if job.state == "done":
            return JobProgress(job.total)
        try:
            written = JobProgress(**read_json(self._store.folder / job.evaluation_id / PROGRESS))
        except (OSError, ValueError, TypeError):
            written = JobProgress()
        if job.state == "queued":
            return JobProgress(written.asked, ahead=sum(other < turn(job) for other in turns))
        return written if job.state == "running" else JobProgress(written.asked)

    def _run(self, waiting: EvaluationJob) -> bool:
        folder = self._store.folder / waiting.evaluation_id
        with self._deciding():
            job = self._store.read_or_none(waiting.evaluation_id)
            if job is None or job.state in OVER:
                return True  # it was cancelled or removed meanwhile
            if (folder / CANCEL).exists():
                self._end(job, state="cancelled")
                return True
            try:
                settings = stored_settings(job, self._service)
            except ValueError as error:
                self._end(job, state="failed", error=f"Its settings are no settings of this version: {error}")
                return True
            self._store.write(replace(job, state="running"))
        with job_process.running(folder, job, settings) as process:
            while process.poll() is None and not (folder / CANCEL).exists():
                if self._queue.closing.wait(LOOK_SECONDS):
                    return True
        with self._deciding():
            if (folder / CANCEL).exists():
                self._end(job, state="cancelled")
            else:
                self._end(job, **job_process.outcome(folder, process.returncode))
        return True

    def _end(self, job: EvaluationJob, **outcome: Any) -> None:
        """Write that an evaluation is over. The caller decides its state under `_deciding`."""
        over = replace(job, finished=time.time_ns(), **outcome)
        self._store.write(over)
        self._tidy(over)

    def _tidy(self, job: EvaluationJob) -> None:
        for name in (SET, QRELS, *([] if job.state == "done" else [RESULTS])):
            shutil.rmtree(self._store.folder / job.evaluation_id / name, ignore_errors=True)

    def _deciding(self) -> Lock:
        return Lock(self._store.folder / "records.lock")
