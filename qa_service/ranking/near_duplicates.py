"""The passages of a ranking that are copies of one another, found as they are taken.

Lexical terms, which are in memory, tell what may be a copy, so that only those few are read and compared (`copies`).
Passages of one article never are copies: they overlap, and each is where it is.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np
import numpy.typing as npt

from qa_service.storage.snapshot import Snapshot

__all__ = ["NearDuplicates"]

LEAST_TERMS = 0.5
"""Of a passage's distinct terms, what another must have that it may be a copy of."""
BUCKETS = 1024
"""Into which terms are hashed: a passage of 256 word pieces has some 90 of them."""
MOST_COMPARED = 400
"""Pairs that one question reads and compares: what is like many others costs no more than that."""
DEPTH, MORE = 100, 400
"""Rows among which copies of a passage are looked for; the second where there are some among the first."""

Rows = npt.NDArray[np.int64]
Bits = npt.NDArray[np.uint64]


class NearDuplicates:
    """Of the passages in `rows` (n,), best first; positions are in there. `is_copy(row, of)` reads and compares two."""

    def __init__(self, snapshot: Snapshot, rows: Rows, is_copy: Callable[[int, int], bool]) -> None:
        self._snapshot, self._is_copy = snapshot, is_copy
        self._rows: Rows = rows[:MORE]
        self._articles = snapshot.column("article", self._rows)
        self._compared = 0
        self._alike: dict[tuple[int, int], list[int]] = {}
        self.claimed = np.zeros(len(rows), np.bool_)
        """Which are taken, or are copies of one that is."""

    def near(self, position: int) -> list[int]:
        """Positions, rising, that may be copies of the passage at `position`, one of the first 100."""
        return self._near(self._first[position], position, 0, self._first)

    def take(self, position: int) -> list[int]:
        """Takes the passage at `position`, and claims its copies. Returns their positions, rising."""
        self.claimed[position] = True
        if position >= len(self._rows):
            return []
        own = self._first[position] if position < DEPTH else self._second[position - DEPTH]
        found = self._claim(self._near(own, position, 0, self._first), position)
        if found or position >= DEPTH:
            found += self._claim(self._near(own, position, DEPTH, self._second), position)
        return found

    def _claim(self, near: list[int], position: int) -> list[int]:
        rows = self._rows.tolist()
        near = near[: MOST_COMPARED - self._compared]
        self._compared += len(near)
        found = [other for other in near if self._is_copy(rows[other], rows[position])]
        self.claimed[found] = True
        return found

    def _near(self, own: Bits, position: int, begin: int, held: Bits) -> list[int]:
        if (position, begin) not in self._alike:
            shared, size = np.bitwise_count(held & own).sum(axis=1), np.bitwise_count(held).sum(axis=1)
            other = self._articles[begin : begin + len(held)] != self._articles[position]
            alike = np.flatnonzero(other & (shared >= LEAST_TERMS * size)) + begin
            self._alike[position, begin] = alike.tolist()
        return [other for other in self._alike[position, begin] if not self.claimed[other]]

    @cached_property
    def _first(self) -> Bits:
        return _buckets(self._snapshot, self._rows[:DEPTH])

    @cached_property
    def _second(self) -> Bits:
        return _buckets(self._snapshot, self._rows[DEPTH:])


def _buckets(snapshot: Snapshot, rows: Rows) -> Bits:
    """For each row a bit for each bucket that one of its terms falls into: (n, BUCKETS / 64)."""
    held = np.zeros((len(rows), BUCKETS), np.bool_)
    in_base = rows < snapshot.base_size
    for segment, chosen, first in ((snapshot.base.segment, in_base, 0), (snapshot.tail, ~in_base, snapshot.base_size)):
        positions, offsets = segment.term_positions(rows[chosen] - first)
        owner = np.repeat(np.flatnonzero(chosen), np.diff(offsets))
        held[owner, segment.terms[positions] & (BUCKETS - 1)] = True
    bits: Bits = np.packbits(held, axis=1).view(np.uint64)
    return bits
