"""Converts a catalogue of an earlier schema to this program's schema. Nothing is encoded.

Schema 1 held the encodings in a table. Schema 2 had no `updated`, `tags` and `pages` of articles.

No other process can open the catalogue during the conversion. It changes the tables in one transaction. From schema 1,
it first writes the encodings' files; until the end, the encodings take their disk space twice. After a crash the
catalogue is unchanged, and the next conversion starts again.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from qa_service.errors import CollectionBusy, CollectionCorrupt
from qa_service.records.encodings import PassageEncoding, sentence_of_tokens
from qa_service.storage.local import schema
from qa_service.storage.local.appended import Appended, create_files, remove_other_files
from qa_service.storage.local.catalogue import first_counts
from qa_service.storage.local.changes import extent_values, record_blocks, set_values
from qa_service.storage.local.counts import FIELDS, KINDS
from qa_service.storage.local.encodings import Extent
from qa_service.storage.port import WRITER_WAIT

__all__ = ["CONVERTED", "convert"]

logger = logging.getLogger(__name__)

CONVERTED = (1, 2)
"""The schema versions that this module converts."""
_PORTION = 2000
_NAMES_OF_2 = """
    CREATE TABLE names (
        kind TEXT NOT NULL, name TEXT NOT NULL, articles INTEGER NOT NULL, PRIMARY KEY (kind, name)
    ) WITHOUT ROWID
"""
_ENCODINGS = sa.text("""
    SELECT v.seq, v.vector, v.token_bits, v.token_spans, p.start, p.sentences
    FROM vectors v JOIN passages p ON p.seq = v.seq WHERE v.seq > :after ORDER BY v.seq LIMIT :portion
""")


def convert(path: Path, version: int) -> None:
    """Convert the catalogue at `path` from schema `version`. The caller holds the writer's lock.

    Raises:
        CollectionBusy: another process still has the catalogue open after WRITER_WAIT seconds.
        CollectionCorrupt: its content is damaged.
    """
    began = time.monotonic()
    logger.warning("%s: has the format of an earlier version; converting it", path)
    with closing(_alone(path)) as database:
        try:
            with _transaction(database) as connection:
                if version == 1:
                    _move_encodings(connection, path)
                size = _add_columns(connection)
        except (sa.exc.DatabaseError, OSError, KeyError, ValueError) as error:
            if version == 1:
                _remove_files(database, path.parent / "encodings")
            raise CollectionCorrupt(f"{path}: cannot be converted to this version's format: {error}") from error
        try:
            if version == 1:
                database.execute("VACUUM")
        except sqlite3.DatabaseError as error:  # SQLite uses the free pages again, so they only take space
            logger.warning("%s: the conversion is complete, but its unused pages could not be freed: %s", path, error)
    logger.warning("%s: converted %d articles in %.1f s", path, size, time.monotonic() - began)


def _alone(path: Path) -> sqlite3.Connection:
    """A connection that holds the file alone."""
    deadline = time.monotonic() + WRITER_WAIT
    database = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    while True:
        try:
            database.execute("PRAGMA locking_mode=EXCLUSIVE")
            database.execute("PRAGMA journal_mode=DELETE")  # SQLite leaves the WAL mode only for a sole connection
            database.execute("BEGIN EXCLUSIVE")
            database.execute("COMMIT")  # the lock stays, by the locking mode
            return database
        except sqlite3.OperationalError as error:
            if time.monotonic() > deadline:
                database.close()
                raise CollectionBusy(
                    f"{path}: has the format of an earlier version, and another process has it open ({error}). "
                    "Stop the servers of the earlier version, and try again to convert it."
                ) from None
            time.sleep(0.05)


def _remove_files(database: sqlite3.Connection, folder: Path) -> None:
    """Delete what a conversion that failed has written, since it may have filled the disk."""
    (version,) = database.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
    if int(version) == 1 and folder.is_dir():
        remove_other_files(folder, keep="")


@contextmanager
def _transaction(database: sqlite3.Connection) -> Iterator[sa.Connection]:
    """A transaction on the connection, in SQLAlchemy."""
    engine = sa.create_engine("sqlite://", creator=lambda: database, poolclass=sa.pool.StaticPool)

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN EXCLUSIVE")

    with engine.begin() as connection:
        yield connection


def _add_columns(connection: sa.Connection) -> int:
    """Convert from schema 2. Returns the number of articles."""
    articles, names = schema.articles, schema.names
    for name in ("updated", "tags", "pages"):
        kind = articles.c[name].type.compile(connection.dialect)
        connection.exec_driver_sql(f"ALTER TABLE articles ADD COLUMN {name} {kind}")
    for index in names.indexes:
        index.create(connection)
    # one pass over the articles: the fields stand behind the texts
    counts = [sa.func.count(), *(sa.func.count(articles.c[name]) for name in FIELDS)]
    total, *stated = connection.execute(sa.select(*counts).select_from(articles)).one()
    rows = [{"kind": "field", "name": n, "articles": c} for n, c in zip(FIELDS, stated, strict=True) if c]
    if rows:
        connection.execute(names.insert(), rows)
    set_values(connection, schema_version=schema.SCHEMA_VERSION)
    return int(total)


def _move_encodings(connection: sa.Connection, path: Path) -> None:
    """Convert from schema 1 to schema 2."""
    values = {row.key: row.value for row in connection.execute(sa.select(schema.meta))}
    folder = path.parent / "encodings"
    files = create_files(folder)
    remove_other_files(folder, keep=files)  # an earlier try may have left some
    schema.metadata.create_all(connection, tables=[schema.encodings, schema.blocks])
    connection.exec_driver_sql(_NAMES_OF_2)
    counts = first_counts(files)
    connection.execute(schema.meta.insert(), [{"key": k, "value": str(v)} for k, v in counts.items()])
    extent, after = Extent(files, int(values["dimension"])), 0
    while rows := connection.execute(_ENCODINGS, {"after": after, "portion": _PORTION}).all():
        appended = Appended(folder, extent)
        places = [{"seq": row.seq, **appended.add(*_encoding(row))._asdict()} for row in rows]
        connection.execute(schema.encodings.insert(), places)
        record_blocks(connection, appended.write())
        extent, after = appended.extent, rows[-1].seq
    articles, names = schema.articles, schema.names
    for kind in KINDS:
        column = articles.c[kind]
        counted = sa.select(sa.literal(kind), column, sa.func.count()).where(column.is_not(None)).group_by(column)
        connection.execute(names.insert().from_select(["kind", "name", "articles"], counted))
    total = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(articles.c.passages), 0)).select_from(articles)
    article_total, passage_total = connection.execute(total).one()
    connection.exec_driver_sql("DROP TABLE vectors")
    set_values(
        connection,
        articles=article_total,
        passages=passage_total,
        names_changed=int(values["generation"]),
        **extent_values(extent),
        schema_version=2,
    )


def _encoding(
    row: sa.Row[tuple[int, bytes, bytes, bytes, int, bytes]],
) -> tuple[PassageEncoding, npt.NDArray[np.int64]]:
    """A row of the old table: `vector` float32 (d,), `token_bits` uint8 (t, w), `token_spans` int32 (t, 2)."""
    spans = np.frombuffer(row.token_spans, "<i4").reshape(-1, 2)
    bits = np.frombuffer(row.token_bits, np.uint8).reshape(len(spans), -1 if len(spans) else 1)
    starts = np.frombuffer(row.sentences, "<i4").reshape(-1, 3)[:, 0] - row.start
    return PassageEncoding(np.frombuffer(row.vector, "<f4"), bits, spans), sentence_of_tokens(spans, starts)
