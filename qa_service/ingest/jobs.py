"""Jobs: work that goes on after the response, and after a restart.

    <index>/.jobs/<id>/job.json     what it is and how far it is
    <index>/.jobs/<id>/files/<n>    the uploaded bytes, until they are ingested

A job is on disk before its id is given out. One that a crash interrupted is run again from its beginning: ingesting the
same bytes twice changes nothing.
"""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from queue import SimpleQueue

from qa_service.errors import JobNotFound, QAServiceError
from qa_service.records import AddedArticle, FileResult, IngestProgress, IngestReport, Job

__all__ = ["JobQueue", "Work"]

logger = logging.getLogger(__name__)

Work = Callable[[Job, Sequence[tuple[str, Path]], Callable[[IngestProgress], None]], IngestReport]
"""(job, (name, path of the bytes) of each file, progress) -> report."""

_ID = re.compile(r"[0-9a-f]{32}")
KEPT = 1000
"""Finished jobs that can still be asked about."""


class JobQueue:
    """Runs jobs one after the other on a thread of its own."""

    def __init__(self, folder: Path, work: Work) -> None:
        self._folder = folder
        self._work = work
        self._queue: SimpleQueue[str | None] = SimpleQueue()
        self._live: dict[str, Job] = {}
        self._closing = False
        for job in sorted(self._unfinished(), key=lambda j: j.job_id):
            self._live[job.job_id] = job
            self._queue.put(job.job_id)
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
        self._thread.start()

    def submit(self, files: Sequence[tuple[str, bytes]], collection: str) -> Job:
        """Write the job to disk and queue it."""
        job = Job(uuid.uuid4().hex, "ingest", collection, "queued", 0, len(files))
        building = self._folder / f".{job.job_id}"
        (building / "files").mkdir(parents=True)
        for number, (_, content) in enumerate(files):
            (building / "files" / str(number)).write_bytes(content)
        (building / "names.json").write_text(json.dumps([name for name, _ in files]), encoding="utf-8")
        (building / "job.json").write_text(json.dumps(asdict(job)), encoding="utf-8")
        for path in [p for p in building.rglob("*") if p.is_file()]:
            with path.open("rb") as file:
                os.fsync(file.fileno())
        building.rename(self._folder / job.job_id)
        self._live[job.job_id] = job
        self._queue.put(job.job_id)
        self._forget_oldest()
        return job

    def job(self, job_id: str) -> Job:
        if job_id in self._live:
            return self._live[job_id]
        path = self._folder / job_id / "job.json"
        if not _ID.fullmatch(job_id) or not path.is_file():
            raise JobNotFound(f"There is no job {job_id!r}.", param="job_id")
        return _read(path)

    def close(self) -> None:
        """Stop after the job in hand. What is still queued is run at the next start."""
        self._closing = True
        self._queue.put(None)
        self._thread.join()

    def _unfinished(self) -> list[Job]:
        found = [_read(p) for p in self._folder.glob("*/job.json") if _ID.fullmatch(p.parent.name)]
        return [replace(j, state="queued", done=0) for j in found if j.state in {"queued", "running"}]

    def _run(self) -> None:
        while (job_id := self._queue.get()) is not None and not self._closing:
            job = replace(self._live[job_id], state="running")
            self._save(job)
            folder = self._folder / job_id

            def show(progress: IngestProgress, job: Job = job) -> None:
                self._live[job.job_id] = replace(job, done=progress.done_files)

            try:
                names = json.loads((folder / "names.json").read_text(encoding="utf-8"))
                report = self._work(job, [(n, folder / "files" / str(i)) for i, n in enumerate(names)], show)
                job = replace(job, state="done", done=job.total, files=report.files, generation=report.generation)
            except QAServiceError as error:
                job = replace(job, state="failed", error=error.message)
            except Exception:
                logger.exception("job %s failed", job_id)
                job = replace(job, state="failed", error="The job failed; the server's log says why.")
            self._save(job)
            shutil.rmtree(folder / "files", ignore_errors=True)
            del self._live[job_id]

    def _save(self, job: Job) -> None:
        path = self._folder / job.job_id / "job.json"
        new = path.with_suffix(".new")
        new.write_text(json.dumps(asdict(job)), encoding="utf-8")
        new.replace(path)
        self._live[job.job_id] = job

    def _forget_oldest(self) -> None:
        done = [p for p in self._folder.iterdir() if _ID.fullmatch(p.name) and p.name not in self._live]
        if len(done) > KEPT:
            for path in sorted(done, key=lambda p: p.stat().st_mtime)[: len(done) - KEPT]:
                shutil.rmtree(path, ignore_errors=True)


def _read(path: Path) -> Job:
    values = json.loads(path.read_text(encoding="utf-8"))
    values["files"] = tuple(
        FileResult(f["file"], f["outcome"], tuple(AddedArticle(**a) for a in f["articles"]), f["reason"])
        for f in values["files"]
    )
    return Job(**values)
