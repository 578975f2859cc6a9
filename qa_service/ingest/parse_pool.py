"""Parses several files at once, so that a slow file holds no other up.

Each thread has a process. Files are delivered in the given order. Only while a file has said nothing for `PATIENCE`
seconds, the files after it go first.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from qa_service.ingest.parse_messages import Ended, Message, ParseRequest, Read
from qa_service.ingest.parser import ParseLimits, ParseProcess
from qa_service.ingest.source import Cancelled, Place
from qa_service.storage.writes import JobFile

__all__ = ["FileToRead", "ParsePool"]

PATIENCE = 5.0
LOOK = 0.2
"""Seconds between two looks whether the ingest was cancelled."""
LONGEST_END = 5.0
"""Most seconds to wait for a thread at the end."""
MOST_WAITING = 2_000_000
"""Characters of parsed articles that wait. Above, only the file that is next goes on."""
MOST_FILES = 64
"""Files that are parsed and wait."""


@dataclass(frozen=True, slots=True)
class FileToRead:
    """A file, the reason to skip it, or the end of an archive (`members`). For the other fields see `Source`."""

    request: ParseRequest
    place: Place
    skipped: str | None = None
    retryable: bool = False
    job_file: JobFile | None = None
    bare: bool = False
    closes: bool = True
    members: frozenset[str] | None = None
    kind: str | None = None
    warnings: tuple[str, ...] = ()
    done: Callable[[], None] | None = None
    """Called when the file is not needed any more."""

    @property
    def is_parsed(self) -> bool:
        return self.skipped is None and self.members is None


@dataclass(eq=False, slots=True)
class _Lane:
    """A file and what was read from it and waits."""

    file: FileToRead
    messages: deque[Message] = field(default_factory=deque)
    heard: float = math.inf
    """When it was last heard of; infinite until a process reads it."""

    @property
    def silent(self) -> bool:
        return time.monotonic() - self.heard > PATIENCE


class ParsePool:
    """Parses files in processes with `limits`."""

    def __init__(self, files: Iterator[FileToRead], limits: ParseLimits, stopped: threading.Event) -> None:
        """`stopped` ends it; `files` may look at it too."""
        self._files = files
        self._stopped = stopped
        self._limits = limits
        self._changed = threading.Condition()
        self._taking = threading.Lock()
        self._lanes: list[_Lane] = []
        self._waiting = 0
        self._exhausted = False
        self._error: BaseException | None = None
        self._threads: list[threading.Thread] = []
        self._idle = 0

    def start_thread(self) -> None:
        thread = threading.Thread(target=self._work, name="parse", daemon=True)
        self._threads.append(thread)
        thread.start()

    def stop(self) -> None:
        with self._changed:
            self._stopped.set()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(LONGEST_END)
        if isinstance(self._files, Generator):
            with suppress(ValueError):  # a thread that did not end still uses it
                self._files.close()

    @property
    def current(self) -> str | None:
        """Name of the file that is read now: the first that is not complete."""
        with self._changed:
            names = [lane.file.request.name for lane in self._lanes if lane.file.is_parsed]
        return names[0] if names else None

    def messages(self, cancelled: Callable[[], bool], most_threads: int) -> Iterator[tuple[FileToRead, Message]]:
        """The next message of the first file that has one."""
        self.start_thread()
        while True:
            if cancelled() or self._stopped.is_set():
                raise Cancelled
            with self._changed:
                if self._error is not None and not self._lanes:
                    raise self._error
                found = self._next()
                if found is None and self._exhausted and not self._lanes:
                    return
                if found is None:
                    self._changed.wait(LOOK)
                    busy = not self._idle and not self._exhausted
                    if busy and len(self._threads) < most_threads:
                        self.start_thread()
            if found is not None:
                yield found

    def _next(self) -> tuple[FileToRead, Message] | None:
        for number, lane in enumerate(self._lanes):
            if number and lane.file.members is not None:
                continue  # an archive ends after its files
            if lane.messages:
                message = lane.messages.popleft()
                if isinstance(message, Read):
                    self._waiting -= _size(message)
                if isinstance(message, Ended):
                    self._lanes.remove(lane)
                lane.heard = time.monotonic()
                self._changed.notify_all()
                return lane.file, message
            if not lane.silent:
                return None
        return None

    def _work(self) -> None:
        process = ParseProcess(self._limits)
        try:
            while (lane := self._take()) is not None:
                self._read(process, lane)
        except BaseException as error:
            with self._changed:
                self._error = error
                self._exhausted = True
        finally:
            process.close()
            with self._changed:
                self._changed.notify_all()

    def _take(self) -> _Lane | None:
        """The next file; waits while enough files wait to be stored."""
        with self._changed:
            self._idle += 1
            self._changed.wait_for(lambda: self._stopped.is_set() or self._exhausted or len(self._lanes) < MOST_FILES)
        with self._taking:
            try:
                while not (self._stopped.is_set() or self._exhausted):
                    file = next(self._files, None)
                    with self._changed:
                        if file is None:
                            self._exhausted = True
                            return None
                        lane = _Lane(file)
                        self._lanes.append(lane)
                        if file.is_parsed:
                            return lane
                        lane.messages.append(Ended(file.skipped, file.retryable))
                        self._changed.notify_all()
            finally:
                with self._changed:
                    self._idle -= 1
                    self._changed.notify_all()
        return None

    def _read(self, process: ParseProcess, lane: _Lane) -> None:
        try:
            process.start(self._stopped.is_set)
            lane.heard = time.monotonic()
            for message in process.parse(lane.file.request, self._stopped.is_set):
                with self._changed:
                    if isinstance(message, Read):
                        self._changed.wait_for(
                            lambda: self._stopped.is_set() or self._waiting < MOST_WAITING or not lane.messages
                        )
                        self._waiting += _size(message)
                    lane.messages.append(message)
                    self._changed.notify_all()
        except BaseException:
            with self._changed:
                lane.messages.append(Ended(f"{lane.file.request.name}: was not read.", retryable=True))
            raise
        finally:
            if lane.file.done is not None:
                with suppress(OSError):
                    lane.file.done()


def _size(message: Read) -> int:
    return sum(len(article.text) for article in message.articles)
