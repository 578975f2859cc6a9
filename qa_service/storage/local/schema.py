"""The tables of the catalogue, in SQLAlchemy Core.

`sentences` is a raw little-endian array, int32 (s, 3): start and end in the article, and 1 for a heading. The keys of
`meta` are the fields of `Origin` and of `catalogue.State`, and `schema_version`.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import sqlalchemy as sa

SCHEMA_VERSION = 3

metadata = sa.MetaData()

meta = sa.Table(
    "meta", metadata, sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text, nullable=False)
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
    sa.Column("updated", sa.Text),
    sa.Column("tags", sa.Text),
    sa.Column("pages", sa.LargeBinary),
    sqlite_autoincrement=True,
)
"""`tags` is a JSON list. `pages` is a raw little-endian array, int32 (p, 2): offset and number of each page. Both are
NULL if there are none."""

passages = sa.Table(
    "passages",
    metadata,
    # SQLite never reuses a `seq`, so a tombstone never hides a later passage
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("passage_id", sa.Text, nullable=False, unique=True),
    sa.Column("article", sa.ForeignKey("articles.number"), nullable=False, index=True),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("token_count", sa.Integer, nullable=False),
    sa.Column("sentences", sa.LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)

encodings = sa.Table(
    "encodings",
    metadata,
    sa.Column("seq", sa.ForeignKey("passages.seq"), primary_key=True, autoincrement=False),
    sa.Column("row", sa.Integer, nullable=False),
    sa.Column("at", sa.Integer, nullable=False),
    sa.Column("tokens", sa.Integer, nullable=False),
    sa.Column("wide", sa.Boolean, nullable=False),
)
"""The place of each passage's encoding in the files, see `encodings.Place`."""

blocks = sa.Table(
    "blocks",
    metadata,
    sa.Column("file", sa.Text, primary_key=True),
    sa.Column("begin", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("sha256", sa.LargeBinary, nullable=False),
)
"""What each commit appended to the files, see `encodings.Block`. A file's blocks follow one another without a gap."""

names = sa.Table(
    "names",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("articles", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""How many articles have each outlet, author, language and tag, so that a commit does not count all articles. The kind
`field` counts the articles with each field of their metadata."""
sa.Index("ix_names_articles", names.c.kind, names.c.articles.desc(), names.c.name)

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
"""The finished files of unfinished jobs, written in the transaction that stores their articles. After a crash, the job
continues with the other files: reading a file again could bring back a deleted article. `outcome` is JSON."""


def open_database(path: Path) -> sa.Engine:
    """Open the SQLite file in WAL mode. A commit is on disk when it returns; a writer waits up to 30 s for another.

    Connections raise OSError if the system refuses to read or write.
    """
    engine = sa.create_engine(
        f"sqlite:///{path}",
        connect_args={"timeout": 30, "check_same_thread": False},
        pool_size=16,
        max_overflow=-1,  # so a reading thread never waits for a connection
    )

    @sa.event.listens_for(engine, "connect")
    def _configure(connection: object, _record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        # `_begin` below starts each transaction; the driver's implicit transactions (PEP 249) leave out reads
        connection.isolation_level = None  # type: ignore[attr-defined]
        memory = ("cache_size=-65536", "mmap_size=1073741824")
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", *memory):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "handle_error")
    def _tell(context: sa.engine.ExceptionContext) -> None:
        error = context.original_exception
        if isinstance(error, sqlite3.OperationalError):  # for example a full disk
            raise OSError(f"{path}: {error}") from error

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        write = connection.get_execution_options().get("write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine
