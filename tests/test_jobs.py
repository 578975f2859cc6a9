from __future__ import annotations

import errno
import fcntl
import json
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partialmethod
from pathlib import Path

import pytest
from builders import fake_service

from qa_service.errors import CollectionBusy, CollectionCorrupt, InvalidInput, JobNotFound
from qa_service.ingest import ingest_jobs, job_records, run
from qa_service.ingest.ingest_jobs import IngestJobs
from qa_service.ingest.job_files import JobInput
from qa_service.jobs import queue as queue_module
from qa_service.jobs.store import OVER, JobStore
from qa_service.records import FileResult, IngestProgress, IngestReport, Job, Upload
from qa_service.service import Service
from qa_service.storage.local.collection import Collection, writer_lock
from qa_service.storage.local.store import LocalEngine

Show = Callable[[IngestProgress], None]
Stop = Callable[[], bool]


def uploads(*files: tuple[str, bytes]) -> list[Upload]:
    return [Upload(*file) for file in files]


def names(given: JobInput) -> list[str]:
    return [file.name for file in given.files]


def report(job: Job, given: JobInput) -> IngestReport:
    results = tuple(FileResult(name, "added") for name in names(given))
    return IngestReport(job.collection, 7, results, len(results), 0, 0.0)


def prose(number: int) -> bytes:
    return (
        f"The mayor of Place{number} opened a market on Monday. Traders came from all of the region to sell goods."
    ).encode()


def finished(queue: IngestJobs | Service, job_id: str) -> Job:
    for _ in range(500):
        job = queue.job(job_id)
        if job.state in OVER:
            return job
        time.sleep(0.01)
    raise AssertionError(f"still {job.state}")


def test_a_job_is_done_and_can_be_asked_about_afterwards(tmp_path: Path) -> None:
    seen: list[tuple[str, bytes]] = []

    def work(job: Job, given: JobInput, progress: Show, stop: Stop) -> IngestReport:
        seen.extend((file.name, file.path.read_bytes()) for file in given.files)
        progress(IngestProgress(1, 2, 3, 0.1))
        return report(job, given)

    queue = IngestJobs(tmp_path, work)
    job = queue.submit(uploads(("a.txt", b"one"), ("b.txt", b"two")), "default")
    done = finished(queue, job.job_id)
    queue.close()
    assert (done.state, done.done, done.total, done.generation) == ("done", 2, 2, 7)
    assert [f.file for f in done.files] == ["a.txt", "b.txt"]
    assert seen == [("a.txt", b"one"), ("b.txt", b"two")]
    again = IngestJobs(tmp_path, work)
    assert again.job(job.job_id) == done
    again.close()


def test_a_job_that_a_crash_interrupted_is_run_again(tmp_path: Path) -> None:
    block, entered = threading.Event(), threading.Event()

    def never_ends(job: Job, given: JobInput, progress: Show, stop: Stop) -> IngestReport:
        entered.set()
        block.wait(10)
        return report(job, given)

    before = tmp_path / "before"
    before.mkdir()
    crashed = IngestJobs(before, never_ends)
    job = crashed.submit(uploads(("a.txt", b"one")), "default")
    waiting = crashed.submit(uploads(("b.txt", b"two")), "default")
    assert entered.wait(5)
    assert json.loads((before / job.job_id / "job.json").read_text())["state"] == "running"
    shutil.copytree(before, tmp_path / "after")  # what `kill -9` would leave
    block.set()
    crashed.close()
    restarted = IngestJobs(tmp_path / "after", lambda j, f, p, s: report(j, f))
    restarted.start()
    assert finished(restarted, job.job_id).state == "done"
    assert finished(restarted, waiting.job_id).state == "done"
    restarted.close()


def test_jobs_are_run_in_the_order_in_which_they_were_submitted(tmp_path: Path) -> None:
    ran: list[str] = []

    def work(job: Job, given: JobInput, progress: Show, stop: Stop) -> IngestReport:
        ran.append(job.job_id)
        return report(job, given)

    with (tmp_path / "queue.lock").open("a") as other:  # so none is run before all are there
        fcntl.flock(other, fcntl.LOCK_EX)
        queue = IngestJobs(tmp_path, work)
        submitted = [queue.submit(uploads(("news.txt", b"text")), "default").job_id for _ in range(8)]
        queue.close()
    assert ran == []
    queue = IngestJobs(tmp_path, work)
    queue.start()
    for job_id in submitted:
        finished(queue, job_id)
    queue.close()
    assert ran == submitted


