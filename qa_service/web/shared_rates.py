"""Requests per client, counted in one SQLite file, so that a rate limit holds over all workers of a server."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing

from limits.storage import MovingWindowSupport, Storage

__all__ = ["SharedRates"]

SECONDS_TO_WAIT = 5.0


class SharedRates(Storage, MovingWindowSupport):
    """Storage of the library `limits` for its moving window. The address is `shared-rates:///path/of/the/file`.

    Each request is a row. The file needs no durability: it ends with the server. Safe to use from several threads and
    processes.
    """

    STORAGE_SCHEME = ["shared-rates"]  # noqa: RUF012  # the library declares it for instances

    def __init__(self, uri: str, wrap_exceptions: bool = False, **options: float | str | bool) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self._path = uri.partition("://")[2]
        self._local = threading.local()
        with closing(self._open()) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("CREATE TABLE IF NOT EXISTS requests (client TEXT, at REAL, until REAL)")
            connection.execute("CREATE INDEX IF NOT EXISTS by_client ON requests (client, at)")
            connection.execute("CREATE INDEX IF NOT EXISTS by_end ON requests (until)")

    @property
    def base_exceptions(self) -> type[Exception]:
        return sqlite3.Error

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count a request if it is within the limit."""
        connection = self._connection()
        now = time.time()
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("DELETE FROM requests WHERE until < ?", (now,))
            if self.get(key) + amount > limit:
                return False
            connection.executemany("INSERT INTO requests VALUES (?, ?, ?)", [(key, now, now + expiry)] * amount)
        return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """(time of the oldest request within the window, number of requests in the window)"""
        now = time.time()
        query = "SELECT min(at), count(*) FROM requests WHERE client = ? AND at >= ?"
        first, count = self._connection().execute(query, (key, now - expiry)).fetchone()
        return (now if first is None else first), count

    def get(self, key: str) -> int:
        (count,) = self._connection().execute("SELECT count(*) FROM requests WHERE client = ?", (key,)).fetchone()
        return int(count)

    def check(self) -> bool:
        return True

    def clear(self, key: str) -> None:
        self._connection().execute("DELETE FROM requests WHERE client = ?", (key,))

    def reset(self) -> int:
        return self._connection().execute("DELETE FROM requests").rowcount

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        raise NotImplementedError("only the moving window is counted here")

    def get_expiry(self, key: str) -> float:
        raise NotImplementedError("only the moving window is counted here")

    def _connection(self) -> sqlite3.Connection:
        """The connection of this thread."""
        if not hasattr(self._local, "connection"):
            self._local.connection = self._open()
        found: sqlite3.Connection = self._local.connection
        return found

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=SECONDS_TO_WAIT, isolation_level=None)
        connection.execute("PRAGMA synchronous=OFF")
        return connection
