"""Evaluations that go on beside a server, after the response and after a restart: one at a time, oldest first.

Each has a folder (see `job_records`) that is on disk before its id is given out, and is run by a process of its own
(see `job_process`). Of several servers on one index the one that holds `queue.lock` runs them. Nothing runs, waits or
is written while there is no evaluation.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO

from qa_service.errors import NotFound
from qa_service.evaluation.run import job_process
from qa_service.evaluation.run.job_records import (
    CANCEL,
    OUTCOME,
    OVER,
    RESULTS,
    EvaluationJob,
    JobProgress,
    QueueFull,
    read_json,
    sync_folder,
    write_record,
)
from qa_service.evaluation.run.job_store import JobStore, read_or_none
from qa_service.evaluation.run.submission import Submission, stored_settings, write_set

if TYPE_CHECKING:
    from qa_service.service import Service

__all__ = ["FOLDER", "EvaluationJobs"]

logger = logging.getLogger(__name__)

FOLDER = ".evaluations"
MOST_WAITING = 100
"""Evaluations that are taken on at a time, the one that runs included."""
SECONDS_TO_BE_CHECKED = 60.0
"""How long a submission waits for others to be checked."""
POLL_SECONDS = 1.0
"""How often the thread looks for the lock, while something waits and another server has it."""
LOOK_SECONDS = 0.1
"""How often it looks whether the process has ended, or shall."""
SECONDS_TO_END = 5.0


class EvaluationJobs:
    """The evaluations of one index. Safe to use from several threads."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._store = JobStore(service.settings.index.absolute() / FOLDER)
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._checking = threading.Lock()
        self._closing = threading.Event()

    def start(self) -> None:
        """Go on with what a restart or a crash interrupted, if there is anything."""
        with self._starting:
            if self._thread is None and not self._closing.is_set() and self._store.waiting():
                self._thread = threading.Thread(target=self._run, name="evaluations", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Interrupt the one in hand; the next start goes on with it."""
        self._closing.set()
        with self._starting:
            thread = self._thread
        if thread is not None:
            thread.join()

    def submit(self, submission: Submission) -> EvaluationJob:
        """Check the question set whole, write it to disk and queue it.

        Raises:
            InvalidInput: the set is wrong; the message names file, line and field. NotFound: no such collection.
            QueueFull: as many as are taken on are waiting.
        """
        self._service.status(submission.collection)
        identity = uuid.uuid4().hex
        building = self._store.folder / f".{identity}"
        with self._one_at_a_time():
            try:
                job = write_set(building, submission, self._service)
                job = replace(job, evaluation_id=identity, submitted=time.time_ns())
                write_record(building, job)
                building.rename(self._store.folder / identity)
            except BaseException:
                shutil.rmtree(building, ignore_errors=True)
                raise
        sync_folder(self._store.folder)
        self.start()
        return job

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        """Sets are checked one after the other, where there is room for one more."""
        if not self._checking.acquire(timeout=SECONDS_TO_BE_CHECKED):
            raise QueueFull("Other question sets are being checked. Send this one again in a minute.")
        try:
            if len(self._store.waiting()) >= MOST_WAITING:
                message = f"{MOST_WAITING} evaluations wait already. Wait until one is over, or cancel one."
                raise QueueFull(message)
            yield
        finally:
            self._checking.release()

    def jobs(self, *, limit: int = 50, after: str | None = None) -> tuple[list[EvaluationJob], int, str | None]:
        """A page, newest first; how many there are; and what the next page is after, if there is one.

        Raises:
            InvalidInput: there is no evaluation `after`.
        """
        found = self._store.page(limit, after)
        self._start_for(*found[0])
        return found

    def job(self, evaluation_id: str) -> EvaluationJob:
        """As it stands, whichever process runs it.

        Raises:
            NotFound: there is none, or its record cannot be read.
        """
        found = self._store.job(evaluation_id)
        self._start_for(found)
        return found

    def progress(self, *jobs: EvaluationJob) -> list[JobProgress]:
        """How far each is."""
        return self._store.progress(jobs)

    def result(self, evaluation_id: str, name: str) -> BinaryIO:
        """A file of results, open: it can be read to its end whatever becomes of the evaluation meanwhile.

        Raises:
            NotFound: there is no such evaluation or file, or it is not done.
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
        """Cancel one that is not over, or remove one that is: `cancelled` or `removed`.

        Raises:
            NotFound: there is none.
        """
        outcome = self._store.remove(evaluation_id)
        self.start()  # whoever runs it ends its process; this server sees to it where nobody does
        return outcome

    def _start_for(self, *jobs: EvaluationJob) -> None:
        """The server that ran one of them may be gone."""
        if any(job.state not in OVER for job in jobs):
            self.start()

    def _run(self) -> None:
        """What the thread does, until nothing waits."""
        lock: IO[str] | None = None
        try:
            while not self._closing.is_set():
                try:
                    lock = lock or self._store.queue()
                    with self._starting:
                        waiting = self._store.waiting()
                        if not waiting:
                            self._thread = None
                            return
                    if lock is not None:
                        self._run_job(waiting[0])
                        continue
                except Exception:  # such as a full disk: the evaluations stay, and so must the thread
                    logger.exception("evaluations cannot be run; trying again")
                self._closing.wait(POLL_SECONDS)
        finally:
            if lock is not None:
                lock.close()

    def _run_job(self, job: EvaluationJob) -> None:
        folder = self._store.folder / job.evaluation_id
        with self._store.deciding():
            now = read_or_none(folder)
            if now is None or now.state in OVER:
                return  # cancelled or removed meanwhile
            if (folder / CANCEL).exists():
                self._store.end(job, state="cancelled")
                return
            try:
                settings = stored_settings(job, self._service)
            except ValueError as error:
                self._store.end(job, state="failed", error=f"Its settings are no settings of this version: {error}")
                return
            write_record(folder, replace(job, state="running"))
        process = job_process.start(folder, job, settings)
        try:
            while process.poll() is None and not (folder / CANCEL).exists():
                if self._closing.wait(LOOK_SECONDS):
                    return
        finally:
            _end(process)
        with self._store.deciding():
            if (folder / CANCEL).exists():
                self._store.end(job, state="cancelled")
            else:
                self._store.end(job, **_outcome(folder, process.returncode))


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        with suppress(BrokenPipeError):
            process.stdin.close()
    try:
        process.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _outcome(folder: Path, code: int) -> Mapping[str, Any]:
    try:
        told = read_json(folder / OUTCOME)
    except (OSError, ValueError):
        why = "; -9 often means that the machine ran out of memory" if code == -9 else ""
        return {"state": "failed", "error": f"The process of the evaluation has ended (exit code {code}{why})."}
    return {"state": "failed", **told} if "error" in told else {"state": "done", **told}
