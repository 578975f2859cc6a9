"""Changes of document frequencies since the base was derived."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["FrequencyChange"]


@dataclass(frozen=True, slots=True, eq=False)
class FrequencyChange:
    """The change in the number of passages with each term: the sum over `layers`, which are immutable.

    A commit adds a layer. Two layers become one when the older has less than twice the terms of the newer, as in a
    log-structured merge tree (O'Neil et al., 1996). So a commit costs what it changes, and there are few layers.
    """

    layers: tuple[Counter[int], ...] = ()

    def of(self, terms: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The change for each of the terms (n,): int64 (n,)."""
        return np.array([sum(layer[term] for layer in self.layers) for term in terms.tolist()], np.int64)

    def after(self, added: npt.NDArray[np.int64], *removed: npt.NDArray[np.int64]) -> FrequencyChange:
        """The change when passages were added and removed: the terms of each of them, one passage after another."""
        newest = Counter(added.tolist())
        for terms in removed:
            newest.subtract(terms.tolist())
        if not newest:
            return self
        layers = list(self.layers)
        while layers and len(layers[-1]) < 2 * len(newest):
            merged = Counter(layers.pop())
            for term, count in newest.items():
                merged[term] += count
            newest = merged
        return FrequencyChange((*layers, newest))
