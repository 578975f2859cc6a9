"""A server around the stand-in whose answers a slow model writes; for tests to start as a process of its own.

Arguments: sentences, seconds before each, and how many threads answer requests."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Generator

from web_fixtures import StandInService

from qa_service.chat import Block, Ending
from qa_service.records import Annotation, Answer
from qa_service.settings import load_settings
from qa_service.web import server
from qa_service.web.openai import routes

SENTENCES, SECONDS, THREADS = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])


class SlowWriter:
    def write(self, answer: Answer, gone: object) -> Generator[Block, None, Ending]:
        for i in range(SENTENCES):
            time.sleep(SECONDS)
            said = f"Sentence {i + 1} of {answer.question}."
            yield Block(f"{said} [1]", (Annotation(0, len(said), 1),))
        return Ending("model")


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    routes.open_writer = lambda *_: SlowWriter()
    settings = load_settings()
    server.SPARE_THREADS = THREADS - settings.questions_in_a_process
    listener = server.listen(settings)
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    server.Server(settings, listener, StandInService).run()
