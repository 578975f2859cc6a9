"""A server of two worker processes: what one of them does holds on the other at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from builders import draft
from prometheus_client.parser import text_string_to_metric_families

pytestmark = pytest.mark.slow  # each test starts a real server

TESTS = Path(__file__).parent


@dataclass
class Reply:
    status: int
    content: bytes
    worker: int

    @property
    def json(self) -> Any:
        return json.loads(self.content)


class Connection:
    """A connection that stays with one worker."""

    def __init__(self, port: int) -> None:
        self._http = HTTPConnection("127.0.0.1", port, timeout=30)
        self.worker = self.send("GET", "/healthz").worker

    def send(self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> Reply:
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        kind = {"Content-Type": "application/json"} if content is not None else {}
        self._http.request(method, path, content, {**kind, **(headers or {})})
        response = self._http.getresponse()
        return Reply(response.status, response.read(), int(response.headers["X-Worker"]))

    def close(self) -> None:
        self._http.close()


class Workers:
    """The server. `one_each` are connections to different workers."""

    def __init__(self, folder: Path, *arguments: str, **settings: str) -> None:
        self.shared = folder / "shared"
        self.shared.mkdir()
        path = os.pathsep.join((str(TESTS), str(TESTS.parent)))
        own = {"QA_PORT": "0", "QA_WORKERS": "2", "PYTHONPATH": path, "TMPDIR": str(self.shared)}
        self._log = folder / "log"
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-W", "ignore", str(TESTS / "workers_child.py"), *arguments],
                env=os.environ | own | settings,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())
        self.process.stdout.close()
        self.open: list[Connection] = []

    def connect(self) -> Connection:
        self.open.append(Connection(self.port))
        return self.open[-1]

    def one_each(self) -> tuple[Connection, Connection]:
        first = self.connect()
        return first, eventually(lambda: other if (other := self.connect()).worker != first.worker else None)

    def pids(self) -> set[int]:
        pid = self.process.pid
        return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))

    def stop(self) -> str:
        """Stop the server and return its log."""
        for connection in self.open:
            connection.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(40)
        return self._log.read_text()


def eventually(look: Callable[[], Any]) -> Any:
    """What `look` returns as soon as it is neither None nor False."""
    for _ in range(600):
        if (found := look()) not in (None, False):
            return found
        time.sleep(0.05)
    raise AssertionError("it did not happen within 30 s")


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Workers]]:
    started: list[Workers] = []

    def begin(*arguments: str, **settings: str) -> Workers:
        started.append(Workers(tmp_path, *(arguments or [str(tmp_path / "index")]), **settings))
        return started[-1]

    yield begin
    for server in started:
        server.stop()


def test_an_addition_and_a_deletion_hold_on_the_other_worker_at_once(start: Callable[..., Workers]) -> None:
    server = start()
    writer, reader = server.one_each()
    for number in range(50):
        article = draft(number)
        body = {"text": article.text, "title": article.meta.title}
        added = writer.send("POST", "/v1/articles", body)
        assert added.status == 201
        article_id = added.json["articles"][0]["article_id"]
        asked = {"question": article.text[:200]}
        found = reader.send("POST", "/v1/ask", asked).json
        assert found["passages"][0]["citation"]["article_id"] == article_id
        assert found["collection"]["generation"] == added.json["generation"]
        assert reader.send("GET", f"/v1/articles/{article_id}").status == 200
        assert reader.send("GET", "/v1/collections").json["collections"][0]["articles"] == 1
        assert writer.send("DELETE", f"/v1/articles/{article_id}").status == 200
        assert reader.send("POST", "/v1/ask", asked).json["passages"] == []
        assert reader.send("GET", f"/v1/articles/{article_id}").status == 404
        assert reader.send("GET", "/v1/articles").json["articles"] == []
        writer, reader = reader, writer
    assert writer.worker != reader.worker


def test_lasting_connections_are_shared_evenly(start: Callable[..., Workers]) -> None:
    server = start("stand-in")
    held = [server.connect() for _ in range(8)]

    def shares() -> list[int]:
        workers = [connection.send("GET", "/healthz").worker for connection in held]
        return sorted(Counter(workers).values())

    assert shares() == [4, 4]
    os.kill(held[0].worker, signal.SIGKILL)
    for connection in held:
        connection.close()  # `send` opens it again
    eventually(lambda: shares() in ([4, 4], [3, 5]))  # once there is another worker, the busier one gives away


def test_the_parent_has_no_thread_that_a_fork_would_lose(start: Callable[..., Workers]) -> None:
    server = start()
    server.connect()
    assert len(list(Path(f"/proc/{server.process.pid}/task").iterdir())) == 1


def test_a_killed_worker_is_replaced_and_the_shared_folder_goes_at_the_end(start: Callable[..., Workers]) -> None:
    server = start()
    first, second = server.one_each()
    before = server.pids()
    assert before == {first.worker, second.worker}
    os.kill(first.worker, signal.SIGKILL)
    assert second.send("GET", "/readyz").status == 200
    (new,) = eventually(lambda: after - before if len(after := server.pids()) == 2 and first.worker not in after else 0)
    eventually(lambda: server.connect().worker == new)
    assert len(list(server.shared.iterdir())) == 1
    log = server.stop()
    assert server.process.returncode == 0
    assert list(server.shared.iterdir()) == []
    assert log.count("Ready.") == log.count("Closed.") == log.count("Listening at") == 1
    assert "Traceback" not in log


def test_the_shared_folder_goes_if_the_parent_is_killed(start: Callable[..., Workers]) -> None:
    server = start("stand-in")
    server.connect()
    workers = server.pids()
    server.process.kill()
    eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))
    assert list(server.shared.iterdir()) == []


def test_a_stop_while_the_server_starts_is_clean(start: Callable[..., Workers]) -> None:
    server = start("stand-in")
    eventually(lambda: any(server.shared.iterdir()))
    assert "Traceback" not in server.stop()
    assert server.process.returncode == 0
    assert list(server.shared.iterdir()) == []


def test_any_worker_takes_and_tells_a_job_and_another_continues_it(
    start: Callable[..., Workers], tmp_path: Path
) -> None:
    server = start(str(tmp_path / "index"), "0.1")
    connections = server.one_each()
    files = [(f"{number}.txt", draft(number).text) for number in range(40)]
    edge = "edge-of-part"
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n{text}\r\n'
        for name, text in files
    ]
    body = ("".join(parts) + f"--{edge}--\r\n").encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={edge}"}
    replies = [one.send("POST", "/v1/articles", body, headers) for one in connections]
    assert [reply.status for reply in replies] == [202, 202]
    job_id, waiting = (reply.json["job_id"] for reply in replies)

    def told(connection: Connection) -> Any:
        return connection.send("GET", f"/v1/jobs/{job_id}").json

    def runs(connection: Connection) -> bool:
        job = told(connection)
        return bool(job["state"] == "running" and job["done"] > 0)

    for connection in connections:
        eventually(partial(runs, connection))
    runner = int(eventually(lambda: _holder(tmp_path / "index" / ".jobs" / "queue.lock")))
    (other,) = (connection for connection in connections if connection.worker != runner)
    os.kill(runner, signal.SIGKILL)
    done = eventually(lambda: job if (job := told(other))["state"] == "done" else None)
    assert (done["done"], done["total"]) == (40, 40)
    assert [file["outcome"] for file in done["files"]] == ["added"] * 40
    eventually(lambda: other.send("GET", f"/v1/jobs/{waiting}").json["state"] == "done")
    assert other.send("GET", "/v1/collections").json["collections"][0]["articles"] == 40


def _holder(lock: Path) -> str | None:
    """The process that holds a lock (proc_locks(5))."""
    number = lock.stat().st_ino
    lines = (line.split() for line in Path("/proc/locks").read_text().splitlines() if "->" not in line)
    return next((line[4] for line in lines if line[5].rpartition(":")[2] == str(number)), None)


def test_a_conversation_goes_on_with_any_worker(start: Callable[..., Workers]) -> None:
    server = start("stand-in")
    one, other = server.one_each()
    asked = {"model": "default", "input": "How heavy is the quokka?"}
    first = one.send("POST", "/v1/responses", asked).json["id"]
    later = {"model": "default", "input": "And a small quokka?", "previous_response_id": first}
    assert other.send("POST", "/v1/responses", later).status == 200
    assert one.send("POST", "/v1/responses", later | {"previous_response_id": "resp_0"}).status == 400


def test_every_worker_reports_the_sums_of_all(start: Callable[..., Workers]) -> None:
    server = start("stand-in")
    one, other = server.one_each()
    for connection, times in ((one, 3), (other, 2)):
        for _ in range(times):
            assert connection.send("POST", "/v1/ask", {"question": "quokka"}).status == 200
    for connection in (one, other):
        families = text_string_to_metric_families(connection.send("GET", "/metrics").content.decode())
        found = {(s.name, frozenset(s.labels.items())): s.value for family in families for s in family.samples}
        route = {("route", "/v1/ask")}
        assert found["qa_questions_total", frozenset({("outcome", "answered")})] == 5
        assert found["qa_http_requests_total", frozenset({("method", "POST"), ("status", "200"), *route})] == 5
        assert found["qa_http_request_seconds_count", frozenset(route)] == 5
        assert found["qa_collection_articles", frozenset({("collection", "default")})] == 1
        pids = [server.process.pid, *server.pids()]
        pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids)
        resident = found["process_resident_memory_bytes", frozenset()]
        assert resident == pytest.approx(pages * os.sysconf("SC_PAGE_SIZE"), rel=0.05)
    os.kill(one.worker, signal.SIGKILL)
    eventually(lambda: one.worker not in server.pids())
    assert b'qa_questions_total{outcome="answered"} 5.0' in other.send("GET", "/metrics").content


def test_a_rate_limit_is_exact_over_all_workers(start: Callable[..., Workers]) -> None:
    server = start("stand-in", QA_RATE_LIMIT="7/minute")
    both = server.one_each()
    statuses = [both[number % 2].send("GET", "/v1/collections").status for number in range(10)]
    assert statuses == [200] * 7 + [429] * 3
    refused = both[0].send("GET", "/v1/collections")
    assert refused.json["error"]["type"] == "rate_limited"
