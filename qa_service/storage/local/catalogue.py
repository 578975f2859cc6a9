"""The catalogue: an SQLite file for each collection, with its articles and passages, and the places of encodings.

It is the source of truth, with the `encodings` files that it names. Everything else in the collection's folder can be
deleted and derived from them. Rows of articles and passages are added and deleted, but never changed. So a reader that
finds all rows of a snapshot has read that snapshot, without an open transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from qa_service.errors import ArticleNotFound, CollectionBusy, CollectionCorrupt, CollectionMismatch
from qa_service.files.atomic import publish
from qa_service.records import Article, ArticlePage, ArticleSummary, CollectionInfo, Filters, Passage
from qa_service.storage.feature_rows import FeatureRow, LexicalAnalysis
from qa_service.storage.local import schema
from qa_service.storage.local.appended import create_files, remove_other_files
from qa_service.storage.local.counts import all_names, first_and_last_date, tags_and_fields
from qa_service.storage.local.encodings import Encodings, Extent, Place
from qa_service.storage.local.rows import (
    PASSAGES_AFTER,
    PASSAGES_WITH_ARTICLES,
    SUMMARY_COLUMNS,
    article_of,
    passage_of,
    passage_with_article,
    summary_of,
)
from qa_service.storage.local.schema import articles, meta, passages, tombstones
from qa_service.storage.writes import BEFORE_RUNTIMES, Origin

__all__ = ["Catalogue", "State", "catalogue_version", "first_counts"]


_PASSAGE_TEXT = sa.func.substr(articles.c.text, passages.c.start + 1, passages.c.end - passages.c.start).label("text")


@dataclass(frozen=True, slots=True)
class State:
    """What the catalogue tells of the whole collection.

    `base` is the name of the latest base, derived at `base_generation`; empty if there was no base yet. `extent` is the
    committed part of the encodings' files. `names_changed` is the last generation that changed the sets of outlets,
    authors and languages.
    """

    generation: int
    fingerprint: int
    articles: int
    passages: int
    names_changed: int
    base: str
    base_generation: int
    extent: Extent


class Catalogue:
    """Reads one collection's catalogue; `changes` writes it. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.engine = schema.open_database(path)

    @property
    def files(self) -> Path:
        """The folder of the encodings' files."""
        return self.path.parent / "encodings"

    @staticmethod
    def create(path: Path, origin: Origin) -> None:
        """Write an empty catalogue. The file gets its name at the end, so it exists whole or not at all."""
        building = path.with_suffix(".building")
        for left_over in path.parent.glob(f"{building.name}*"):
            left_over.unlink()
        catalogue = Catalogue(building)
        files = create_files(catalogue.files)
        remove_other_files(catalogue.files, keep=files)
        values = {
            "schema_version": schema.SCHEMA_VERSION,
            **asdict(origin),
            "generation": 0,
            "fingerprint": 0,
            **first_counts(files),
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
        """An existing catalogue of this program's schema.

        Raises:
            CollectionCorrupt: the file is not a catalogue.
            CollectionBusy: another process converts it to this program's schema.
            CollectionMismatch: it has another schema.
        """
        found, known = catalogue_version(path), schema.SCHEMA_VERSION
        if found != known:
            hint = "update qa-service" if found > known else "ingest the articles into a new collection"
            raise CollectionMismatch(f"{path}: has schema version {found}, this program knows {known}: {hint}.")
        return cls(path)

    def close(self) -> None:
        self.engine.dispose()

    def origin(self) -> Origin:
        with self.engine.begin() as connection:
            values = self._meta(connection)
        dimension, title_weight = int(values["dimension"]), int(values["title_weight"])
        runtime = values.get("runtime", BEFORE_RUNTIMES)
        return Origin(values["model_id"], dimension, values["chunking"], title_weight, runtime)

    def state(self, connection: sa.Connection) -> State:
        """The state that the transaction sees."""
        values = self._meta(connection)
        return State(
            generation=int(values["generation"]),
            fingerprint=int(values["fingerprint"], 16),
            articles=int(values["articles"]),
            passages=int(values["passages"]),
            names_changed=int(values["names_changed"]),
            base=values["base"],
            base_generation=int(values["base_generation"]),
            extent=Extent(
                values["encodings"],
                int(values["dimension"]),
                int(values["vector_rows"]),
                int(values["token_bytes"]),
                int(values["token_width"]),
            ),
        )

    def generation(self) -> tuple[int, str]:
        """Generation and base. A reader compares them with those of its indexes to notice changes."""
        with self.engine.begin() as connection:
            state = self.state(connection)
        return state.generation, state.base

    def rows(
        self, connection: sa.Connection, after: int, analysis: LexicalAnalysis, files: Encodings
    ) -> Iterator[tuple[FeatureRow, Place]]:
        """Read the passages with `seq` above `after`, in order of `seq`, and count their terms."""
        for row in connection.exec_driver_sql(PASSAGES_AFTER, (after,), {"yield_per": 1000}):
            passage, article = passage_with_article(row)
            *_, number, vector_row, at, tokens, wide = row
            if not 0 <= vector_row < len(files.vectors):
                raise CollectionCorrupt(f"{self.path}: passage {passage.passage_id} has no vector.")
            counted = analysis.count(passage.text, article.meta)
            vector = files.vectors[vector_row]
            feature_row = FeatureRow(row[0], passage, number, article.meta, vector, counted)
            yield feature_row, Place(vector_row, at, tokens, bool(wide))

    def dead_since(self, connection: sa.Connection, generation: int) -> npt.NDArray[np.int64]:
        """The `seq` of the passages that were deleted after `generation`."""
        query = sa.select(tombstones.c.seq).where(tombstones.c.generation > generation)
        return np.array(connection.execute(query).scalars().all(), np.int64)

    def passages_with_articles(self, seqs: Sequence[int]) -> dict[int, tuple[Passage, ArticleSummary]]:
        """Each by `seq`. A deleted passage is missing."""
        # each question reads its passages: the driver alone takes a fifth of the time that SQLAlchemy takes
        connection = self.engine.raw_connection()
        try:
            rows = (
                connection.cursor().execute(PASSAGES_WITH_ARTICLES.format(", ".join("?" * len(seqs))), seqs).fetchall()
            )
        finally:
            connection.close()
        return {row[0]: passage_with_article(row) for row in rows}

    def article(self, article_id: str) -> Article:
        found = self.read(sa.select(articles).where(articles.c.article_id == article_id))
        if not found:
            raise ArticleNotFound(f"There is no article {article_id!r} in this collection.", param="article_id")
        return article_of(found[0])

    def article_page(self, limit: int, after: str | None, filters: Filters) -> ArticlePage:
        """The first `limit` admitted articles whose id is greater than `after`, in order of id."""
        admitted = list(_conditions(filters))
        matching = sa.select(sa.func.count()).select_from(articles).where(*admitted)
        query = sa.select(*SUMMARY_COLUMNS).where(*admitted).order_by(articles.c.article_id).limit(limit + 1)
        if after is not None:
            query = query.where(articles.c.article_id > after)
        with self.engine.begin() as connection:
            found = [summary_of(row) for row in connection.execute(query)]
            total = connection.execute(matching).scalar_one() if admitted else self.state(connection).articles
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

    def overview(self, connection: sa.Connection, state: State, before: CollectionInfo | None) -> dict[str, Any]:
        """Counts, outlets, authors, languages, tags, completeness and dates, by the fields of `CollectionInfo`.

        `before` describes an earlier generation.
        """
        if before is not None and state.names_changed <= before.generation:
            known = {"outlets": before.outlets, "authors": before.authors, "languages": before.languages}
        else:
            known = all_names(connection)
        return {
            "articles": state.articles,
            "passages": state.passages,
            **known,
            **tags_and_fields(connection),
            **first_and_last_date(connection),
        }

    def read(self, query: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        """The rows of a query, read in one transaction."""
        with self.engine.begin() as connection:
            return connection.execute(query).all()

    def _meta(self, connection: sa.Connection) -> dict[str, str]:
        return {key: value for key, value in connection.exec_driver_sql("SELECT key, value FROM meta")}


def catalogue_version(path: Path) -> int:
    """The version of a catalogue's schema.

    Raises:
        CollectionCorrupt: the file is not a catalogue.
        CollectionBusy: another process holds it alone.
    """
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=30)) as database:
            (found,) = database.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
            return int(found)
    except (sqlite3.DatabaseError, TypeError, ValueError) as error:
        if "locked" in str(error):
            raise CollectionBusy(f"{path}: another process converts it to a new format. Try again later.") from None
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
            message = f"{path}: cannot be opened: {error}. Allow this program to write to the folder."
            raise CollectionCorrupt(message) from None
        raise CollectionCorrupt(f"{path}: is not a catalogue of this program: {error}") from None


def first_counts(files: str) -> dict[str, int | str]:
    """The values of `State` in an empty collection whose encodings' files are in the folder `files`."""
    counts = dict.fromkeys(("articles", "passages", "names_changed", "vector_rows", "token_bytes", "token_width"), 0)
    return {**counts, "encodings": files}


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
    if filters.tags:
        given = sa.func.json_each(articles.c.tags).table_valued("value")
        yield sa.exists(sa.select(given.c.value).where(given.c.value.in_(filters.tags)))
    if filters.published_from:
        yield articles.c.published >= filters.published_from.isoformat()
    if filters.published_to:
        yield articles.c.published <= filters.published_to.isoformat()
