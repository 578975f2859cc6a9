"""A server as a separate process, and a browser that opens it."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from benchmarks.shared import ROOT, index_folder, seed_service
from qa_service.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["PORT", "SERVE", "Server", "ServerProcess", "chromium_over_seeds"]

PORT = "{port}"
"""Stands for the port in a command."""
SERVE = (sys.executable, "-m", "qa_service", "serve", "--host", "127.0.0.1", "--port", PORT, "--index")
"""The command that serves an index; its folder follows."""
BARRIERS = ("QA_API_KEY", "QA_RATE_LIMIT")
"""Settings of the environment that would refuse the clients."""

PATIENCE = 120.0
"""Seconds to wait until the server is ready."""


class Server:
    """A server on a free port of 127.0.0.1: ready inside the `with` block, stopped after it."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], ready: str = "/readyz") -> None:
        """`ready` is a path that answers 200 as soon as the server takes questions."""
        self.port = _free_port()
        self.ready_s = 0.0
        self._command = [str(self.port) if part == PORT else part for part in command]
        self._environment, self._ready = environment, ready
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed in __exit__

    def __enter__(self) -> Self:
        started = time.perf_counter()
        self._process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            env=dict(self._environment),
            start_new_session=True,
        )
        self.pid = self._process.pid
        try:
            while not self._is_ready():
                if self._process.poll() is not None:
                    self._log.seek(0)
                    said = self._log.read().decode(errors="replace")[-2000:]
                    raise RuntimeError(f"the server ended with code {self._process.returncode}, saying: {said}")
                if time.perf_counter() - started > PATIENCE:
                    raise RuntimeError(f"the server was not ready after {PATIENCE:.0f} s")
                time.sleep(0.01)
        except BaseException:
            self.__exit__()
            raise
        self.ready_s = time.perf_counter() - started
        return self

    def __exit__(self, *error: object) -> None:
        self._log.close()
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(self.pid, signal.SIGKILL)  # its session has no other process
            self._process.wait()
            raise RuntimeError("the server did not end within 30 s of SIGTERM") from None

    def _is_ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", self._ready)
            return connection.getresponse().status == 200
        except OSError:
            return False  # the port is not open yet
        finally:
            connection.close()


class ServerProcess(Server):
    """`qa-service serve` with these settings' index."""

    def __init__(self, settings: Settings) -> None:
        environment = {name: value for name, value in os.environ.items() if name not in BARRIERS}
        super().__init__([*SERVE, str(settings.index.resolve())], environment)


@contextmanager
def chromium_over_seeds() -> Iterator[tuple[Browser, str]]:
    """A Chromium, and the address of a server over the seeds with the packaged model."""
    from playwright.sync_api import sync_playwright

    with index_folder() as index:
        with seed_service(index) as service:
            settings = service.settings
        with ServerProcess(settings) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            yield browser, f"http://127.0.0.1:{server.port}/"
            browser.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
