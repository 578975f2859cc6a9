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
from qa_service.storage.segment import NO_DATE, hash_terms
from qa_service.storage.snapshot import Snapshot

__all__ = ["Admitted", "Preference", "source_filters"]

UNKNOWN_DATE = 0.5

Admitted = tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]


@dataclass(frozen=True, eq=False)
class Preference:
    """For one question over one snapshot. The weights are those of `score'` above."""

    snapshot: Snapshot
    interpretation: Interpretation
    source_weight: float
    date_weight: float

    @classmethod
    def of(
        cls,
        snapshot: Snapshot,
        interpretation: Interpretation,
        admitted: Admitted,
        *,
        source_weight: float,
        date_weight: float,
    ) -> Preference:
        """With a weight of 0 where nothing is named, or nothing admitted is of the dates named."""
        dated = bool(interpretation.dates) and any(
            bool((_of_dates(column, interpretation) & mask).any())
            for column, mask in zip((snapshot.base.segment.published, snapshot.tail.published), admitted, strict=True)
        )
        return cls(
            snapshot,
            interpretation,
            source_weight if interpretation.sources else 0.0,
            date_weight if dated else 0.0,
        )

    def apply(self, rows: npt.NDArray[np.int64], scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """`score'` of the rows."""
        if not (self.source_weight or self.date_weight):
            return scores
        preferred = (1 - self.source_weight - self.date_weight) * scores
        if self.source_weight:
            preferred = preferred + self.source_weight * self.named(rows).any(axis=0)
        if self.date_weight:
            published = self.snapshot.column("published", rows)
            suits = np.where(published == NO_DATE, UNKNOWN_DATE, _of_dates(published, self.interpretation))
            preferred = preferred + self.date_weight * suits
        return preferred

    def named(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Which rows are of which source: bool (s, n), a line for each of the sources named, distinct ones only."""
        outlet, author = self.snapshot.column("outlet", rows), self.snapshot.column("author", rows)
        distinct = dict.fromkeys((m.outlets, m.authors) for m in self.interpretation.sources)
        lines = [np.isin(outlet, hash_terms(o)) | np.isin(author, hash_terms(a)) for o, a in distinct]
        return np.array(lines, np.bool_).reshape(len(lines), len(rows))


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
