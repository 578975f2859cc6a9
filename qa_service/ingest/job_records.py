"""The records of ingest jobs: read, listed, and decided by whichever process asks.

<index>/.jobs/<id>/job.json   what the job is and how far it is; for the other files see `job_files`
<index>/.jobs/<id>/cancel     someone cancelled the job
<index>/.jobs/records.lock    held while the state of a job is decided
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from qa_service.errors import InvalidInput, JobNotFound, QAServiceError
from qa_service.files.locks import Lock
from qa_service.ingest import job_files
from qa_service.ingest.job_files import JobInput
from qa_service.ingest.job_json import job_of
from qa_service.jobs.store import OVER, JobStore
from qa_service.records import FileResult, Job, JobPage

__all__ = ["CANCEL", "Done", "JobRecords"]

logger = logging.getLogger(__name__)

Done = Callable[[Job], Mapping[int, Sequence[FileResult]]]
"""The results of the files of a job that are done, by number. An archive has several."""

KEPT = 1000
"""Jobs that are over and whose record is kept."""
KEPT_BYTES = 1024**3
"""Bytes of files that are kept for a retry, of all jobs together."""
CANCEL = "cancel"


class JobRecords:
    """The records of the jobs in a folder. Safe to use from several threads and processes."""

    def __init__(self, folder: Path, forget: Callable[[Job], None], done: Done) -> None:
        """
        Args:
            forget: called when the record of a job says that it is over.
        """
        self.store = JobStore(folder, "job.json", job_of, "job")
        self._forget, self._done = forget, done
        self._over: dict[str, int] = {}
        """Bytes that are kept for a retry, by the id of a job that is over. The oldest job comes first."""
        self._tidying = threading.Lock()

    def folder(self, job_id: str) -> Path:
        return self.store.folder / job_id

    def deciding(self) -> Lock:
        """Hold it to decide the state of a job."""
        return Lock(self.store.folder / "records.lock")

    def is_cancelled(self, job_id: str) -> bool:
        return (self.folder(job_id) / CANCEL).exists()

    def read(self, job_id: str) -> Job:
        """The record of a job as it stands on disk.

        Raises:
            JobNotFound: there is no such job, or its record cannot be read.
        """
        try:
            return self.store.read(job_id)
        except FileNotFoundError:
            raise JobNotFound(f"There is no job {job_id!r}.", param="job_id") from None
        except (OSError, ValueError) as error:
            raise JobNotFound(f"The record of job {job_id!r} cannot be read: {error}", param="job_id") from None

    def job(self, job_id: str) -> Job:
        """The job as it is now, whichever process runs it, with what came of each file.

        Raises:
            JobNotFound: there is no such job, or its record cannot be read.
        """
        job = self.read(job_id)
        if job.state in OVER:
            return replace(job, files=job.files or job_files.read_results_of(self.folder(job_id)))
        files = tuple(self.results(job))
        done = sum(result.outcome not in job_files.NOT_READ for result in files)
        return replace(self._seen(job), files=files, done=max(job.done, min(done, job.total)))

    def jobs(self, *, collection: str | None, state: str | None, limit: int, after: str | None) -> JobPage:
        """One page of jobs, newest first, without their files.

        Raises:
            InvalidInput: there is no job `after`.
        """
        found = [
            job
            for job in map(self._seen, self.store.records())
            if collection in (None, job.collection) and state in (None, job.state)
        ]
        found.sort(key=lambda job: (-job.submitted, job.job_id))
        first = next((n for n, job in enumerate(found, 1) if job.job_id == after), 0)
        if after is not None and not first:
            message = f"after: there is no job {after!r} in this list. Begin with the first page."
            raise InvalidInput(message, param="after")
        page = tuple(replace(job, files=()) for job in found[first : first + limit])
        return JobPage(page, len(found), page[-1].job_id if len(found) > first + limit else None)

    def results(self, job: Job, reported: Sequence[FileResult] = ()) -> list[FileResult]:
        """What came of each file of a job that is not over. `reported` adds to what the collection knows."""
        try:
            files = JobInput.read(self.folder(job.job_id)).files
            return job_files.results_so_far(job, files, {**self._done(job), **job_files.by_number(files, reported)})
        except (OSError, ValueError, QAServiceError) as error:
            logger.warning("the results of job %s cannot be read: %s", job.job_id, error)
            return list(reported)

    def end(self, job: Job, state: str, results: Sequence[FileResult], *, error: str | None = None) -> Job:
        """Write that a job is over. The caller holds `deciding`."""
        folder = self.folder(job.job_id)
        results = [replace(r, outcome="cancelled") if r.outcome in job_files.NOT_READ else r for r in results]
        job_files.write_results(folder, results)
        with suppress(OSError, ValueError):  # files.json is damaged
            retryable = job_files.to_retry(JobInput.read(folder).files, results, all_skipped=False)
            job = replace(job, retryable=len(retryable))
        over = replace(
            job,
            state=state,
            done=job.total if state == "done" else job.done,
            current=None,
            error=error,
            finished=time.time_ns(),
            outcomes=job_files.counts(results),
        )
        self.store.write(over)
        return over

    def tidy(self, job: Job) -> None:
        """Delete what a job that is over does not need. Called again after a restart."""
        folder = self.folder(job.job_id)
        if (folder / job_files.FILES).is_dir():
            self._forget(job)
            with self.deciding(), suppress(FileNotFoundError):  # it was removed meanwhile
                job_files.keep(folder)
        with self._tidying:
            self._over[job.job_id] = job_files.kept_bytes(folder)
            while len(self._over) > KEPT:
                oldest = next(iter(self._over))
                self.store.remove(oldest)
                del self._over[oldest]
            if sum(self._over.values()) > KEPT_BYTES:
                self._make_room()

    def _make_room(self) -> None:
        """Delete kept files, those of the oldest jobs first."""
        self._over = {one: job_files.kept_bytes(self.folder(one)) for one in self._over}
        too_many = sum(self._over.values()) - KEPT_BYTES
        for one, size in self._over.items():
            if too_many > 0 and size:
                job_files.drop_kept(self.folder(one))
                self._over[one] = 0
                too_many -= size

    def _seen(self, job: Job) -> Job:
        """The job as people see it: as soon as someone cancelled it."""
        cancelling = job.state not in OVER and self.is_cancelled(job.job_id)
        return replace(job, state="cancelling") if cancelling else job
