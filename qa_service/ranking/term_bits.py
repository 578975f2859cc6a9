"""Sets of lexical terms as bits, to compare many passages at once: a bit for each bucket that a term falls into."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from qa_service.storage.features import Terms
from qa_service.storage.port import Ids, Snapshot

__all__ = ["BUCKETS", "Bits", "TermBits", "bits_of"]

BUCKETS = 1024
"""Number of buckets that terms are hashed into. A passage of 256 word pieces has some 90 terms."""

Bits = npt.NDArray[np.uint64]


class TermBits:
    """The bits of passages of a snapshot. It reads each passage's terms once.

    Raises (as does every method):
        PassageGone: a passage was deleted.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._places: dict[int, int] = {}
        self._read_terms: list[tuple[int, Terms]] = []
        """The terms of each read, with the place of its first passage."""
        self._bits: Bits = np.empty((0, BUCKETS // 64), np.uint64)

    def of(self, ids: Ids) -> Bits:
        """The bits of these passages: (n, BUCKETS / 64)."""
        at = self._read(ids)
        found: Bits = self._bits[at] if at else self._bits[:0]
        return found

    def terms(self, ids: Ids) -> set[int]:
        """All terms of these passages together."""
        found: set[int] = set()
        for at in self._read(ids):
            first, read = next(one for one in reversed(self._read_terms) if one[0] <= at)
            begin, end = read.term_offsets[at - first : at - first + 2]
            found.update(read.terms[begin:end].tolist())
        return found

    def _read(self, ids: Ids) -> list[int]:
        """The places of these passages. It reads the missing ones."""
        keys = ids.tolist()
        if missing := [key for key in dict.fromkeys(keys) if key not in self._places]:
            read = self._snapshot.terms(np.array(missing, np.int64))
            owners = np.repeat(np.arange(len(missing)), np.diff(read.term_offsets))
            self._read_terms.append((len(self._bits), read))
            self._places |= zip(missing, range(len(self._bits), len(self._bits) + len(missing)), strict=True)
            self._bits = np.concatenate([self._bits, bits_of(read.terms, owners, len(missing))])
        return [self._places[key] for key in keys]


def bits_of(terms: npt.NDArray[np.int64], owners: npt.NDArray[np.int64], count: int) -> Bits:
    """The bits (count, BUCKETS / 64) of the `terms`; `owners` has the number of each term's owner."""
    held = np.zeros(count * BUCKETS, np.bool_)
    held[owners * BUCKETS + (terms & (BUCKETS - 1))] = True
    bits: Bits = np.packbits(held).view(np.uint64).reshape(count, BUCKETS // 64)
    return bits