def test_of_two_servers_one_runs_the_jobs_and_the_other_takes_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_module, "POLL_SECONDS", 0.02)
    ran: list[tuple[str, str]] = []

    def work_of(server: str) -> ingest_jobs.Work:
        def work(job: Job, given: JobInput, progress: Show, stop: Stop) -> IngestReport:
            ran.append((server, job.job_id))
            return report(job, given)

        return work

    first = IngestJobs(tmp_path, work_of("first"))
    one = first.submit(uploads(("a.txt", b"one")), "default").job_id
    finished(first, one)
    second = IngestJobs(tmp_path, work_of("second"))
    two = second.submit(uploads(("b.txt", b"two")), "default").job_id
    assert finished(second, two) == finished(first, two)
    first.close()
    three = second.submit(uploads(("c.txt", b"three")), "default").job_id
    finished(second, three)
    second.close()
    assert ran == [("first", one), ("first", two), ("second", three)]


def test_a_busy_collection_keeps_its_jobs_waiting_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_module, "POLL_SECONDS", 0.02)
    tried: list[str] = []

    def work(job: Job, given: JobInput, progress: Show, stop: Stop) -> IngestReport:
        tried.append(names(given)[0])
        if job.collection == "busy" and "free.txt" not in tried:
            raise CollectionBusy("another process is writing")
        return report(job, given)

    with (tmp_path / "queue.lock").open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        queue = IngestJobs(tmp_path, work)
        sent = (("old.txt", "busy"), ("new.txt", "busy"), ("free.txt", "free"))
        ids = [queue.submit(uploads((name, b"text")), collection).job_id for name, collection in sent]
    assert [finished(queue, job_id).state for job_id in ids] == ["done", "done", "done"]
    queue.close()
    assert tried.count("free.txt") == tried.count("new.txt") == 1
    assert tried[-1] == "new.txt"
    assert set(tried[: tried.index("new.txt")]) == {"old.txt", "free.txt"}


def test_an_upload_waits_for_the_writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_module, "POLL_SECONDS", 0.02)
    monkeypatch.setattr(Collection, "writing", partialmethod(Collection.writing, 0.02))
    service = fake_service(tmp_path)
    service.start()
    with writer_lock(tmp_path / "default", 1):
        job_id = service.submit_files([("a.txt", prose(1))]).job_id
        time.sleep(0.3)
        assert service.job(job_id).state in {"queued", "running"}
    assert finished(service, job_id).files[0].outcome == "added"
    service.close()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"submitted": 1, "files": []}', "\x00"])
def test_an_unreadable_record_stops_neither_the_start_nor_other_jobs(tmp_path: Path, content: str) -> None:
    (tmp_path / ("0" * 32)).mkdir()
    (tmp_path / ("0" * 32) / "job.json").write_text(content)
    queue = IngestJobs(tmp_path, lambda j, f, p, s: report(j, f))
    assert finished(queue, queue.submit(uploads(("a.txt", b"one")), "default").job_id).state == "done"
    with pytest.raises(JobNotFound, match="cannot be read"):
        queue.job("0" * 32)
    queue.close()


def test_a_record_that_cannot_be_written_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_module, "POLL_SECONDS", 0.02)
    refused: list[str] = []

    write_job = JobStore[Job].write

    def write(store: JobStore[Job], job: Job, folder: Path | None = None) -> None:
        if job.state != "queued" and len(refused) < 2:
            refused.append(job.state)
            raise OSError(errno.ENOSPC, "No space left on device")
        write_job(store, job, folder)

    monkeypatch.setattr(JobStore, "write", write)
    queue = IngestJobs(tmp_path, lambda j, f, p, s: report(j, f))
    assert finished(queue, queue.submit(uploads(("a.txt", b"one")), "default").job_id).state == "done"
    queue.close()
    assert refused == ["running", "running"]


def test_a_record_that_can_never_be_written_holds_up_no_other_collection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_job = JobStore[Job].write

    def write(store: JobStore[Job], job: Job, folder: Path | None = None) -> None:
        if job.state == "running" and job.collection == "bad":
            raise OSError(errno.EIO, "Input/output error")
        write_job(store, job, folder)

    monkeypatch.setattr(JobStore, "write", write)
    queue = IngestJobs(tmp_path, lambda j, f, p, s: report(j, f))
    bad = queue.submit(uploads(("a.txt", b"one")), "bad").job_id
    assert finished(queue, queue.submit(uploads(("b.txt", b"two")), "good").job_id).state == "done"
    assert queue.job(bad).state == "queued"
    queue.close()


def test_a_job_that_cannot_be_tidied_up_stops_no_other(tmp_path: Path) -> None:
    def fail(job: Job, given: JobInput, progress: Show, stop: Stop) -> IngestReport:
        raise InvalidInput("No.")

    queue = IngestJobs(tmp_path, fail)
    failed = queue.submit(uploads(("a.txt", b"one")), "bad").job_id
    assert finished(queue, failed).state == "failed"
    queue.close()

    def forget(job: Job) -> None:
        raise CollectionCorrupt("It cannot be read.")

    queue = IngestJobs(tmp_path, lambda j, f, p, s: report(j, f), forget)
    assert finished(queue, queue.submit(uploads(("b.txt", b"two")), "good").job_id).state == "done"
    queue.close()


