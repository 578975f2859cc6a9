"""Full disks, interrupts and kills at bad moments lose nothing; old data does not pile up."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from qa_service.errors import CollectionCorrupt
from qa_service.records.encodings import PassageEncoding
from qa_service.storage.conformance.articles import ORIGIN, encoded_article, some_articles
from qa_service.storage.local import changes
from qa_service.storage.local.encodings import Appended, Block
from qa_service.storage.local.schema import blocks, meta
from qa_service.storage.local.store import LocalEngine, LocalStore
from qa_service.storage.writes import EncodedArticle


def opened(folder: Path) -> LocalStore:
    return LocalEngine(folder).open("tests", ORIGIN)


def without_tokens(number: int) -> EncodedArticle:
    one = encoded_article(number)
    bits, spans = np.empty((0, 2), np.uint8), np.empty((0, 2), np.int32)
    return replace(one, encodings=tuple(PassageEncoding(e.vector, bits, spans) for e in one.encodings))


def names_in(store: LocalStore, part: str) -> list[str]:
    return [path.name for path in (store.folder / part).iterdir()]


def test_passages_without_tokens_can_follow_one_another(tmp_path: Path) -> None:
    store = opened(tmp_path)
    for article in (without_tokens(1), without_tokens(2), encoded_article(3), without_tokens(5)):
        store.write([article])
    assert store.verify().problems == ()
    assert store.snapshot().info.articles == 4
    store.close()


def test_an_article_that_is_replaced_again_and_again_does_not_fill_the_disk(tmp_path: Path) -> None:
    """Each version has 2 passages, and no version ever is in the base."""
    store = opened(tmp_path)
    store.write(some_articles(10))
    store.maintain()
    for version in range(1, 100):
        store.write([encoded_article(1, version)], ["article/1"])
        if store.maintenance_due():
            store.maintain()
    live = store.snapshot().info.passages
    assert store.indexes.files.extent.rows <= live + 64
    assert store.verify().problems == ()
    store.close()


def raise_at_commit(monkeypatch: pytest.MonkeyPatch, store: LocalStore, error: BaseException, after: bool) -> None:
    """Raise `error` just before or just after the commit that publishes a base."""
    dialect, real = store.catalogue.engine.dialect, changes.set_base
    commit = dialect.do_commit

    def failing(connection: Any) -> None:
        monkeypatch.setattr(dialect, "do_commit", commit)
        if after:
            commit(connection)
        raise error

    def set_base(connection: sa.Connection, name: str, generation: int) -> None:
        real(connection, name, generation)
        monkeypatch.setattr(dialect, "do_commit", failing)

    monkeypatch.setattr(changes, "set_base", set_base)


@pytest.mark.parametrize("after", [False, True])
def test_an_interrupt_at_the_commit_of_a_compaction_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    store = opened(tmp_path)
    store.write(some_articles(90))
    store.maintain()
    store.write(deleted=[f"article/{number}" for number in range(60)])
    files, bases = names_in(store, "encodings"), names_in(store, "bases")
    with monkeypatch.context() as patch:
        raise_at_commit(patch, store, KeyboardInterrupt(), after)
        with pytest.raises(KeyboardInterrupt):
            store.rebuild()
    if not after:
        assert (names_in(store, "encodings"), names_in(store, "bases")) == (files, bases)
    again = opened(tmp_path)
    assert again.verify().problems == ()
    assert again.snapshot().info.articles == 30
    again.rebuild()
    assert [len(names_in(again, part)) for part in ("encodings", "bases")] == [1, 1]
    again.close()
    store.close()


def small_catalogue(store: LocalStore) -> Callable[[], None]:
    """Let SQLite's file not grow, as on a full disk. Returns what ends that."""

    def limit(pages: int) -> None:
        with store.catalogue.engine.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    limit(1)  # SQLite takes the present size instead
    return lambda: limit(1 << 30)


def test_a_full_disk_is_told_and_changes_nothing(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.write(some_articles(90))
    store.maintain()
    end = small_catalogue(store)
    with pytest.raises(OSError, match=r"catalogue\.sqlite3: database or disk is full"):
        store.write([encoded_article(number) for number in range(100, 140)])
    end()
    assert store.refresh().info.articles == 90
    assert store.verify().problems == ()
    store.write([encoded_article(100)])
    assert store.verify().problems == ()
    store.close()


def test_a_merge_that_the_catalogue_refuses_is_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store = opened(tmp_path)
    store.write(some_articles(90))
    store.maintain()
    bases = names_in(store, "bases")
    store.write([encoded_article(100)])

    def full(connection: sa.Connection, *_: object) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
        connection.execute(meta.insert(), [{"key": "x" * 100_000, "value": ""}])

    with monkeypatch.context() as patch:
        patch.setattr(changes, "set_base", full)
        store.maintain()
    assert "not merged now" in caplog.text
    assert names_in(store, "bases") == bases
    store.close()
    again = opened(tmp_path)
    assert again.verify().problems == ()
    again.close()


def killed_twice(folder: Path) -> None:
    """End the process as if two were killed: the first when SQLite flushed the log of its commit, so the log's index
    does not show the commit yet; the second when it had overwritten the encodings of that commit."""
    store = opened(folder)
    store.write(some_articles(5))
    index = store.folder / "catalogue.sqlite3-shm"
    before = index.read_bytes()
    store.write([encoded_article(7)])
    with index.open("r+b") as file:  # SQLite has it mapped
        file.write(before)
    write = Appended.write

    def die(self: Appended) -> list[Block]:
        write(self)
        os._exit(9)

    Appended.write = die  # type: ignore[method-assign]
    second = opened(folder)
    assert second.snapshot().info.articles == 5
    second.write([encoded_article(8)])


def test_a_commit_that_nobody_saw_does_not_come_back_without_its_encodings(tmp_path: Path) -> None:
    process = get_context("fork").Process(target=killed_twice, args=(tmp_path,))
    process.start()
    process.join()
    assert process.exitcode == 9
    store = opened(tmp_path)
    assert store.verify().problems == ()
    assert store.snapshot().info.articles == 5
    store.write([encoded_article(9)])
    assert store.verify().problems == ()
    with store.catalogue.engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(blocks)).scalar_one() == 2 * 2
    store.close()


def test_verify_finds_a_changed_bit_in_each_file_of_tantivy(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.write(some_articles(30))
    store.maintain()
    folder = store.folder / "bases" / store.indexes.base.name / "lexical"
    for path in sorted(path for path in folder.iterdir() if path.suffix in {".idx", ".term", ".fieldnorm", ".fast"}):
        content = path.read_bytes()
        path.write_bytes(content[:-9] + bytes([content[-9] ^ 4]) + content[-8:])
        assert store.verify().problems == (f"Tantivy: {path.name} changed since the base was derived",)
        path.write_bytes(content)
    assert store.verify().problems == ()
    store.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    opened(tmp_path).close()
    folder = tmp_path / "tests"
    (folder / "catalogue.sqlite3").chmod(0o444)
    folder.chmod(0o555)
    try:
        with pytest.raises(CollectionCorrupt, match="Allow this program to write to the folder"):
            opened(tmp_path)
    finally:
        folder.chmod(0o755)
