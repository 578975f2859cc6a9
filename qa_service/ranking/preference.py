"""Articles of the sources and dates that a question names rank higher; others stay.

    score' = (1 - s - d) * score + s * [of a source that is named] + d * [of a date that is named]

An article without a date counts half: nobody knows. Where no article is of the dates named, they say when something
happened and not when it was written, and count nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from qa_service.records import Filters, Interpretation, SourceMention
from qa_service.storage.local.segment import NO_DATE, hash_terms
from qa_service.storage.local.snapshot import Snapshot

__all__ = ["Admitted", "Marks", "Preference", "source_filters"]

UNKNOWN_DATE = 0.5

Admitted = tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """Of n passages: `named` bool (s, n), which are of which source, a line for each of the distinct ones that the
    question names; `suits` float64 (n,), how well each is of the dates named, None where they count nothing."""

    named: npt.NDArray[np.bool_]
    of_any: npt.NDArray[np.bool_]
    suits: npt.NDArray[np.float64] | None

    def at(self, positions: npt.NDArray[np.int64]) -> Marks:
        suits = None if self.suits is None else self.suits[positions]
        return Marks(self.named[:, positions], self.of_any[positions], suits)

    def apply(
        self, scores: npt.NDArray[np.float64], *, source_weight: float, date_weight: float
    ) -> npt.NDArray[np.float64]:
        """`score'` of the passages, whose scores are `scores` (n,)."""
        source_weight = source_weight if len(self.named) else 0.0
        date_weight = date_weight if self.suits is not None else 0.0
        if not (source_weight or date_weight):
            return scores
        preferred = (1 - source_weight - date_weight) * scores
        if source_weight:
            preferred = preferred + source_weight * self.of_any
        if date_weight and self.suits is not None:
            preferred = preferred + date_weight * self.suits
        return preferred


@dataclass(frozen=True, eq=False)
class Preference:
    """For one question over one snapshot. `dated`: something admitted is of the dates named."""

    snapshot: Snapshot
    interpretation: Interpretation
    dated: bool

    @classmethod
    def of(cls, snapshot: Snapshot, interpretation: Interpretation, admitted: Admitted) -> Preference:
        dated = bool(interpretation.dates) and any(
            bool((_of_dates(column, interpretation) & mask).any())
            for column, mask in zip((snapshot.base.segment.published, snapshot.tail.published), admitted, strict=True)
        )
        return cls(snapshot, interpretation, dated)

    def marks(self, rows: npt.NDArray[np.int64]) -> Marks:
        """Whatever the weights; so one reading serves many of them."""
        outlet, author = self.snapshot.column("outlet", rows), self.snapshot.column("author", rows)
        distinct = dict.fromkeys((m.outlets, m.authors) for m in self.interpretation.sources)
        lines = [np.isin(outlet, hash_terms(o)) | np.isin(author, hash_terms(a)) for o, a in distinct]
        named = np.array(lines, np.bool_).reshape(len(lines), len(rows))
        of_any = np.logical_or.reduce(named, axis=0)
        suits = None
        if self.dated:
            published = self.snapshot.column("published", rows)
            suits = np.where(published == NO_DATE, UNKNOWN_DATE, _of_dates(published, self.interpretation))
        return Marks(named, of_any, suits)


def source_filters(filters: Filters, source: SourceMention) -> list[Filters]:
    """Filters that admit what `filters` do of one source: its outlets, its bylines."""
    outlets = tuple(o for o in source.outlets if not filters.outlet or o in filters.outlet)
    authors = tuple(a for a in source.authors if not filters.author or a in filters.author)
    found = [replace(filters, outlet=outlets)] if outlets else []
    return [*found, replace(filters, author=authors)] if authors else found


def _of_dates(published: npt.NDArray[np.generic], interpretation: Interpretation) -> npt.NDArray[np.bool_]:
    days = np.asarray(published)
    mask = np.zeros(len(days), np.bool_)
    for span in interpretation.dates:
        first = span.first.toordinal() if span.first else 1
        last = span.last.toordinal() if span.last else np.iinfo(np.int32).max
        mask |= (days >= first) & (days <= last)
    return mask
