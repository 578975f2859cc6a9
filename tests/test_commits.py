"""The count of commits that tells a reader whether there is anything new."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from qa_service.storage.local.commits import Commits


def test_each_commit_of_another_connection_counts_also_while_other_threads_read(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite3"
    over = threading.Event()
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("CREATE TABLE t (n)")
        with closing(Commits(path)) as commits:

            def read() -> None:
                while not over.is_set():
                    commits.version()

            threads = [threading.Thread(target=read) for _ in range(4)]
            for thread in threads:
                thread.start()
            seen = [commits.version()]
            for number in range(200):
                writer.execute("INSERT INTO t VALUES (?)", [number])
                seen.append(commits.version())
            over.set()
            for thread in threads:
                thread.join()
            assert len(set(seen)) == 201
            assert commits.version() == seen[-1]
