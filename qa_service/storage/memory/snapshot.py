"""A collection in memory at one moment. It is the port's shortest implementation: read it to write another engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
import numpy.typing as npt

from qa_service.errors import ArticleNotFound
from qa_service.records import (
    MOST_TAGS,
    OPENING,
    Article,
    ArticlePage,
    ArticleSummary,
    CollectionInfo,
    Completeness,
    Filters,
    Passage,
)
from qa_service.records.encodings import MOST_SIBLINGS, BinaryTokens, TokenColumns, sentence_of_tokens
from qa_service.storage.feature_rows import FeatureRow, feature_columns
from qa_service.storage.features import Columns, Features, Statistics, Terms, admitted, bm25, cosines, hash64
from qa_service.storage.port import NO_FILTERS, Candidates, DateSpan, Ids
from qa_service.storage.writes import FINGERPRINTS, EncodedArticle, Origin, article_digest

__all__ = ["MemorySnapshot", "StoredArticle"]


@dataclass(frozen=True, slots=True, eq=False)
class StoredArticle:
    """An article as `write` stored it. Its passages have the keys from `first_key` on."""

    encoded: EncodedArticle
    number: int
    first_key: int
    rows: tuple[FeatureRow, ...]

    @property
    def summary(self) -> ArticleSummary:
        article = self.encoded.article
        opening = article.text[:OPENING]
        size = len(article.text), len(self.rows)
        return ArticleSummary(article.article_id, article.meta, article.sha256, *size, opening, article.pages)


class MemorySnapshot:
    """See `port.Snapshot`. It keeps everything, so a passage is never gone."""

    def __init__(self, name: str, origin: Origin, generation: int, stored: Mapping[str, StoredArticle]) -> None:
        self.generation = generation
        self.exact = True
        self._name, self._origin = name, origin
        self._stored = dict(sorted(stored.items()))

    @cached_property
    def info(self) -> CollectionInfo:
        articles = [one.encoded.article.meta for one in self._stored.values()]
        tags = Counter(tag for article in articles for tag in article.tags)
        dates = sorted(article.published for article in articles if article.published)
        digests = (article_digest(one.encoded.article, _spans(one.encoded)) for one in self._stored.values())
        return CollectionInfo(
            self._name,
            self.generation,
            f"{sum(digests) % FINGERPRINTS:064x}",
            len(articles),
            sum(len(one.rows) for one in self._stored.values()),
            tuple(sorted({article.outlet for article in articles if article.outlet is not None})),
            tuple(sorted({article.author for article in articles if article.author is not None})),
            tuple(sorted({article.language for article in articles if article.language is not None})),
            dates[0] if dates else None,
            dates[-1] if dates else None,
            self._origin.chunking_kind,
            runtime=self._origin.runtime,
            tags=tuple(sorted(tags, key=lambda tag: (-tags[tag], tag))[:MOST_TAGS]),
            completeness=Completeness(
                **{f.name: sum(getattr(a, f.name) not in (None, ()) for a in articles) for f in fields(Completeness)}
            ),
        )

    @cached_property
    def _rows(self) -> list[FeatureRow]:
        """In the order of passage ids, as every result with equal scores is."""
        return sorted(
            (row for one in self._stored.values() for row in one.rows), key=lambda row: row.passage.passage_id
        )

    @cached_property
    def _columns(self) -> Columns:
        return Columns(**feature_columns(self._rows, self._origin.dimension))

    @cached_property
    def _by_key(self) -> dict[int, tuple[StoredArticle, int]]:
        """Each passage's article, and its number in it."""
        return {row.key: (one, at) for one in self._stored.values() for at, row in enumerate(one.rows)}

    def statistics(self, terms: npt.NDArray[np.int64]) -> Statistics:
        columns = self._columns
        mean = float(columns.length.sum() / len(columns)) if len(columns) else 1.0
        frequency = np.array([np.count_nonzero(columns.terms == term) for term in terms], np.int64)
        return Statistics(len(columns), mean, frequency)

    def nearest(self, vector: npt.NDArray[np.float32], depth: int, filters: Filters) -> Candidates:
        at = np.flatnonzero(self._admitted(filters))
        return self._best(at, cosines(self._columns.vectors[at], vector), depth)

    def matching(self, terms: npt.NDArray[np.int64], depth: int, filters: Filters) -> Candidates:
        scores = bm25(self._columns, terms, self.statistics(terms))
        at = np.flatnonzero(self._admitted(filters) & (scores > 0))
        return self._best(at, scores[at], depth)

    def features(self, ids: Ids) -> Features:
        return Features.take(self._columns, np.sort(self._columns.positions(ids)))

    def vectors(self, ids: Ids) -> npt.NDArray[np.float32]:
        return self._columns.vectors[self._columns.positions(ids)]

    def terms(self, ids: Ids) -> Terms:
        return self._columns.terms_of(self._columns.positions(ids))

    def adjacent(self, ids: Ids) -> list[Ids]:
        found = (self._by_key[key] for key in ids.tolist())
        beside = ([at + step for step in (-1, 1) if 0 <= at + step < len(one.rows)] for one, at in found)
        keys = (self._by_key[key][0].first_key for key in ids.tolist())
        return [np.array(numbers, np.int64) + first for numbers, first in zip(beside, keys, strict=True)]

    def tokens(self, ids: Ids) -> TokenColumns:
        found = []
        for one, at in (self._by_key[key] for key in ids.tolist()):
            passage, encoding = one.encoded.passages[at], one.encoded.encodings[at]
            starts = np.array([start - passage.start for start, _ in passage.sentences], np.int64)
            siblings = min(len(one.rows), MOST_SIBLINGS)
            found.append(BinaryTokens(encoding.token_bits, sentence_of_tokens(encoding.token_spans, starts), siblings))
        return TokenColumns.of(found)

    def token_spans(self, ids: Ids) -> list[npt.NDArray[np.int32]]:
        return [one.encoded.encodings[at].token_spans for one, at in (self._by_key[key] for key in ids.tolist())]

    def passages(self, ids: Ids) -> list[tuple[Passage, ArticleSummary]]:
        return [(one.encoded.passages[at], one.summary) for one, at in (self._by_key[key] for key in ids.tolist())]

    def passages_of(self, article_id: str) -> tuple[Passage, ...]:
        return self._stored[article_id].encoded.passages if article_id in self._stored else ()

    def article(self, article_id: str) -> Article:
        if article_id not in self._stored:
            raise ArticleNotFound(f"There is no article {article_id!r} in this collection.", param="article_id")
        return self._stored[article_id].encoded.article

    def articles(self, limit: int, after: str | None = None, filters: Filters = NO_FILTERS) -> ArticlePage:
        found = [one.summary for one in self._stored.values() if _admits(filters, one.encoded.article)]
        left = [summary for summary in found if after is None or summary.article_id > after]
        next_after = left[limit - 1].article_id if len(left) > limit else None
        return ArticlePage(tuple(left[:limit]), len(found), next_after)

    def count(self, filters: Filters = NO_FILTERS) -> int:
        return int(np.count_nonzero(self._admitted(filters)))

    def published_within(self, spans: Sequence[DateSpan], filters: Filters = NO_FILTERS) -> bool:
        articles = (one.encoded.article for one in self._stored.values() if one.rows)
        days = [a.meta.published for a in articles if _admits(filters, a) and a.meta.published]
        return any((not first or first <= day) and (not last or day <= last) for first, last in spans for day in days)

    def _admitted(self, filters: Filters) -> npt.NDArray[np.bool_]:
        return admitted(
            self._columns, np.array([hash64(row.passage.article_id) for row in self._rows], np.int64), filters
        )

    def _best(self, at: npt.NDArray[np.int64], scores: npt.NDArray[np.floating], depth: int) -> Candidates:
        order = np.argsort(-scores, kind="stable")[:depth]
        return Candidates(self._columns.ids[at[order]], scores[order])


def _spans(encoded: EncodedArticle) -> list[tuple[int, int]]:
    return [(passage.start, passage.end) for passage in encoded.passages]


def _admits(filters: Filters, article: Article) -> bool:
    meta = article.meta
    wanted = (
        (filters.outlet, meta.outlet),
        (filters.author, meta.author),
        (filters.language, meta.language),
        (filters.article_id, article.article_id),
    )
    day = meta.published
    if filters.tags and not set(filters.tags) & set(meta.tags):
        return False
    return all(not values or value in values for values, value in wanted) and (
        (not filters.published_from or (day is not None and day >= filters.published_from))
        and (not filters.published_to or (day is not None and day <= filters.published_to))
    )
