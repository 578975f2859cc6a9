"""Starts and stops real `qa-service serve` processes for the client tests."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

__all__ = ["Server", "StartServer", "await_ready", "ingest", "serve"]

COMMAND = [sys.executable, "-m", "qa_service"]
PATIENCE = 120.0
LISTENING = re.compile(r"Listening at http://127\.0\.0\.1:(\d+)")

Settings = Mapping[str, str]


@dataclass(frozen=True)
class Server:
    """A running `qa-service serve`. `request` sends `key` where the server needs one."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    key: str | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def request(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """The status and the JSON of the response."""
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        content = None if body is None else json.dumps(body)
        if content:
            headers["Content-Type"] = "application/json"
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request(method, path, content, headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read())

    def ask(self, question: str, **fields: object) -> Any:
        status, answer = self.request("POST", "/v1/ask", {"question": question, **fields})
        assert status == 200, answer
        return answer

    def end(self) -> None:
        """Asks the process to end. `stop` waits for the end."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        self.end()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(30)


StartServer = Callable[..., Server]


def _environment(folder: Path, settings: Settings) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("QA_")}
    return {**own, "PYTHONWARNINGS": "ignore", "QA_INDEX": str(folder), **settings}


def ingest(folder: Path, index: Path, settings: Settings) -> None:
    done = subprocess.run(
        [*COMMAND, "ingest", str(folder)],
        env=_environment(index, settings),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def serve(folder: Path, settings: Settings) -> Server:
    """Starts a server with its index and log in `folder`. `await_ready` waits until it answers."""
    log = folder / "serve.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*COMMAND, "serve", "--port", "0"],
            env=_environment(folder / "index", settings),
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    deadline = time.monotonic() + PATIENCE
    while not (listening := LISTENING.search(log.read_text(errors="replace"))):
        assert process.poll() is None and time.monotonic() < deadline, log.read_text(errors="replace")[-2000:]
        time.sleep(0.05)
    return Server(process, int(listening.group(1)), log, settings.get("QA_API_KEY"))


def await_ready(server: Server) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if server.request("GET", "/readyz")[0] == 200:
                return
        except OSError:
            pass
        if server.process.poll() is not None or time.monotonic() > deadline:
            server.stop()
            raise AssertionError(f"not ready: {server.log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.05)
