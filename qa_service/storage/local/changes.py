"""Writes to the catalogue. Each function is one transaction, which is on disk when the function returns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import numpy as np
import sqlalchemy as sa

from qa_service.errors import ArticleNotFound, Conflict
from qa_service.records import ArticleMeta
from qa_service.records.encodings import sentence_of_tokens
from qa_service.storage.local.appended import Appended, has_uncommitted
from qa_service.storage.local.catalogue import Catalogue
from qa_service.storage.local.counts import ChangedNames
from qa_service.storage.local.encodings import Block, Extent
from qa_service.storage.local.rows import article_of, pack_pages
from qa_service.storage.local.schema import articles, blocks, encodings, job_files, passages, tombstones
from qa_service.storage.writes import FINGERPRINTS, EncodedArticle, JobFile, article_digest, meta_values

__all__ = ["commit", "extent_values", "record_blocks", "set_base", "set_values"]


def commit(
    catalogue: Catalogue,
    added: Sequence[EncodedArticle],
    deleted: Sequence[str],
    done: Mapping[JobFile, str] | None = None,
) -> int:
    """See `port.Store.write`. The caller holds the writer's lock. Returns the generation."""
    _discard_unfinished(catalogue)
    with catalogue.engine.execution_options(write=True).begin() as connection:
        if done:
            rows = [{"job_id": job, "number": number, "outcome": outcome} for (job, number), outcome in done.items()]
            with _no_duplicate("A finished file of this job is recorded already."):
                connection.execute(job_files.insert(), rows)
        state = catalogue.state(connection)
        if not added and not deleted:
            return state.generation
        change = _Change(connection, state.generation + 1)
        for article_id in dict.fromkeys(deleted):
            change.delete(article_id)
        appended = Appended(catalogue.files, state.extent)
        for article in added:
            change.add(article, appended)
        change.insert()
        set_values(
            connection,
            generation=change.generation,
            fingerprint=f"{(state.fingerprint + change.fingerprint) % FINGERPRINTS:064x}",
            articles=state.articles + change.articles,
            passages=state.passages + change.passages,
            names_changed=change.generation if change.names.write(connection) else state.names_changed,
            **extent_values(appended.extent),
        )
        record_blocks(connection, appended.write())  # last: a failed commit appends nothing
    return change.generation


def set_base(connection: sa.Connection, name: str, generation: int) -> None:
    """Make readers open the base `name`, which was derived at `generation`."""
    set_values(connection, base=name, base_generation=generation)
    connection.execute(tombstones.delete().where(tombstones.c.generation <= generation))


def record_blocks(connection: sa.Connection, written: Sequence[Block]) -> None:
    """Make blocks, which are on disk, part of the collection."""
    if written:
        connection.execute(blocks.insert(), [asdict(block) for block in written])


def extent_values(extent: Extent) -> dict[str, str | int]:
    """The values of `meta` that name the committed part of the encodings' files."""
    return {
        "encodings": extent.name,
        "vector_rows": extent.rows,
        "token_bytes": extent.token_bytes,
        "token_width": extent.width,
    }


def set_values(connection: sa.Connection, **values: str | int) -> None:
    """Change values of `meta`."""
    rows = [(str(value), key) for key, value in values.items()]
    connection.exec_driver_sql("UPDATE meta SET value = ? WHERE key = ?", rows)


def _discard_unfinished(catalogue: Catalogue) -> None:
    """Make sure that a commit whose process was killed never takes effect, before `commit` overwrites its encodings.

    SQLite appends a commit to its write-ahead log, flushes the log, and shows the commit to others last. A process that
    is killed in between leaves a commit that nobody sees, but that SQLite restores when it next reads the whole log.
    Another commit takes its place in the log (https://www.sqlite.org/walformat.html).
    """
    with catalogue.engine.execution_options(write=True).begin() as connection:
        if has_uncommitted(catalogue.files, catalogue.state(connection).extent):
            version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
            connection.exec_driver_sql(f"PRAGMA user_version = {version + 1}")  # nothing else uses it


