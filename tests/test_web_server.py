"""The real server, as a process: start, stop, clients that misbehave."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from pydantic import SecretStr

from qa_service.errors import SettingsError
from qa_service.settings import Settings
from qa_service.web.server import check_exposure, listen

pytestmark = pytest.mark.slow  # each test starts a real server

TESTS = Path(__file__).parent


class Running:
    def __init__(self, folder: Path, *arguments: str, **settings: str) -> None:
        environ = (
            os.environ
            | {"QA_PORT": "0", "QA_WORKERS": "2", "PYTHONPATH": os.pathsep.join((str(TESTS), str(TESTS.parent)))}
            | settings
        )
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", str(TESTS / "web_child.py"), *arguments],
            cwd=folder,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def connect(self, timeout: float = 20) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def raw(self, data: bytes) -> socket.socket:
        sock = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        sock.sendall(data)
        return sock

    def get(self, path: str) -> tuple[int, bytes]:
        connection = self.connect()
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def stop(self, signum: int = signal.SIGTERM) -> tuple[int, str]:
        """(exit status, what was logged)."""
        self.process.send_signal(signum)
        _, log = self.process.communicate(timeout=30)
        return self.process.returncode, log


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path)
    yield running
    if running.process.poll() is None:
        running.process.kill()
        running.process.communicate()


ASK = b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
BODY = b'{"question": "quokka"}'


def test_it_answers_keeps_the_connection_and_stops_cleanly(server: Running, tmp_path: Path) -> None:
    connection = server.connect()
    for _ in range(3):
        connection.request("POST", "/v1/ask", BODY, {"Content-Type": "application/json"})
        response = connection.getresponse()
        assert (response.status, json.loads(response.read())["answerable"]) == (200, True)
        first_socket = connection.sock
        assert first_socket is not None  # kept alive
    connection.close()
    status, log = server.stop()
    assert status == 0
    assert log.count("service closed in worker") == 2
    assert "service closed in parent" not in log
    assert "POST /v1/ask 200" in log
    assert "Traceback" not in log
    assert list(tmp_path.iterdir()) == []


def test_half_requests_and_silent_clients_do_not_hold_up_others(server: Running) -> None:
    assert server.get("/readyz")[0] == 200
    silent = [server.raw(b"") for _ in range(10)]
    half_heads = [server.raw(b"POST /v1/ask HTTP/1.1\r\nHost: loc") for _ in range(20)]
    half_bodies = [server.raw(ASK % (1000, BODY)) for _ in range(20)]
    # these have their answer and were told that the connection closes, but keep their side open
    lingering = [
        server.raw(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n") for _ in range(10)
    ]
    gone = [server.raw(ASK % (1000, BODY)) for _ in range(5)]
    for sock in gone:
        sock.close()
    started = time.monotonic()
    for _ in range(5):
        assert server.get("/v1/ask?question=quokka")[0] == 200
    assert time.monotonic() - started < 1.5
    for sock in silent + half_heads + half_bodies + lingering:
        sock.close()
    status, log = server.stop()
    assert status == 0
    assert "Traceback" not in log


def test_a_refused_body_is_answered_before_the_connection_closes(server: Running) -> None:
    for extra in ({"Connection": "close"}, {}):
        for size in (3_000_000, 80 * 1024 * 1024):
            connection = server.connect()
            connection.request("POST", "/v1/ask", b"x" * size, {"Content-Type": "application/json", **extra})
            response = connection.getresponse()
            assert (response.status, json.loads(response.read())["error"]["type"]) == (413, "too_large")
            connection.close()


def test_a_chunked_body_is_read_and_limited(server: Running) -> None:
    for body, expected in (([BODY], 200), ([b"x" * 50_000] * 60, 413)):
        connection = server.connect()
        connection.request("POST", "/v1/ask", iter(body), {"Content-Type": "application/json"}, encode_chunked=True)
        assert connection.getresponse().status == expected
        connection.close()


def test_a_long_question_fits_into_an_address(server: Running) -> None:
    assert server.get("/v1/ask?question=" + "%F0%9F%A4%AF" * 2000)[0] == 200
    status, body = server.get("/v1/ask?question=" + "a" * 70_000)
    assert (status, json.loads(body)["error"]["type"]) == (414, "too_large")


def test_what_is_not_http_gets_the_one_shape(server: Running) -> None:
    for raw, expected in (
        (b"HELLO\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nbad header\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"a: b\r\n" * 200 + b"\r\n", 431),
        (b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: nonsense\r\n\r\n", 400),
    ):
        with server.raw(raw) as sock, sock.makefile("rb") as stream:
            status = int(stream.readline().split()[1])
            head, _, body = stream.read().partition(b"\r\n\r\n")
        error = json.loads(body)["error"]
        assert status == expected, raw
        assert set(error) == {"type", "message", "param", "request_id"}
        assert error["request_id"].encode() in head


def test_ids_keep_their_slashes_through_the_server(server: Running) -> None:
    assert server.get("/v1/articles/news%2F2024%2Fquokka.txt")[0] == 200
    assert server.get("/v1/articles/news/2024/quokka.txt")[0] == 200
    status, body = server.get("/v1/articles/..%2f..%2fetc%2fpasswd")
    assert (status, json.loads(body)["error"]["type"]) == (404, "article_not_found")


def test_an_interrupt_stops_it_too(server: Running) -> None:
    assert server.get("/healthz")[0] == 200
    status, log = server.stop(signal.SIGINT)
    assert status == 0
    assert log.count("service closed in worker") == 2
    assert "Traceback" not in log


def test_a_service_that_cannot_open_ends_the_server_with_its_message(tmp_path: Path) -> None:
    running = Running(tmp_path, "broken")
    _, log = running.process.communicate(timeout=30)
    assert running.process.returncode == 1
    lines = [line for line in log.splitlines() if line.startswith("error: ") or "ERROR" in line or "Traceback" in line]
    assert lines == ["error: default: was built with another model; run `qa-service rebuild`."]


def test_a_port_in_use_is_a_clear_error() -> None:
    with listen(Settings(port=0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"127.0.0.1 port {port} is in use by another program") as raised:
            listen(Settings(port=port))
    assert raised.value.param == "port"


@pytest.mark.parametrize("host", ["no-such-host.invalid", "203.0.113.7"])
def test_a_host_that_is_not_here_is_a_clear_error(host: str) -> None:
    with pytest.raises(SettingsError) as raised:
        listen(Settings(host=host, port=0))
    assert raised.value.param == "host"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "qa.example.org"])
def test_listening_beyond_loopback_needs_a_key_or_consent(host: str) -> None:
    with pytest.raises(SettingsError, match=r"set QA_API_KEY, or allow everyone with --allow-anonymous"):
        check_exposure(Settings(host=host))
    with pytest.raises(SettingsError):
        check_exposure(Settings(host=host, api_key=SecretStr("")))
    check_exposure(Settings(host=host, api_key=SecretStr("k")))
    check_exposure(Settings(host=host, allow_anonymous=True))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.1.2.3"])
def test_loopback_needs_neither(host: str) -> None:
    check_exposure(Settings(host=host))
