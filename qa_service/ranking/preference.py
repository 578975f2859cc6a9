"""Raises articles of the sources and dates that a question names.

    score' = (1 - s - d) * score + s * [of a named source] + d * [of a named date]

An article without a date counts half, because its date is unknown. If no article has a named date, the dates count
nothing: they say when something happened, not when an article was written.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from qa_service.ranking.parameters import Parameters
from qa_service.records import Filters, Interpretation, SourceMention
from qa_service.storage.features import NO_DATE, Features, hash_terms
from qa_service.storage.port import Snapshot

__all__ = ["Marks", "Preference", "source_filters"]

UNKNOWN_DATE = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """What the question names of n passages. `named` bool (s, n) has a line for each distinct source, `of_any` (n,) is
    their union. `suits` float64 (n,) says how well each has a named date; None if dates count nothing."""

    named: npt.NDArray[np.bool_]
    of_any: npt.NDArray[np.bool_]
    suits: npt.NDArray[np.float64] | None

    def at(self, positions: npt.NDArray[np.int64]) -> Marks:
        """The marks of the passages at these positions."""
        suits = None if self.suits is None else self.suits[positions]
        return Marks(self.named[:, positions], self.of_any[positions], suits)

    def apply(self, scores: npt.NDArray[np.float64], parameters: Parameters) -> npt.NDArray[np.float64]:
        """The preferred scores (n,), `score'` above, of the passages with these `scores` (n,)."""
        source_weight = parameters.source_weight if len(self.named) else 0.0
        date_weight = parameters.date_weight if self.suits is not None else 0.0
        if not (source_weight or date_weight):
            return scores
        preferred = (1 - source_weight - date_weight) * scores
        if source_weight:
            preferred = preferred + source_weight * self.of_any
        if date_weight and self.suits is not None:
            preferred = preferred + date_weight * self.suits
        return preferred


@dataclass(frozen=True, slots=True)
class Preference:
    """The preference of a question over a snapshot. `dated`: an admitted passage has a named date."""

    interpretation: Interpretation
    dated: bool

    @classmethod
    def of(cls, snapshot: Snapshot, interpretation: Interpretation, filters: Filters) -> Preference:
        """The preference among the passages that the filters admit."""
        spans = [(mention.first, mention.last) for mention in interpretation.dates]
        return cls(interpretation, bool(spans) and snapshot.published_within(spans, filters))

    def marks(self, features: Features, at: npt.NDArray[np.int64] | slice = slice(None)) -> Marks:
        """The marks of the passages `at`. They do not depend on the weights, so many settings share them."""
        outlet, author, published = features.outlet[at], features.author[at], features.published[at]
        distinct = dict.fromkeys((m.outlets, m.authors) for m in self.interpretation.sources)
        lines = [np.isin(outlet, hash_terms(o)) | np.isin(author, hash_terms(a)) for o, a in distinct]
        named = np.array(lines, np.bool_).reshape(len(lines), len(outlet))
        of_any = np.logical_or.reduce(named, axis=0)
        suits = None
        if self.dated:
            suits = np.where(published == NO_DATE, UNKNOWN_DATE, self._of_dates(published))
        return Marks(named, of_any, suits)

    def _of_dates(self, published: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
        mask = np.zeros(len(published), np.bool_)
        for span in self.interpretation.dates:
            first = span.first.toordinal() if span.first else 1
            last = span.last.toordinal() if span.last else np.iinfo(np.int32).max
            mask |= (published >= first) & (published <= last)
        return mask


def source_filters(filters: Filters, source: SourceMention) -> list[Filters]:
    """Narrow the filters to a source: one result for its outlets, one for its bylines."""
    outlets = tuple(o for o in source.outlets if not filters.outlet or o in filters.outlet)
    authors = tuple(a for a in source.authors if not filters.author or a in filters.author)
    found = [replace(filters, outlet=outlets)] if outlets else []
    return [*found, replace(filters, author=authors)] if authors else found
