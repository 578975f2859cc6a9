"""Evaluations over HTTP: what is taken, what is refused and by which name, and what a browser lets a report do."""

from __future__ import annotations

import io
import json
import shutil
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from builders import draft, fake_service
from flask.testing import FlaskClient
from pydantic import SecretStr
from web_fixtures import StandInService
from werkzeug.test import TestResponse

from qa_service.evaluation.run.evaluation_job import EvaluationJob, JobProgress, in_words
from qa_service.evaluation.run.evaluation_jobs import FOLDER, EvaluationJobs, evaluation_store
from qa_service.evaluation.run.resume import RESULTS
from qa_service.evaluation.sets.gold_kinds import KINDS
from qa_service.evaluation.sets.set_formats import FORMATS
from qa_service.jobs.store import JobStore
from qa_service.service import Service
from qa_service.settings import Settings
from qa_service.web import create_app
from qa_service.web.routes.evaluations import TYPES, report_policy
from qa_service.web.schemas.evaluations import NEED_INGEST, RANKING, RESULT_FILES, Kind, SetFormat

LINE = {"id": "q1", "question": "How many wells has Place1?", "articles": ["article-1"]}
SET = json.dumps(LINE).encode() + b"\n"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = fake_service(tmp_path / "index", max_upload_mb=1)
    service.add_article(draft(1, language="en"))
    yield service
    service.close()


@pytest.fixture
def client(service: Service, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """What is submitted stays queued."""
    monkeypatch.setattr(EvaluationJobs, "start", lambda self: None)
    return create_app(service).test_client()


def upload(client: FlaskClient, content: bytes = SET, name: str = "set.jsonl", **fields: Any) -> TestResponse:
    return client.post("/v1/evaluations", data={"file": (io.BytesIO(content), name)} | fields)


def refusal(response: TestResponse) -> tuple[int, str, str]:
    error = response.get_json()["error"]
    assert set(error) == {"type", "message", "param", "request_id"}
    return response.status_code, error["param"], error["message"]


def stored(service: Service) -> list[str]:
    folder = service.settings.index / FOLDER
    return [path.name for path in folder.iterdir() if path.is_dir()] if folder.exists() else []


@pytest.mark.slow
def test_an_upload_is_evaluated_and_its_files_are_served(service: Service) -> None:
    app = create_app(service)
    client = app.test_client()
    response = upload(client, settings='{"depth": 50}', top_k="3")
    assert response.status_code == 202
    address = response.headers["Location"]
    assert address == f"/v1/evaluations/{response.get_json()['evaluation_id']}"
    deadline = time.monotonic() + 60
    while (seen := client.get(address).get_json())["state"] in ("queued", "running"):
        assert (seen["summary"], seen["files"], seen["measures"]) == (None, {}, {})
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert (seen["state"], seen["asked"], seen["total"], seen["error"]) == ("done", 1, 1, None)
    assert (seen["top_k"], seen["settings"], seen["relevance"], seen["name"]) == (3, {"depth": 50}, "article", "set")
    assert list(seen["files"]) == list(RESULT_FILES)
    for name, place in seen["files"].items():
        with client.get(place) as file:
            assert file.status_code == 200, name
            assert file.mimetype == TYPES[Path(name).suffix]
            policy = file.headers["Content-Security-Policy"]
            if name == "report.html":
                assert policy.startswith("sandbox allow-scripts; frame-ancestors 'none'; default-src 'none'; ")
                assert "script-src 'sha256-" in policy and "unsafe" not in policy
                assert "allow-same-origin" not in policy and "connect-src" not in policy
            else:
                assert policy == "default-src 'none'; frame-ancestors 'none'"
            if name == "summary.json":
                assert file.get_json() == seen["summary"]
    listed = client.get("/v1/evaluations").get_json()
    assert (listed["total"], listed["next_after"]) == (1, None)
    assert listed["evaluations"] == [{name: value for name, value in seen.items() if name != "summary"}]
    assert client.delete(address).get_json()["outcome"] == "removed"
    assert client.get(address).status_code == 404
    assert client.get("/v1/evaluations").get_json()["evaluations"] == []
    app.extensions["evaluations"].close()


def beir() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("queries.jsonl", json.dumps({"_id": "q1", "text": "How many?"}) + "\n")
        archive.writestr("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\tarticle-1\t1\n")
    return packed.getvalue()


SQUAD = {"version": "1", "data": [{"title": "t", "paragraphs": [{"context": "wells: 1", "qas": [
    {"id": "q1", "question": "How many?", "answers": [{"text": "1", "answer_start": 7}]}]}]}]}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "content", "qrels", "told"),
    [
        ("set.jsonl", SET, None, ("jsonl", "article")),
        ("set.csv", b"id,question,answers\nq1,How many?,1 well\n", None, ("csv", "answer")),
        ("set.json", json.dumps(SQUAD).encode(), None, ("squad", "answer")),
        ("topics.txt", b"q1\tHow many?\n", b"q1 0 article-1 1\n", ("trec", "article")),
        ("wells.zip", beir(), None, ("beir", "article")),
        ("...zip", beir(), b"q1 0 article-1 1\n", ("beir", "article")),  # its stem is `..`
        ("queries.jsonl", b'{"_id": "q1", "text": "How many?"}\n', b"q1 0 article-1 1\n", ("beir", "article")),
    ],
)
def test_every_format_is_taken(
    client: FlaskClient, name: str, content: bytes, qrels: bytes | None, told: tuple[str, str]
) -> None:
    more = {} if qrels is None else {"qrels": (io.BytesIO(qrels), name)}  # of the same name as the set, even
    response = upload(client, content, name, **more)
    assert response.status_code == 202, response.text
    seen = client.get(response.headers["Location"]).get_json()
    assert (seen["format"], seen["relevance"], seen["state"], seen["total"]) == (*told, "queued", 1)


