"""One writer at a time, across threads and processes. The lock dies with its process, also after `kill -9`."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qa_service.errors import CollectionBusy

__all__ = ["writer_lock"]


@contextmanager
def writer_lock(path: Path, name: str, wait: float) -> Iterator[None]:
    """Hold the lock file `path` exclusively; each call opens it anew, so threads of one process exclude each other too.

    Raises:
        CollectionBusy: somebody else still held it after `wait` seconds.
    """
    deadline = time.monotonic() + wait
    with path.open("a") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise CollectionBusy(
                        f"Another process is writing to collection {name!r}; waited {wait:g} s. "
                        "Try again when it is done."
                    ) from None
                time.sleep(0.02)
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)
