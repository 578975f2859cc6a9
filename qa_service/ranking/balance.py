"""Where a question names several sources, each gets its passages: greedy, down the list.

The next passage is the one with the best `score * (1 - step) ** n`, n the passages by which its source is ahead of the
one that has fewest. A passage's score becomes the lower one it was chosen by, and scores fall from each passage to the
next.
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
    of_any = named.any(axis=0)
    order, lowered = np.empty(size, np.int64), np.empty(size, np.float64)
    for place in range(size):
        waiting = (named & left).any(axis=1)
        fewest = int(taken[waiting].min()) if waiting.any() else 0
        least = np.where(named, taken[:, None], np.iinfo(np.int64).max).min(axis=0)
        ahead = np.where(of_any, np.maximum(least - fewest, 0), 0)
        held_back = scores * (1 - step) ** ahead
        chosen = int(np.argmax(np.where(left, held_back, -np.inf)))
        order[place] = chosen
        # ever lower, so that the order by score and id is this one
        lowered[place] = min(held_back[chosen], np.nextafter(lowered[place - 1], 0) if place else np.inf)
        taken += named[:, chosen]
        left[chosen] = False
    return order, lowered


def first_of_each(named: npt.NDArray[np.bool_], depth: int, few: int) -> npt.NDArray[np.bool_]:
    """Which of n passages, best first, are looked at closely: the best `depth`, and the best `few` of each source in
    `named` (s, n)."""
    chosen = np.zeros(named.shape[1], np.bool_)
    chosen[:depth] = True
    for line in named:
        chosen[np.flatnonzero(line)[:few]] = True
    return chosen