@pytest.mark.slow
def test_where_it_stands_is_said_in_words(client: FlaskClient, service: Service) -> None:
    addresses = [upload(client).headers["Location"] for _ in range(3)]
    told = [client.get(address).get_json()["state_text"] for address in addresses]
    assert told == ["waits for its turn", "waits behind 1 other evaluation", "waits behind 2 other evaluations"]
    listed = client.get("/v1/evaluations").get_json()["evaluations"]
    assert [one["state_text"] for one in listed] == told[::-1]
    job = EvaluationJob("0" * 32, "set", "set.jsonl", "jsonl", 5, "article", state="running")
    assert in_words(job, JobProgress()) == "has just started: the model is being loaded"
    assert in_words(job, JobProgress(3)) == "3 of 5 questions asked"
    assert in_words(job, JobProgress(5)) == "5 of 5 questions asked, the report is being written"
    assert in_words(replace(job, state="done"), JobProgress(5)) == "done"


@pytest.mark.slow
def test_passages_of_an_article_and_what_is_left_out(client: FlaskClient) -> None:
    mixed = SET + json.dumps({"id": "q2", "question": "How many?", "answers": ["1"]}).encode()
    seen = [
        client.get(upload(client, mixed, **fields).headers["Location"]).get_json()
        for fields in ({}, {"max_per_article": "0"}, {"max_per_article": "3"}, {"relevance": "answer"})
    ]
    assert [one["max_per_article"] for one in seen] == [1, None, 3, None]
    assert seen[0]["notes"] == [
        "Not measured, as they have gold but none by article: 1 of 2 questions; relevance `answer` would measure 1 of "
        "them."
    ]
    assert refusal(upload(client, max_per_article="-1"))[:2] == (422, "max_per_article")


