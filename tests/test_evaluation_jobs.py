"""Evaluations beside a server: one at a time, cancelled, interrupted and gone on with; and archives that lie."""

from __future__ import annotations

import fcntl
import json
import multiprocessing
import os
import shutil
import stat
import struct
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from builders import draft, fake_service

from qa_service.errors import CollectionNotFound, InvalidInput, NotFound
from qa_service.evaluation.run.evaluation_job import EvaluationJob, QueueFull, remaining_seconds
from qa_service.evaluation.run.evaluation_jobs import FOLDER, EvaluationJobs
from qa_service.evaluation.run.evaluation_run import evaluate
from qa_service.evaluation.run.submission import Submission
from qa_service.evaluation.sets import open_questions
from qa_service.evaluation.sets.beir_archive import unpack_beir
from qa_service.files.locks import Lock
from qa_service.service import Service

pytestmark = pytest.mark.slow

ARTICLES = 8
MANY = 300
"""Questions of an evaluation that is interrupted and then ends."""
ENDLESS = 4000
"""Of one that is cancelled before."""


def questions(count: int) -> bytes:
    lines = [
        {
            "id": f"q{n}",
            "question": f"How many wells has Place{n % ARTICLES}, asked for the {n}th time?",
            "articles": [f"article-{n % ARTICLES}"],
            "tags": ["wells"],
        }
        for n in range(count)
    ]
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def filled(index: Path) -> Service:
    service = fake_service(index)
    for number in range(ARTICLES):
        service.add_article(draft(number, language="en"))
    return service


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = filled(tmp_path / "index")
    yield service
    service.close()


@pytest.fixture
def jobs(service: Service) -> Iterator[EvaluationJobs]:
    jobs = EvaluationJobs(service)
    yield jobs
    jobs.close()


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)


def finished(jobs: EvaluationJobs, job: EvaluationJob) -> EvaluationJob:
    until(lambda: jobs.job(job.evaluation_id).state in ("done", "failed", "cancelled"))
    return jobs.job(job.evaluation_id)


def asked(jobs: EvaluationJobs, job: EvaluationJob) -> int:
    return jobs.progress(jobs.job(job.evaluation_id))[0].asked


