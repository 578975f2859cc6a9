"""An open collection at one moment: immutable, so a question takes the reference once and needs no lock.

The next snapshot is made from this one at the cost of what changed: the base is shared, the tail and the set of deleted
base rows are copied. Statistics (how many passages hold a term, their mean length) are exact over the
live passages, so answers cannot tell how the collection came to be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from qa_service.records import CollectionInfo, Filters, outlet_key
from qa_service.storage.local.base import Base
from qa_service.storage.local.segment import NO_DATE, Segment, hash64

__all__ = ["Snapshot", "first_snapshot", "next_snapshot"]


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Rows are numbered through: those of the base first, then those of the tail.

    `base_live` bool (n_base,) is False for deleted rows; every row of the tail is live. `frequency_change` is by
    how much
    a term's document frequency differs from the base's. `last_seq` is the highest `seq` seen so far.
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
        """Passages by which the base is out of date: what a merge would save every question."""
        return len(self.tail) + int(self.base_size - np.count_nonzero(self.base_live))

    @property
    def size(self) -> int:
        """Live passages."""
        return int(np.count_nonzero(self.base_live)) + len(self.tail)

    @cached_property
    def days(self) -> npt.NDArray[np.int32]:
        """Days on which its articles were published (proleptic ordinals), distinct and rising."""
        live = np.concatenate([self.base.segment.published[self.base_live], self.tail.published])
        return np.unique(live[live != NO_DATE])

    @cached_property
    def same_outlets(self) -> Mapping[int, int]:
        """Outlets that are written in several ways, by their hashes: each way to the first of them."""
        first: dict[str, str] = {}
        found = [(outlet, first.setdefault(outlet_key(outlet), outlet)) for outlet in self.info.outlets]
        return {hash64(outlet): hash64(one) for outlet, one in found if outlet != one}

    def rows(self, admitted: tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]) -> npt.NDArray[np.int64]:
        """The rows that `admitted` names, numbered through."""
        return np.concatenate([np.flatnonzero(admitted[0]), np.flatnonzero(admitted[1]) + self.base_size])

    @property
    def mean_length(self) -> float:
        """Mean number of lexical terms of a live passage; 1 in an empty collection."""
        return self.total_length / self.size if self.size else 1.0

    def document_frequency(self, terms: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Live passages in which each term occurs: int64, as long as `terms`."""
        change = np.array([self.frequency_change.get(t, 0) for t in terms.tolist()], np.int64)
        return self.base.document_frequency(terms) + change

    def admitted(self, filters: Filters) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Live rows that the filters admit, of the base and of the tail."""
        if not filters:
            return self.base_live, np.ones(len(self.tail), np.bool_)
        return self.base_live & self.base.segment.matching(filters), self.tail.matching(filters)

    def column(self, name: str, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.generic]:
        """A column's values at the given rows."""
        base, tail = getattr(self.base.segment, name), getattr(self.tail, name)
        values = np.empty((len(rows), *tail.shape[1:]), tail.dtype)
        in_base = rows < self.base_size
        values[in_base] = base[rows[in_base]]
        values[~in_base] = tail[rows[~in_base] - self.base_size]
        return values


def first_snapshot(info: CollectionInfo, base: Base, dead: npt.NDArray[np.int64], tail: Segment) -> Snapshot:
    """A snapshot of a freshly opened base: `dead` are the `seq` deleted since the base was derived."""
    start = Snapshot(
        info=info,
        base=base,
        base_live=np.ones(len(base.segment), np.bool_),
        tail=Segment.empty(base.segment.vectors.shape[1]),
        frequency_change={},
        total_length=base.total_length,
        last_seq=int(base.segment.seq[-1]) if len(base.segment) else 0,
    )
    return next_snapshot(start, info, dead, tail)


def next_snapshot(before: Snapshot, info: CollectionInfo, dead: npt.NDArray[np.int64], added: Segment) -> Snapshot:
    """`before`, less the passages whose `seq` is in `dead`, plus `added`. A `seq` that is unknown or dead already
    is ignored."""
    base_dead = np.flatnonzero(np.isin(before.base.segment.seq, dead) & before.base_live)
    tail_dead = np.isin(before.tail.seq, dead)
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
    return Snapshot(
        info=info,
        base=before.base,
        base_live=base_live,
        tail=Segment.concatenate([before.tail.take(np.flatnonzero(~tail_dead)), added]),
        frequency_change={t: n for t, n in change.items() if n},
        total_length=before.total_length + int(added.length.sum()) - lost,
        last_seq=int(added.seq[-1]) if len(added) else before.last_seq,
    )