@pytest.mark.slow
def test_questions_in_a_body(client: FlaskClient, service: Service) -> None:
    response = client.post("/v1/evaluations", json={"questions": [LINE, LINE | {"id": "q2"}], "overlap": 1, "top_k": 7})
    assert response.status_code == 202
    seen = client.get(response.headers["Location"]).get_json()
    assert (seen["total"], seen["top_k"], seen["name"]) == (2, 7, "questions")
    wrong = [LINE, LINE | {"id": "q2", "answers": [3]}]
    status, param, message = refusal(client.post("/v1/evaluations", json={"questions": wrong}))
    assert (status, param) == (422, "answers[0]")
    assert message.startswith("questions.jsonl, line 2, answers[0]: ")
    for value in ("x", None, [1], "\ud800"):
        body = json.dumps({"questions": [value]})
        response = client.post("/v1/evaluations", data=body, content_type="application/json")
        assert refusal(response)[0] == 422
        assert "questions.jsonl, line 1" in refusal(response)[2]
    assert len(stored(service)) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "content", "param", "said"),
    [
        ("set.jsonl", SET + b'{"id": "q2"}\n', "question", "set.jsonl, line 2, question: "),
        ("set.jsonl", SET + b'{"id": "q2", "question": "a?", "anwers": []}\n', "anwers", "set.jsonl, line 2, anwers: "),
        ("set.jsonl", SET + SET, "id", "set.jsonl, line 2, id: "),
        ("set.jsonl", b'{"id": "q", "question": "no gold?"}\n', "questions", "No question of the set says"),
        ("set.csv", b"id,question\nq1,\n", "question", "set.csv, row 2, question: "),
        ("set.xyz", b"what is this\n", "format", "set.xyz, format: cannot be told. Name it with the field `format`"),
        ("set.txt", b"q1\tHow many?\n", "qrels", "set.txt, qrels: TREC topics come with judgements. Name their file"),
        ("set.jsonl", b"", "questions", "set.jsonl: holds no question. "),
        ("set.zip", b"PK\x03\x04", "file", "set.zip: cannot be unpacked"),
    ],
)
def test_a_set_that_is_wrong_is_refused_before_anything_runs(
    client: FlaskClient, service: Service, name: str, content: bytes, param: str, said: str
) -> None:
    status, named, message = refusal(upload(client, content, name))
    assert (status, named) == (422, param)
    assert message.startswith(said)
    assert str(service.settings.index) not in message and "--" not in message
    assert stored(service) == []


@pytest.mark.slow
def test_a_zip_says_what_is_wrong_in_it_by_its_own_names(client: FlaskClient) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("queries.jsonl", '{"_id": "q1", "text": ""}\n')
        archive.writestr("qrels/test.tsv", "q1\tarticle-1\tmany\n")
    status, _, message = refusal(upload(client, packed.getvalue(), "wells.zip"))
    assert status == 422
    assert message.startswith("wells/qrels/test.tsv, line 1, ")


@pytest.mark.parametrize(
    ("fields", "param", "said"),
    [
        ({"top_k": "0"}, "top_k", "greater than or equal to 1"),
        ({"top_k": "many"}, "top_k", "whole number"),
        ({"overlap": "0"}, "overlap", "greater than 0"),
        ({"overlap": "nan"}, "overlap", ""),
        ({"relevance": "gut"}, "relevance", "must be"),
        ({"relevance": "evidence"}, "relevance", "it has article"),
        ({"retriever": "magic"}, "retriever", "must be"),
        ({"format": "xlsx"}, "format", "must be"),
        ({"workers": "9"}, "workers", "no such field"),
        ({"settings": "depth=5"}, "settings", "JSON object"),
        ({"settings": "[1]"}, "settings", "JSON object"),
        ({"settings": '{"depth": NaN}'}, "settings", "JSON object"),
        ({"settings": '{"depth": 5}'}, "settings.depth", "greater than or equal to 10"),
        (
            {"settings": '{"depht": 50}'},
            "settings.depht",
            "there is no such setting; did you mean depth? Those that can",
        ),
        ({"settings": '{"reranker": "nope/x"}'}, "settings.reranker", "as QA_RERANKER names it"),
        ({"settings": '{"reader": "/etc"}'}, "settings.reader", "as QA_READER names it"),
        ({"settings": '{"nli_model": "nope/x"}'}, "settings.nli_model", "qa-service evaluate --set nli_model=… takes"),
        ({"settings": '{"model": "x"}'}, "settings.model", "ingested anew"),
        ({"settings": '{"title_weight": 2}'}, "settings.title_weight", "ingested anew"),
        ({"settings": '{"host": "0.0.0.0"}'}, "settings.host", "not about ranking"),
        ({"settings": '{"api_key": "x"}'}, "settings.api_key", "not about ranking"),
        ({"settings": '{"index": "/etc"}'}, "settings.index", "not about ranking"),
    ],
)
def test_a_field_is_refused_by_name(
    client: FlaskClient, service: Service, fields: dict[str, str], param: str, said: str
) -> None:
    status, named, message = refusal(upload(client, **fields))
    assert (status, named) == (422, param)
    assert said in message
    assert stored(service) == []


