"""Finds passages of a ranking that are copies of each other, while passages are taken.

Shared lexical terms show which passages can be copies. Only those few are read and compared (`copies`). Passages of one
article are never copies of each other, since they overlap.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from qa_service.ranking.term_bits import Bits
from qa_service.storage.port import Ids

__all__ = ["NearDuplicates"]

LEAST_TERMS = 0.5
"""Share of a passage's distinct terms that the passage it copies must have."""
MOST_COMPARED, MORE_FOR_EACH = 400, 40
"""Pairs that one question compares at most, and how many more for each passage taken after the first. So a collection
full of copies costs no more, and a longer list begins like a shorter one."""
PARTS = (0, 100, 400)
"""Where the parts of a ranking begin. Copies are looked for in a later part only if the part before has some."""


class NearDuplicates:
    """Finds copies among the passages `ids` (n,), best first. A position is an index into `ids`.

    `articles` (n,) are the numbers of their articles. `term_bits` gives the bits of passages, see `TermBits.of`.
    `is_copy(id, of)` compares two passages by their ids.
    """

    def __init__(
        self,
        ids: Ids,
        articles: npt.NDArray[np.int64],
        term_bits: Callable[[Ids], Bits],
        is_copy: Callable[[int, int], bool],
    ) -> None:
        self._ids, self._articles, self._term_bits, self._is_copy = ids, articles, term_bits, is_copy
        self._parts: dict[int, tuple[Bits, npt.NDArray[np.int64]]] = {}
        self._alike: dict[tuple[int, int], list[int]] = {}
        self._copies: dict[tuple[int, int], bool] = {}
        self._taken: list[int] = []
        self._claimed = [False] * len(ids)

    def near(self, position: int) -> list[int]:
        """Positions, ascending, among the first 100 that can be copies of the passage at `position`."""
        return self._near(position, 0)

    def is_claimed(self, position: int) -> bool:
        """Whether the passage is taken, or is a copy of a taken one. Passages far down are compared only when this is
        called, since few lists are that long."""
        if not self._claimed[position] and position >= PARTS[1] and len(self._taken):
            own, taken = self._bits(position), np.array(self._taken)
            terms = np.array([self._bits(above) for above in self._taken])
            alike = np.bitwise_count(terms & own).sum(axis=1) >= LEAST_TERMS * np.bitwise_count(own).sum()
            alike &= self._articles[taken] != self._articles[position]
            self._claimed[position] = any(self._copied(position, above) for above in taken[alike].tolist())
        return self._claimed[position]

    def take(self, position: int) -> list[int]:
        """Take the passage at `position` and claim its copies. Returns the positions of the copies, ascending."""
        self._claimed[position] = True
        self._taken.append(position)
        copies: list[int] = []
        for part, begin in enumerate(PARTS):
            found = [other for other in self._near(position, part) if self._copied(other, position)]
            for other in found:
                self._claimed[other] = True
            copies += found
            if not found and position < begin + len(self._part(part)[0]):
                break
        return copies

    def _copied(self, lower: int, upper: int) -> bool:
        if (lower, upper) not in self._copies:
            if len(self._copies) >= MOST_COMPARED + MORE_FOR_EACH * (len(self._taken) - 1):
                return False
            self._copies[lower, upper] = self._is_copy(int(self._ids[lower]), int(self._ids[upper]))
        return self._copies[lower, upper]

    def _near(self, position: int, part: int) -> list[int]:
        if (position, part) not in self._alike:
            (held, size), begin = self._part(part), PARTS[part]
            shared = np.bitwise_count(held & self._bits(position)).sum(axis=1)
            other = self._articles[begin : begin + len(held)] != self._articles[position]
            alike = np.flatnonzero(other & (shared >= LEAST_TERMS * size)) + begin
            self._alike[position, part] = alike.tolist()
        return [other for other in self._alike[position, part] if not self._claimed[other]]

    def _bits(self, position: int) -> Bits:
        part = bisect_right(PARTS, position) - 1
        bits: Bits = self._part(part)[0][position - PARTS[part]]
        return bits

    def _part(self, part: int) -> tuple[Bits, npt.NDArray[np.int64]]:
        """The bits of the passages of a part, and the number of bits of each passage."""
        if part not in self._parts:
            bits = self._term_bits(self._ids[slice(*(*PARTS, None)[part : part + 2])])
            self._parts[part] = bits, np.bitwise_count(bits).sum(axis=1)
        return self._parts[part]
