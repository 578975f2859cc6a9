"""Runs ingest jobs: uploaded files that are stored after the response, and after a restart (see `qa_service.jobs`)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from qa_service.errors import CollectionBusy, Conflict, QAServiceError
from qa_service.files.locks import Lock
from qa_service.ingest import job_files
from qa_service.ingest.job_files import JobInput
from qa_service.ingest.job_records import CANCEL, Done, JobRecords
from qa_service.jobs.queue import JobQueue
from qa_service.jobs.store import OVER
from qa_service.records import IngestProgress, IngestReport, Job, Upload

__all__ = ["IngestJobs", "Work"]

logger = logging.getLogger(__name__)

Work = Callable[[Job, JobInput, Callable[[IngestProgress], None], Callable[[], bool]], IngestReport]
"""(job, its files, progress, whether to stop) -> report."""

SECONDS_BETWEEN_REPORTS = 0.5
"""Seconds between two writes of a job's progress to disk, where all processes of a server read it."""
AT_ONCE = 4
"""Jobs that run at a time, each in another collection."""
RETRY = "The files that were not stored are kept; retry the job when the cause is gone."


class IngestJobs:
    """The ingest jobs of one index. Jobs of one collection run one after the other. Safe to use from several threads.

    Jobs run in a process that has called `start`, `submit` or `retry`; of several such processes, in one of them.
    """

    def __init__(
        self,
        folder: Path,
        work: Work,
        forget: Callable[[Job], None] = lambda job: None,
        done: Done = lambda job: {},
    ) -> None:
        """
        Args:
            work: stores the files that no earlier run of the job has stored.
            forget: called when the record of a job says that it is over.
        """
        self._work = work
        self.records = JobRecords(folder, forget, done)
        self._queue = JobQueue(
            self.records.store,
            self._run,
            self.records.tidy,
            name="jobs",
            group=lambda job: job.collection,
            at_once=AT_ONCE,
            stay=True,
        )

    def start(self) -> None:
        """Run the jobs that wait, those of an earlier process included."""
        self._queue.start()

    def close(self) -> None:
        """Interrupt the jobs that run. The next start continues them."""
        self._queue.close()

    def job(self, job_id: str) -> Job:
        """The job as it is now; see `JobRecords.job`."""
        return self.records.job(job_id)

    def submit(
        self,
        uploads: Sequence[Upload],
        collection: str,
        *,
        columns: Mapping[str, str] | None = None,
        warnings: Sequence[str] = (),
    ) -> Job:
        """Write the job to disk and queue it."""

        def fill(job_id: str, folder: Path) -> Job:
            JobInput.write(folder, uploads, columns or {})
            return Job(job_id, "ingest", collection, "queued", 0, len(uploads), warnings=tuple(warnings))

        job = self.records.store.submit(fill)
        self.start()
        return job

    def retry(self, job_id: str, *, all_skipped: bool = False) -> Job:
        """Queue a new job with the files of a job that is over: those that may pass, or all that it did not store.

        Raises:
            JobNotFound: there is no such job. Conflict: it is not over, or no file is left to retry.
        """
        with self.records.deciding():
            old = self.records.read(job_id)
            place = self.records.folder(job_id)
            if old.state not in OVER:
                raise Conflict(f"Job {job_id} is {old.state}. Retry it when it is over, or cancel it.")
            results = job_files.read_results_of(place)
            wanted = job_files.to_retry(JobInput.read(place).files, results, all_skipped=all_skipped)
            if not wanted:
                raise Conflict(_nothing_to_retry(old))

            def fill(new_id: str, folder: Path) -> Job:
                if not (count := job_files.take_over(folder, place, wanted)):
                    again = f"It was retried as job {old.retried_as}." if old.retried_as else "Send them again."
                    raise Conflict(f"The files of job {job_id} are not kept any more. {again}")
                return Job(new_id, old.kind, old.collection, "queued", 0, count, retry_of=job_id)

            new = self.records.store.submit(fill)
            with suppress(OSError):  # the new job is durable; only the link to it would be missing
                self.records.store.write(replace(old, retried_as=new.job_id))
            job_files.drop_kept(place, wanted)
        self.start()
        return new

    def cancel(self, job_id: str) -> Job:
        """Cancel a job. What it has stored stays. A job that runs stops within about 2 seconds.

        Raises:
            JobNotFound: there is no such job. Conflict: it is over.
        """
        with self.records.deciding():
            job = self.records.read(job_id)
            if job.state in OVER:
                raise Conflict(f"Job {job_id} is over: it is {job.state}.")
            (self.records.folder(job_id) / CANCEL).touch()
            if job.state == "queued" or self._nobody_runs():
                self.records.end(job, "cancelled", self.records.results(job))
        return self.job(job_id)

    def remove(self, job_id: str) -> tuple[str, Job]:
        """Cancel a job that is not over, or remove the record and the kept files of one that is.

        Returns:
            `cancelled` or `removed`, and the job.

        Raises:
            JobNotFound: there is no such job.
        """
        try:
            return "cancelled", self.cancel(job_id)
        except Conflict:
            job = self.job(job_id)
        with self.records.deciding():
            self.records.store.remove(job_id)
        return "removed", job

    def _nobody_runs(self) -> bool:
        """Whether no process runs jobs, so that this one decides."""
        try:
            Lock(self.records.store.folder / "queue.lock", wait=0).close()
        except BlockingIOError:
            return False
        return True

    def _run(self, waiting: Job) -> bool:
        """Run a job; False if it must wait: its collection was busy, or this process ends."""
        over = None
        with self.records.deciding():
            job = self.records.store.read_or_none(waiting.job_id)
            if job is None or job.state in OVER:
                return True  # it was cancelled or removed meanwhile
            if self.records.is_cancelled(job.job_id):
                over = self.records.end(job, "cancelled", self.records.results(job))
            else:
                job = replace(job, state="running")
                self.records.store.write(job)
        if over is None and (over := self._ingest(job)) is None:
            return False
        self.records.tidy(over)
        return True

    def _ingest(self, job: Job) -> Job | None:
        written = time.monotonic()
        now = job

        def show(progress: IngestProgress) -> None:
            nonlocal written, now
            now = replace(job, done=progress.done_files, passages=progress.passages, current=progress.current)
            if time.monotonic() - written >= SECONDS_BETWEEN_REPORTS:
                with suppress(OSError):  # the job goes on without a report of its progress
                    self.records.store.write(now)
                written = time.monotonic()

        def stop() -> bool:
            return self._queue.closing.is_set() or self.records.is_cancelled(job.job_id)

        try:
            report = self._work(job, JobInput.read(self.records.folder(job.job_id)), show, stop)
        except CollectionBusy as error:
            logger.warning("job %s waits: %s", job.job_id, error)
            self._wait(job)
            return None
        except QAServiceError as error:
            return self._fail(now, error.message)
        except Exception:
            logger.exception("job %s failed", job.job_id)
            return self._fail(now, "The job failed; the server's log says why.")
        results = self.records.results(job, report.files)
        stopped = any(result.outcome in job_files.NOT_READ for result in results)
        if stopped and not self.records.is_cancelled(job.job_id):
            self._wait(now)  # this process ends
            return None
        now = replace(now, generation=report.generation, passages=report.passages)
        with self.records.deciding():
            return self.records.end(now, "cancelled" if stopped else "done", results)

    def _wait(self, job: Job) -> None:
        """Queue a job again. Whoever cancels it then ends it at once."""
        self.records.store.write(replace(job, state="queued", current=None))

    def _fail(self, job: Job, reason: str) -> Job:
        results = []
        for result in self.records.results(job):
            if result.outcome in job_files.NOT_READ:
                why = f"{result.file}: the job failed before it read this file."
                result = replace(result, outcome="skipped", reason=why, retryable=True)
            results.append(result)
        with self.records.deciding():
            return self.records.end(job, "failed", results, error=f"{reason} {RETRY}")


def _nothing_to_retry(job: Job) -> str:
    if job.retried_as is not None:
        return f"Job {job.job_id} was retried as job {job.retried_as}."
    if skipped := job.outcomes.get("skipped", 0):
        files = "its skipped file" if skipped == 1 else f"its {skipped} skipped files"
        return f"No file of job {job.job_id} is likely to pass. To read {files} all the same, retry with `all`."
    return f"Job {job.job_id} has stored all its files."
