"""A collection of schema 1, which held the encodings in its SQLite file, is converted when it is opened. So is one of
schema 2, which held no tags and no pages."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from qa_service.errors import CollectionBusy, CollectionCorrupt
from qa_service.records import Filters
from qa_service.storage.conformance.articles import ORIGIN, all_ids, encoded_article, some_articles
from qa_service.storage.conformance.old_snapshots import fixed, of_passages
from qa_service.storage.features import hash_terms
from qa_service.storage.local import collection, conversion
from qa_service.storage.local.store import LocalEngine, LocalStore
from qa_service.storage.writes import FINGERPRINTS, article_digest, meta_values

ARTICLES = [
    replace(one, article=replace(one.article, meta=replace(one.article.meta, updated=None, tags=()), pages=()))
    for one in some_articles(30)
]

SCHEMA_1 = """
CREATE TABLE meta ("key" TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY ("key"));
CREATE TABLE articles (
    number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, article_id TEXT NOT NULL, text TEXT NOT NULL, title TEXT,
    outlet TEXT, author TEXT, published TEXT, language TEXT, url TEXT, source TEXT, source_sha256 TEXT,
    article_sha256 TEXT NOT NULL, passages INTEGER NOT NULL, UNIQUE (article_id)
);
CREATE INDEX ix_articles_outlet ON articles (outlet);
CREATE INDEX ix_articles_language ON articles (language);
CREATE INDEX ix_articles_published ON articles (published);
CREATE INDEX ix_articles_source ON articles (source);
CREATE TABLE tombstones (seq INTEGER NOT NULL, generation INTEGER NOT NULL, PRIMARY KEY (seq));
CREATE INDEX ix_tombstones_generation ON tombstones (generation);
CREATE TABLE job_files (
    job_id TEXT NOT NULL, number INTEGER NOT NULL, outcome TEXT NOT NULL, PRIMARY KEY (job_id, number)
);
CREATE TABLE passages (
    seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, passage_id TEXT NOT NULL, article INTEGER NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, token_count INTEGER NOT NULL, sentences BLOB NOT NULL,
    UNIQUE (passage_id), FOREIGN KEY(article) REFERENCES articles (number)
);
CREATE INDEX ix_passages_article ON passages (article);
CREATE TABLE vectors (
    seq INTEGER NOT NULL, vector BLOB NOT NULL, token_bits BLOB NOT NULL, token_spans BLOB NOT NULL,
    PRIMARY KEY (seq), FOREIGN KEY(seq) REFERENCES passages (seq)
);
"""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The catalogue of a collection with ARTICLES, as the first version of the program wrote it."""
    path = tmp_path / "tests" / "catalogue.sqlite3"
    path.parent.mkdir()
    fingerprint = seq = 0
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.executescript(SCHEMA_1)
        for number, one in enumerate(ARTICLES, 1):
            article, spans = one.article, [(p.start, p.end) for p in one.passages]
            fingerprint += article_digest(article, spans)
            columns = (number, article.article_id, article.text, *list(meta_values(article.meta).values())[:8])
            values = (*columns, article.sha256, len(one.passages))
            database.execute(f"INSERT INTO articles VALUES ({', '.join('?' * len(values))})", values)
            for passage, encoding in zip(one.passages, one.encodings, strict=True):
                seq += 1
                rows = [(s, e, h) for (s, e), h in zip(passage.sentences, passage.headings, strict=True)]
                sentences = np.array(rows, "<i4").tobytes()
                place = (seq, passage.passage_id, number, passage.start, passage.end, passage.token_count, sentences)
                database.execute("INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?)", place)
                arrays = (encoding.vector, encoding.token_bits, encoding.token_spans)
                database.execute("INSERT INTO vectors VALUES (?, ?, ?, ?)", (seq, *(a.tobytes() for a in arrays)))
        meta = {"schema_version": 1, **asdict(ORIGIN), "generation": 1, "base": "", "base_generation": 0}
        meta["fingerprint"] = f"{fingerprint % FINGERPRINTS:064x}"
        database.executemany("INSERT INTO meta VALUES (?, ?)", [(key, str(value)) for key, value in meta.items()])
        database.commit()
    return path


