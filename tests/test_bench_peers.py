"""The load generator, the measures of processes, and what `make bench-peers` computes and writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from benchmarks.load import answers, closed_loop, get, open_loop, post
from benchmarks.peers import page
from benchmarks.peers.bars import bars, figure
from benchmarks.peers.measure import Plan, measure_quality, measure_round
from benchmarks.peers.passages import Asked, export, quality, read_questions
from benchmarks.peers.systems import open_system
from benchmarks.processes import cpu_seconds, memory_mib, tree
from benchmarks.server import PORT, Server
from benchmarks.shared import DOCS, insert
from qa_service.service import Service


class Echo(BaseHTTPRequestHandler):
    """Answers with the request, one at a time: `/slow` after 50 ms, `/busy` with 503."""

    protocol_version = "HTTP/1.1"
    one = threading.Lock()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with self.one:
            time.sleep(0.05 if self.path == "/slow" else 0)
        self.send_response(503 if self.path == "/busy" else 200)
        answer = self.path.encode() + body
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST

    def log_message(self, *_: object) -> None: ...


class EchoServer(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """A client that no longer waits is no error."""


@pytest.fixture
def port() -> Iterator[int]:
    with EchoServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def test_answers_stand_in_the_order_of_the_requests(port: int) -> None:
    requests = [*(get(f"/{number}") for number in range(9)), post("/p", {"a": "\u00e9"})]
    found = answers(port, requests, clients=3)
    assert found == [*(f"/{number}".encode() for number in range(9)), b'/p{"a": "\\u00e9"}']


def test_an_answer_that_is_not_200_stops_the_run(port: int) -> None:
    with pytest.raises(RuntimeError, match="503"):
        answers(port, [get("/busy")])
    with pytest.raises(RuntimeError, match="503"):
        closed_loop(port, [get("/busy")], clients=1, seconds=5)


def test_a_closed_loop_ends_with_its_requests_or_its_time(port: int) -> None:
    found = closed_loop(port, [get("/a")] * 7, clients=3, seconds=60)
    assert (found["clients"], found["answered"]) == (3, 7)
    assert closed_loop(port, [get("/a")] * 7, clients=3, seconds=0)["answered"] == 0


def test_in_an_open_loop_the_time_counts_from_the_due_moment(port: int) -> None:
    # All 20 requests are due within 20 ms. The server takes 50 ms for each, one at a time: the last answer
    # comes at least 50 ms x 20 - 20 ms after its request was due.
    found = open_loop(port, [get("/slow")] * 1000, rate=1000, seconds=0.02, patience=60)
    assert found["due"] == found["answered"] == 20
    assert found["p99_ms"] >= 50 * 20 - 20


def test_an_open_loop_counts_what_was_refused_or_late(port: int) -> None:
    refused = open_loop(port, [get("/busy")] * 1000, rate=500, seconds=0.02)
    assert refused["failed"] == refused["due"] == 10
    assert "503" in refused["refused"][0]
    assert (refused["answered"], refused["p50_ms"]) == (0, None)
    late = open_loop(port, [get("/slow")] * 1000, rate=1000, seconds=0.02, patience=0)
    assert 0 < late["failed"] <= late["due"]


def test_a_server_runs_within_its_block() -> None:
    command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", PORT]
    with Server(command, os.environ, ready="/") as server:
        assert tree(server.pid) == [server.pid]
        assert server.ready_s > 0
        assert cpu_seconds(server.pid) > 0
        memory = memory_mib(server.pid)
        assert 0 < memory["anonymous"] <= memory["pss"] <= memory["rss"] <= memory["peak"]
    assert memory_mib(server.pid)["rss"] == 0


def test_a_server_that_ends_says_why() -> None:
    with (
        pytest.raises(RuntimeError, match=r"code 3, saying: no model"),
        Server([sys.executable, "-c", "import sys; print('no model'); sys.exit(3)"], os.environ),
    ):
        pass  # pragma: no cover


def test_a_tree_has_the_children_of_children() -> None:
    inner = "import time; print(1, flush=True); time.sleep(60)"
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"
    with subprocess.Popen([sys.executable, "-c", outer], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        found = tree(process.pid)
        assert len(found) == 2 == memory_mib(process.pid)["processes"]
        os.kill(found[1], 15)


def test_quality_is_of_articles() -> None:
    article_of = {"p1": "a", "p2": "a", "p3": "b", "p4": "c"}
    asked = [Asked("1", "x", {"b": 1}), Asked("2", "y", {"a": 1, "c": 1})]
    # The first question finds article b second, behind two passages of a: 1 / log2(3) = .6309.
    # The second finds c first and a second: 1. The mean is .8155; one of two has a relevant article first.
    found = quality(asked, [["p1", "p2", "p3"], ["p4", "p2", "p1"]], article_of)
    assert found == {"questions": 2, "ndcg_10": 0.8155, "right_first": 0.5}


def test_only_questions_with_a_relevant_article_are_asked(tmp_path: Path) -> None:
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\ta\t1\nq2\ta\t0\nq3\tb\t2\n")
    rows = [{"_id": name, "text": name.upper()} for name in ("q1", "q2", "q3", "q4")]
    (tmp_path / "queries.jsonl").write_text("\n".join(map(json.dumps, rows)))
    asked = read_questions(tmp_path, 10)
    assert sorted((one.id, one.text, *one.grades.items()) for one in asked) == [
        ("q1", "Q1", ("a", 1)),
        ("q3", "Q3", ("b", 2)),
    ]
    assert read_questions(tmp_path, 1) == asked[:1]


def test_passages_are_exported_with_their_titles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_MODEL", "fake")
    (tmp_path / "corpus.jsonl").write_text('{"_id": "d1", "title": "Quokka", "text": "It weighs 4 kilograms."}\n')
    with Service.open(index=tmp_path / "index") as service:
        service.ingest_beir(tmp_path)
    article_of = export(tmp_path / "index", tmp_path / "passages.jsonl")
    assert list(article_of.values()) == ["d1"]
    assert json.loads((tmp_path / "passages.jsonl").read_text()) == {
        "id": next(iter(article_of)),
        "article": "d1",
        "text": "Quokka\nIt weighs 4 kilograms.",
    }


@pytest.mark.slow
def test_our_system_is_ingested_graded_and_put_under_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_MODEL", "fake")
    animals = ("quokka", "wombat", "numbat", "dunnart", "bilby", "potoroo")
    rows = [{"_id": name, "title": "", "text": f"The {name} weighs {n} kilograms."} for n, name in enumerate(animals)]
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, rows)))
    asked = [Asked(name, f"How heavy is the {name}?", {name: 1}) for name in animals]
    ours = open_system("ours", tmp_path, {"max_per_outlet": None})
    assert ours.ingest(tmp_path, asked[0].text)["passages"] == 6
    article_of = export(ours.index, tmp_path / "passages.jsonl")
    assert measure_quality(ours, asked, article_of) == {"questions": 6, "ndcg_10": 1.0, "right_first": 1.0}
    measured = measure_round(ours, asked, Plan(clients=(2,), rates=(20.0,), seconds=0.5), number=0)
    assert measured["passages"] == 5
    assert measured["first_answer_s"] > measured["ready_s"]
    assert [run["answered"] > 0 for run in (*measured["closed"], *measured["open"])] == [True, True]


def test_a_question_to_ours_has_the_extra_fields(tmp_path: Path) -> None:
    ours = open_system("ours", tmp_path, {"answer": False})
    head, _, body = ours.request("Who?", 3).partition(b"\r\n\r\n")
    assert head.startswith(b"POST /v1/ask HTTP/1.1\r\n")
    assert json.loads(body) == {"question": "Who?", "top_k": 3, "answer": False}
    assert ours.ids(b'{"passages": [{"passage_id": "b"}, {"passage_id": "a"}]}') == ["b", "a"]
    with pytest.raises(ValueError, match="'lucene'"):
        open_system("lucene", tmp_path, {})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.94712, "0.947"),
        (0.96, "0.960"),
        (0.005, "0.005"),
        (12.345, "12.3"),
        (99.6, "100"),
        (1740.0, "1740"),
        (float("nan"), "-"),
    ],
)
def test_a_figure_has_three_digits(value: float, expected: str) -> None:
    assert figure(value) == expected


def test_the_longest_bar_fills_the_room() -> None:
    drawing = bars("Title", {"1 client": {"x": 20.0, "y": 5.0}, "2 clients": {"x": 10.0, "y": None}}, "behind")
    # 640 - 120 - 90 = 430 for 20; 5 takes a quarter of it, 10 half
    assert [drawing.count(f'width="{width}"') for width in (430.0, 107.5, 215.0, 0)] == [1, 1, 1, 1]
    assert ">behind</text>" in drawing


def test_the_page_shows_the_kept_results() -> None:
    results = json.loads(page.RESULTS.read_text(encoding="utf-8"))
    shown = (DOCS / "reference" / "performance.md").read_text(encoding="utf-8")
    markers = "<!-- Written by `python -m benchmarks.peers`. -->", "<!-- Until here: peers. -->"
    assert insert(shown, page.section(results), *markers) == shown, "run `python -m benchmarks.peers.page`"
    for name, drawing in page.drawings(results).items():
        assert (DOCS / "images" / f"{name}.svg").read_text(encoding="utf-8") == drawing, name