@pytest.mark.slow
def test_files_are_refused_by_field(client: FlaskClient) -> None:
    def send(**files: Any) -> tuple[int, str, str]:
        return refusal(client.post("/v1/evaluations", data=files, content_type="multipart/form-data"))

    def file(name: str = "set.jsonl") -> tuple[io.BytesIO, str]:
        return io.BytesIO(SET), name

    assert send(collection="default")[:2] == (422, "file")
    assert send(file=file(), corpus=file())[:2] == (422, "corpus")
    assert send(file=[file(), file("other.jsonl")])[:2] == (422, "file")
    assert send(file=file(".."))[:2] == (422, "file")
    assert send(file=file("🙂" * 60))[:2] == (422, "file")
    assert send(file=file(), qrels=file())[:2] == (422, "qrels")  # JSON Lines have their gold in themselves
    assert upload(client, SET, "../../etc/set.jsonl").status_code == 202  # a name loses its folders


def test_other_refusals(client: FlaskClient) -> None:
    assert upload(client, collection="none").status_code == 404
    assert client.post("/v1/evaluations", data=b"x", content_type="text/plain").status_code == 415
    assert client.post("/v1/evaluations", data=b"{", content_type="application/json").status_code == 400
    assert client.post("/v1/evaluations", json={"questions": []}).status_code == 422
    assert client.post("/v1/evaluations", json={"questions": [LINE], "format": "csv"}).status_code == 422
    large = client.post("/v1/evaluations", data=b" " * (1 << 21), content_type="multipart/form-data; boundary=x")
    assert large.status_code == 413
    assert client.put("/v1/evaluations").status_code == 405
    assert client.get("/v1/evaluations?limit=0").status_code == 422
    assert client.get("/v1/evaluations?after=x").status_code == 422


def test_what_is_not_there_is_404(client: FlaskClient, service: Service) -> None:
    known = upload(client).headers["Location"]
    assert client.get(f"{known}/files/report.html").status_code == 404  # not yet
    for path in ("x", "0" * 32, "..", ".", "%2e%2e"):
        for method in ("GET", "DELETE"):
            assert client.open(f"/v1/evaluations/{path}", method=method).status_code in (404, 405), path
    for name in ("evaluation.json", "../evaluation.json", "..%2fevaluation.json", "%2e%2e", "journal.partial"):
        assert client.get(f"{known}/files/{name}").status_code == 404, name
    assert len(stored(service)) == 1


def done_evaluation(service: Service) -> str:
    """Its address. It was never run; its files are what they are called."""
    identity = "d" * 32
    folder = service.settings.index / FOLDER / identity
    (folder / "results").mkdir(parents=True)
    record = EvaluationJob(identity, "set", "set.jsonl", "jsonl", 1, "article", state="done")
    evaluation_store(service.settings.index).write(record)
    for name in RESULTS:
        (folder / "results" / name).write_text(json.dumps({"name": name}))
    return f"/v1/evaluations/{identity}"


