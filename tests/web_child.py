"""A server around the stand-in, for tests to start as a process of its own: prints the port it took."""

from __future__ import annotations

import logging
import os
import sys

from web_fixtures import StandInService

from qa_service.errors import CollectionMismatch, QAServiceError
from qa_service.records import Answer, Question
from qa_service.settings import load_settings
from qa_service.web.server import Server, listen


class SlowService(StandInService):
    """Says when it is closed."""

    def close(self) -> None:
        super().close()
        logging.getLogger("child").info("service closed in %s", "worker" if os.getppid() == PARENT else "parent")

    def ask(self, question: Question) -> Answer:
        logging.getLogger("child").info("asked")
        return super().ask(question)


class Broken(StandInService):
    def start(self) -> None:
        raise CollectionMismatch("default: was built with another model; run `qa-service rebuild`.")


PARENT = os.getpid()

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    settings = load_settings()
    listener = listen(settings)
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    try:
        Server(settings, listener, Broken if "broken" in sys.argv else SlowService).run()
    except QAServiceError as error:
        sys.exit(f"error: {error.message}")
