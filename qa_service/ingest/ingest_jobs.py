"""Ingest jobs: uploaded files that are stored after the response, and after a restart (see `qa_service.jobs`).

<index>/.jobs/<id>/job.json   what the job is and how far it is; for the other files see `job_files`
<index>/.jobs/<id>/cancel     someone cancelled the job
<index>/.jobs/records.lock    held while the state of a job is decided
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from qa_service.errors import CollectionBusy, Conflict, InvalidInput, JobNotFound, QAServiceError
from qa_service.files.locks import Lock
from qa_service.ingest import job_files
from qa_service.ingest.job_files import JobInput
from qa_service.ingest.job_json import job_of
from qa_service.jobs.queue import JobQueue
from qa_service.jobs.store import OVER, JobStore
from qa_service.records import FileResult, IngestProgress, IngestReport, Job, JobPage, Upload

__all__ = ["Done", "IngestJobs", "Work"]

logger = logging.getLogger(__name__)

Work = Callable[[Job, JobInput, Callable[[IngestProgress], None], Callable[[], bool]], IngestReport]
"""(job, its files, progress, whether to stop) -> report."""
Done = Callable[[Job], Mapping[int, Sequence[FileResult]]]
"""The results of the files of a job that are done, by number. An archive has several."""

SECONDS_BETWEEN_REPORTS = 0.5
"""Seconds between two writes of a job's progress to disk, where all processes of a server read it."""
AT_ONCE = 4
"""Jobs that run at a time, each in another collection."""
KEPT = 1000
"""Jobs that are over and whose record is kept."""
KEPT_BYTES = 1024**3
"""Bytes of files that are kept for a retry, of all jobs together."""
CANCEL = "cancel"
NOT_REACHED = "the job failed before it read this file"