def test_what_a_crash_in_submit_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / f".{'a' * 32}" / "files").mkdir(parents=True)
    (tmp_path / ".other").mkdir()
    queue = IngestJobs(tmp_path, lambda j, f, p, s: report(j, f))
    finished(queue, queue.submit(uploads(("a.txt", b"one")), "default").job_id)
    queue.close()
    assert not (tmp_path / f".{'a' * 32}").exists()
    assert (tmp_path / ".other").exists()


def test_a_submit_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(store: JobStore[Job], job: Job, folder: Path | None = None) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(JobStore, "write", refuse)
    queue = IngestJobs(tmp_path, lambda j, f, p, s: report(j, f))
    with pytest.raises(OSError, match="No space left"):
        queue.submit(uploads(("a.txt", b"one")), "default")
    queue.close()
    assert [p for p in tmp_path.iterdir() if p.is_dir()] == []


def test_the_oldest_done_jobs_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_records, "KEPT", 2)
    queue = IngestJobs(tmp_path, lambda j, f, p, s: report(j, f))
    ids = []
    for _ in range(4):
        ids.append(queue.submit(uploads(("a.txt", b"one")), "default").job_id)
        finished(queue, ids[-1])
    queue.close()
    assert {p.name for p in tmp_path.iterdir() if p.is_dir()} == set(ids[2:])


def test_a_failed_job_says_why_and_keeps_its_files(tmp_path: Path) -> None:
    def refused(job: Job, given: JobInput, progress: Show, stop: Stop) -> IngestReport:
        raise InvalidInput("That file is no good.")

    def broken(job: Job, given: JobInput, progress: Show, stop: Stop) -> IngestReport:
        raise ZeroDivisionError

    for work, why in ((refused, "That file is no good."), (broken, "The job failed; the server's log says why.")):
        queue = IngestJobs(tmp_path, work)
        job = finished(queue, queue.submit(uploads(("a.txt", b"one")), "default").job_id)
        queue.close()
        kept = "The files that were not stored are kept; retry the job when the cause is gone."
        assert (job.state, job.error) == ("failed", f"{why} {kept}")
        again = IngestJobs(tmp_path, lambda j, f, p, s: report(j, f))
        finished(again, again.submit(uploads(("b.txt", b"two")), "default").job_id)
        again.close()
        assert again.job(job.job_id) == job
        assert (tmp_path / job.job_id / "kept" / "0").read_bytes() == b"one"


@pytest.mark.parametrize("job_id", ["0" * 32, "../../etc", "", ".", "x"])
def test_an_unknown_job_is_not_found(tmp_path: Path, job_id: str) -> None:
    queue = IngestJobs(tmp_path, lambda j, f, p, s: report(j, f))
    with pytest.raises(JobNotFound):
        queue.job(job_id)
    queue.close()


def test_uploaded_files_are_ingested(tmp_path: Path) -> None:
    service = fake_service(tmp_path)
    service.start()
    job_id = service.submit_files([("news.txt", prose(1)), ("picture.png", b"\x89PNG\0\0\0")]).job_id
    job = finished(service, job_id)
    assert [(f.file, f.outcome) for f in job.files] == [("news.txt", "added"), ("picture.png", "skipped")]
    assert job.files[1].reason is not None
    assert "picture.png" in job.files[1].reason
    assert service.status().articles == 1
    service.close()


def test_what_was_deleted_during_a_job_stays_deleted_after_a_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "ARTICLES_PER_COMMIT", 1)
    before, after = tmp_path / "before", tmp_path / "after"
    service = fake_service(before)
    service.start()
    commit = run.commit_lot
    calls: list[int] = []

    def commit_and_crash(*values: object) -> list[FileResult]:
        calls.append(1)
        if len(calls) == 4:  # the first three files are done; what is on disk now is what `kill -9` would leave
            first = next(a for a in service.articles().articles if a.meta.source == "one.txt")
            service.delete_article(first.article_id)
            shutil.copytree(before, after)
        return commit(*values)  # type: ignore[arg-type]

    monkeypatch.setattr(run, "commit_lot", commit_and_crash)
    files = [("one.txt", prose(1)), ("picture.png", b"\x89PNG\0\0\0"), ("three.txt", prose(3)), ("two.txt", prose(2))]
    job = finished(service, service.submit_files(files).job_id)
    service.close()
    restarted = fake_service(after)
    restarted.start()
    again = finished(restarted, job.job_id)
    assert {a.meta.source for a in restarted.articles().articles} == {"three.txt", "two.txt"}
    assert [(f.file, f.outcome) for f in again.files] == [
        ("one.txt", "added"),
        ("picture.png", "skipped"),
        ("three.txt", "added"),
        ("two.txt", "added"),
    ]
    assert again == replace(job, generation=again.generation, finished=again.finished)
    restarted.close()  # once the job is tidied up
    store = LocalEngine(after).open("default")
    assert store.done_files(job.job_id) == {}
    store.close()
