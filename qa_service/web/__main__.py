"""Writes the OpenAPI document to a file. `make lint` makes the types of the page's scripts from it."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from qa_service.service import Service
from qa_service.settings import Settings
from qa_service.web.app import create_app

if __name__ == "__main__":
    with TemporaryDirectory() as index, Service.open(Settings(index=Path(index), model="fake")) as service:
        document = create_app(service).test_client().get("/openapi.json").data
    Path(sys.argv[1]).write_bytes(document)
