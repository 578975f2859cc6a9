"""Requests per client, counted in one SQLite file, so that a rate limit holds over all workers of a server."""

from __future__ import annotations

import sqlite3
import time

from limits.storage import MovingWindowSupport, Storage

from qa_service.web.shared_file import SharedFile

__all__ = ["SharedRates"]

TABLES = """
CREATE TABLE IF NOT EXISTS requests (client TEXT, at REAL, until REAL);
CREATE INDEX IF NOT EXISTS by_client ON requests (client, at);
CREATE INDEX IF NOT EXISTS by_end ON requests (until);
"""
MOVING_WINDOW = "only the moving window is counted here"


class SharedRates(Storage, MovingWindowSupport):
    """Storage of the library `limits` for its moving window. The address is `shared-rates:///path/of/the/file`.

    Each request is a row. Safe to use from several threads and processes.
    """

    STORAGE_SCHEME: list[str] | None = ["shared-rates"]  # noqa: RUF012  the base class declares it so

    def __init__(self, uri: str, wrap_exceptions: bool = False, **options: float | str | bool) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self._file = SharedFile(uri.partition("://")[2], TABLES)

    @property
    def base_exceptions(self) -> type[Exception]:
        return sqlite3.Error

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count a request if it is within the limit."""
        with self._file.changing() as connection:
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
        with self._file.changing() as connection:
            first, count = connection.execute(query, (key, now - expiry)).fetchone()
        return (now if first is None else first), count

    def check(self) -> bool:
        return True

    def clear(self, key: str) -> None:
        with self._file.changing() as connection:
            connection.execute("DELETE FROM requests WHERE client = ?", (key,))

    def reset(self) -> int:
        with self._file.changing() as connection:
            return connection.execute("DELETE FROM requests").rowcount

    def close(self) -> None:
        self._file.close()

    def get(self, key: str) -> int:
        raise NotImplementedError(MOVING_WINDOW)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        raise NotImplementedError(MOVING_WINDOW)

    def get_expiry(self, key: str) -> float:
        raise NotImplementedError(MOVING_WINDOW)
