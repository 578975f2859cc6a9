"""Requests per client, counted in one SQLite file, so that a rate limit holds over all workers of a server."""

from __future__ import annotations

import sqlite3
import threading
import time

from limits.storage import MovingWindowSupport, Storage

__all__ = ["SharedRates"]

SECONDS_TO_WAIT = 5.0
MOVING_WINDOW = "only the moving window is counted here"


class SharedRates(Storage, MovingWindowSupport):
    """Storage of the library `limits` for its moving window. The address is `shared-rates:///path/of/the/file`.

    Each request is a row. The file needs no durability: it ends with the server. Safe to use from several threads and
    processes.
    """

    STORAGE_SCHEME: list[str] | None = ["shared-rates"]  # noqa: RUF012  the base class declares it so

    def __init__(self, uri: str, wrap_exceptions: bool = False, **options: float | str | bool) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self._path = uri.partition("://")[2]
        self._counting = threading.Lock()
        self._opened: sqlite3.Connection | None = None

    @property
    def base_exceptions(self) -> type[Exception]:
        return sqlite3.Error

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count a request if it is within the limit."""
        with self._counting, self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            now = time.time()
            connection.execute("DELETE FROM requests WHERE until < ?", (now,))
            (count,) = connection.execute("SELECT count(*) FROM requests WHERE client = ?", (key,)).fetchone()
            if count + amount > limit:
                return False
            connection.executemany("INSERT INTO requests VALUES (?, ?, ?)", [(key, now, now + expiry)] * amount)
        return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """(time of the oldest request within the window, number of requests in the window)"""
        now = time.time()
        query = "SELECT min(at), count(*) FROM requests WHERE client = ? AND at >= ?"
        with self._counting:
            first, count = self._connection().execute(query, (key, now - expiry)).fetchone()
        return (now if first is None else first), count

    def check(self) -> bool:
        return True

    def clear(self, key: str) -> None:
        with self._counting:
            self._connection().execute("DELETE FROM requests WHERE client = ?", (key,))

    def reset(self) -> int:
        with self._counting:
            return self._connection().execute("DELETE FROM requests").rowcount

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()

    def get(self, key: str) -> int:
        raise NotImplementedError(MOVING_WINDOW)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        raise NotImplementedError(MOVING_WINDOW)

    def get_expiry(self, key: str) -> float:
        raise NotImplementedError(MOVING_WINDOW)

    def _connection(self) -> sqlite3.Connection:
        """Opened at the first request: a worker must not use what its parent opened. The caller holds `_counting`."""
        if self._opened is None:
            opened = sqlite3.connect(self._path, timeout=SECONDS_TO_WAIT, isolation_level=None, check_same_thread=False)
            opened.execute("PRAGMA journal_mode=WAL")
            opened.execute("PRAGMA synchronous=OFF")
            opened.execute("CREATE TABLE IF NOT EXISTS requests (client TEXT, at REAL, until REAL)")
            opened.execute("CREATE INDEX IF NOT EXISTS by_client ON requests (client, at)")
            opened.execute("CREATE INDEX IF NOT EXISTS by_end ON requests (until)")
            self._opened = opened
        return self._opened