def test_what_is_being_read_is_read_whole_although_it_is_removed(
    client: FlaskClient, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = done_evaluation(service)
    kept = shutil.copytree(service.settings.index / FOLDER / ("d" * 32), service.settings.index / "kept")
    result = EvaluationJobs.result

    def removed_meanwhile(self: EvaluationJobs, evaluation_id: str, name: str) -> Any:
        found = result(self, evaluation_id, name)
        self.remove(evaluation_id)
        return found

    monkeypatch.setattr(EvaluationJobs, "result", removed_meanwhile)
    for path, name in (("", "summary.json"), ("/files/report.html", "report.html"), ("/files/run.trec", "run.trec")):
        with client.get(f"{address}{path}") as response:
            assert response.status_code == 200, path
            found = json.loads(response.data)
        found = found["summary"] if not path else found
        assert found == {"name": name}
        assert client.get(f"{address}{path}").status_code == 404
        shutil.copytree(kept, service.settings.index / FOLDER / ("d" * 32))


def test_what_is_removed_before_it_can_be_read_is_404(
    client: FlaskClient, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = done_evaluation(service)
    kept = shutil.copytree(service.settings.index / FOLDER / ("d" * 32), service.settings.index / "kept")
    place, job = JobStore.place, EvaluationJobs.job

    def known_before(self: EvaluationJobs, evaluation_id: str) -> EvaluationJob:
        found = job(self, evaluation_id)

        def gone_after(store: JobStore[EvaluationJob], identity: str) -> Path:
            folder = place(store, identity)
            monkeypatch.setattr(JobStore, "place", place)
            store.remove(identity)
            return folder

        monkeypatch.setattr(JobStore, "place", gone_after)
        return found

    monkeypatch.setattr(EvaluationJobs, "job", known_before)
    for path in ("/files/report.html", "/files/summary.json"):
        response = client.get(f"{address}{path}")
        assert (response.status_code, response.get_json()["error"]["type"]) == (404, "not_found"), path
        monkeypatch.setattr(JobStore, "place", place)
        shutil.copytree(kept, service.settings.index / FOLDER / ("d" * 32))


def test_the_list_leaves_out_what_is_removed_while_it_is_made(
    client: FlaskClient, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    done_evaluation(service)

    read = JobStore[EvaluationJob].read

    def removed_before(store: JobStore[EvaluationJob], identity: str) -> EvaluationJob:
        shutil.rmtree(store.place(identity))
        return read(store, identity)

    monkeypatch.setattr(JobStore, "read", removed_before)
    response = client.get("/v1/evaluations")
    assert (response.status_code, response.get_json()["evaluations"]) == (200, [])


def test_a_part_of_a_file_and_one_that_has_not_changed(client: FlaskClient, service: Service) -> None:
    address = f"{done_evaluation(service)}/files/run.trec"
    with client.get(address) as whole:
        content, known = whole.data, {"If-Modified-Since": whole.headers["Last-Modified"]}
        assert (whole.content_length, whole.headers["Accept-Ranges"]) == (len(content), "bytes")
    with client.get(address, headers={"Range": "bytes=2-5"}) as part:
        assert (part.status_code, part.data) == (206, content[2:6])
    assert client.get(address, headers={"Range": "bytes=9999-"}).status_code == 416
    with client.get(address, headers=known) as same:
        assert same.status_code == 304


@pytest.mark.slow
def test_a_full_queue_says_when_to_try_again(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa_service.evaluation.run.evaluation_jobs.MOST_WAITING", 1)
    assert upload(client).status_code == 202
    response = upload(client)
    assert (response.status_code, response.get_json()["error"]["type"]) == (503, "queue_full")
    assert int(response.headers["Retry-After"]) > 0


@pytest.mark.slow
def test_evidence_that_stands_nowhere_is_refused_at_once(client: FlaskClient, service: Service) -> None:
    lost = LINE | {"id": "q2", "evidence": [{"article_id": "article-1", "start": 5, "end": 9999}]}
    status, param, message = refusal(client.post("/v1/evaluations", json={"questions": [LINE, lost]}))
    assert (status, param) == (422, "evidence[0].end")
    assert message.startswith("questions.jsonl, line 2, evidence[0].end: ") and "article-1" in message
    assert stored(service) == []


@pytest.mark.slow
def test_pages_of_the_list_and_cancelling_what_waits(client: FlaskClient) -> None:
    ids = [upload(client, name=f"{n}.jsonl").get_json()["evaluation_id"] for n in range(3)][::-1]
    first = client.get("/v1/evaluations?limit=2").get_json()
    assert ([one["evaluation_id"] for one in first["evaluations"]], first["total"]) == (ids[:2], 3)
    rest = client.get(f"/v1/evaluations?limit=2&after={first['next_after']}").get_json()
    assert ([one["evaluation_id"] for one in rest["evaluations"]], rest["next_after"]) == (ids[2:], None)
    assert client.delete(f"/v1/evaluations/{ids[0]}").get_json() == {"evaluation_id": ids[0], "outcome": "cancelled"}
    assert client.get(f"/v1/evaluations/{ids[0]}").get_json()["state"] == "cancelled"
    assert client.delete(f"/v1/evaluations/{ids[0]}").get_json()["outcome"] == "removed"


def test_the_key_guards_everything_but_the_page(tmp_path: Path) -> None:
    client = create_app(StandInService(Settings(index=tmp_path, api_key=SecretStr("secret")))).test_client()
    for method, path in (
        ("GET", ""),
        ("POST", ""),
        ("GET", "/" + "0" * 32),
        ("DELETE", "/" + "0" * 32),
        ("GET", "/" + "0" * 32 + "/files/report.html"),
    ):
        assert client.open(f"/v1/evaluations{path}", method=method).status_code == 401, path
    page = client.get("/evaluations")
    assert page.status_code == 200
    assert "data-guarded" in page.text and 'href="/docs"' not in page.text
    assert client.get("/v1/evaluations", headers={"Authorization": "Bearer secret"}).status_code == 200


@pytest.mark.slow
def test_the_key_stays_out_of_what_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EvaluationJobs, "start", lambda self: None)
    service = fake_service(tmp_path / "index", api_key=SecretStr("hunter2"))
    service.add_article(draft(1))
    client = create_app(service).test_client()
    data = {"file": (io.BytesIO(SET), "set.jsonl")}
    response = client.post("/v1/evaluations", data=data, headers={"Authorization": "Bearer hunter2"})
    assert response.status_code == 202
    folder = service.settings.index / FOLDER
    assert not any(b"hunter2" in path.read_bytes() for path in folder.rglob("*") if path.is_file())
    service.close()


def test_the_page_keeps_the_policy_of_the_others(client: FlaskClient) -> None:
    page = client.get("/evaluations")
    assert page.headers["Content-Security-Policy"] == client.get("/").headers["Content-Security-Policy"]
    assert 'href="/evaluations"' in client.get("/").text
    assert 'href="/docs"' in page.text and "data-guarded" not in page.text


def test_a_report_without_a_policy_of_its_own_may_run_nothing() -> None:
    report = io.BytesIO(b"<!doctype html><script>1</script>")
    assert "script-src" not in report_policy(report) and "default-src 'none'" in report_policy(report)
    assert report.read(9) == b"<!doctype"  # what is sent begins at the beginning
    report = io.BytesIO(b'<meta http-equiv="Content-Security-Policy" content="script-src *\r\nX: y">')
    assert "script-src" not in report_policy(report)


def test_every_setting_format_and_file_is_accounted_for() -> None:
    """A setting that is new must be put into one of these by whoever adds it."""
    serving = {
        "index", "host", "port", "workers", "threads", "api_key", "allow_anonymous", "allowed_hosts", "allowed_origins",
        "max_upload_mb", "parse_seconds", "parse_megabytes", "rate_limit", "log_level", "model_languages", "runtime",
        "reranker", "reader", "nli_model",
        "public_url", "mcp_port", "llm_base_url", "llm_model", "llm_api_key", "llm_timeout",
    }  # fmt: skip
    assert RANKING | NEED_INGEST | serving == set(Settings.model_fields)
    assert not RANKING & NEED_INGEST
    assert set(get_args(SetFormat)) == set(FORMATS)
    assert set(get_args(Kind)) == {*KINDS, "auto"}
    assert set(RESULT_FILES) == set(RESULTS)
    assert {Path(name).suffix for name in RESULTS} == set(TYPES)
