"""The calls of `Service` about ingest jobs."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial

from qa_service.errors import CollectionNotFound, InvalidInput
from qa_service.ingest.files import GivenFiles
from qa_service.ingest.ingest_jobs import IngestJobs
from qa_service.ingest.run import Progress
from qa_service.ingest.source import never
from qa_service.records import IngestReport, Job, JobPage, Upload
from qa_service.service import ingesting
from qa_service.service.open_collections import OpenCollections
from qa_service.service.uploads import described
from qa_service.settings import Settings

__all__ = ["JobCalls"]

JOBS_FOLDER = ".jobs"


class JobCalls:
    """Base of `Service`: uploads, and the jobs that ingest them."""

    settings: Settings
    _collections: OpenCollections
    _loading: threading.Lock
    _jobs: IngestJobs | None = None

    def submit_files(
        self,
        files: Sequence[Upload | tuple[str, bytes]],
        collection: str = "default",
        *,
        columns: Mapping[str, str] | None = None,
    ) -> Job:
        """Queue files for ingestion and return the job. It is durable then, and continues after a restart.

        Args:
            files: uploads, or the name and content of each file. A `sources.toml` among them describes others.
            columns: for tables and JSON: the column that holds each field, by the field's name.

        Raises:
            InvalidInput: there is no file to read, two files have one name, or a `sources.toml` is no TOML.
        """
        with suppress(CollectionNotFound):  # the job creates it, if it has something to store
            self._collections.get_for_vectors(collection)
        uploads, wrong = described([Upload(*file) if isinstance(file, tuple) else file for file in files])
        name, times = Counter(upload.name for upload in uploads).most_common(1)[0]
        if times > 1:
            raise InvalidInput(f"files: {name} is sent {times} times.", param="files")
        return self._open_jobs().submit(uploads, collection, columns=columns, warnings=wrong)

    def job(self, job_id: str) -> Job:
        """A job as it is now, with what came of each file. Raises JobNotFound."""
        return self._open_jobs().job(job_id)

    def jobs(
        self, *, collection: str | None = None, state: str | None = None, limit: int = 50, after: str | None = None
    ) -> JobPage:
        """One page of jobs, newest first, without their files; of one collection or in one state, if given."""
        return self._open_jobs().records.jobs(collection=collection, state=state, limit=limit, after=after)

    def cancel_job(self, job_id: str) -> Job:
        """Cancel a job. What it has stored stays. Raises JobNotFound, or Conflict if it is over."""
        return self._open_jobs().cancel(job_id)

    def remove_job(self, job_id: str) -> tuple[str, Job]:
        """Cancel a job that is not over, or remove the record and the kept files of one that is.

        Returns `cancelled` or `removed`, and the job. Raises JobNotFound.
        """
        return self._open_jobs().remove(job_id)

    def retry_job(self, job_id: str, *, all_skipped: bool = False) -> Job:
        """Queue a new job with the files of a job that may pass when they are read again; or with all it skipped.

        Raises:
            JobNotFound: there is no such job. Conflict: it is not over, or no file is left to retry.
        """
        return self._open_jobs().retry(job_id, all_skipped=all_skipped)

    def _ingest_files(
        self, files: GivenFiles, total: int, name: str, progress: Progress | None, cancelled: Callable[[], bool] = never
    ) -> IngestReport:
        raise NotImplementedError

    def _close_jobs(self) -> None:
        if self._jobs is not None:
            self._jobs.close()

    def _open_jobs(self) -> IngestJobs:
        with self._loading:
            if self._jobs is None:
                folder = self.settings.index / JOBS_FOLDER
                folder.mkdir(parents=True, exist_ok=True)
                run = partial(ingesting.run_job, self._collections, self._ingest_files)
                forget = partial(ingesting.forget_files, self._collections)
                done = partial(ingesting.done_files, self._collections)
                self._jobs = IngestJobs(folder, run, forget, done)
            return self._jobs
