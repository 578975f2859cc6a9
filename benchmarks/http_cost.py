"""Processor time of HTTP itself: what `POST /v1/ask` costs beside `Service.ask`.

    python -m benchmarks.http_cost [--requests N]

A real answer of five passages from the seed articles stands in for `Service.ask`. The table tells the microseconds of
each layer. A row of the application or of the server includes the rows above it. Times are minima over rounds.
"""

from __future__ import annotations

import argparse
import http.client
import io
import json
import logging
import multiprocessing
import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from benchmarks.shared import index_folder, markdown, seed_service
from qa_service.options.answer_body import answer_body
from qa_service.options.ask_request import AskBody
from qa_service.options.checked_question import checked_question
from qa_service.records import Answer, Question
from qa_service.service import Service
from qa_service.settings import Settings
from qa_service.web import create_app
from qa_service.web.server import Server, listen

ASKED = {"question": "What did the negotiators agree on?", "top_k": 5}
BODY = json.dumps(ASKED).encode()
ROUNDS = 7
PATIENCE = 60.0
"""Seconds to wait until the server answers."""


class Prepared(Service):
    """Gives the same answer to every question."""

    answer: Answer

    def ask(self, question: Question | str, **options: Any) -> Answer:
        return self.answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=500, help="requests in a round (500)")
    number = parser.parse_args().requests
    with seed_service() as service:
        answer = service.ask(AskBody.model_validate(ASKED).record())
    logging.basicConfig(stream=io.StringIO(), level=logging.INFO)  # the server logs each request too
    with index_folder() as index:
        rows = [
            *layers(index, answer, number),
            ("server (gunicorn, kept connection)", server_us(index, answer, number)),
        ]
    print("\n".join(markdown(["layer", "µs CPU"], [(name, f"{us:.0f}") for name, us in rows])))


def layers(index: Path, answer: Answer, number: int) -> list[tuple[str, float]]:
    """Name and microseconds of each layer in this process."""
    read = AskBody.model_validate(ASKED)
    question = read.record()
    body = answer_body(answer, request_id="0" * 32, took_ms=1.25)
    service = Prepared(Settings(index=index))
    service.answer = answer
    app = create_app(service)

    def request() -> None:
        environ = {
            "REQUEST_METHOD": "POST", "SCRIPT_NAME": "", "PATH_INFO": "/v1/ask", "QUERY_STRING": "",
            "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "127.0.0.1:8000", "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(BODY)),
            "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(BODY), "wsgi.errors": sys.stderr,
            "REMOTE_ADDR": "127.0.0.1",
        }  # fmt: skip
        response = app(environ, lambda *_: None)
        b"".join(response)

    steps: list[tuple[str, Callable[[], object]]] = [
        ("body to JSON", lambda: json.loads(BODY.decode("utf-8-sig"))),
        ("JSON to question", lambda: AskBody.model_validate(ASKED).record()),
        ("question checked in `Service.ask`", lambda: checked_question(question, {})),
        ("answer to dict", lambda: answer_body(answer, request_id="0" * 32, took_ms=1.25)),
        ("dict to JSON", lambda: orjson.dumps(body)),
        ("application (Flask)", request),
    ]
    return [(name, min(_in_process(step, number) for _ in range(ROUNDS))) for name, step in steps]


def _in_process(step: Callable[[], object], number: int) -> float:
    started = time.process_time()
    for _ in range(number):
        step()
    return (time.process_time() - started) / number * 1e6


def server_us(index: Path, answer: Answer, number: int) -> float:
    """Microseconds of all processes of a server for a request over one connection."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    parent = multiprocessing.get_context("spawn").Process(target=_serve, args=(index, port, answer))
    parent.start()
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        _wait_for(connection)
        _ask(connection, number)
        return min(_of_processes(int(parent.pid or 0), connection, number) for _ in range(ROUNDS))
    finally:
        parent.terminate()
        parent.join()


def _serve(index: Path, port: int, answer: Answer) -> None:
    def prepared(settings: Settings) -> Service:
        service = Prepared(settings)
        service.answer = answer
        return service

    logging.basicConfig(stream=io.StringIO(), level=logging.INFO)
    settings = Settings(index=index, port=port)
    Server(settings, listen(settings), prepared).run()


def _wait_for(connection: http.client.HTTPConnection) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            return
        except OSError:
            connection.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _of_processes(parent: int, connection: http.client.HTTPConnection, number: int) -> float:
    before = _seconds(parent)
    _ask(connection, number)
    return (_seconds(parent) - before) / number * 1e6


def _ask(connection: http.client.HTTPConnection, number: int) -> None:
    for _ in range(number):
        connection.request("POST", "/v1/ask", BODY, {"Content-Type": "application/json"})
        response = connection.getresponse()
        if response.status != 200:
            raise RuntimeError(f"status {response.status}: {response.read()!r}")
        response.read()


def _seconds(parent: int) -> float:
    """CPU time of a process and its children so far (Linux, proc_pid_stat(5))."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    ticks = 0
    for pid in (parent, *children):
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
        ticks += int(after_name[11]) + int(after_name[12])
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
