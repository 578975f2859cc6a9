"""Balances several sources that a question names, greedily, down the list.

The next passage has the best `score * (1 - step) ** n`, where its source is n passages ahead of the source with the
fewest. A passage's score becomes this lower one, and scores fall from each passage to the next.
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np
import numpy.typing as npt

__all__ = ["balance", "first_of_each"]


def balance(
    scores: npt.NDArray[np.float64], named: npt.NDArray[np.bool_], step: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """The new order as positions, int64 (n,), and the scores in that order.

    `scores` (n,) fall. `named` bool (s, n) says which passage is of which source. A passage of no source is never
    lowered, and a source without remaining passages lowers no other.
    """
    # Passages of the same sources are lowered alike, so only the first of each such group can be next.
    groups: dict[tuple[int, ...], deque[int]] = {}
    for position, line in enumerate(named.T.tolist()):
        groups.setdefault(tuple(source for source, held in enumerate(line) if held), deque()).append(position)
    own, factors = scores.tolist(), ((1 - step) ** np.arange(len(scores) + 1)).tolist()
    taken = [0] * len(named)
    order: list[int] = []
    lowered: list[float] = []
    while groups:
        fewest = min((taken[source] for sources in groups for source in sources), default=0)
        offers = []
        for sources, left in groups.items():
            ahead = max(min(taken[source] for source in sources) - fewest, 0) if sources else 0
            offers.append((-own[left[0]] * factors[ahead], left[0], sources))
        held_back, chosen, sources = min(offers)
        order.append(chosen)
        # Each score is lower than the last, so sorting by score and id keeps this order.
        lowered.append(min(-held_back, math.nextafter(lowered[-1], 0)) if lowered else -held_back)
        for source in sources:
            taken[source] += 1
        groups[sources].popleft()
        if not groups[sources]:
            del groups[sources]
    return np.array(order, np.int64), np.array(lowered, np.float64)


def first_of_each(named: npt.NDArray[np.bool_], depth: int, few: int) -> npt.NDArray[np.bool_]:
    """Which of n passages, best first, are reranked: the best `depth`, and the best `few` of each source in `named`
    (s, n)."""
    chosen = np.zeros(named.shape[1], np.bool_)
    chosen[:depth] = True
    for line in named:
        chosen[np.flatnonzero(line)[:few]] = True
    return chosen
