"""Streams of a real server whose model writes slowly: many at once, and clients that hang up."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

TESTS = Path(__file__).parent
AT_ONCE = 50
FREED_SECONDS = 2.0
QUIET_SECONDS = 0.7


class Running:
    def __init__(self, folder: Path, sentences: int, seconds: float, threads: int) -> None:
        own = {name: value for name, value in os.environ.items() if not name.startswith("QA_")} | {"QA_WORKERS": "1"}
        paths = os.pathsep.join((str(TESTS), str(TESTS.parent)))
        with (folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-W",
                    "ignore",
                    str(TESTS / "stream_child.py"),
                    *map(str, (sentences, seconds, threads)),
                ],
                cwd=folder,
                env={**own, "QA_PORT": "0", "QA_QUESTIONS_AT_ONCE": "1", "PYTHONPATH": paths},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())
        assert self.answers_within(60)

    def answers_within(self, seconds: float) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            connection.request("GET", "/healthz", headers={"Connection": "close"})
            return connection.getresponse().status == 200
        except TimeoutError:
            return False
        finally:
            connection.close()

    def worker_threads(self) -> int:
        (worker,) = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return len(list(Path(f"/proc/{worker}/task").iterdir()))

    def chat(self, question: str, *, stream: bool) -> HTTPConnection:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        body = {"model": "default", "messages": [{"role": "user", "content": question}], "stream": stream}
        connection.request("POST", "/v1/chat/completions", json.dumps(body), {"Content-Type": "application/json"})
        return connection


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    running: list[Running] = []

    def begin(sentences: int, seconds: float, threads: int) -> Running:
        running.append(Running(tmp_path, sentences, seconds, threads))
        return running[-1]

    yield begin
    for one in running:
        one.process.terminate()
        try:
            one.process.wait(30)
        except subprocess.TimeoutExpired:
            one.process.kill()
            one.process.wait()
        assert one.process.stdout is not None
        one.process.stdout.close()
    assert "Traceback" not in (tmp_path / "log").read_text(errors="replace")


def test_fifty_streams_are_served_at_once_and_say_what_a_plain_answer_says(start: Callable[..., Running]) -> None:
    server = start(sentences=12, seconds=0.5, threads=AT_ONCE + 10)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        streams = list(pool.map(lambda i: _streamed(server, f"quokka {i}"), range(AT_ONCE)))
    # each had begun before any had ended
    assert max(first for first, _, _, _ in streams) < min(last for _, last, _, _ in streams)
    plain = server.chat("quokka 7", stream=False)
    message = json.loads(plain.getresponse().read())["choices"][0]["message"]
    plain.close()
    assert message["content"].startswith("Sentence 1 of quokka 7. [1] Sentence 2 of quokka 7. [1]")
    assert (message["content"], message["annotations"]) == streams[7][2:]
    assert len({text for _, _, text, _ in streams}) == AT_ONCE


def _streamed(server: Running, question: str) -> tuple[float, float, str, list[Any]]:
    """(when the first words came, when the last did, the text, its annotations)"""
    connection = server.chat(question, stream=True)
    response = connection.getresponse()
    first, text, notes = None, "", list[Any]()
    for line in response:
        if not line.startswith(b"data: ") or line == b"data: [DONE]\n":
            continue
        delta = json.loads(line[6:])["choices"][0]["delta"]
        notes += delta.get("annotations", [])
        if delta.get("content"):
            text += delta["content"]
            last = time.monotonic()
            first = first or last
    connection.close()
    assert first is not None
    return first, last, text, notes


@pytest.mark.parametrize(
    ("sentences", "seconds"), [(300, 0.2), (2, 60.0)], ids=["while it is written", "while the model is silent"]
)
@pytest.mark.parametrize("read_first", [True, False], ids=["all read", "unread"])
def test_a_client_that_hangs_up_frees_its_thread(
    start: Callable[..., Running], sentences: int, seconds: float, read_first: bool
) -> None:
    server = start(sentences=sentences, seconds=seconds, threads=2)
    clients = [server.chat("quokka", stream=True) for _ in range(2)]
    for client in clients:
        assert client.sock.recv(65536).startswith(b"HTTP/1.1 200")  # which a connection sends only when it streams
    writing = server.worker_threads()
    assert not server.answers_within(QUIET_SECONDS)  # both threads are taken
    for client in clients:
        if read_first:
            client.sock.setblocking(False)
            _drain(client.sock)
        client.sock.close()
    hung_up = time.monotonic()
    assert server.answers_within(FREED_SECONDS)
    if seconds < 1:  # a writer that waits for its model ends when the model answers, or by its own limit of time
        while server.worker_threads() > writing - 2:
            assert time.monotonic() - hung_up < FREED_SECONDS
            time.sleep(0.02)


def _drain(sock: socket.socket) -> None:
    try:
        while sock.recv(65536):
            pass
    except BlockingIOError:
        pass
