"""The indexes of a collection at one moment. They are immutable: a question takes the reference once and needs no lock.

The next indexes share the base and copy the tail and the set of deleted base rows, so they cost only the changes.
Statistics count exactly the live passages, so earlier additions and deletions do not change an answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from qa_service.errors import CollectionCorrupt
from qa_service.records import CollectionInfo, Filters
from qa_service.records.encodings import MOST_SIBLINGS, TokenColumns
from qa_service.storage.features import NO_DATE, Features, Statistics, Terms
from qa_service.storage.local.base import Base
from qa_service.storage.local.encodings import Encodings, Places
from qa_service.storage.local.segment import Segment
from qa_service.storage.port import PassageGone

__all__ = ["Admitted", "Indexes", "first_indexes", "next_indexes"]

Admitted = tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]
"""The rows of the base and of the tail that a search may return."""


@dataclass(frozen=True, eq=False)
class Indexes:
    """Rows are numbered: those of the base first, then those of the tail. Both are in the order of `ids`.

    `base_live` bool (n_base,) is False for deleted rows; every row of the tail is live. `frequency_change` is the
    difference of each term's document frequency from the base's. `last_seq` is the highest `seq` seen so far.
    """

    info: CollectionInfo
    base: Base
    base_live: npt.NDArray[np.bool_]
    tail: Segment
    frequency_change: Mapping[int, int]
    total_length: int
    last_seq: int

    @property
    def base_size(self) -> int:
        return len(self.base.segment)

    @property
    def changed(self) -> int:
        """Number of passages by which the base is out of date."""
        return len(self.tail) + int(self.base_size - np.count_nonzero(self.base_live))

    @property
    def size(self) -> int:
        """Number of live passages."""
        return int(np.count_nonzero(self.base_live)) + len(self.tail)

    @cached_property
    def days(self) -> npt.NDArray[np.int32]:
        """Days on which live passages were published: proleptic ordinals, distinct and rising."""
        live = np.concatenate([self.base.segment.published[self.base_live], self.tail.published])
        return np.unique(live[live != NO_DATE])

    @property
    def mean_length(self) -> float:
        """Mean number of lexical terms of a live passage; 1 in an empty collection."""
        return self.total_length / self.size if self.size else 1.0

    def document_frequency(self, terms: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Number of live passages that hold each term: int64, as long as `terms`."""
        change = np.array([self.frequency_change.get(t, 0) for t in terms.tolist()], np.int64)
        return self.base.document_frequency(terms) + change

    def statistics(self, terms: npt.NDArray[np.int64]) -> Statistics:
        return Statistics(self.size, self.mean_length, self.document_frequency(terms))

    def admitted(self, filters: Filters) -> Admitted:
        """The live rows that the filters admit."""
        if not filters:
            return self.base_live, np.ones(len(self.tail), np.bool_)
        return self.base_live & self.base.segment.matching(filters), self.tail.matching(filters)

    def rows_of(self, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The rows of passages.

        Raises:
            PassageGone: a passage is not in these indexes.
        """
        base, tail = self.base.segment.ids, self.tail.ids
        rows: npt.NDArray[np.int64] = np.searchsorted(base, ids)
        if len(tail):
            later = rows == len(base)
            rows[later] += np.searchsorted(tail, ids[later])
        if len(ids) and (int(rows.max()) >= len(base) + len(tail) or (self.column("ids", rows) != ids).any()):
            raise PassageGone
        return rows

    def features(self, ids: npt.NDArray[np.int64]) -> Features:
        """The columns of passages, in the order of passage ids.

        Raises:
            PassageGone: a passage is not in these indexes.
        """
        rows = self.rows_of(ids)
        rows = rows[np.argsort(self.column("key", rows), kind="stable")]
        return Features(*(self.column(f.name, rows) for f in fields(Features)))

    def terms(self, ids: npt.NDArray[np.int64]) -> Terms:
        """The lexical terms of passages, in the order of `ids`.

        Raises:
            PassageGone: a passage is not in these indexes.
        """
        rows = self.rows_of(ids)
        in_base = rows < self.base_size
        if in_base.all():
            return self.base.segment.terms_of(rows)
        parts = [self.base.segment.take(rows[in_base]), self.tail.take(rows[~in_base] - self.base_size)]
        base_first = np.argsort(~in_base, kind="stable")
        return Segment.concatenate(parts).terms_of(np.argsort(base_first))

    def neighbours(self, row: int) -> npt.NDArray[np.int64]:
        """The live rows directly before and after a row, of the same article."""
        beside = [other for other in (row - 1, row + 1) if 0 <= other < self.base_size + len(self.tail)]
        rows = np.array([row for row in beside if row >= self.base_size or self.base_live[row]], np.int64)
        article = self.column("article", np.array([row]))
        same: npt.NDArray[np.int64] = rows[self.column("article", rows) == article]
        return same

    def tokens(self, rows: npt.NDArray[np.int64]) -> TokenColumns:
        """The token embeddings of passages, in their order."""
        return self.files.tokens(self._places(rows), self._siblings(rows))

    def token_spans(self, rows: npt.NDArray[np.int64]) -> list[npt.NDArray[np.int32]]:
        """The spans of each passage's tokens, int32 (t, 2)."""
        return self.files.spans(self._places(rows))

    @property
    def files(self) -> Encodings:
        """The files with the encodings of all passages."""
        files = self.tail.files or self.base.segment.files
        if files is None:
            raise CollectionCorrupt("These passages have no token embeddings.")
        return files

    def _places(self, rows: npt.NDArray[np.int64]) -> Places:
        return Places(self.column("at", rows), self.column("tokens", rows).astype(np.int64), self.column("wide", rows))

    def _siblings(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """See `BinaryTokens`. The passages of an article stand together, and articles in the order of their number."""
        article, found = self.column("article", rows), np.zeros(len(rows), np.int64)
        for numbers in (self.base.segment.article, self.tail.article):
            found += np.searchsorted(numbers, article, "right") - np.searchsorted(numbers, article, "left")
        return np.minimum(found, MOST_SIBLINGS)

    def column(self, name: str, rows: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
        """A column's values at the given rows."""
        base, tail = getattr(self.base.segment, name), getattr(self.tail, name)
        if not len(tail):
            values: npt.NDArray[Any] = base[rows]
            return values
        values = np.empty((len(rows), *tail.shape[1:]), tail.dtype)
        in_base = rows < self.base_size
        values[in_base] = base[rows[in_base]]
        values[~in_base] = tail[rows[~in_base] - self.base_size]
        return values

    def best(
        self, rows: npt.NDArray[np.int64], scores: npt.NDArray[Any], depth: int
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[Any]]:
        """The `depth` best of the rows and their scores: score descending, then passage id."""
        if len(rows) > 4 * depth:  # sort only the rows that can be among the best
            lowest = np.partition(scores, len(scores) - depth)[len(scores) - depth]
            keep = scores >= lowest
            rows, scores = rows[keep], scores[keep]
        order = np.lexsort((self.column("key", rows), -scores))[:depth]
        return rows[order], scores[order]


def first_indexes(info: CollectionInfo, base: Base, dead: npt.NDArray[np.int64], tail: Segment) -> Indexes:
    """The indexes of a newly opened base; `dead` has the `seq` that were deleted since the base was derived."""
    start = Indexes(
        info=info,
        base=base,
        base_live=np.ones(len(base.segment), np.bool_),
        tail=Segment.empty(base.segment.vectors.shape[1]),
        frequency_change={},
        total_length=base.total_length,
        last_seq=int(base.segment.ids[-1]) if len(base.segment) else 0,
    )
    return next_indexes(start, info, dead, tail)


def next_indexes(before: Indexes, info: CollectionInfo, dead: npt.NDArray[np.int64], added: Segment) -> Indexes:
    """`before` without the passages whose `seq` is in `dead`, and with `added`. An unknown `seq` is ignored."""
    base_dead = np.flatnonzero(np.isin(before.base.segment.ids, dead) & before.base_live)
    tail_dead = np.isin(before.tail.ids, dead)
    base_live = before.base_live
    if len(base_dead):
        base_live = base_live.copy()
        base_live[base_dead] = False
    change = Counter(before.frequency_change)
    gone_base = before.base.segment.take(base_dead)
    gone_tail = before.tail.take(np.flatnonzero(tail_dead))
    change.update(added.terms.tolist())
    change.subtract(gone_base.terms.tolist())
    change.subtract(gone_tail.terms.tolist())
    lost = int(gone_base.length.sum()) + int(gone_tail.length.sum())
    return Indexes(
        info=info,
        base=before.base,
        base_live=base_live,
        tail=Segment.concatenate([before.tail.take(np.flatnonzero(~tail_dead)), added]),
        frequency_change={t: n for t, n in change.items() if n},
        total_length=before.total_length + int(added.length.sum()) - lost,
        last_seq=int(added.ids[-1]) if len(added) else before.last_seq,
    )
