"""Finds passages of a ranking that are copies of each other, while passages are taken.

Shared lexical terms show which passages can be copies. Only those few are read and compared (`copies`). Passages of one
article are never copies of each other, since they overlap.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from qa_service.ranking.pipeline import Positions
from qa_service.storage.features import Features

__all__ = ["Bits", "NearDuplicates", "bits_of", "term_bits"]

LEAST_TERMS = 0.5
"""Share of a passage's distinct terms that the passage it copies must have."""
BUCKETS = 1024
"""Number of buckets that terms are hashed into. A passage of 256 word pieces has some 90 terms."""
MOST_COMPARED, MORE_FOR_EACH = 400, 40
"""Pairs that one question compares at most, and how many more for each passage taken after the first. So a collection
full of copies costs no more, and a longer list begins like a shorter one."""
PARTS = (0, 100, 400)
"""Where the parts of a ranking begin. Copies are looked for in a later part only if the part before has some."""

Bits = npt.NDArray[np.uint64]


class NearDuplicates:
    """Copies among the passages `at` (n,) of `features`, best first. Positions are places in `at`. `is_copy(id, of)`
    compares two passages by their ids."""

    def __init__(self, features: Features, at: Positions, is_copy: Callable[[int, int], bool]) -> None:
        self._features, self._at, self._is_copy = features, at, is_copy
        self._ids: list[int] = features.ids[at].tolist()
        self._articles = features.article[at]
        self._parts: dict[int, Bits] = {}
        self._alike: dict[tuple[int, int], list[int]] = {}
        self._copies: dict[tuple[int, int], bool] = {}
        self._taken = np.empty(0, np.int64)
        self._terms: Bits = np.empty((0, BUCKETS // 64), np.uint64)
        self._claimed = np.zeros(len(at), np.bool_)

    def near(self, position: int) -> list[int]:
        """Positions, rising, among the first 100 that can be copies of the passage at `position`."""
        return self._near(position, 0)

    def is_claimed(self, position: int) -> bool:
        """Whether the passage is taken, or is a copy of a taken one. Passages far down are compared only when this is
        called, since few lists are that long."""
        if not self._claimed[position] and position >= PARTS[1] and len(self._taken):
            own = self._bits(position)
            alike = np.bitwise_count(self._terms & own).sum(axis=1) >= LEAST_TERMS * np.bitwise_count(own).sum()
            alike &= self._articles[self._taken] != self._articles[position]
            self._claimed[position] = any(self._copied(position, above) for above in self._taken[alike].tolist())
        return bool(self._claimed[position])

    def take(self, position: int) -> list[int]:
        """Take the passage at `position` and claim its copies. Returns the positions of the copies, rising."""
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
            self._copies[lower, upper] = self._is_copy(self._ids[lower], self._ids[upper])
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
            self._parts[part] = term_bits(self._features, self._at[slice(*(*PARTS, None)[part : part + 2])])
        return self._parts[part]


def term_bits(features: Features, at: Positions) -> Bits:
    """A bit for each bucket that a term of the passage falls into: (n, BUCKETS / 64), of the passages `at`."""
    positions, offsets = features.term_positions(at)
    return bits_of(features.terms[positions], np.repeat(np.arange(len(at)), np.diff(offsets)), len(at))


def bits_of(terms: Positions, owners: Positions, count: int) -> Bits:
    """The bits of `count` owners, as `term_bits` has them; `owners` has the number of each term's owner."""
    held = np.zeros((count, BUCKETS), np.bool_)
    held[owners, terms & (BUCKETS - 1)] = True
    bits: Bits = np.packbits(held, axis=1).view(np.uint64)
    return bits