@pytest.fixture
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStore]:
    """A new collection with the same articles."""
    store = LocalEngine(tmp_path_factory.mktemp("fresh")).open("tests", ORIGIN)
    store.write(ARTICLES)
    yield store
    store.close()


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as database:
        return {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def opened(path: Path) -> LocalStore:
    return LocalEngine(path.parent.parent).open("tests")


@pytest.fixture
def schema_2(fresh: LocalStore, tmp_path: Path) -> Path:
    """The catalogue of a collection with ARTICLES in a base, as the version before tags wrote it."""
    fresh.maintain()
    shutil.copytree(fresh.folder, tmp_path / "tests")
    path = tmp_path / "tests" / "catalogue.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        for name in ("updated", "tags", "pages"):
            database.execute(f"ALTER TABLE articles DROP COLUMN {name}")
        database.execute("DROP INDEX ix_names_articles")
        database.execute("DELETE FROM names WHERE kind = 'field'")
        database.execute("UPDATE meta SET value = '2' WHERE key = 'schema_version'")
        database.commit()
    (base,) = (path.parent / "bases").iterdir()
    manifest = json.loads((base / "manifest.json").read_text(encoding="utf-8")) | {"format": 4}
    for name in ("tags.npy", "tag_offsets.npy"):
        (base / name).unlink()
        del manifest["files"][name]
    (base / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return path


def test_a_collection_of_schema_2_opens_with_the_same_content_and_base(schema_2: Path, fresh: LocalStore) -> None:
    (base,) = (schema_2.parent / "bases").iterdir()
    check(schema_2, fresh)
    assert list((schema_2.parent / "bases").iterdir()) == [base]
    store, tagged = opened(schema_2), Filters(tags=("budget",))
    words = hash_terms(ARTICLES[3].passages[0].text.rstrip(".").split())
    assert store.snapshot().count(tagged) == len(store.snapshot().matching(words, 9, tagged).ids) == 0
    store.write([encoded_article(3)], ["article/3"])  # the same article with its tags
    for _ in ("in the tail", "in the base"):
        assert store.snapshot().count(tagged) == 4
        assert len(store.snapshot().matching(words, 9, tagged).ids) == 4
        assert store.verify().problems == ()
        store.rebuild()
    assert store.snapshot().info.completeness.tags == 1
    store.close()


def test_a_killed_conversion_of_schema_2_starts_again(schema_2: Path, fresh: LocalStore) -> None:
    process = get_context("fork").Process(target=open_and_die, args=(schema_2, "set_values"))
    process.start()
    process.join()
    assert process.exitcode == 9
    assert "pages" not in columns(schema_2)
    check(schema_2, fresh)


def test_a_conversion_of_schema_2_that_fails_keeps_the_encodings(
    schema_2: Path, fresh: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(conversion, "set_values", full)
        with pytest.raises(CollectionCorrupt, match="No space left"):
            opened(schema_2)
    assert "pages" not in columns(schema_2)
    check(schema_2, fresh)


def columns(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as database:
        return {row[1] for row in database.execute("PRAGMA table_info(articles)")}


def check(path: Path, fresh: LocalStore) -> None:
    """The collection is that of `fresh`."""
    store = opened(path)
    assert store.verify().problems == ()
    converted, expected = store.snapshot(), fresh.snapshot()
    ids = all_ids(expected)
    assert fixed(converted, ids) == fixed(expected, ids)
    assert of_passages(converted, ids) == of_passages(expected, ids)
    store.close()
    assert "vectors" not in tables(path)
    assert len(list((path.parent / "encodings").iterdir())) == 1


def test_an_old_collection_opens_with_the_same_content(old: Path, fresh: LocalStore) -> None:
    before = old.stat().st_size
    check(old, fresh)
    assert old.stat().st_size <= before
    with closing(sqlite3.connect(old)) as database:
        assert database.execute("PRAGMA freelist_count").fetchone() == (0,)
    store = opened(old)
    store.write([some_articles(31)[30]], ["article/3"])
    assert store.verify().problems == ()
    store.close()


def test_an_old_collection_that_another_process_has_open_is_left_alone(
    old: Path, fresh: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversion, "WRITER_WAIT", 0.1)
    with closing(sqlite3.connect(old)) as server:
        server.execute("SELECT * FROM meta").fetchall()
        with pytest.raises(CollectionBusy, match="Stop the servers of the earlier version"):
            opened(old)
        assert len(server.execute("SELECT * FROM vectors").fetchall()) > 30
    check(old, fresh)


def test_a_conversion_that_fails_changes_nothing(old: Path, fresh: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tables(old)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(conversion, "set_values", full)
        with pytest.raises(CollectionCorrupt, match=r"cannot be converted.*No space left"):
            opened(old)
    assert tables(old) == before
    assert list((old.parent / "encodings").iterdir()) == []
    check(old, fresh)


def test_what_cannot_be_read_is_told(old: Path) -> None:
    with closing(sqlite3.connect(old)) as database:
        database.execute("UPDATE vectors SET token_bits = x'01' WHERE seq = 3")
        database.commit()
    with pytest.raises(CollectionCorrupt, match="cannot be converted to this version's format"):
        opened(old)
    assert "vectors" in tables(old)


def open_and_die(path: Path, at: str) -> None:
    """Open the collection, and end the process without warning in the middle of its conversion."""

    def die(*_: object, **__: object) -> None:
        os._exit(9)

    setattr(conversion, at, die)
    opened(path)


@pytest.mark.parametrize("at", ["set_values", "create_files", "remove_other_files", "record_blocks"])
def test_a_killed_conversion_starts_again(old: Path, fresh: LocalStore, at: str) -> None:
    process = get_context("fork").Process(target=open_and_die, args=(old, at))
    process.start()
    process.join()
    assert process.exitcode == 9
    assert "vectors" in tables(old)
    check(old, fresh)


def test_of_two_that_open_it_at_once_one_converts(
    old: Path, fresh: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, seen = collection.catalogue_version, []

    def version(path: Path) -> int:
        """The second time, as if another process had converted it while this one waited for the lock."""
        seen.append(real(path))
        if len(seen) == 2:
            conversion.convert(path, 1)
            seen.append(real(path))
        return seen[-1]

    monkeypatch.setattr(collection, "catalogue_version", version)
    opened(old).close()
    assert seen == [1, 1, 3]
    monkeypatch.undo()
    check(old, fresh)
