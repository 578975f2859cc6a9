"""Jobs: work that goes on after the response, and after a restart.

    <index>/.jobs/<id>/job.json     what it is and how far it is
    <index>/.jobs/<id>/names.json   the files' names
    <index>/.jobs/<id>/files/<n>    the uploaded bytes, until they are ingested
    <index>/.jobs/queue.lock        held by the process that runs the jobs
    <index>/.jobs/submit.lock       shared by those that are writing a job

A job is on disk before its id is given out. Of several processes on one index a single one runs jobs, in the order in
which they were submitted; when it ends, another goes on. A job that a crash interrupted is given to `work` again, which
knows which of its files are done.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import re
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO

from qa_service.errors import CollectionBusy, JobNotFound, QAServiceError
from qa_service.ingest.job_records import StoredJob, read_job, sync_folder, write_job
from qa_service.records import IngestProgress, IngestReport, Job

__all__ = ["JobQueue", "Work"]

logger = logging.getLogger(__name__)

Work = Callable[[Job, Sequence[tuple[str, Path]], Callable[[IngestProgress], None]], IngestReport]
"""(job, (name, path of the bytes) of each file, progress) -> report."""

_ID = re.compile(r"[0-9a-f]{32}")
OVER = frozenset({"done", "failed"})
KEPT = 1000
"""Jobs that are done and can still be asked about. One that failed stays, as it keeps its files."""
POLL_SECONDS = 1.0
"""How often the thread looks for the lock, for other processes' jobs, and for a collection that was busy."""
FILES_KEPT = "The uploaded files are kept in .jobs/{}/files of the index; send them again."


