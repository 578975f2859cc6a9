"""Locks between threads and processes. A lock ends with its process, also after `kill -9` (flock(2))."""

from __future__ import annotations

import fcntl
import math
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self

__all__ = ["Lock"]

SECONDS_BETWEEN_TRIES = 0.02


class Lock:
    """A lock on a file or a folder, held from the constructor to `close`.

    Use it as a context manager, or keep it. Each lock opens the path anew, so the threads of one process exclude each
    other too.
    """

    def __init__(
        self, path: Path, *, wait: float = math.inf, error: Exception | None = None, create: bool = True
    ) -> None:
        """
        Args:
            wait: seconds to wait for another holder.
            error: raised when another holder keeps the lock for longer; BlockingIOError by default.
            create: create a missing file. Pass False for a folder.
        """
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT if create else os.O_RDONLY, 0o666)
        deadline = time.monotonic() + wait
        try:
            while not self._taken():
                if time.monotonic() >= deadline:
                    raise error or BlockingIOError(f"{path} is locked.")
                time.sleep(SECONDS_BETWEEN_TRIES)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the lock, for copies of it in forked processes too. A second call does nothing."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            os.close(descriptor)

    def _taken(self) -> bool:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