def in_process(service: Service, content: bytes, folder: Path) -> Path:
    """The same evaluation as `qa-service evaluate` makes it."""
    folder.mkdir()
    (folder / "set.jsonl").write_bytes(content)
    evaluate(service, open_questions(folder / "set.jsonl"), folder / "out", workers=1)
    return folder / "out"


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `qa-service evaluate` makes of the many questions."""
    folder = tmp_path_factory.mktemp("uninterrupted")
    with closing(filled(folder / "index")) as service:
        return in_process(service, questions(MANY), folder / "cli")


def result(jobs: EvaluationJobs, job: EvaluationJob, name: str) -> bytes:
    with jobs.result(job.evaluation_id, name) as file:
        return file.read()


def same_results(jobs: EvaluationJobs, job: EvaluationJob, out: Path) -> bool:
    names = ("per_question.jsonl", "passages.jsonl", "run.trec", "junit.xml")
    return all(result(jobs, job, name) == (out / name).read_bytes() for name in names)


def test_nothing_is_written_or_runs_where_there_is_no_evaluation(service: Service, jobs: EvaluationJobs) -> None:
    threads = threading.active_count()
    jobs.start()
    assert jobs.jobs() == ([], 0, None)
    assert not (service.settings.index / FOLDER).exists()
    assert threading.active_count() == threads


def test_it_gives_what_the_command_line_gives_and_leaves_nothing_running(
    service: Service, jobs: EvaluationJobs, tmp_path: Path
) -> None:
    job = finished(jobs, jobs.submit(Submission("set.jsonl", questions(20))))
    assert (job.state, job.error, job.relevance, job.total, job.name) == ("done", None, "article", 20, "set")
    assert same_results(jobs, job, in_process(service, questions(20), tmp_path / "cli"))
    summary = json.loads(result(jobs, job, "summary.json"))
    assert job.measures == {name: value["mean"] for name, value in summary["measures"].items()}
    assert next(iter(job.measures)) == "nDCG@10"  # the most telling comes first
    manifest = json.loads(result(jobs, job, "manifest.json"))
    assert manifest["question_set"]["path"] == "set.jsonl"
    assert (asked(jobs, job), manifest["workers"]) == (20, 1)
    until(lambda: "evaluations" not in {thread.name for thread in threading.enumerate()})
    folder = service.settings.index / FOLDER / job.evaluation_id
    assert not (folder / "set").exists()


def test_settings_for_one_evaluation_alone(service: Service, jobs: EvaluationJobs) -> None:
    job = finished(jobs, jobs.submit(Submission("set.jsonl", questions(5), overrides={"depth": 20}, top_k=3)))
    manifest = json.loads(result(jobs, job, "manifest.json"))
    assert (manifest["overrides"], manifest["settings"]["depth"], manifest["top_k"]) == ({"depth": 20}, 20, 3)
    assert service.settings.depth == 1000


def test_one_at_a_time_in_order_and_each_can_be_cancelled(service: Service, jobs: EvaluationJobs) -> None:
    first, second, third = (jobs.submit(Submission(f"{n}.jsonl", questions(ENDLESS))) for n in range(3))
    until(lambda: asked(jobs, first) > 0)
    assert [job.state for job in jobs.jobs()[0]] == ["queued", "queued", "running"]  # newest first
    left = jobs.progress(jobs.job(first.evaluation_id))[0].remaining_seconds
    assert left is not None and left > 0
    assert jobs.remove(second.evaluation_id) == "cancelled"
    assert jobs.remove(first.evaluation_id) == "cancelled"
    assert jobs.job(first.evaluation_id).state == "cancelled"  # from that moment on
    until(lambda: jobs.job(third.evaluation_id).state == "running")
    assert asked(jobs, first) < ENDLESS  # its process was ended, not waited for
    folder = service.settings.index / FOLDER / first.evaluation_id
    assert not (folder / "results").exists() and not (folder / "set").exists()
    with pytest.raises(NotFound, match="cancelled"):
        jobs.result(first.evaluation_id, "summary.json")
    assert jobs.remove(first.evaluation_id) == "removed"
    assert not folder.exists()
    with pytest.raises(NotFound):
        jobs.job(first.evaluation_id)
    assert [job.evaluation_id for job in jobs.jobs()[0]] == [third.evaluation_id, second.evaluation_id]
    jobs.remove(third.evaluation_id)


def test_pages_of_the_list(jobs: EvaluationJobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "start", lambda: None)
    ids = [jobs.submit(Submission("set.jsonl", questions(1))).evaluation_id for _ in range(3)][::-1]
    page, total, following = jobs.jobs(limit=2)
    assert ([job.evaluation_id for job in page], total, following) == (ids[:2], 3, ids[1])
    page, total, following = jobs.jobs(limit=2, after=following)
    assert ([job.evaluation_id for job in page], total, following) == (ids[2:], 3, None)
    with pytest.raises(InvalidInput, match="no evaluation 'x'"):
        jobs.jobs(after="x")


def line_with(end: int) -> bytes:
    gold = [{"article_id": "article-1", "start": 0, "end": end}]
    return json.dumps({"id": "q", "question": "Where?", "evidence": gold}).encode() + b"\n"


def test_gold_that_stands_nowhere_is_refused_and_leaves_nothing_behind(service: Service, jobs: EvaluationJobs) -> None:
    with pytest.raises(InvalidInput, match=r"^set\.jsonl, line 1, evidence\[0\]\.end: .*article-1") as refused:
        jobs.submit(Submission("set.jsonl", line_with(9999)))
    assert refused.value.param == "evidence[0].end"
    assert list((service.settings.index / FOLDER).iterdir()) == []


def test_gold_that_is_gone_when_its_turn_comes_fails_and_says_so(
    service: Service, jobs: EvaluationJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as waits:
        waits.setattr(jobs, "start", lambda: None)
        job = jobs.submit(Submission("set.jsonl", line_with(10)))
    service.delete_article("article-1")
    over = finished(jobs, job)
    assert over.state == "failed"
    assert over.error is not None and over.error.startswith("set.jsonl, line 1, evidence[0].article_id: ")


def test_no_more_are_taken_on_than_can_wait(
    service: Service, jobs: EvaluationJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa_service.evaluation.run.evaluation_jobs.MOST_WAITING", 2)
    monkeypatch.setattr(jobs, "start", lambda: None)
    first, _ = (jobs.submit(Submission("set.jsonl", questions(1))) for _ in range(2))
    with pytest.raises(QueueFull, match="2 evaluations wait already"):
        jobs.submit(Submission("set.jsonl", questions(1)))
    assert len([path for path in (service.settings.index / FOLDER).iterdir() if path.is_dir()]) == 2
    jobs.remove(first.evaluation_id)
    jobs.submit(Submission("set.jsonl", questions(1)))


def test_a_submission_does_not_wait_for_others_for_ever(jobs: EvaluationJobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa_service.evaluation.run.evaluation_jobs.SECONDS_TO_BE_CHECKED", 0.1)
    with jobs._checking, pytest.raises(QueueFull, match="being checked"):
        jobs.submit(Submission("set.jsonl", questions(1)))


@pytest.mark.parametrize("identity", ["", "..", "x", "0" * 32, "../" + "0" * 29])
def test_an_evaluation_that_is_not_there(jobs: EvaluationJobs, identity: str) -> None:
    for call in (jobs.job, jobs.remove):
        with pytest.raises(NotFound):
            call(identity)


def test_what_cannot_be_evaluated_leaves_nothing_behind(service: Service, jobs: EvaluationJobs) -> None:
    with pytest.raises(InvalidInput, match=r"^set\.jsonl, line 2, question: "):
        jobs.submit(Submission("set.jsonl", b'{"id": "a", "question": "b?"}\n{"id": "b", "question": ""}\n'))
    with pytest.raises(InvalidInput, match="gold for relevance by passage"):
        jobs.submit(Submission("set.jsonl", questions(2), relevance="passage"))
    with pytest.raises(CollectionNotFound):
        jobs.submit(Submission("set.jsonl", questions(2), collection="none"))
    assert jobs.jobs() == ([], 0, None)
    assert list((service.settings.index / FOLDER).iterdir()) == []


@pytest.mark.slow
def test_closed_and_started_again_under_other_settings_it_goes_on(
    service: Service, jobs: EvaluationJobs, uninterrupted: Path
) -> None:
    job = jobs.submit(Submission("set.jsonl", questions(MANY)))
    until(lambda: asked(jobs, job) > 0)
    jobs.close()
    stored = jobs.job(job.evaluation_id)
    assert stored.state == "running"
    before = asked(jobs, job)
    assert 0 < before < MANY
    other = fake_service(service.settings.index, port=1234, depth=77)
    again = EvaluationJobs(other)
    again.start()
    assert finished(again, job).state == "done"
    again.close()
    other.close()
    manifest = json.loads(result(again, job, "manifest.json"))
    assert (manifest["settings"]["depth"], manifest["settings"]["port"]) == (1000, 8000)
    assert same_results(again, job, uninterrupted)


@pytest.mark.slow
def test_a_collection_that_changed_while_nothing_ran_is_asked_anew(service: Service, jobs: EvaluationJobs) -> None:
    job = jobs.submit(Submission("set.jsonl", questions(MANY)))
    until(lambda: asked(jobs, job) > 0)
    jobs.close()
    service.add_article(draft(99))
    again = EvaluationJobs(service)
    again.start()
    assert finished(again, job).state == "done"
    again.close()
    manifest = json.loads(result(again, job, "manifest.json"))
    assert manifest["collection"]["articles"] == ARTICLES + 1
    assert len(result(again, job, "per_question.jsonl").splitlines()) == MANY


def submit_and_wait_to_be_killed(index: Path, told: Path) -> None:
    jobs = EvaluationJobs(fake_service(index))
    job = jobs.submit(Submission("set.jsonl", questions(MANY)))
    told.write_text(job.evaluation_id)
    time.sleep(600)


@pytest.mark.slow
def test_after_kill_9_the_process_ends_and_the_next_server_goes_on(
    service: Service, jobs: EvaluationJobs, uninterrupted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    told = tmp_path / "told"
    server = multiprocessing.get_context("spawn").Process(
        target=submit_and_wait_to_be_killed, args=(service.settings.index, told)
    )
    server.start()
    until(lambda: told.exists() and told.read_text() != "")
    job = jobs.job(told.read_text())
    until(lambda: asked(jobs, job) > 0)
    server.kill()
    server.join()
    folder = service.settings.index / FOLDER
    with (folder / "running.lock").open("a") as lock:

        def free() -> bool:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        until(free, 5)  # nobody writes into its folder any more
        if jobs.job(job.evaluation_id).state != "done":
            journal = folder / job.evaluation_id / "results" / "journal.partial"
            before = journal.read_bytes()
            assert 0 < before.count(b"\n") < MANY
            with journal.open("ab") as file:
                file.write(b'{"half a li')  # what a kill may leave
    assert jobs.job(job.evaluation_id).state == "running"
    jobs.start()
    assert finished(jobs, job).state == "done"
    assert same_results(jobs, job, uninterrupted)


def test_killed_between_the_results_and_their_record_it_is_done(service: Service, jobs: EvaluationJobs) -> None:
    job = finished(jobs, jobs.submit(Submission("set.jsonl", questions(5))))
    until(lambda: "evaluations" not in {thread.name for thread in threading.enumerate()})
    folder = service.settings.index / FOLDER / job.evaluation_id
    before = (folder / "results" / "summary.json").read_bytes()
    record = json.loads((folder / "evaluation.json").read_text())
    (folder / "evaluation.json").write_text(json.dumps(record | {"state": "running", "measures": {}}))
    (folder / "outcome.json").unlink()
    jobs.start()
    over = finished(jobs, job)
    assert (over.state, over.measures) == ("done", job.measures)
    assert (folder / "results" / "summary.json").read_bytes() == before


def test_a_process_that_dies_is_told(jobs: EvaluationJobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa_service.evaluation.run.job_process.__name__", "qa_service.no_such_module")
    job = finished(jobs, jobs.submit(Submission("set.jsonl", questions(5))))
    assert (job.state, job.error) == ("failed", "The process of the evaluation has ended (exit code 1).")


def test_two_servers_run_one_at_a_time(service: Service, jobs: EvaluationJobs) -> None:
    others = EvaluationJobs(service)
    first = jobs.submit(Submission("1.jsonl", questions(ENDLESS)))
    until(lambda: asked(jobs, first) > 0)
    second = others.submit(Submission("2.jsonl", questions(5)))
    time.sleep(1.5)
    assert (others.job(first.evaluation_id).state, others.job(second.evaluation_id).state) == ("running", "queued")
    assert others.remove(first.evaluation_id) == "cancelled"  # which the other runs
    assert finished(others, second).state == "done"
    others.close()


def test_an_unreadable_record_holds_up_nobody(service: Service, jobs: EvaluationJobs) -> None:
    broken = service.settings.index / FOLDER / ("0" * 32)
    broken.mkdir(parents=True)
    (broken / "evaluation.json").write_text("{")
    assert finished(jobs, jobs.submit(Submission("set.jsonl", questions(3)))).state == "done"
    with pytest.raises(NotFound, match="cannot be read"):
        jobs.job("0" * 32)
    assert jobs.remove("0" * 32) == "removed"


def test_remaining_time_by_the_pace_of_this_run() -> None:
    # 30 of 100 were asked before; 10 more took 5 s, so 60 take 30 s
    assert remaining_seconds(40, 100, 30, 5.0) == 30.0
    assert remaining_seconds(30, 100, 30, 0.0) is None


QUERIES = json.dumps({"_id": "q", "text": "How many wells?"}) + "\n"
QRELS = "query-id\tcorpus-id\tscore\nq\tarticle-1\t1\n"


def zipped(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


@pytest.mark.parametrize("top", ["", "scifact/", "a/b/"])
def test_a_beir_folder_is_unpacked_without_its_corpus(tmp_path: Path, top: str) -> None:
    files = {"queries.jsonl": QUERIES, "qrels/test.tsv": QRELS, "corpus.jsonl": "x" * 10_000, "qrels/deep/x.tsv": ""}
    archive = zipped(tmp_path / "set.zip", {top + name: text for name, text in files.items()})
    unpack_beir(archive, tmp_path / "out", most_bytes=1000)
    found = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert found == {"queries.jsonl", "qrels/test.tsv"}
    assert open_questions(tmp_path / "out").total == 1


@pytest.mark.parametrize(
    "name", ["../queries.jsonl", "/queries.jsonl", "a/../../x", "a\\..\\x", "C:/x", "..", "qrels/../../x.tsv"]
)
def test_a_name_that_leads_elsewhere_refuses_the_archive(tmp_path: Path, name: str) -> None:
    archive = zipped(tmp_path / "set.zip", {"queries.jsonl": QUERIES, "qrels/test.tsv": QRELS, name: "x"})
    with pytest.raises(InvalidInput, match=r"^set\.zip: .*no name within a folder"):
        unpack_beir(archive, tmp_path / "in" / "out", most_bytes=1000)
    assert {path.name for path in tmp_path.rglob("*")} == {"set.zip"}


def test_a_link_refuses_the_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        link = zipfile.ZipInfo("queries.jsonl")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(InvalidInput, match="is a link"):
        unpack_beir(tmp_path / "set.zip", tmp_path / "out", most_bytes=1000)


def test_a_bomb_is_stopped_where_the_bytes_come_out(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "set.zip", {"queries.jsonl": "0" * 50_000_000, "qrels/test.tsv": QRELS})
    assert archive.stat().st_size < 100_000
    with pytest.raises(InvalidInput, match="unpacks to more than 1 MiB"):
        unpack_beir(archive, tmp_path / "out", most_bytes=1 << 20)
    assert (tmp_path / "out" / "queries.jsonl").stat().st_size <= 1 << 20


def test_a_bomb_that_lies_about_its_size_is_stopped_too(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "set.zip", {"queries.jsonl": "0" * 5_000_000, "qrels/test.tsv": QRELS})
    raw = archive.read_bytes().replace(struct.pack("<I", 5_000_000), struct.pack("<I", 10))
    archive.write_bytes(raw)
    with pytest.raises(InvalidInput, match=r"set\.zip: (cannot be unpacked|unpacks to more)"):
        unpack_beir(archive, tmp_path / "out", most_bytes=1 << 20)
    assert (tmp_path / "out" / "queries.jsonl").stat().st_size <= 1 << 20


def test_many_entries_are_refused(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "set.zip", {f"{n}": "" for n in range(10_001)})
    with pytest.raises(InvalidInput, match="10001 entries"):
        unpack_beir(archive, tmp_path / "out", most_bytes=1000)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04 and no more", "cannot be unpacked"),
        (b"", "cannot be unpacked"),
    ],
)
def test_what_is_no_archive(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "set.zip").write_bytes(content)
    with pytest.raises(InvalidInput, match=said):
        unpack_beir(tmp_path / "set.zip", tmp_path / "out", most_bytes=1000)


def test_no_queries_or_two_of_them(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"holds no queries\.jsonl"):
        unpack_beir(zipped(tmp_path / "a.zip", {"x": "y"}), tmp_path / "out", most_bytes=1000)
    two = {"a/queries.jsonl": QUERIES, "b/queries.jsonl": QUERIES}
    with pytest.raises(InvalidInput, match=r"holds 2 files queries\.jsonl"):
        unpack_beir(zipped(tmp_path / "b.zip", two), tmp_path / "out", most_bytes=1000)


def test_a_damaged_entry_and_another_compression(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", {"queries.jsonl": QUERIES * 50, "qrels/test.tsv": QRELS})
    raw = bytearray(archive.read_bytes())
    raw[45:55] = os.urandom(10)
    archive.write_bytes(raw)
    with pytest.raises(InvalidInput, match="cannot be unpacked"):
        unpack_beir(archive, tmp_path / "out", most_bytes=100_000)
    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_LZMA) as lzma:
        lzma.writestr("queries.jsonl", QUERIES)
    with pytest.raises(InvalidInput, match="another compression"):
        unpack_beir(tmp_path / "b.zip", tmp_path / "out2", most_bytes=1000)


def test_a_zipped_set_is_evaluated_under_the_name_of_its_archive(jobs: EvaluationJobs, tmp_path: Path) -> None:
    archive = zipped(tmp_path / "wells.zip", {"w/queries.jsonl": QUERIES, "w/qrels/test.tsv": QRELS})
    job = finished(jobs, jobs.submit(Submission("wells.zip", archive.read_bytes())))
    assert (job.state, job.name, job.format, job.total) == ("done", "wells", "beir", 1)
    manifest = json.loads(result(jobs, job, "manifest.json"))
    assert manifest["question_set"]["path"] == "wells"


def test_what_an_interrupted_upload_or_removal_left_is_tidied(service: Service, jobs: EvaluationJobs) -> None:
    folder = service.settings.index / FOLDER
    old, fresh, gone = (folder / name for name in ("." + "a" * 32, "." + "b" * 32, ".gone-" + "c" * 32))
    for left in (old, fresh, gone):
        left.mkdir(parents=True)
    with Lock(fresh, create=False):
        finished(jobs, jobs.submit(Submission("set.jsonl", questions(1))))
    assert (old.exists(), fresh.exists(), gone.exists()) == (False, True, False)  # one may be being written just now
    shutil.rmtree(fresh)


def test_a_record_reads_back_as_it_was_written(jobs: EvaluationJobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "start", lambda: None)
    job = jobs.submit(Submission("set.jsonl", questions(2), overrides={"depth": 50, "late_interaction": False}))
    assert jobs.job(job.evaluation_id) == replace(job)
    assert "api_key" not in job.settings and "index" not in job.settings
