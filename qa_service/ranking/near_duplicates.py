"""The passages of a ranking that are copies of one another, found as they are taken.

Lexical terms, which are in memory, tell what may be a copy, so that only those few are read and compared (`copies`).
Passages of one article never are copies: they overlap, and each is where it is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from qa_service.storage.local.snapshot import Snapshot

__all__ = ["Bits", "NearDuplicates", "Rows", "bits_of", "term_bits"]

LEAST_TERMS = 0.5
"""Of a passage's distinct terms, what another must have that it may be a copy of."""
BUCKETS = 1024
"""Into which terms are hashed: a passage of 256 word pieces has some 90 of them."""
MOST_COMPARED, MORE_FOR_EACH = 400, 40
"""Pairs that one question reads and compares, and how many more for each passage taken after the first: what is like
many others costs no more than that, and a longer list begins as a shorter one."""
PARTS = (0, 100, 400)
"""Where the parts of a ranking begin in which copies of a passage are looked for: in each but the first only where
there are some in the part before."""

Rows = npt.NDArray[np.int64]
Bits = npt.NDArray[np.uint64]


class NearDuplicates:
    """Of the passages in `rows` (n,), best first; positions are in there. `is_copy(row, of)` reads and compares two."""

    def __init__(self, snapshot: Snapshot, rows: Rows, is_copy: Callable[[int, int], bool]) -> None:
        self._snapshot, self._rows, self._is_copy = snapshot, rows, is_copy
        self._articles = snapshot.column("article", rows)
        self._parts: dict[int, Bits] = {}
        self._alike: dict[tuple[int, int], list[int]] = {}
        self._copies: dict[tuple[int, int], bool] = {}
        self._taken = np.empty(0, np.int64)
        self._terms: Bits = np.empty((0, BUCKETS // 64), np.uint64)
        self._claimed = np.zeros(len(rows), np.bool_)

    def near(self, position: int) -> list[int]:
        """Positions, rising, that may be copies of the passage at `position`: those among the first 100."""
        return self._near(position, 0)

    def said(self, position: int) -> bool:
        """Whether the passage is taken, or is a copy of one that is. Those far down are compared only when they are
        asked about, since hardly any list is that long."""
        if not self._claimed[position] and position >= PARTS[1] and len(self._taken):
            own = self._bits(position)
            alike = np.bitwise_count(self._terms & own).sum(axis=1) >= LEAST_TERMS * np.bitwise_count(own).sum()
            alike &= self._articles[self._taken] != self._articles[position]
            self._claimed[position] = any(self._copied(position, above) for above in self._taken[alike].tolist())
        return bool(self._claimed[position])

    def take(self, position: int) -> list[int]:
        """Takes the passage at `position`, and claims its copies. Returns their positions, rising."""
        self._claimed[position] = True
        self._taken = np.append(self._taken, position)
        self._terms = np.append(self._terms, self._bits(position)[None], axis=0)
        copies: list[int] = []
        for part, begin in enumerate(PARTS):
            found = [other for other in self._near(position, part) if self._copied(other, position)]
            self._claimed[found] = True
            copies += found
            if not found and position < begin + len(self._part(part)):
                break
        return copies

    def _copied(self, lower: int, upper: int) -> bool:
        if (lower, upper) not in self._copies:
            if len(self._copies) >= MOST_COMPARED + MORE_FOR_EACH * (len(self._taken) - 1):
                return False
            self._copies[lower, upper] = self._is_copy(int(self._rows[lower]), int(self._rows[upper]))
        return self._copies[lower, upper]

    def _near(self, position: int, part: int) -> list[int]:
        if (position, part) not in self._alike:
            held, begin = self._part(part), PARTS[part]
            shared, size = np.bitwise_count(held & self._bits(position)).sum(axis=1), np.bitwise_count(held).sum(axis=1)
            other = self._articles[begin : begin + len(held)] != self._articles[position]
            alike = np.flatnonzero(other & (shared >= LEAST_TERMS * size)) + begin
            self._alike[position, part] = alike.tolist()
        return [other for other in self._alike[position, part] if not self._claimed[other]]

    def _bits(self, position: int) -> Bits:
        part = bisect_right(PARTS, position) - 1
        bits: Bits = self._part(part)[position - PARTS[part]]
        return bits

    def _part(self, part: int) -> Bits:
        if part not in self._parts:
            self._parts[part] = term_bits(self._snapshot, self._rows[slice(*(*PARTS, None)[part : part + 2])])
        return self._parts[part]


def term_bits(snapshot: Snapshot, rows: Rows) -> Bits:
    """For each row a bit for each bucket that one of its terms falls into: (n, BUCKETS / 64)."""
    owners: list[Rows] = []
    found: list[Rows] = []
    in_base = rows < snapshot.base_size
    for segment, chosen, first in ((snapshot.base.segment, in_base, 0), (snapshot.tail, ~in_base, snapshot.base_size)):
        positions, offsets = segment.term_positions(rows[chosen] - first)
        owners.append(np.repeat(np.flatnonzero(chosen), np.diff(offsets)))
        found.append(segment.terms[positions])
    return bits_of(np.concatenate(found), np.concatenate(owners), len(rows))


def bits_of(terms: Rows, owners: Rows, count: int) -> Bits:
    """As `term_bits`, of terms that belong to the owners beside them, which are numbered from 0."""
    held = np.zeros((count, BUCKETS), np.bool_)
    held[owners, terms & (BUCKETS - 1)] = True
    bits: Bits = np.packbits(held, axis=1).view(np.uint64)
    return bits
