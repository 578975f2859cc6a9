"""Selects the head of a ranking without repetitions, since a passage that repeats another is not a rival of it.

It compares lexical terms alone, so it reads no text, and repetitions do not raise its cost. That is coarser than
`also_in` (`copies.py`). A report with a changed number is worth reading, but says nothing about the best passage's
distance from its rivals.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa_service.ranking.near_duplicates import Bits, bits_of, term_bits
from qa_service.ranking.pipeline import Positions
from qa_service.storage.features import Features
from qa_service.storage.port import Snapshot

__all__ = ["distinct_head"]

LEAST_IN_PASSAGE = 0.5
"""Share of a passage's distinct terms that the repeated passage must have."""
LEAST_AROUND = 0.85
"""Share that the repeated passage must have together with its neighbours in the article, which can be cut elsewhere."""
FEWEST_TERMS, FEW_TERMS = 16, 24
"""A passage with fewer distinct terms than the first, title included, repeats nothing: many texts say the same. One
with fewer than the second repeats only passages that are no longer, since short texts with one title are alike."""
DEEPER = 8
"""After the first head, this many heads are examined at a time, until enough distinct passages are found."""


def distinct_head(
    snapshot: Snapshot, features: Features, at: Positions, terms: npt.NDArray[np.int64], most: int
) -> Positions:
    """Places in `at` (n,), best first, of the first `most` passages that do not repeat a passage above them.

    A passage repeats a passage of another article that has its terms. Both must have the same of the question's
    `terms`: a text of the same form about something else lacks the name in the question.
    """
    asked: Bits = bits_of(terms, np.zeros(len(terms), np.int64), 1)[0]
    kept: list[int] = []
    passages: list[_Passage] = []
    begin, end = 0, most
    while begin < len(at):
        block = _Block(snapshot, features, at[begin:end], asked)
        repeats = np.zeros(len(block.ids), np.bool_)
        for passage in passages:
            repeats |= block.repeat(passage)
        for place, own in enumerate(block.ids):
            if repeats[place]:
                continue
            kept.append(begin + place)
            if len(kept) == most:
                return np.array(kept, np.int64)
            passages.append(_Passage(own, block.bits[place], int(block.sizes[place]), int(block.articles[place])))
            repeats |= block.repeat(passages[-1])
        begin, end = end, end + DEEPER * most
    return np.array(kept, np.int64)


@dataclass(slots=True, eq=False)
class _Passage:
    passage: int
    bits: Bits
    size: int
    article: int
    around: Bits | None = None
    """Terms of the passage and of its neighbours."""


class _Block:
    """A part of a ranking, with the terms of its passages."""

    def __init__(self, snapshot: Snapshot, features: Features, at: Positions, asked: Bits) -> None:
        self._snapshot, self._asked = snapshot, asked
        self.ids: list[int] = features.ids[at].tolist()
        self.bits = term_bits(features, at)
        self.sizes = np.bitwise_count(self.bits).sum(axis=1)
        self.articles = features.article[at]

    def repeat(self, passage: _Passage) -> npt.NDArray[np.bool_]:
        """Which passages of the block repeat the passage: bool (n,)."""
        alike: npt.NDArray[np.bool_] = (
            np.bitwise_count(self.bits & passage.bits).sum(axis=1) >= LEAST_IN_PASSAGE * self.sizes
        )
        alike &= (self.articles != passage.article) & (self.sizes >= FEWEST_TERMS)
        if alike.any():
            alike &= ((self.bits ^ passage.bits) & self._asked == 0).all(axis=1)
        if (near := np.flatnonzero(alike)).size:
            if passage.around is None:
                passage.around = self._around(passage)
            sizes = self.sizes[near]
            of = np.where(sizes < FEW_TERMS, np.maximum(sizes, passage.size), sizes)
            alike[near] = np.bitwise_count(self.bits[near] & passage.around).sum(axis=1) >= LEAST_AROUND * of
        return alike

    def _around(self, passage: _Passage) -> Bits:
        (beside,) = self._snapshot.adjacent(np.array([passage.passage]))
        if not len(beside):
            return passage.bits
        neighbours = self._snapshot.features(beside)
        bits: Bits = np.bitwise_or.reduce(term_bits(neighbours, np.arange(len(neighbours))), axis=0) | passage.bits
        return bits
