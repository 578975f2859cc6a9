"""Processor time of HTTP itself: what `POST /v1/ask` costs beside `Service.ask`.

    python -m benchmarks.http_cost [--requests N]

A real answer of five passages from the seed articles stands in for `Service.ask`. The table has the microseconds of
each layer. The row of the application includes the rows above it. Gunicorn is not measured. Times are minima over
rounds.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
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

ASKED = {"question": "What did the negotiators agree on?", "top_k": 5}
BODY = json.dumps(ASKED).encode()
ROUNDS = 7


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
    logging.basicConfig(stream=io.StringIO(), level=logging.INFO)  # each request is logged, as in the server
    with index_folder() as index:
        rows = layers(index, answer, number)
    print("\n".join(markdown(["layer", "µs CPU"], [(name, f"{us:.0f}") for name, us in rows])))


def layers(index: Path, answer: Answer, number: int) -> list[tuple[str, float]]:
    """Name and microseconds of each layer in this process."""
    read = AskBody.model_validate(ASKED)
    question = read.record()
    base = "http://127.0.0.1:8000"
    body = answer_body(answer, base=base, request_id="0" * 32, took_ms=1.25)
    service = Prepared(Settings(index=index))
    service.answer = answer
    app = create_app(service)

    def start_response(*_: object) -> Callable[[bytes], object]:
        return len

    def request() -> None:
        environ = {
            "REQUEST_METHOD": "POST", "SCRIPT_NAME": "", "PATH_INFO": "/v1/ask", "QUERY_STRING": "",
            "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "127.0.0.1:8000", "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(BODY)),
            "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(BODY), "wsgi.errors": sys.stderr,
            "REMOTE_ADDR": "127.0.0.1",
        }  # fmt: skip
        b"".join(app(environ, start_response))

    steps: list[tuple[str, Callable[[], object]]] = [
        ("body to JSON", lambda: json.loads(BODY.decode("utf-8-sig"))),
        ("JSON to question", lambda: AskBody.model_validate(ASKED).record()),
        ("question checked in `Service.ask`", lambda: checked_question(question, {})),
        ("answer to dict", lambda: answer_body(answer, base=base, request_id="0" * 32, took_ms=1.25)),
        ("dict to JSON", lambda: orjson.dumps(body)),
        ("application (Flask)", request),
    ]
    return [(name, min(_in_process(step, number) for _ in range(ROUNDS))) for name, step in steps]


def _in_process(step: Callable[[], object], number: int) -> float:
    started = time.process_time()
    for _ in range(number):
        step()
    return (time.process_time() - started) / number * 1e6


if __name__ == "__main__":
    main()
