"""The indexes of a collection at one moment. They are immutable: a question takes the reference once and needs no lock.

The next indexes share the base and copy the tail and the set of deleted base rows, so they cost only the changes.
Statistics count exactly the live passages, so earlier additions and deletions do not change an answer.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from qa_service.errors import CollectionCorrupt
from qa_service.records import CollectionInfo, Filters
from qa_service.records.encodings import MOST_SIBLINGS, TokenColumns
from qa_service.storage.features import NO_DATE, Features, Statistics, Terms
from qa_service.storage.local.admitted import Admitted
from qa_service.storage.local.base import Base
from qa_service.storage.local.encodings import Encodings, Places
from qa_service.storage.local.frequency_change import FrequencyChange
from qa_service.storage.local.segment import Segment
from qa_service.storage.port import PassageGone

__all__ = ["Indexes", "first_indexes", "next_indexes"]

_FILTERS_KEPT = 16
"""Number of filters whose admitted rows are cached. Each takes a byte for each passage."""
_SELECTED = 50_000


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
    frequency_change: FrequencyChange
    total_length: int
    last_seq: int

    @property
    def base_size(self) -> int:
        return len(self.base.segment)

    @property
    def changed(self) -> int:
        """Number of passages by which the base is out of date."""
        return len(self.tail) + self.base_size - self.admitted(Filters()).base_count

    @cached_property
    def size(self) -> int:
        """Number of live passages."""
        return self.admitted(Filters()).count

    @cached_property
    def days(self) -> npt.NDArray[np.int32]:
        """Days on which live passages were published: proleptic ordinals, distinct and ascending."""
        return self.days_of(self.admitted(Filters()))

    @property
    def mean_length(self) -> float:
        """Mean number of lexical terms of a live passage; 1 in an empty collection."""
        return self.total_length / self.size if self.size else 1.0

    def document_frequency(self, terms: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Number of live passages that hold each term: int64, as long as `terms`."""
        return self.base.document_frequency(terms) + self.frequency_change.of(terms)

    def statistics(self, terms: npt.NDArray[np.int64]) -> Statistics:
        return Statistics(self.size, self.mean_length, self.document_frequency(terms))

    def admitted(self, filters: Filters) -> Admitted:
        """The live rows that the filters admit."""
        found = self._admitted.get(filters)
        if found is None:
            if not filters:
                found = Admitted(self.base_live, np.ones(len(self.tail), np.bool_))
            else:
                found = Admitted(self.base_live & self.base.segment.matching(filters), self.tail.matching(filters))
            if len(self._admitted) >= _FILTERS_KEPT:
                self._admitted.clear()
            self._admitted[filters] = found
        return found

    @cached_property
    def _admitted(self) -> dict[Filters, Admitted]:
        return {}

    def live_base(self) -> list[Segment]:
        """The live passages of the base, in portions: selecting takes three times the memory of what it selects."""
        live = self.admitted(Filters()).base_rows
        if len(live) == self.base_size:
            return [self.base.segment]
        return [self.base.segment.select(live[at : at + _SELECTED]) for at in range(0, len(live), _SELECTED)]

    def days_of(self, admitted: Admitted) -> npt.NDArray[np.int32]:
        """Days on which admitted passages were published, as `days`."""
        published = np.asarray(self.base.segment.published)
        base = published if admitted.base_count == len(published) else published[admitted.base_rows]
        days: npt.NDArray[np.int32] = np.concatenate([base, self.tail.published[admitted.tail_rows]])
        days = days[days != NO_DATE]
        if not len(days):
            return np.empty(0, np.int32)
        first = int(days.min())
        seen = np.zeros(int(days.max()) - first + 1, np.bool_)
        seen[days - first] = True  # much faster than sorting
        distinct: npt.NDArray[np.int32] = (np.flatnonzero(seen) + first).astype(np.int32)
        return distinct

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
        rows = rows[np.argsort(self.column("key", rows))]
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
        """The siblings of passages, see `BinaryTokens`. It searches `article`, which is sorted in base and tail."""
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
        if len(rows) > depth:  # sort only the rows that can be among the best
            lowest = np.partition(scores, len(scores) - depth)[len(scores) - depth]
            keep = scores >= lowest
            rows, scores = rows[keep], scores[keep]
        order = np.argsort(self.column("key", rows))  # two sorts take half the time of `lexsort`
        order = order[np.argsort(-scores[order], kind="stable")[:depth]]
        return rows[order], scores[order]


def first_indexes(info: CollectionInfo, base: Base, dead: npt.NDArray[np.int64], tail: Segment) -> Indexes:
    """The indexes of a newly opened base; `dead` has the `seq` that were deleted since the base was derived."""
    start = Indexes(
        info=replace(info, exact=base.exact),
        base=base,
        base_live=np.ones(len(base.segment), np.bool_),
        tail=Segment.empty(base.segment.vectors.shape[1]),
        frequency_change=FrequencyChange(),
        total_length=base.total_length,
        last_seq=int(base.segment.ids[-1]) if len(base.segment) else 0,
    )
    return next_indexes(start, info, dead, tail)


def next_indexes(before: Indexes, info: CollectionInfo, dead: npt.NDArray[np.int64], added: Segment) -> Indexes:
    """`before` without the passages whose `seq` is in `dead`, and with `added`. An unknown `seq` is ignored."""
    base_dead = _rows_with(before.base.segment.ids, dead)
    base_dead = base_dead[before.base_live[base_dead]]
    tail_dead = _rows_with(before.tail.ids, dead)
    base_live, tail = before.base_live, before.tail
    if len(base_dead):
        base_live = base_live.copy()
        base_live[base_dead] = False
    gone_base, gone_tail = before.base.segment.terms_of(base_dead), tail.terms_of(tail_dead)
    if len(tail_dead):
        tail = tail.select(np.delete(np.arange(len(tail)), tail_dead))
    if len(added) or not len(tail):  # an empty tail takes the files of `added`
        tail = Segment.concatenate([tail, added])
    lost = int(gone_base.length.sum()) + int(gone_tail.length.sum())
    return Indexes(
        info=replace(info, exact=before.base.exact),
        base=before.base,
        base_live=base_live,
        tail=tail,
        frequency_change=before.frequency_change.after(added.terms, gone_base.terms, gone_tail.terms),
        total_length=before.total_length + int(added.length.sum()) - lost,
        last_seq=int(added.ids[-1]) if len(added) else before.last_seq,
    )


def _rows_with(ids: npt.NDArray[np.int64], wanted: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The rows of the `wanted` ids that are in `ids`. `ids` are sorted."""
    if not len(ids) or not len(wanted):
        return np.empty(0, np.int64)
    rows = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    return np.unique(rows[ids[rows] == wanted])
