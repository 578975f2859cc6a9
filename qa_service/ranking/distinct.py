"""The head of a ranking without repetition: what another outlet prints too is no rival of what it repeats.

Judged by lexical terms alone, which are in memory, so that it costs the same however much repeats and reads nothing.
That is coarser than what is shown in `also_in` (`copies.py`): a report with one number changed is another passage to
read, and still no rival that tells how far the best passage stands out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa_service.ranking.near_duplicates import Bits, Rows, bits_of, term_bits
from qa_service.storage.local.snapshot import Snapshot

__all__ = ["distinct_head"]

LEAST_IN_PASSAGE = 0.5
"""Of a passage's distinct terms, what the one that it repeats must have."""
LEAST_AROUND = 0.85
"""What that one must have together with the passages beside it in its article, which may be cut elsewhere."""
FEWEST_TERMS, FEW_TERMS = 16, 24
"""A passage of fewer distinct terms than the first, title included, repeats nothing: what it says stands in many texts.
One of fewer than the second repeats only what is no longer: two texts under one title are alike, a short one the more.
"""
DEEPER = 8
"""How many heads are looked through at a time, after the first, until one of distinct passages is full."""


def distinct_head(snapshot: Snapshot, rows: Rows, terms: npt.NDArray[np.int64], most: int) -> Rows:
    """Positions in `rows` (n,), best first, of the first `most` passages that repeat none of those above them.

    One that repeats another is of another article, has its terms, and of the question's `terms` exactly those that it
    has: a text of the same form about something else lacks the name that is asked about.
    """
    asked: Bits = bits_of(terms, np.zeros(len(terms), np.int64), 1)[0]
    kept: list[int] = []
    passages: list[_Passage] = []
    begin, end = 0, most
    while begin < len(rows):
        block = _Block(snapshot, rows[begin:end], asked)
        repeats = np.zeros(len(block.rows), np.bool_)
        for passage in passages:
            repeats |= block.repeat(passage)
        for at in range(len(block.rows)):
            if repeats[at]:
                continue
            kept.append(begin + at)
            if len(kept) == most:
                return np.array(kept, np.int64)
            passages.append(
                _Passage(int(block.rows[at]), block.bits[at], int(block.sizes[at]), int(block.articles[at]))
            )
            repeats |= block.repeat(passages[-1])
        begin, end = end, end + DEEPER * most
    return np.array(kept, np.int64)


@dataclass(slots=True, eq=False)
class _Passage:
    row: int
    bits: Bits
    size: int
    article: int
    around: Bits | None = None


class _Block:
    """Some rows of a ranking, with their terms."""

    def __init__(self, snapshot: Snapshot, rows: Rows, asked: Bits) -> None:
        self._snapshot, self._asked = snapshot, asked
        self.rows = rows
        self.bits = term_bits(snapshot, rows)
        self.sizes = np.bitwise_count(self.bits).sum(axis=1)
        self.articles: Rows = snapshot.column("article", rows).astype(np.int64)

    def repeat(self, passage: _Passage) -> npt.NDArray[np.bool_]:
        """Which of them repeat the passage."""
        alike: npt.NDArray[np.bool_] = (
            np.bitwise_count(self.bits & passage.bits).sum(axis=1) >= LEAST_IN_PASSAGE * self.sizes
        )
        alike &= (self.articles != passage.article) & (self.sizes >= FEWEST_TERMS)
        if alike.any():
            alike &= ((self.bits ^ passage.bits) & self._asked == 0).all(axis=1)
        if (near := np.flatnonzero(alike)).size:
            if passage.around is None:
                passage.around = _around(self._snapshot, passage.row)
            sizes = self.sizes[near]
            of = np.where(sizes < FEW_TERMS, np.maximum(sizes, passage.size), sizes)
            alike[near] = np.bitwise_count(self.bits[near] & passage.around).sum(axis=1) >= LEAST_AROUND * of
        return alike


def _around(snapshot: Snapshot, row: int) -> Bits:
    """Terms of a passage and of those before and after it in its article, which stand beside it in the snapshot."""
    beside = np.arange(max(0, row - 1), min(row + 2, snapshot.base_size + len(snapshot.tail)))
    live = np.array([other >= snapshot.base_size or bool(snapshot.base_live[other]) for other in beside.tolist()])
    beside = beside[live]
    article = snapshot.column("article", beside)
    bits: Bits = np.bitwise_or.reduce(term_bits(snapshot, beside[article == article[beside == row]]), axis=0)
    return bits
