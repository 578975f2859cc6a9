"""The local engine's snapshot: searches over its indexes, tokens from mapped files, texts from the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa_service.records import Article, ArticlePage, ArticleSummary, CollectionInfo, Filters, Passage
from qa_service.records.encodings import TokenColumns
from qa_service.storage.features import Features, Statistics, Terms
from qa_service.storage.local.catalogue import Catalogue
from qa_service.storage.local.dense import dense_search
from qa_service.storage.local.indexes import Indexes
from qa_service.storage.local.lexical import lexical_search
from qa_service.storage.port import NO_FILTERS, Candidates, DateSpan, Ids, PassageGone

__all__ = ["LocalSnapshot"]


@dataclass(frozen=True, slots=True, eq=False)
class LocalSnapshot:
    """See `port.Snapshot`. A passage's key is its `seq` in the catalogue, which is never given twice."""

    indexes: Indexes
    catalogue: Catalogue

    @property
    def info(self) -> CollectionInfo:
        return self.indexes.info

    @property
    def generation(self) -> int:
        return self.indexes.info.generation

    @property
    def exact(self) -> bool:
        return self.indexes.info.exact

    def statistics(self, terms: npt.NDArray[np.int64]) -> Statistics:
        return self.indexes.statistics(terms)

    def nearest(self, vector: npt.NDArray[np.float32], depth: int, filters: Filters) -> Candidates:
        rows, scores = dense_search(self.indexes, vector, depth, self.indexes.admitted(filters))
        return Candidates(self.indexes.column("ids", rows), scores)

    def matching(self, terms: npt.NDArray[np.int64], depth: int, filters: Filters) -> Candidates:
        rows, scores = lexical_search(self.indexes, terms, depth, self.indexes.admitted(filters), filters)
        return Candidates(self.indexes.column("ids", rows), scores)

    def features(self, ids: Ids) -> Features:
        return self.indexes.features(ids)

    def vectors(self, ids: Ids) -> npt.NDArray[np.float32]:
        return self.indexes.column("vectors", self.indexes.rows_of(ids))

    def terms(self, ids: Ids) -> Terms:
        return self.indexes.terms(ids)

    def adjacent(self, ids: Ids) -> list[Ids]:
        indexes = self.indexes
        return [indexes.column("ids", indexes.neighbours(row)) for row in indexes.rows_of(ids).tolist()]

    def tokens(self, ids: Ids) -> TokenColumns:
        return self.indexes.tokens(self.indexes.rows_of(ids))

    def token_spans(self, ids: Ids) -> list[npt.NDArray[np.int32]]:
        return self.indexes.token_spans(self.indexes.rows_of(ids))

    def passages(self, ids: Ids) -> list[tuple[Passage, ArticleSummary]]:
        found = self.catalogue.passages_with_articles(ids.tolist())
        if len(found) < len(set(ids.tolist())):
            raise PassageGone
        return [found[seq] for seq in ids.tolist()]

    def passages_of(self, article_id: str) -> tuple[Passage, ...]:
        return self.catalogue.passages_of(article_id)

    def article(self, article_id: str) -> Article:
        return self.catalogue.article(article_id)

    def articles(self, limit: int, after: str | None = None, filters: Filters = NO_FILTERS) -> ArticlePage:
        return self.catalogue.article_page(limit, after, filters)

    def count(self, filters: Filters = NO_FILTERS) -> int:
        return self.indexes.admitted(filters).count

    def published_within(self, spans: Sequence[DateSpan], filters: Filters = NO_FILTERS) -> bool:
        days = self.indexes.days_of(self.indexes.admitted(filters)) if filters else self.indexes.days
        return any(_any_within(days, span) for span in spans)


def _any_within(days: npt.NDArray[np.int32], span: DateSpan) -> bool:
    """Whether one of the days, which are sorted, lies in the span. `NO_DATE` lies in none."""
    first = span[0].toordinal() if span[0] else 1
    at = int(np.searchsorted(days, first))
    return at < len(days) and (span[1] is None or int(days[at]) <= span[1].toordinal())
