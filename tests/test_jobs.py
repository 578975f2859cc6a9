from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from builders import fake_service

from qa_service.errors import InvalidInput, JobNotFound
from qa_service.ingest.jobs import JobQueue
from qa_service.records import FileResult, IngestProgress, IngestReport, Job

Files = Sequence[tuple[str, Path]]


def report(job: Job, files: Files) -> IngestReport:
    results = tuple(FileResult(name, "added") for name, _ in files)
    return IngestReport(job.collection, 7, results, len(files), 0, 0.0)


def finished(queue: JobQueue, job_id: str) -> Job:
    for _ in range(500):
        job = queue.job(job_id)
        if job.state in {"done", "failed"}:
            return job
        time.sleep(0.01)
    raise AssertionError(f"still {job.state}")


def test_a_job_is_done_and_can_be_asked_about_afterwards(tmp_path: Path) -> None:
    seen = []

    def work(job: Job, files: Files, progress: Callable[[IngestProgress], None]) -> IngestReport:
        seen.extend((name, path.read_bytes()) for name, path in files)
        progress(IngestProgress(1, 2, 3, 0.1))
        return report(job, files)

    queue = JobQueue(tmp_path, work)
    job = queue.submit([("a.txt", b"one"), ("b.txt", b"two")], "default")
    done = finished(queue, job.job_id)
    queue.close()
    assert (done.state, done.done, done.total, done.generation) == ("done", 2, 2, 7)
    assert [f.file for f in done.files] == ["a.txt", "b.txt"]
    assert seen == [("a.txt", b"one"), ("b.txt", b"two")]
    again = JobQueue(tmp_path, work)
    assert again.job(job.job_id) == done
    again.close()


def test_a_job_that_a_crash_interrupted_is_run_again(tmp_path: Path) -> None:
    block, entered = threading.Event(), threading.Event()

    def never_ends(job: Job, files: Files, progress: Callable[[IngestProgress], None]) -> IngestReport:
        entered.set()
        block.wait(10)
        return report(job, files)

    crashed = JobQueue(tmp_path, never_ends)
    job = crashed.submit([("a.txt", b"one")], "default")
    waiting = crashed.submit([("b.txt", b"two")], "default")
    assert entered.wait(5)
    assert json.loads((tmp_path / job.job_id / "job.json").read_text())["state"] == "running"
    restarted = JobQueue(tmp_path, lambda j, f, p: report(j, f))
    assert finished(restarted, job.job_id).state == "done"
    assert finished(restarted, waiting.job_id).state == "done"
    restarted.close()
    block.set()


def test_a_failed_job_says_why(tmp_path: Path) -> None:
    def work(job: Job, files: Files, progress: Callable[[IngestProgress], None]) -> IngestReport:
        raise InvalidInput("that file is no good")

    queue = JobQueue(tmp_path, work)
    job = finished(queue, queue.submit([("a.txt", b"one")], "default").job_id)
    assert (job.state, job.error) == ("failed", "that file is no good")
    queue.close()


@pytest.mark.parametrize("job_id", ["0" * 32, "../../etc", "", ".", "x"])
def test_an_unknown_job_is_not_found(tmp_path: Path, job_id: str) -> None:
    queue = JobQueue(tmp_path, lambda j, f, p: report(j, f))
    with pytest.raises(JobNotFound):
        queue.job(job_id)
    queue.close()


def test_uploaded_files_are_ingested(tmp_path: Path) -> None:
    service = fake_service(tmp_path)
    service.start()
    prose = b"The mayor of Sevare opened a market on Monday. Traders came from all of the region to sell their goods."
    job_id = service.submit_files([("news.txt", prose), ("picture.png", b"\x89PNG\0\0\0")]).job_id
    while (job := service.job(job_id)).state not in {"done", "failed"}:
        time.sleep(0.01)
    assert [(f.file, f.outcome) for f in job.files] == [("news.txt", "added"), ("picture.png", "skipped")]
    assert job.files[1].reason is not None
    assert "picture.png" in job.files[1].reason
    assert service.status().articles == 1
    service.close()