class IngestJobs:
    """The ingest jobs of one index. Jobs of one collection run one after the other. Safe to use from several threads.

    A job runs in the process that has called `start`, `submit` or `retry`; of several processes, in one.
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
        self._work, self._forget, self._done = work, forget, done
        self._over: dict[str, None] = {}
        """Ids of jobs that are over, the oldest first."""
        self._store = JobStore(folder, "job.json", job_of, "job")
        self._queue = JobQueue(
            self._store,
            self._run,
            self._tidy,
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

        job = self._store.submit(fill)
        self.start()
        return job

    def retry(self, job_id: str, *, all_skipped: bool = False) -> Job:
        """Queue a new job with the files of a job that is over: those that may pass, or all that it did not store.

        Raises:
            JobNotFound: there is no such job. Conflict: it is not over, or no file is left to retry.
        """
        with self._deciding():
            old = self._read(job_id)
            place = self._store.place(job_id)
            if old.state not in OVER:
                raise Conflict(f"Job {job_id} is {old.state}. Retry it when it is over, or cancel it.")
            results = job_files.read_results_of(place)
            wanted = job_files.to_retry(JobInput.read(place).files, results, all_skipped=all_skipped)
            if not wanted:
                raise Conflict(_nothing_to_retry(old))
            count = 0

            def fill(new_id: str, folder: Path) -> Job:
                nonlocal count
                if not (count := job_files.take_over(folder, place, wanted)):
                    again = f" It was retried as job {old.retried_as}." if old.retried_as else " Send them again."
                    raise Conflict(f"The files of job {job_id} are not kept any more.{again}")
                return Job(new_id, old.kind, old.collection, "queued", 0, count, retry_of=job_id)

            new = self._store.submit(fill)
            with suppress(OSError):  # the new job is durable; only the link to it would be missing
                self._store.write(replace(old, retried_as=new.job_id))
            job_files.drop_kept(place, wanted)
        self.start()
        return new

    def cancel(self, job_id: str) -> Job:
        """Cancel a job. What it has stored stays. A job that runs stops within about 2 seconds.

        Raises:
            JobNotFound: there is no such job. Conflict: it is over.
        """
        with self._deciding():
            job = self._read(job_id)
            if job.state in OVER:
                raise Conflict(f"Job {job_id} is over: it is {job.state}.")
            (self._store.place(job_id) / CANCEL).touch()
            if job.state == "queued" or self._nobody_runs():
                self._end(job, "cancelled", self._so_far(job))
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
        with self._deciding():
            self._store.remove(job_id)
        return "removed", job

    def job(self, job_id: str) -> Job:
        """The job as it is now, whichever process runs it, with what came of each file.

        Raises:
            JobNotFound: there is no such job, or its record cannot be read.
        """
        job = self._read(job_id)
        if job.state in OVER:
            return replace(job, files=job.files or job_files.read_results_of(self._store.folder / job_id))
        files = self._so_far(job)
        done = sum(result.outcome not in job_files.NOT_READ for result in files)
        return replace(self._seen(job), files=files, done=max(job.done, min(done, job.total)))

    def jobs(
        self, *, collection: str | None = None, state: str | None = None, limit: int = 50, after: str | None = None
    ) -> JobPage:
        """One page of jobs, newest first, without their files.

        Raises:
            InvalidInput: there is no job `after`.
        """
        found = [
            job
            for job in map(self._seen, self._store.records())
            if collection in (None, job.collection) and state in (None, job.state)
        ]
        found.sort(key=lambda job: (-job.submitted, job.job_id))
        first = next((n for n, job in enumerate(found, 1) if job.job_id == after), 0)
        if after is not None and not first:
            raise InvalidInput(f"after: there is no job {after!r} in this list. Begin with the first page.", param="after")
        page = tuple(replace(job, files=()) for job in found[first : first + limit])
        return JobPage(page, len(found), page[-1].job_id if len(found) > first + limit else None)

    def _read(self, job_id: str) -> Job:
        try:
            return self._store.read(job_id)
        except FileNotFoundError:
            raise JobNotFound(f"There is no job {job_id!r}.", param="job_id") from None
        except (OSError, ValueError) as error:
            raise JobNotFound(f"The record of job {job_id!r} cannot be read: {error}", param="job_id") from None

    def _seen(self, job: Job) -> Job:
        """The job as people see it, as soon as someone cancelled it."""
        cancelling = job.state == "running" and (self._store.folder / job.job_id / CANCEL).exists()
        return replace(job, state="cancelling") if cancelling else job

    def _so_far(self, job: Job) -> tuple[FileResult, ...]:
        try:
            files = JobInput.read(self._store.folder / job.job_id).files
            return job_files.results_so_far(job, files, self._done(job))
        except (OSError, ValueError, QAServiceError) as error:
            logger.warning("the results of job %s cannot be read: %s", job.job_id, error)
            return ()

    def _deciding(self) -> Lock:
        return Lock(self._store.folder / "records.lock")

    def _nobody_runs(self) -> bool:
        """Whether no process runs jobs, so that this one decides."""
        try:
            Lock(self._store.folder / "queue.lock", wait=0).close()
        except BlockingIOError:
            return False
        return True

    def _run(self, waiting: Job) -> bool:
        """Run a job; False if it must wait: its collection was busy, or this process ends."""
        folder = self._store.folder / waiting.job_id
        with self._deciding():
            job = self._store.read_or_none(waiting.job_id)
            if job is None or job.state in OVER:
                return True  # it was cancelled or removed meanwhile
            if (folder / CANCEL).exists():
                over = self._end(job, "cancelled", self._so_far(job))
            else:
                over = None
                self._store.write(job := replace(job, state="running"))
        if over is None and (over := self._ingest(job, folder)) is None:
            return False
        self._tidy(over)
        return True

    def _ingest(self, job: Job, folder: Path) -> Job | None:
        written = time.monotonic()
        now = job

        def show(progress: IngestProgress) -> None:
            nonlocal written, now
            now = replace(job, done=progress.done_files, passages=progress.passages, current=progress.current)
            if time.monotonic() - written >= SECONDS_BETWEEN_REPORTS:
                with suppress(OSError):  # the job goes on without a report of its progress
                    self._store.write(now)
                written = time.monotonic()

        def stop() -> bool:
            return self._queue.closing.is_set() or (folder / CANCEL).exists()

        try:
            report = self._work(job, JobInput.read(folder), show, stop)
        except CollectionBusy as error:
            logger.warning("job %s waits: %s", job.job_id, error)
            return self._wait(job)
        except QAServiceError as error:
            return self._fail(now, error.message)
        except Exception:
            logger.exception("job %s failed", job.job_id)
            return self._fail(now, "The job failed; the server's log says why.")
        stopped = any(result.outcome in job_files.NOT_READ for result in report.files)
        if stopped and not (folder / CANCEL).exists():
            return self._wait(now)  # this process ends
        now = replace(now, generation=report.generation, passages=report.passages)
        with self._deciding():
            return self._end(now, "cancelled" if stopped else "done", report.files)

    def _wait(self, job: Job) -> None:
        """Queue a job again. Whoever cancels it now ends it at once."""
        self._store.write(replace(job, state="queued", current=None))

    def _fail(self, job: Job, reason: str) -> Job:
        reason = f"{reason} The files that were not stored are kept; retry the job when the cause is gone."
        results = [
            replace(result, outcome="skipped", reason=f"{result.file}: {NOT_REACHED}.", retryable=True)
            if result.outcome in job_files.NOT_READ
            else result
            for result in self._so_far(job)
        ]
        with self._deciding():
            return self._end(job, "failed", results, error=reason)

    def _end(self, job: Job, state: str, results: Sequence[FileResult], *, error: str | None = None) -> Job:
        """Write that a job is over. The caller decides its state under `_deciding`."""
        folder = self._store.place(job.job_id)
        results = [
            replace(result, outcome="cancelled") if result.outcome in job_files.NOT_READ else result
            for result in results
        ]
        job_files.write_results(folder, results)
        over = replace(
            job,
            state=state,
            done=sum(result.outcome != "cancelled" for result in results) if state == "cancelled" else job.done,
            current=None,
            error=error,
            finished=time.time_ns(),
            outcomes=job_files.counts(results),
            retryable=len(job_files.to_retry(JobInput.read(folder).files, results, all_skipped=False)),
        )
        if state == "done":
            over = replace(over, done=job.total)
        self._store.write(over)
        return over

    def _tidy(self, job: Job) -> None:
        """Delete what a job that is over does not need. Called again after a restart."""
        folder = self._store.folder / job.job_id
        if (folder / "files").is_dir():
            self._forget(job)
            with self._deciding(), suppress(FileNotFoundError):  # it was removed meanwhile
                job_files.keep(folder)
        self._over[job.job_id] = None
        while len(self._over) > KEPT:
            oldest = next(iter(self._over))
            self._store.remove(oldest)
            del self._over[oldest]
        sizes = {one: size for one in reversed(self._over) if (size := job_files.kept_bytes(self._store.folder / one))}
        room = KEPT_BYTES
        for one, size in sizes.items():
            room -= size
            if room < 0:
                job_files.drop_kept(self._store.folder / one)


def _nothing_to_retry(job: Job) -> str:
    if job.retried_as is not None:
        return f"Job {job.job_id} was retried as job {job.retried_as}."
    skipped = job.outcomes.get("skipped", 0)
    if skipped:
        return (
            f"No file of job {job.job_id} may pass when it is read again. "
            f'To read its {skipped} skipped files all the same, send {{"all": true}}.'
        )
    return f"Job {job.job_id} has stored all its files; there is nothing to retry."
