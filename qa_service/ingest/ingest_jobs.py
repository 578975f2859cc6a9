"""Ingest jobs: uploaded files that are stored after the response, and after a restart (see `qa_service.jobs`).

<index>/.jobs/<id>/job.json     what the job is and how far it is
<index>/.jobs/<id>/names.json   the names of the files
<index>/.jobs/<id>/files/<n>    the uploaded bytes, until they are stored
"""

from __future__ import annotations

import json
import logging
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from qa_service.errors import CollectionBusy, JobNotFound, QAServiceError
from qa_service.ingest.job_json import job_of
from qa_service.jobs.queue import JobQueue
from qa_service.jobs.store import JobStore
from qa_service.records import IngestProgress, IngestReport, Job

__all__ = ["IngestJobs", "Work"]

logger = logging.getLogger(__name__)

Work = Callable[[Job, Sequence[tuple[str, Path]], Callable[[IngestProgress], None]], IngestReport]
"""(job, name and path of the bytes of each file, progress) -> report."""

SECONDS_BETWEEN_REPORTS = 0.5
"""Seconds between two writes of a job's progress to disk, where all processes of a server read it."""
KEPT = 1000
"""Jobs that are done and whose record is kept. A failed job is kept with its files."""
FILES_KEPT = "The uploaded files are kept in .jobs/{}/files of the index; send them again."


class IngestJobs:
    """Runs the ingest jobs of one index, one at a time. Safe to use from several threads."""

    def __init__(self, folder: Path, work: Work, forget: Callable[[Job], None] = lambda job: None) -> None:
        """
        Args:
            work: stores the files that no earlier run of the job has stored.
            forget: called when the record of a job says that it is over.
        """
        self._work = work
        self._forget = forget
        self._done: dict[str, None] = {}
        self._store = JobStore(folder, "job.json", job_of, "job")
        self._queue = JobQueue(
            self._store, self._run, self._tidy, name="jobs", group=lambda job: job.collection, stay=True
        )
        self._queue.start()

    def submit(self, files: Sequence[tuple[str, bytes]], collection: str) -> Job:
        """Write the job to disk and queue it."""

        def fill(job_id: str, folder: Path) -> Job:
            (folder / "files").mkdir()
            for number, (_, content) in enumerate(files):
                (folder / "files" / str(number)).write_bytes(content)
            (folder / "names.json").write_text(json.dumps([name for name, _ in files]), encoding="utf-8")
            return Job(job_id, "ingest", collection, "queued", 0, len(files))

        job = self._store.submit(fill)
        self._queue.start()
        return job

    def job(self, job_id: str) -> Job:
        """The job as it is now, whichever process runs it.

        Raises:
            JobNotFound: there is no such job, or its record cannot be read.
        """
        try:
            return self._store.read(job_id)
        except FileNotFoundError:
            raise JobNotFound(f"There is no job {job_id!r}.", param="job_id") from None
        except (OSError, ValueError) as error:
            raise JobNotFound(f"The record of job {job_id!r} cannot be read: {error}", param="job_id") from None

    def close(self) -> None:
        """Stop after the current job. The next start runs what still waits."""
        self._queue.close()

    def _run(self, job: Job) -> bool:
        """Run a job; False if its collection was busy, and the job is queued again."""
        over = self._ingest(job)
        if over is not None:
            self._store.write(over)
            self._tidy(over)
        return over is not None

    def _ingest(self, queued: Job) -> Job | None:
        job = replace(queued, state="running", done=0)
        self._store.write(job)
        written = time.monotonic()

        def show(progress: IngestProgress) -> None:
            nonlocal written
            if time.monotonic() - written >= SECONDS_BETWEEN_REPORTS:
                with suppress(OSError):  # the job goes on without a report of its progress
                    self._store.write(replace(job, done=progress.done_files))
                written = time.monotonic()

        folder, kept = self._store.place(job.job_id), FILES_KEPT.format(job.job_id)
        try:
            names = json.loads((folder / "names.json").read_text(encoding="utf-8"))
            report = self._work(job, [(n, folder / "files" / str(i)) for i, n in enumerate(names)], show)
        except CollectionBusy as error:
            logger.warning("job %s waits: %s", job.job_id, error)
            self._store.write(replace(job, state="queued"))
            return None
        except QAServiceError as error:
            return replace(job, state="failed", error=f"{error.message} {kept}")
        except Exception:
            logger.exception("job %s failed", job.job_id)
            return replace(job, state="failed", error=f"The job failed; the server's log says why. {kept}")
        return replace(job, state="done", done=job.total, files=report.files, generation=report.generation)

    def _tidy(self, job: Job) -> None:
        files = self._store.folder / job.job_id / "files"
        if files.is_dir():
            self._forget(job)
        if job.state == "done":
            shutil.rmtree(files, ignore_errors=True)
            self._done[job.job_id] = None
        while len(self._done) > KEPT:
            oldest = next(iter(self._done))
            self._store.remove(oldest)
            del self._done[oldest]
