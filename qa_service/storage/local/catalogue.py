"""The catalogue: one SQLite file per collection that holds articles, passages and vectors. It is the truth; everything
else in the collection's folder can be thrown away and derived from it.

Rows of articles and passages are never changed, only added and deleted. So whoever finds all the rows that a
snapshot named has read exactly that snapshot, without holding a transaction open.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from qa_service.errors import ArticleNotFound, CollectionCorrupt, CollectionMismatch
from qa_service.files.atomic import publish
from qa_service.records import Article, ArticlePage, ArticleSummary, Passage
from qa_service.storage.local import schema
from qa_service.storage.local.rows import (
    META_COLUMNS,
    MOST_SIBLINGS,
    SUMMARY_COLUMNS,
    StoredPassage,
    TokenSigns,
    article_of,
    meta_of,
    passage_of,
    read_date,
    summary_of,
    token_signs_of,
)
from qa_service.storage.local.schema import articles, meta, passages, tombstones, vectors

__all__ = ["Catalogue", "Origin", "State", "chunking_json"]


@dataclass(frozen=True, slots=True)
class Origin:
    """What a collection was built with. Opening it with anything else is an error."""

    model_id: str
    dimension: int
    chunking: str
    """The chunking settings as canonical JSON."""
    title_weight: int
    """How often a word of title, outlet or author counts in lexical matching."""


@dataclass(frozen=True, slots=True)
class State:
    """Where the catalogue stands. `base` names the base derived last, at `base_generation`; empty before the first."""

    generation: int
    fingerprint: int
    base: str
    base_generation: int


class Catalogue:
    """Reads of one collection's catalogue; `changes` writes it. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.engine = schema.open_database(path)

    @staticmethod
    def create(path: Path, origin: Origin) -> None:
        """Write an empty catalogue; after a crash it is complete or not there at all."""
        building = path.with_suffix(".building")
        for left_over in path.parent.glob(f"{building.name}*"):
            left_over.unlink()
        catalogue = Catalogue(building)
        values = {
            "schema_version": schema.SCHEMA_VERSION,
            "model_id": origin.model_id,
            "dimension": origin.dimension,
            "chunking": origin.chunking,
            "title_weight": origin.title_weight,
            "generation": 0,
            "fingerprint": 0,
            "base": "",
            "base_generation": 0,
        }
        with catalogue.engine.execution_options(write=True).begin() as connection:
            schema.metadata.create_all(connection)
            connection.execute(meta.insert(), [{"key": k, "value": str(v)} for k, v in values.items()])
        catalogue.close()  # the last connection to close brings the write-ahead log into the file
        publish(building, path)

    @classmethod
    def open(cls, path: Path) -> Catalogue:
        """An existing catalogue, migrated to this program's schema.

        Raises:
            CollectionCorrupt: not a catalogue. CollectionMismatch: a schema this program does not know.
        """
        catalogue = cls(path)
        try:
            with catalogue.engine.begin() as connection:
                found = int(catalogue._meta(connection)["schema_version"])
            if found != schema.SCHEMA_VERSION:
                with catalogue.engine.execution_options(write=True).begin() as connection:
                    # read again: of several who open it at once, one migrates
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

    def check_origin(self, wanted: Origin, name: str) -> None:
        """Raise CollectionMismatch, saying what to run, unless the collection was built with `wanted`."""
        built = self.origin()
        for what, was, now in (
            ("model", built.model_id, wanted.model_id),
            ("dimension", built.dimension, wanted.dimension),
            ("chunking", built.chunking, wanted.chunking),
            ("title_weight", built.title_weight, wanted.title_weight),
        ):
            if was != now:
                raise CollectionMismatch(
                    f"Collection {name!r} was built with {what} {was}, the settings ask for {now}. Use the settings it "
                    "was built with, or ingest the articles into a new one: qa-service ingest PATH… --collection NEW."
                )

    def state(self, connection: sa.Connection) -> State:
        values = self._meta(connection)
        return State(
            int(values["generation"]), int(values["fingerprint"], 16), values["base"], int(values["base_generation"])
        )

    def generation(self) -> tuple[int, str]:
        """(generation, base): what a reader compares to learn whether anything happened."""
        with self.engine.begin() as connection:
            state = self.state(connection)
        return state.generation, state.base

    def stored_passages(self, connection: sa.Connection, after: int) -> Iterator[StoredPassage]:
        """Passages with `seq` above `after`, in order of `seq`."""
        query = (
            sa.select(
                passages,
                vectors.c.vector,
                sa.func.substr(articles.c.text, passages.c.start + 1, passages.c.end - passages.c.start).label("text"),
                articles.c.article_id,
                *(articles.c[name] for name in META_COLUMNS),
            )
            .join(vectors, vectors.c.seq == passages.c.seq)
            .join(articles, articles.c.number == passages.c.article)
            .where(passages.c.seq > after)
            .order_by(passages.c.seq)
        )
        for row in connection.execution_options(yield_per=1000).execute(query):
            yield StoredPassage(
                row.seq,
                passage_of(row),
                row.article,
                meta_of(row),
                np.frombuffer(row.vector, "<f4"),
            )

    def dead_since(self, connection: sa.Connection, generation: int) -> npt.NDArray[np.int64]:
        """`seq` of the passages deleted after `generation`."""
        query = sa.select(tombstones.c.seq).where(tombstones.c.generation > generation)
        return np.array(connection.execute(query).scalars().all(), np.int64)

    def token_signs(self, seqs: Sequence[int]) -> dict[int, TokenSigns]:
        """By `seq`; a passage that has been deleted is missing."""
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
        with self.engine.begin() as connection:
            return {row.seq: token_signs_of(row) for row in connection.execute(query)}

    def passages_with_articles(self, seqs: Sequence[int]) -> dict[int, tuple[Passage, ArticleSummary]]:
        """By `seq`; a passage that has been deleted is missing."""
        query = (
            sa.select(
                passages,
                sa.func.substr(articles.c.text, passages.c.start + 1, passages.c.end - passages.c.start).label("text"),
                *SUMMARY_COLUMNS,
            )
            .join(articles, articles.c.number == passages.c.article)
            .where(passages.c.seq.in_(seqs))
        )
        with self.engine.begin() as connection:
            return {row.seq: (passage_of(row), summary_of(row)) for row in connection.execute(query)}

    def article(self, article_id: str) -> Article:
        with self.engine.begin() as connection:
            row = connection.execute(sa.select(articles).where(articles.c.article_id == article_id)).one_or_none()
        if row is None:
            raise ArticleNotFound(f"There is no article {article_id!r} in this collection.", param="article_id")
        return article_of(row)

    def article_page(self, limit: int, after: str | None) -> ArticlePage:
        query = sa.select(*SUMMARY_COLUMNS).order_by(articles.c.article_id).limit(limit + 1)
        if after is not None:
            query = query.where(articles.c.article_id > after)
        with self.engine.begin() as connection:
            found = [summary_of(row) for row in connection.execute(query)]
            total = connection.execute(sa.select(sa.func.count()).select_from(articles)).scalar_one()
        return ArticlePage(tuple(found[:limit]), total, found[limit - 1].article_id if len(found) > limit else None)

    def passage_counts(self, ids: Sequence[str]) -> dict[str, int]:
        query = sa.select(articles.c.article_id, articles.c.passages).where(articles.c.article_id.in_(ids))
        with self.engine.begin() as connection:
            return {row.article_id: row.passages for row in connection.execute(query)}

    def articles_of_source(self, connection: sa.Connection, source: str) -> list[tuple[int, Article]]:
        rows = connection.execute(sa.select(articles).where(articles.c.source == source).order_by(articles.c.number))
        return [(row.number, article_of(row)) for row in rows]

    def articles_with_ids(self, connection: sa.Connection, ids: Sequence[str]) -> list[tuple[int, Article]]:
        rows = connection.execute(sa.select(articles).where(articles.c.article_id.in_(ids)))
        return [(row.number, article_of(row)) for row in rows]

    def overview(self, connection: sa.Connection) -> dict[str, Any]:
        """Counts, outlets, authors, languages, first and last date, and how articles are cut."""

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
            "chunking": json.loads(self._meta(connection)["chunking"]).get("chunking", "sentences"),
        }

    def _meta(self, connection: sa.Connection) -> dict[str, str]:
        return {row.key: row.value for row in connection.execute(sa.select(meta))}


def chunking_json(**values: int | str) -> str:
    """The chunking settings as canonical JSON, for `Origin`."""
    return json.dumps(values, sort_keys=True)
