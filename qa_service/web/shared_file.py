"""Tables that all processes of a server share, in a SQLite file of the server's folder."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["SharedFile"]

SECONDS_TO_WAIT = 5.0


class SharedFile:
    """The file needs no durability: it ends with the server. Safe to use from several threads and processes."""

    def __init__(self, path: str, tables: str) -> None:
        """
        Args:
            path: the file, or `:memory:` for tables of this process alone.
            tables: SQL statements that create what is missing.
        """
        self._path, self._tables = path, tables
        self._changing = threading.Lock()
        self._opened: sqlite3.Connection | None = None

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """A transaction. No other thread or process changes the tables meanwhile."""
        with self._changing, self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()

    def _connection(self) -> sqlite3.Connection:
        """Opened at the first use: a worker must not use what its parent opened."""
        if self._opened is None:
            opened = sqlite3.connect(self._path, timeout=SECONDS_TO_WAIT, isolation_level=None, check_same_thread=False)
            opened.execute("PRAGMA journal_mode=WAL")
            opened.execute("PRAGMA synchronous=OFF")
            opened.executescript(self._tables)
            self._opened = opened
        return self._opened
