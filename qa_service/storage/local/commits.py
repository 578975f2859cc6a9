"""Notices commits of other connections and processes, in microseconds."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

__all__ = ["Commits"]


class Commits:
    """SQLite's own count of commits to one catalogue (https://www.sqlite.org/pragma.html#pragma_data_version).

    The connection writes nothing, so the count changes with every commit. Safe to use from several threads.
    """

    def __init__(self, catalogue: Path) -> None:
        self._connection = sqlite3.connect(catalogue, timeout=30, isolation_level=None, check_same_thread=False)
        self._reading = threading.Lock()

    def version(self) -> int:
        """A number that differs from the last one if there was a commit in between."""
        with self._reading:  # the statement of another thread would keep an earlier state open
            (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        return int(version)

    def close(self) -> None:
        self._connection.close()
