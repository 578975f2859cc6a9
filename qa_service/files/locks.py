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
    """A lock on a file or a folder. A missing file is created.

    The lock is held from the constructor to `close`. Use it as a context manager, or keep it. Each lock opens the path
    anew, so the threads of one process exclude each other too.
    """

    def __init__(
        self, path: Path, *, wait: float = math.inf, shared: bool = False, error: Exception | None = None
    ) -> None:
        """
        Args:
            wait: seconds to wait for another holder.
            shared: several holders may share the lock; they exclude every holder that does not share.
            error: raised when another holder keeps the lock for longer; BlockingIOError by default.
        """
        flags = os.O_RDONLY if path.is_dir() else os.O_RDWR | os.O_CREAT
        self._descriptor = os.open(path, flags, 0o666)
        deadline = time.monotonic() + wait
        try:
            while not self._taken(shared):
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
        """Release the lock."""
        os.close(self._descriptor)

    def _taken(self, shared: bool) -> bool:
        try:
            fcntl.flock(self._descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
