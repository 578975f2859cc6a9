"""The rows that a search may return."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

__all__ = ["Admitted"]


@dataclass(frozen=True, eq=False)
class Admitted:
    """The live rows that filters admit: `base` bool (n_base,), `tail` bool (n_tail,). Properties
    are cached, because many questions have the same filters."""

    base: npt.NDArray[np.bool_]
    tail: npt.NDArray[np.bool_]

    @cached_property
    def base_count(self) -> int:
        return int(np.count_nonzero(self.base))

    @cached_property
    def base_rows(self) -> npt.NDArray[np.int64]:
        """The numbers of the admitted base rows, ascending."""
        return np.flatnonzero(self.base)

    @cached_property
    def tail_rows(self) -> npt.NDArray[np.int64]:
        """The numbers of the admitted rows within the tail, ascending."""
        return np.flatnonzero(self.tail)

    @cached_property
    def bits(self) -> npt.NDArray[np.uint8]:
        """`base` as a bitmap for FAISS."""
        return np.packbits(self.base, bitorder="little")

    @property
    def count(self) -> int:
        return self.base_count + len(self.tail_rows)
