"""A server of several workers, for tests to start as a process of its own: prints the port it took.

Each response says in `X-Worker` which process answered. The first argument is `stand-in`, or a folder: then the server
has the real service over this index, with the fake model. With a second argument, jobs commit each article alone and
wait so many seconds before.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from pathlib import Path
from typing import Any

from flask import Flask, Response
from web_fixtures import StandInService

from qa_service.ingest import run
from qa_service.service import Service
from qa_service.settings import Settings, load_settings
from qa_service.web.server import Server, listen


class Telling(Server):
    """Adds the header."""

    def load(self) -> Flask:
        app = super().load()

        @app.after_request
        def tell(response: Response) -> Response:
            response.headers["X-Worker"] = str(os.getpid())
            return response

        return app


def open_service(settings: Settings) -> Service | StandInService:
    if sys.argv[1] == "stand-in":
        return StandInService(settings)
    if len(sys.argv) > 2:
        run.ARTICLES_PER_COMMIT, commit = 1, run.commit_lot

        def slowly(*arguments: Any) -> Any:
            time.sleep(float(sys.argv[2]))
            return commit(*arguments)

        run.commit_lot = slowly
    return Service.open(settings, index=Path(sys.argv[1]), model="fake")


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    listener = listen(load_settings())
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    Telling(load_settings(), listener, open_service).run()
