"""Runs the parsing processes: one for each thread that parses, started when it is needed, ended with the ingest."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection

from qa_service.ingest.parse_messages import Ended, Message, ParseRequest

__all__ = ["ParseLimits", "ParseProcess"]

logger = logging.getLogger(__name__)

POLL = 0.2
"""Seconds between two looks whether the ingest still wants the result."""
SECONDS_PER_MEGABYTE = 2.0
"""More time that a large file gets, for each MiB."""
LONGEST = 10
"""A whole file may take this many times the seconds without progress."""
SLOWEST_START = 60.0
"""Most seconds to wait for a new process."""
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """Limits of a parsing process: seconds without an article, and MiB of memory."""

    seconds: float = 120.0
    megabytes: int = 1500


class ParseProcess:
    """A process that parses one file after the other. Use it from one thread, which must live as long."""

    def __init__(self, limits: ParseLimits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None

    def parse(self, request: ParseRequest, stopped: Callable[[], bool]) -> Iterator[Message]:
        """Yields what the process says about a file, to `Ended`. Ends early, with the process, if `stopped` is True.

        A time limit counts only while this waits for the process.
        """
        self.start(stopped)
        connection = self._connection
        if connection is None:
            return
        patience = self._limits.seconds + SECONDS_PER_MEGABYTE * _size(request) / MEGABYTE
        waited = silent = 0.0
        try:
            connection.send(request)
            while True:
                began = time.monotonic()
                ready = connection.poll(POLL)
                waited += time.monotonic() - began
                silent += time.monotonic() - began
                if stopped():
                    self.close()
                    return
                if ready:
                    silent = 0.0
                    message: Message = connection.recv()
                    if isinstance(message, Ended):
                        if message.details is not None:
                            logger.warning("%s\n%s", message.reason, message.details)
                        if message.broken:
                            self.close()
                        yield message
                        return
                    yield message
                elif silent > patience or waited > LONGEST * patience:
                    self.close()
                    limit = patience if silent > patience else LONGEST * patience
                    yield Ended(
                        f"{request.name}: took longer than {limit:.0f} s to be read. Split it into smaller files, or "
                        "raise the setting parse_seconds.",
                        retryable=True,
                    )
                    return
        except (EOFError, OSError):
            how = self._how_it_ended()
            self.close()
            yield Ended(f"{request.name}: {how}", retryable=True)

    def close(self) -> None:
        """End the process."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def start(self, stopped: Callable[[], bool]) -> None:
        """Start the process if there is none, and wait until it can parse. Gives up if `stopped` is True."""
        if self._connection is not None:
            return
        connection = self._open()
        began = time.monotonic()
        while not connection.poll(POLL):
            if stopped():
                return self.close()
            if time.monotonic() - began > SLOWEST_START:
                break
        with suppress(EOFError, OSError):  # `parse` meets the same error
            if connection.poll(0):
                connection.recv()

    def _open(self) -> Connection:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-P",
                    "-m",
                    "qa_service.ingest.parse_process",
                    str(theirs.fileno()),
                    str(self._limits.megabytes),
                ],
                env=os.environ
                | {
                    "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
                    # threads of libraries reserve memory and gain nothing here
                    "OMP_NUM_THREADS": "1",
                    "OPENBLAS_NUM_THREADS": "1",
                    "MALLOC_ARENA_MAX": "1",
                    "PYTHONHASHSEED": "0",
                },
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        self._connection = Connection(ours.detach())
        return self._connection

    def _how_it_ended(self) -> str:
        code = None
        if self._process is not None:
            try:
                code = self._process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                code = None
        if code is not None and code < 0:
            name = signal.Signals(-code).name
            return (
                f"the process that parsed it was ended by {name}. The file is damaged, or needs more than "
                f"{self._limits.megabytes} MB of memory."
            )
        return f"the process that parsed it ended with exit code {code}. The file is damaged, or memory is short."


def _size(request: ParseRequest) -> int:
    try:
        return request.path.stat().st_size
    except OSError:
        return 0
