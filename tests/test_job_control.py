"""Ingest jobs: progress, cancel, retry, several collections, and what is kept on disk."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from qa_service.errors import Conflict, InvalidInput, JobNotFound
from qa_service.ingest import ingest_jobs, job_records
from qa_service.ingest.ingest_jobs import IngestJobs
from qa_service.ingest.job_files import JobInput
from qa_service.jobs import queue as queue_module
from qa_service.jobs.store import OVER
from qa_service.records import AddedArticle, ArticleMeta, FileResult, IngestProgress, IngestReport, Job, Upload

Show = Callable[[IngestProgress], None]
Stop = Callable[[], bool]
META = ArticleMeta("Two", published=date(2024, 2, 29), tags=("a", "b"))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_module, "POLL_SECONDS", 0.02)
    monkeypatch.setattr(ingest_jobs, "SECONDS_BETWEEN_REPORTS", 0)


class Work:
    """Stores each file until it is told to stop. Files named here are skipped; `hold` names a file that waits."""

    def __init__(self, *, retryable: str = "", hopeless: str = "", hold: str = "", fail: str = "") -> None:
        self.retryable, self.hopeless, self.hold, self.fail = retryable, hopeless, hold, fail
        self.release, self.reached = threading.Event(), threading.Event()
        self.done: dict[str, dict[int, list[FileResult]]] = {}
        self.inputs: list[JobInput] = []

    def __call__(self, job: Job, given: JobInput, show: Show, stop: Stop) -> IngestReport:
        self.inputs.append(given)
        done = self.done.setdefault(job.job_id, {})
        for number, file in enumerate(given.files):
            if number in done:
                continue
            show(IngestProgress(len(done), len(given.files), 3 * len(done), 0.1, file.name))
            while file.name == self.hold and not self.release.is_set() and not stop():
                self.reached.set()
                time.sleep(0.01)
            if stop():
                break
            if file.name == self.fail:
                raise InvalidInput("The disk is full.")
            done[number] = [self._result(file.name)]
        files = tuple(result for number in sorted(done) for result in done[number])
        return IngestReport(job.collection, 7, files, len(files), 3 * len(files), 0.1)

    def _result(self, name: str) -> FileResult:
        if name in (self.retryable, self.hopeless):
            return FileResult(name, "skipped", reason=f"{name}: no.", retryable=name == self.retryable)
        return FileResult(name, "added", (AddedArticle(f"id of {name}", 3),), kind="plain text")

    def so_far(self, job: Job) -> dict[int, list[FileResult]]:
        return self.done.get(job.job_id, {})


def opened(folder: Path, work: Work) -> IngestJobs:
    return IngestJobs(folder, work, done=work.so_far)


def uploads(*names: str) -> list[Upload]:
    return [Upload(name, name.encode()) for name in names]


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def over(jobs: IngestJobs, job_id: str) -> Job:
    until(lambda: jobs.job(job_id).state in OVER)
    return jobs.job(job_id)


def outcomes(job: Job) -> dict[str, str]:
    return {result.file: result.outcome for result in job.files}


@pytest.fixture
def held(tmp_path: Path) -> Iterator[tuple[Work, IngestJobs, str]]:
    """A job that waits in the second of three files."""
    work = Work(hold="b")
    jobs = opened(tmp_path, work)
    job_id = jobs.submit(uploads("a", "b", "c"), "default").job_id
    until(work.reached.is_set)
    yield work, jobs, job_id
    work.release.set()
    jobs.close()


Held = tuple[Work, IngestJobs, str]


def test_a_running_job_tells_the_state_of_each_file(held: Held) -> None:
    _, jobs, job_id = held
    job = jobs.job(job_id)
    assert (job.state, job.done, job.total, job.current, job.passages) == ("running", 1, 3, "b", 3)
    assert outcomes(job) == {"a": "added", "b": "reading", "c": "waiting"}


def test_a_running_job_is_cancelled_from_another_process_and_keeps_what_it_stored(held: Held, tmp_path: Path) -> None:
    work, jobs, job_id = held
    other = opened(tmp_path, work)
    began = time.monotonic()
    assert other.cancel(job_id).state in ("cancelling", "cancelled")
    job = over(jobs, job_id)
    assert time.monotonic() - began < 2
    assert (job.state, job.done, job.outcomes, job.retryable) == ("cancelled", 1, {"added": 1, "cancelled": 2}, 2)
    assert outcomes(job) == {"a": "added", "b": "cancelled", "c": "cancelled"}
    assert other.job(job_id) == job
    with pytest.raises(Conflict, match="it is cancelled"):
        other.cancel(job_id)


def test_a_queued_job_is_cancelled_at_once(held: Held) -> None:
    _, jobs, _ = held
    waiting = jobs.submit(uploads("x"), "default").job_id
    assert jobs.remove(waiting)[0] == "cancelled"
    job = jobs.job(waiting)
    assert (job.state, outcomes(job)) == ("cancelled", {"x": "cancelled"})
    assert jobs.remove(waiting)[0] == "removed"
    with pytest.raises(JobNotFound):
        jobs.job(waiting)


def test_a_job_whose_process_died_is_cancelled_at_once(held: Held, tmp_path: Path) -> None:
    work, _, job_id = held
    shutil.copytree(tmp_path, tmp_path / "after")  # what `kill -9` leaves
    after = opened(tmp_path / "after", work)
    assert after.job(job_id).state == "running"
    job = after.cancel(job_id)
    assert (job.state, outcomes(job)) == ("cancelled", {"a": "added", "b": "cancelled", "c": "cancelled"})


def test_other_collections_do_not_wait(held: Held) -> None:
    _, jobs, job_id = held
    done = [over(jobs, jobs.submit(uploads("x"), name).job_id).state for name in ("one", "two", "three", "four")]
    assert done == ["done"] * 4
    assert jobs.job(job_id).state == "running"


def test_close_interrupts_and_the_next_start_continues(held: Held, tmp_path: Path) -> None:
    work, jobs, job_id = held
    jobs.close()
    assert jobs.job(job_id).state == "queued"
    work.release.set()
    again = opened(tmp_path, work)
    again.start()
    assert outcomes(over(again, job_id)) == {"a": "added", "b": "added", "c": "added"}
    again.close()


def test_a_retry_reads_what_may_pass_and_then_all(tmp_path: Path) -> None:
    work = Work(retryable="b/b", hopeless="c")
    jobs = opened(tmp_path, work)
    sent = [Upload("a", b"a"), Upload("b/b", b"b", META), Upload("c", b"c")]
    first = over(jobs, jobs.submit(sent, "default", columns={"text": "Body"}).job_id)
    assert (first.state, first.outcomes, first.retryable) == ("done", {"added": 1, "skipped": 2}, 1)
    until(lambda: not (tmp_path / first.job_id / "files").exists())
    assert sorted(p.name for p in (tmp_path / first.job_id / "kept").iterdir()) == ["1", "2"]
    jobs.close()

    work.retryable = ""
    jobs = opened(tmp_path, work)  # the files are there after a restart
    second = over(jobs, jobs.retry(first.job_id).job_id)
    assert (outcomes(second), second.retry_of) == ({"b/b": "added"}, first.job_id)
    assert jobs.job(first.job_id).retried_as == second.job_id
    assert [file.metadata for file in work.inputs[-1].files] == [META]
    assert work.inputs[-1].columns == {"text": "Body"}
    with pytest.raises(Conflict, match=f"It was retried as job {second.job_id}"):
        jobs.retry(first.job_id)
    third = over(jobs, jobs.retry(first.job_id, all_skipped=True).job_id)
    assert outcomes(third) == {"c": "skipped"}
    with pytest.raises(Conflict, match="To read its skipped file all the same"):
        jobs.retry(third.job_id)
    with pytest.raises(Conflict, match="has stored all its files"):
        jobs.retry(second.job_id)
    jobs.close()


def test_a_failed_job_is_retried_where_it_stood(tmp_path: Path) -> None:
    work = Work(fail="b")
    jobs = opened(tmp_path, work)
    failed = over(jobs, jobs.submit(uploads("a", "b", "c"), "default").job_id)
    assert (failed.state, failed.outcomes, failed.retryable) == ("failed", {"added": 1, "skipped": 2}, 2)
    assert failed.error is not None
    assert failed.error.startswith("The disk is full. The files that were not stored are kept;")
    work.fail = ""
    again = over(jobs, jobs.retry(failed.job_id).job_id)
    assert outcomes(again) == {"b": "added", "c": "added"}
    jobs.close()


def test_a_job_that_is_not_over_is_not_retried(held: Held) -> None:
    _, jobs, job_id = held
    with pytest.raises(Conflict, match="is running"):
        jobs.retry(job_id)


def test_kept_files_have_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_records, "KEPT_BYTES", 5)
    jobs = opened(tmp_path, Work(hopeless="b"))
    ids = []
    for content in (b"111", b"222", b"33"):
        ids.append(jobs.submit([Upload("b", content)], "default").job_id)
        over(jobs, ids[-1])
    until(lambda: not (tmp_path / ids[0] / "kept").exists())
    jobs.close()
    assert [(tmp_path / one / "kept" / "0").exists() for one in ids] == [False, True, True]
    with pytest.raises(Conflict, match=r"are not kept any more\. Send them again\."):
        jobs.retry(ids[0], all_skipped=True)


def test_jobs_are_listed_newest_first_in_pages(held: Held) -> None:
    _, jobs, running = held
    ids = [jobs.submit(uploads("x"), name).job_id for name in ("other", "other", "default")]
    for one in ids[:2]:
        over(jobs, one)
    records = jobs.records
    whole = records.jobs(collection=None, state=None, limit=9, after=None)
    assert [job.job_id for job in whole.jobs] == [*reversed(ids), running]
    assert (whole.total, whole.next_after) == (4, None)
    page = records.jobs(collection="other", state="done", limit=1, after=None)
    assert ([job.job_id for job in page.jobs], page.total, page.next_after) == ([ids[1]], 2, ids[1])
    page = records.jobs(collection="other", state="done", limit=1, after=ids[1])
    assert ([job.job_id for job in page.jobs], page.next_after) == ([ids[0]], None)
    with pytest.raises(InvalidInput, match="there is no job"):
        records.jobs(collection=None, state=None, limit=1, after="gone")


def test_a_job_of_an_earlier_version_runs(tmp_path: Path) -> None:
    work = Work()
    jobs = opened(tmp_path, work)
    jobs.close()
    job = jobs.records.store.submit(lambda job_id, folder: _as_before(job_id, folder))
    again = opened(tmp_path, work)
    again.start()
    assert outcomes(over(again, job.job_id)) == {"a.txt": "added"}
    again.close()


def _as_before(job_id: str, folder: Path) -> Job:
    (folder / "files").mkdir()
    (folder / "files" / "0").write_bytes(b"one")
    (folder / "names.json").write_text('["a.txt"]')
    return Job(job_id, "ingest", "default", "queued", 0, 1)
