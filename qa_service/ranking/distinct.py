"""The head of a ranking without repetition: what another outlet prints too is no rival of what it repeats.

Judged by lexical terms alone, which are in memory, so that it costs the same however much repeats and reads nothing.
That is coarser than what is shown in `also_in` (`copies.py`): a report with one number changed is another passage to
read, and still no rival that tells how far the best passage stands out.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from qa_service.ranking.near_duplicates import Bits, Rows, bits_of, term_bits
from qa_service.storage.snapshot import Snapshot

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
"""How many heads are looked through, before the whole ranking is, for one of distinct passages."""


def distinct_head(snapshot: Snapshot, rows: Rows, terms: npt.NDArray[np.int64], most: int) -> Rows:
    """Positions in `rows` (n,), best first, of the first `most` passages that repeat none of those above them.

    One that repeats another is of another article, has its terms, and of the question's `terms` exactly those that it
    has: a text of the same form about something else lacks the name that is asked about.
    """
    asked = _asked_bits(terms)
    for depth in (most, DEEPER * most, len(rows)):
        kept = _distinct(snapshot, rows[:depth], asked, most)
        if len(kept) == most or depth >= len(rows):
            break
    return kept


def _distinct(snapshot: Snapshot, rows: Rows, asked: Bits, most: int) -> Rows:
    bits = term_bits(snapshot, rows)
    sizes = np.bitwise_count(bits).sum(axis=1)
    articles = snapshot.column("article", rows)
    repeats = sizes < 0
    kept: list[int] = []
    for at in range(len(rows)):
        if repeats[at]:
            continue
        kept.append(at)
        if len(kept) == most:
            break
        below = slice(at + 1, None)
        alike = np.bitwise_count(bits[below] & bits[at]).sum(axis=1) >= LEAST_IN_PASSAGE * sizes[below]
        if not alike.any():
            continue
        alike &= ~repeats[below] & (articles[below] != articles[at]) & (sizes[below] >= FEWEST_TERMS)
        alike &= ((bits[below] ^ bits[at]) & asked == 0).all(axis=1)
        if (near := np.flatnonzero(alike) + at + 1).size:
            shared = np.bitwise_count(bits[near] & _around(snapshot, int(rows[at]))).sum(axis=1)
            of = np.where(sizes[near] < FEW_TERMS, np.maximum(sizes[near], sizes[at]), sizes[near])
            repeats[near[shared >= LEAST_AROUND * of]] = True
    return np.array(kept, np.int64)


def _around(snapshot: Snapshot, row: int) -> Bits:
    """Terms of a passage and of those before and after it in its article, which stand beside it in the snapshot."""
    beside = np.arange(max(0, row - 1), min(row + 2, snapshot.base_size + len(snapshot.tail)))
    live = np.array([other >= snapshot.base_size or bool(snapshot.base_live[other]) for other in beside.tolist()])
    beside = beside[live]
    article = snapshot.column("article", beside)
    bits: Bits = np.bitwise_or.reduce(term_bits(snapshot, beside[article == article[beside == row]]), axis=0)
    return bits


def _asked_bits(terms: npt.NDArray[np.int64]) -> Bits:
    asked: Bits = bits_of(terms, np.zeros(len(terms), np.int64), 1)[0]
    return asked
