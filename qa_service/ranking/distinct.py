"""Selects the head of a ranking without repetitions, since a passage that repeats another is not a rival of it.

It compares lexical terms alone, so it reads no text, and repetitions do not raise its cost. That is coarser than
`also_in` (`copies.py`). A report with a changed number is worth reading, but says nothing about the best passage's
distance from its rivals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa_service.ranking.pipeline import Positions
from qa_service.ranking.term_bits import Bits, TermBits, bits_of
from qa_service.storage.features import Features
from qa_service.storage.port import Ids, Snapshot

__all__ = ["distinct_head"]

LEAST_IN_PASSAGE = 0.5
"""Share of a passage's distinct terms that the repeated passage must have."""
LEAST_AROUND = 0.85
"""Share that the repeated passage must have together with its neighbours in the article, which can be cut elsewhere."""
FEWEST_TERMS, FEW_TERMS = 16, 24
"""A passage with fewer distinct terms than the first, title included, repeats nothing: many texts say the same. One
with fewer than the second repeats only passages that are no longer, since short texts with one title are alike."""


def distinct_head(
    snapshot: Snapshot, term_bits: TermBits, features: Features, at: Positions, terms: npt.NDArray[np.int64], most: int
) -> Positions:
    """Places in `at` (n,), best first, of the first `most` passages that do not repeat a passage above them.

    A passage repeats a passage of another article that has its terms. Both must have the same of the question's
    `terms`: a text of the same form about something else lacks the name in the question.
    """
    asked: Bits = bits_of(terms, np.zeros(len(terms), np.int64), 1)[0]
    kept = list[int]()
    passages = _Passages.of(snapshot, term_bits, features, at[:0])
    for begin in range(0, len(at), most):  # the first block is usually enough
        block = _Passages.of(snapshot, term_bits, features, at[begin : begin + most])
        repeats = np.zeros(len(block.ids), np.bool_)
        for above, alike in passages.alike(block, asked) if begin else ():
            repeats[passages.repeated(above, block, alike)] = True
        within = dict(block.alike(block, asked))
        distinct = []
        for place in range(len(block.ids)):
            if not repeats[place]:
                distinct.append(place)
                if place in within:
                    repeats[block.repeated(place, block, within[place])] = True
        kept += [begin + place for place in distinct]
        if len(kept) >= most:
            break
        passages = passages.with_some(block, np.array(distinct, np.int64))
    return np.array(kept[:most], np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class _Passages:
    """Passages of a ranking. `bits` (n, BUCKETS / 64) are their terms. `sizes` (n,) are their numbers of terms."""

    snapshot: Snapshot
    term_bits: TermBits
    ids: Ids
    articles: npt.NDArray[np.int64]
    bits: Bits
    sizes: npt.NDArray[np.int64]
    around: dict[int, Bits]
    """Passage id -> terms of the passage and its neighbours in the article."""

    @classmethod
    def of(cls, snapshot: Snapshot, term_bits: TermBits, features: Features, at: Positions) -> _Passages:
        ids = features.ids[at]
        bits = term_bits.of(ids)
        return cls(snapshot, term_bits, ids, features.article[at], bits, np.bitwise_count(bits).sum(axis=1), {})

    def with_some(self, others: _Passages, at: Positions) -> _Passages:
        """These passages, and after them the passages of `others` at the given places."""
        return _Passages(
            self.snapshot,
            self.term_bits,
            np.concatenate([self.ids, others.ids[at]]),
            np.concatenate([self.articles, others.articles[at]]),
            np.concatenate([self.bits, others.bits[at]]),
            np.concatenate([self.sizes, others.sizes[at]]),
            self.around,
        )

    def alike(self, block: _Passages, asked: Bits) -> Iterator[tuple[int, Positions]]:
        """Yields each place here whose passage can be repeated, with the places of its possible repeats in the block.

        A possible repeat belongs to another article, and half of its terms are in the passage here. Both passages have
        the same of the question's terms `asked`.
        """
        shared = np.bitwise_count(self.bits[:, None] & block.bits).sum(axis=2)
        alike = shared >= LEAST_IN_PASSAGE * block.sizes
        alike &= (self.articles[:, None] != block.articles) & (block.sizes >= FEWEST_TERMS)
        above, below = np.nonzero(alike)
        same = ((self.bits[above] ^ block.bits[below]) & asked == 0).all(axis=1)
        above, below = above[same], below[same]
        for place in np.unique(above).tolist():
            yield place, below[above == place]

    def repeated(self, place: int, block: _Passages, near: Positions) -> Positions:
        """The places among `near` in the block whose passages repeat the passage at `place`.

        The comparison takes that passage together with its neighbours in the article.
        """
        key = int(self.ids[place])
        if key not in self.around:
            (beside,) = self.snapshot.adjacent(self.ids[place : place + 1])
            self.around[key] = np.bitwise_or.reduce(self.term_bits.of(beside), axis=0) | self.bits[place]
        around = self.around[key]
        sizes = block.sizes[near]
        of = np.where(sizes < FEW_TERMS, np.maximum(sizes, self.sizes[place]), sizes)
        repeats: Positions = near[np.bitwise_count(block.bits[near] & around).sum(axis=1) >= LEAST_AROUND * of]
        return repeats
