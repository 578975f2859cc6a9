"""The catalogue: an SQLite file for each collection, with its articles, passages and vectors.

It is the source of truth: everything else in the collection's folder can be deleted and derived from it. Rows of
articles and passages are added and deleted, but never changed. So a reader that finds all rows of a snapshot has read
that snapshot, without an open transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from qa_service.errors import ArticleNotFound, CollectionCorrupt
from qa_service.files.atomic import publish
from qa_service.records import Article, ArticlePage, ArticleSummary, Filters, Passage
from qa_service.records.encodings import MOST_SIBLINGS, BinaryTokens
from qa_service.storage.feature_rows import FeatureRow, LexicalAnalysis
from qa_service.storage.local import schema
from qa_service.storage.local.rows import (
    META_COLUMNS,
    SUMMARY_COLUMNS,
    article_of,
    meta_of,
    passage_of,
    read_date,
    spans_of,
    summary_of,
    tokens_of,
)
from qa_service.storage.local.schema import articles, meta, passages, tombstones, vectors
from qa_service.storage.writes import Origin

__all__ = ["Catalogue", "State"]


_PASSAGE_TEXT = sa.func.substr(articles.c.text, passages.c.start + 1, passages.c.end - passages.c.start).label("text")


@dataclass(frozen=True, slots=True)
class State:
    """`base` is the name of the latest base, derived at `base_generation`; empty if there was no base yet."""

    generation: int
    fingerprint: int
    base: str
    base_generation: int


class Catalogue:
    """Reads one collection's catalogue; `changes` writes it. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.engine = schema.open_database(path)

    @staticmethod
    def create(path: Path, origin: Origin) -> None:
        """Write an empty catalogue. The file gets its name at the end, so it exists whole or not at all."""
        building = path.with_suffix(".building")
        for left_over in path.parent.glob(f"{building.name}*"):
            left_over.unlink()
        catalogue = Catalogue(building)
        values = {
            "schema_version": schema.SCHEMA_VERSION,
            **asdict(origin),
            "generation": 0,
            "fingerprint": 0,
            "base": "",
            "base_generation": 0,
        }
        with catalogue.engine.execution_options(write=True).begin() as connection:
            schema.metadata.create_all(connection)
            connection.execute(meta.insert(), [{"key": k, "value": str(v)} for k, v in values.items()])
        catalogue.close()  # closing the last connection writes the write-ahead log into the file
        publish(building, path)

    @classmethod
    def open(cls, path: Path) -> Catalogue:
        """An existing catalogue, migrated to this program's schema.

        Raises:
            CollectionCorrupt: the file is not a catalogue.
            CollectionMismatch: this program does not know its schema.
        """
        catalogue = cls(path)
        try:
            with catalogue.engine.begin() as connection:
                found = int(catalogue._meta(connection)["schema_version"])
            if found != schema.SCHEMA_VERSION:
                with catalogue.engine.execution_options(write=True).begin() as connection:
                    # read again: another process may have migrated it meanwhile
                    found = int(catalogue._meta(connection)["schema_version"])
                    if found != schema.SCHEMA_VERSION:
                        schema.migrate(connection, found)
        except (sa.exc.DatabaseError, KeyError, ValueError) as error:
            catalogue.close()
            raise CollectionCorrupt(f"{path}: is not a catalogue of this program: {error}") from None
        except BaseException:
            catalogue.close()
            raise
        return catalogue

    def close(self) -> None:
        self.engine.dispose()

    def origin(self) -> Origin:
        with self.engine.begin() as connection:
            values = self._meta(connection)
        return Origin(values["model_id"], int(values["dimension"]), values["chunking"], int(values["title_weight"]))

    def state(self, connection: sa.Connection) -> State:
        """Generation, fingerprint and base, as the transaction sees them."""
        values = self._meta(connection)
        generation, base_generation = int(values["generation"]), int(values["base_generation"])
        return State(generation, int(values["fingerprint"], 16), values["base"], base_generation)

    def generation(self) -> tuple[int, str]:
        """Generation and base. A reader compares them with those of its indexes to notice changes."""
        with self.engine.begin() as connection:
            state = self.state(connection)
        return state.generation, state.base

    def rows(self, connection: sa.Connection, after: int, analysis: LexicalAnalysis) -> Iterator[FeatureRow]:
        """Read the passages with `seq` above `after`, in order of `seq`, and count their terms."""
        query = (
            sa.select(
                passages,
                vectors.c.vector,
                _PASSAGE_TEXT,
                articles.c.article_id,
                *(articles.c[name] for name in META_COLUMNS),
            )
            .join(vectors, vectors.c.seq == passages.c.seq)
            .join(articles, articles.c.number == passages.c.article)
            .where(passages.c.seq > after)
            .order_by(passages.c.seq)
        )
        for row in connection.execution_options(yield_per=1000).execute(query):
            vector, own = np.frombuffer(row.vector, "<f4"), meta_of(row)
            yield FeatureRow(row.seq, passage_of(row), row.article, own, vector, analysis.count(row.text, own))

    def dead_since(self, connection: sa.Connection, generation: int) -> npt.NDArray[np.int64]:
        """The `seq` of the passages that were deleted after `generation`."""
        query = sa.select(tombstones.c.seq).where(tombstones.c.generation > generation)
        return np.array(connection.execute(query).scalars().all(), np.int64)

    def tokens(self, seqs: Sequence[int]) -> dict[int, BinaryTokens]:
        """Each by `seq`. A deleted passage is missing."""
        of_article = passages.alias()
        siblings = sa.select(of_article.c.seq).where(of_article.c.article == passages.c.article).limit(MOST_SIBLINGS)
        query = (
            sa.select(
                vectors.c.seq,
                vectors.c.token_bits,
                vectors.c.token_spans,
                passages.c.start,
                passages.c.sentences,
                sa.select(sa.func.count())
                .select_from(siblings.correlate(passages).subquery())
                .scalar_subquery()
                .label("siblings"),
            )
            .join(passages, passages.c.seq == vectors.c.seq)
            .where(vectors.c.seq.in_(seqs))
        )
        return {row.seq: tokens_of(row) for row in self.read(query)}

    def token_spans(self, seqs: Sequence[int]) -> dict[int, npt.NDArray[np.int32]]:
        """Each by `seq`. A deleted passage is missing."""
        query = sa.select(vectors.c.seq, vectors.c.token_spans).where(vectors.c.seq.in_(seqs))
        return {row.seq: spans_of(row) for row in self.read(query)}

    def passages_with_articles(self, seqs: Sequence[int]) -> dict[int, tuple[Passage, ArticleSummary]]:
        """Each by `seq`. A deleted passage is missing."""
        query = (
            sa.select(passages, _PASSAGE_TEXT, *SUMMARY_COLUMNS)
            .join(articles, articles.c.number == passages.c.article)
            .where(passages.c.seq.in_(seqs))
        )
        return {row.seq: (passage_of(row), summary_of(row)) for row in self.read(query)}

    def article(self, article_id: str) -> Article:
        found = self.read(sa.select(articles).where(articles.c.article_id == article_id))
        if not found:
            raise ArticleNotFound(f"There is no article {article_id!r} in this collection.", param="article_id")
        return article_of(found[0])

    def article_page(self, limit: int, after: str | None, filters: Filters) -> ArticlePage:
        """The first `limit` admitted articles whose id is greater than `after`, in order of id."""
        admitted = list(_conditions(filters))
        query = sa.select(*SUMMARY_COLUMNS).where(*admitted).order_by(articles.c.article_id).limit(limit + 1)
        if after is not None:
            query = query.where(articles.c.article_id > after)
        with self.engine.begin() as connection:
            found = [summary_of(row) for row in connection.execute(query)]
            total = connection.execute(sa.select(sa.func.count()).select_from(articles).where(*admitted)).scalar_one()
        return ArticlePage(tuple(found[:limit]), total, found[limit - 1].article_id if len(found) > limit else None)

    def passages_of(self, article_id: str) -> tuple[Passage, ...]:
        """All passages of an article, in its order; empty if there is no such article."""
        query = (
            sa.select(passages, articles.c.article_id, _PASSAGE_TEXT)
            .join(articles, articles.c.number == passages.c.article)
            .where(articles.c.article_id == article_id)
            .order_by(passages.c.start, passages.c.end)
        )
        return tuple(passage_of(row) for row in self.read(query))

    def overview(self, connection: sa.Connection) -> dict[str, Any]:
        """Counts, outlets, authors, languages, first and last date."""

        def distinct(column: sa.Column[Any]) -> tuple[str, ...]:
            query = sa.select(column).where(column.is_not(None)).distinct().order_by(column)
            return tuple(connection.execute(query).scalars())

        count, total, first, last = connection.execute(
            sa.select(
                sa.func.count(),
                sa.func.sum(articles.c.passages),
                sa.func.min(articles.c.published),
                sa.func.max(articles.c.published),
            )
        ).one()
        return {
            "articles": count,
            "passages": total or 0,
            "outlets": distinct(articles.c.outlet),
            "authors": distinct(articles.c.author),
            "languages": distinct(articles.c.language),
            "first_date": read_date(first),
            "last_date": read_date(last),
        }

    def read(self, query: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        """The rows of a query, read in one transaction."""
        with self.engine.begin() as connection:
            return connection.execute(query).all()

    def _meta(self, connection: sa.Connection) -> dict[str, str]:
        return {row.key: row.value for row in connection.execute(sa.select(meta))}


def _conditions(filters: Filters) -> Iterator[sa.ColumnElement[bool]]:
    """The filters as conditions on articles. A comparison with a missing value is never true."""
    for column, wanted in (
        (articles.c.outlet, filters.outlet),
        (articles.c.author, filters.author),
        (articles.c.language, filters.language),
        (articles.c.article_id, filters.article_id),
    ):
        if wanted:
            yield column.in_(wanted)
    if filters.published_from:
        yield articles.c.published >= filters.published_from.isoformat()
    if filters.published_to:
        yield articles.c.published <= filters.published_to.isoformat()
