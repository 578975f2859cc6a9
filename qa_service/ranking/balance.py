"""Where a question names several sources, each gets its passages: greedy, down the list.

The next passage is the one with the best score less `step` for each passage by which its source is ahead of the one
that has fewest. A passage's score becomes the lower one it was chosen by, so scores never rise down the list.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["balance", "first_of_each"]


def balance(
    scores: npt.NDArray[np.float64], named: npt.NDArray[np.bool_], step: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """`scores` (n,) fall; `named` is bool (s, n): which passage is of which source. A passage of none is never held
    back; a source that has no passage left holds nobody back.

    Returns the new order as positions, int64 (n,), and the scores in that order.
    """
    size = len(scores)
    taken = np.zeros(len(named), np.int64)
    left = np.ones(size, np.bool_)
    order, lowered = np.empty(size, np.int64), np.empty(size, np.float64)
    for place in range(size):
        waiting = (named & left).any(axis=1)
        fewest = int(taken[waiting].min()) if waiting.any() else 0
        ahead = np.where(named, taken[:, None] - fewest, np.iinfo(np.int64).max).min(
            axis=0, initial=np.iinfo(np.int64).max
        )
        held_back = step * np.where(named.any(axis=0), np.maximum(ahead, 0), 0)
        chosen = int(np.argmax(np.where(left, scores - held_back, -np.inf)))
        order[place] = chosen
        lowered[place] = min(scores[chosen] - held_back[chosen], lowered[place - 1] if place else np.inf)
        taken += named[:, chosen]
        left[chosen] = False
    return order, np.maximum(lowered, 0.0)


def first_of_each(named: npt.NDArray[np.bool_], depth: int) -> npt.NDArray[np.bool_]:
    """Which of n passages, best first, are looked at closely: the best `depth`, less what gives each of the sources in
    `named` (s, n) its own best: together half of the places."""
    sources, size = named.shape
    chosen = np.zeros(size, np.bool_)
    for line in named:
        chosen[np.flatnonzero(line)[: max(1, depth // (2 * sources))]] = True
    chosen[np.flatnonzero(~chosen)[: max(0, depth - np.count_nonzero(chosen))]] = True
    return chosen