class JobQueue:
    """Runs jobs one after the other on a thread of its own.

    `forget` is called when a job's record says that it is over.
    """

    def __init__(self, folder: Path, work: Work, forget: Callable[[Job], None] = lambda job: None) -> None:
        self._folder = folder
        self._work = work
        self._forget = forget
        self._live: dict[str, Job] = {}
        self._over: set[str] = set()
        self._done: dict[str, None] = {}
        self._last = 0
        self._submitting = threading.Lock()
        self._closing = False
        self._wake = threading.Event()
        self._remove_unsubmitted()
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
        self._thread.start()

    def submit(self, files: Sequence[tuple[str, bytes]], collection: str) -> Job:
        """Write the job to disk and queue it."""
        job = Job(uuid.uuid4().hex, "ingest", collection, "queued", 0, len(files))
        building = self._folder / f".{job.job_id}"
        with self._submitting, (self._folder / "submit.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
            self._last = max(time.time_ns(), self._last + 1)
            try:
                (building / "files").mkdir(parents=True)
                for number, (_, content) in enumerate(files):
                    (building / "files" / str(number)).write_bytes(content)
                (building / "names.json").write_text(json.dumps([name for name, _ in files]), encoding="utf-8")
                write_job(building, StoredJob(self._last, job))
                for path in [p for p in building.rglob("*") if p.is_file()]:
                    with path.open("rb") as file:
                        os.fsync(file.fileno())
                sync_folder(building / "files")
                sync_folder(building)
                building.rename(self._folder / job.job_id)
            except BaseException:
                shutil.rmtree(building, ignore_errors=True)
                raise
            sync_folder(self._folder)
        self._wake.set()
        return job

    def job(self, job_id: str) -> Job:
        """As it stands, whichever process runs it.

        Raises:
            JobNotFound: there is none, or its record cannot be read.
        """
        live = self._live.get(job_id)
        if live is not None:
            return live
        if _ID.fullmatch(job_id):
            try:
                return read_job(self._folder / job_id).job
            except FileNotFoundError:
                pass
            except (OSError, ValueError) as error:
                raise JobNotFound(f"The record of job {job_id!r} cannot be read: {error}", param="job_id") from None
        raise JobNotFound(f"There is no job {job_id!r}.", param="job_id")

    def close(self) -> None:
        """Stop after the job in hand. What is still queued is run at the next start."""
        self._closing = True
        self._wake.set()
        self._thread.join()

    def _run(self) -> None:
        lock: IO[str] | None = None
        while not self._closing:
            self._wake.clear()
            try:
                lock = lock or _locked(self._folder / "queue.lock", fcntl.LOCK_EX)
                if lock is not None:
                    self._run_waiting()
            except Exception:  # such as a full disk: the jobs stay, and so must the thread
                logger.exception("jobs cannot be run; trying again")
            if not self._closing:
                self._wake.wait(POLL_SECONDS)
        if lock is not None:
            lock.close()

    def _run_waiting(self) -> None:
        busy: set[str] = set()
        for stored in self._waiting():
            if self._closing:
                return
            if stored.job.collection in busy:
                continue  # its jobs keep their order
            try:
                if not self._run_job(stored):
                    busy.add(stored.job.collection)
            except Exception:
                logger.exception("job %s was left off; it is tried again unless it is over", stored.job.job_id)
                busy.add(stored.job.collection)
            finally:
                self._live.pop(stored.job.job_id, None)
        self._forget_oldest()

    def _run_job(self, stored: StoredJob) -> bool:
        """False where the collection was busy, and the job is queued again."""
        job = replace(stored.job, state="running", done=0)
        folder = self._folder / job.job_id
        self._save(folder, replace(stored, job=job))

        def show(progress: IngestProgress) -> None:
            self._live[job.job_id] = replace(job, done=progress.done_files)

        try:
            names = json.loads((folder / "names.json").read_text(encoding="utf-8"))
            report = self._work(job, [(n, folder / "files" / str(i)) for i, n in enumerate(names)], show)
            over = replace(job, state="done", done=job.total, files=report.files, generation=report.generation)
        except CollectionBusy as error:
            logger.warning("job %s waits: %s", job.job_id, error)
            self._save(folder, replace(stored, job=replace(job, state="queued")))
            return False
        except QAServiceError as error:
            over = replace(job, state="failed", error=f"{error.message} {FILES_KEPT.format(job.job_id)}")
        except Exception:
            logger.exception("job %s failed", job.job_id)
            kept = FILES_KEPT.format(job.job_id)
            over = replace(job, state="failed", error=f"The job failed; the server's log says why. {kept}")
        self._save(folder, replace(stored, job=over))
        self._tidy(over)
        return True

    def _waiting(self) -> list[StoredJob]:
        """Jobs that are not over, oldest first. The lock is held: one that is `running` was interrupted."""
        found = []
        for folder in self._folder.iterdir():
            if not _ID.fullmatch(folder.name) or folder.name in self._over:
                continue
            try:
                found.append(read_job(folder))
            except (OSError, ValueError) as error:
                logger.warning("job %s is left out, its record cannot be read: %s", folder.name, error)
                self._over.add(folder.name)
        found.sort(key=lambda s: (s.submitted, s.job.job_id))
        for stored in found:
            if stored.job.state in OVER:
                self._tidy(stored.job)  # an earlier process's; a crash may have come before it did so
        return [s for s in found if s.job.state not in OVER]

    def _tidy(self, job: Job) -> None:
        """Let go of what a job that is over needs no more."""
        self._over.add(job.job_id)
        files = self._folder / job.job_id / "files"
        if files.is_dir():
            self._forget(job)
        if job.state == "done":
            shutil.rmtree(files, ignore_errors=True)
            self._done[job.job_id] = None

    def _save(self, folder: Path, stored: StoredJob) -> None:
        write_job(folder, stored)
        self._live[stored.job.job_id] = stored.job

    def _forget_oldest(self) -> None:
        while len(self._done) > KEPT:
            oldest = next(iter(self._done))
            shutil.rmtree(self._folder / oldest, ignore_errors=True)
            del self._done[oldest]

    def _remove_unsubmitted(self) -> None:
        """What a crash in `submit` left behind; nobody was told its id."""
        lock = _locked(self._folder / "submit.lock", fcntl.LOCK_EX)
        if lock is not None:  # else another process is writing one just now
            with lock:
                for folder in self._folder.glob(".*"):
                    if _ID.fullmatch(folder.name[1:]):
                        shutil.rmtree(folder, ignore_errors=True)


def _locked(path: Path, kind: int) -> IO[str] | None:
    """The file, open and locked until it is closed; None where another holds it. It dies with the process."""
    file = path.open("a")
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    except BaseException:
        file.close()
        raise
    return file