class _Change:
    """Adds and deletes articles in a transaction, and sums up what that changes."""

    def __init__(self, connection: sa.Connection, generation: int) -> None:
        self._connection = connection
        self.generation = generation
        self.fingerprint = self.articles = self.passages = 0
        self.names = ChangedNames()
        self._rows: dict[sa.Table, list[dict[str, Any]]] = {articles: [], passages: [], encodings: []}
        self._number, self._seq = (_last_key(connection, table.name) for table in (articles, passages))

    def add(self, encoded: EncodedArticle, appended: Appended) -> None:
        """Collect the rows of an article. `insert` writes them."""
        article = encoded.article
        self._number += 1
        row = {
            "number": self._number,
            "article_id": article.article_id,
            "text": article.text,
            **meta_values(article.meta),
            "pages": pack_pages(article.pages),
            "article_sha256": article.sha256,
            "passages": len(encoded.passages),
        }
        self._rows[articles].append(row)
        for passage, encoding in zip(encoded.passages, encoded.encodings, strict=True):
            self._seq += 1
            sentences = [(s, e, int(h)) for (s, e), h in zip(passage.sentences, passage.headings, strict=True)]
            self._rows[passages].append(
                {
                    "seq": self._seq,
                    "passage_id": passage.passage_id,
                    "article": self._number,
                    "start": passage.start,
                    "end": passage.end,
                    "token_count": passage.token_count,
                    "sentences": np.array(sentences, "<i4").tobytes(),
                }
            )
            starts = np.array([start - passage.start for start, _ in passage.sentences], np.int64)
            place = appended.add(encoding, sentence_of_tokens(encoding.token_spans, starts))
            self._rows[encodings].append({"seq": self._seq, **place._asdict()})
        spans = [(p.start, p.end) for p in encoded.passages]
        self._count(article.meta, article_digest(article, spans), len(spans), 1)

    def insert(self) -> None:
        """Write what `add` collected: one statement for each table.

        Raises:
            Conflict: an article, or a passage of it, has the id of another.
        """
        for table, rows in self._rows.items():
            try:
                if rows:  # not with `values(…)`, which takes far more time
                    self._connection.execute(table.insert(), rows)
            except sa.exc.IntegrityError:
                raise Conflict(
                    f"Article {self._refused(table)!r}, or a passage of it, has the id of another."
                ) from None

    def _refused(self, table: sa.Table) -> str:
        """The id of the article whose row SQLite refused: the rows before it are written."""
        [key] = table.primary_key
        written = self._connection.execute(sa.select(sa.func.max(key))).scalar() or 0
        row = next(row for row in self._rows[table] if row[key.name] > written)
        number = row["number"] if table is articles else row.get("article")
        return next(str(one["article_id"]) for one in self._rows[articles] if one["number"] == number)

    def delete(self, article_id: str) -> None:
        connection = self._connection
        row = connection.execute(sa.select(articles).where(articles.c.article_id == article_id)).one_or_none()
        if row is None:
            raise ArticleNotFound(f"There is no article {article_id!r} in this collection.", param="article_id")
        own = passages.c.article == row.number
        found = connection.execute(
            sa.select(passages.c.seq, passages.c.start, passages.c.end).where(own).order_by(passages.c.seq)
        ).all()
        if found:
            gone = [{"seq": p.seq, "generation": self.generation} for p in found]
            connection.execute(tombstones.insert(), gone)
            connection.execute(encodings.delete().where(encodings.c.seq.in_(sa.select(passages.c.seq).where(own))))
            connection.execute(passages.delete().where(own))
        connection.execute(articles.delete().where(articles.c.number == row.number))
        article = article_of(row)
        self._count(article.meta, article_digest(article, [(p.start, p.end) for p in found]), len(found), -1)

    def _count(self, meta: ArticleMeta, digest: int, passages: int, sign: int) -> None:
        """Add an article to the counts (`sign` 1), or subtract it (-1)."""
        self.fingerprint += sign * digest
        self.articles += sign
        self.passages += sign * passages
        self.names.add(meta, sign)


def _last_key(connection: sa.Connection, table: str) -> int:
    """The highest key that a table has ever used."""
    return connection.execute(sa.text("SELECT seq FROM sqlite_sequence WHERE name = :t"), {"t": table}).scalar() or 0


@contextmanager
def _no_duplicate(message: str) -> Iterator[None]:
    """Raise Conflict with `message` if the catalogue refuses a row, because it holds another with the same key."""
    try:
        yield
    except sa.exc.IntegrityError:
        raise Conflict(message) from None
