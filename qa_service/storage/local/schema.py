"""The catalogue's tables, in SQLAlchemy Core, and the way from one schema version to the next.

Vectors are stored as raw little-endian arrays: `vector` float32 (d,), `token_bits` uint8 (t, ceil(d' / 8)),
`token_spans`
int32 (t, 2) into the passage, `sentences` int32 (s, 3): start and end in the article, and 1 for a heading.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from qa_service.errors import CollectionMismatch

__all__ = [
    "SCHEMA_VERSION",
    "articles",
    "job_files",
    "meta",
    "metadata",
    "migrate",
    "open_database",
    "passages",
    "tombstones",
    "vectors",
]

SCHEMA_VERSION = 1

metadata = sa.MetaData()

meta = sa.Table(
    "meta",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

articles = sa.Table(
    "articles",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("article_id", sa.Text, nullable=False, unique=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("title", sa.Text),
    sa.Column("outlet", sa.Text, index=True),
    sa.Column("author", sa.Text),
    sa.Column("published", sa.Text, index=True),
    sa.Column("language", sa.Text, index=True),
    sa.Column("url", sa.Text),
    sa.Column("source", sa.Text, index=True),
    sa.Column("source_sha256", sa.Text),
    sa.Column("article_sha256", sa.Text, nullable=False),
    sa.Column("passages", sa.Integer, nullable=False),
    sqlite_autoincrement=True,
)

passages = sa.Table(
    "passages",
    metadata,
    # never reused, so that a tombstone can only mean the passage it was made for
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("passage_id", sa.Text, nullable=False, unique=True),
    sa.Column("article", sa.ForeignKey("articles.number"), nullable=False, index=True),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("token_count", sa.Integer, nullable=False),
    sa.Column("sentences", sa.LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)

vectors = sa.Table(
    "vectors",
    metadata,
    sa.Column("seq", sa.ForeignKey("passages.seq"), primary_key=True, autoincrement=False),
    sa.Column("vector", sa.LargeBinary, nullable=False),
    sa.Column("token_bits", sa.LargeBinary, nullable=False),
    sa.Column("token_spans", sa.LargeBinary, nullable=False),
)

tombstones = sa.Table(
    "tombstones",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("generation", sa.Integer, nullable=False, index=True),
)

job_files = sa.Table(
    "job_files",
    metadata,
    sa.Column("job_id", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("outcome", sa.Text, nullable=False),
)
"""The files of unfinished jobs that are done, written with what they brought: a job goes on after a crash where it was,
as running it again would bring back what has been deleted since. `outcome` is the file's result as JSON."""

MIGRATIONS: dict[int, Callable[[sa.Connection], None]] = {}
"""From version n to n + 1. Each runs inside one transaction with the change of the version number."""


def open_database(path: Path) -> sa.Engine:
    """An engine on the SQLite file: WAL, every commit on disk before it returns, writers wait 30 s for each other."""
    engine = sa.create_engine(
        f"sqlite:///{path}",
        connect_args={"timeout": 30, "check_same_thread": False},
        pool_size=16,
        max_overflow=-1,  # a thread that reads never waits for another's connection
    )

    @sa.event.listens_for(engine, "connect")
    def _configure(connection: object, _record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        # transactions are begun by _begin below, not by the driver: PEP 249's implicit ones leave reads outside
        connection.isolation_level = None  # type: ignore[attr-defined]
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "cache_size=-65536",
            "mmap_size=1073741824",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        write = connection.get_execution_options().get("write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def migrate(connection: sa.Connection, found: int) -> None:
    """Bring a catalogue of version `found` to SCHEMA_VERSION.

    Raises:
        CollectionMismatch: the catalogue is newer than this program, or older than any step known.
    """
    if found > SCHEMA_VERSION:
        raise CollectionMismatch(
            f"The collection has schema version {found}, this program knows {SCHEMA_VERSION}: update qa-service."
        )
    for version in range(found, SCHEMA_VERSION):
        step = MIGRATIONS.get(version)
        if step is None:
            raise CollectionMismatch(
                f"There is no way from schema version {version} to {version + 1}: "
                "ingest the articles into a new collection."
            )
        step(connection)
    connection.execute(meta.update().where(meta.c.key == "schema_version").values(value=str(SCHEMA_VERSION)))
