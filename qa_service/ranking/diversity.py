"""Passages spread over articles, outlets and content, chosen one by one, the best offer first.

Of passages that are nearly as good, one of another article or outlet comes first. An offer is the passage's score times
`(1 - step) ** a * (1 - step / 2) ** o`: a passages of its article and o of its outlet's other articles were taken
before. An article never lowers its best passage. So if no outlet is known, or there is only one, the order of articles
does not change.

Diversity is maximal marginal relevance (Carbonell & Goldstein, SIGIR 1998) over the passages' vectors, as a product:
`score * (1 - diversity * c)` replaces the score, where c is the highest cosine with the passages taken before. A sum of
relevance and novelty would raise passages that are different but not relevant.
"""

from __future__ import annotations

import heapq
from collections import Counter, deque
from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["Balance", "MarginalRelevance", "OutletBalance"]

MOST_HELD_BACK = 4
"""Passages after which further ones are lowered no more."""


class Balance:
    """How much the taken passages lower each of n passages. `articles` and `outlets` (n,) identify theirs; an article
    without an outlet counts as a separate outlet."""

    def __init__(self, articles: Sequence[Hashable], outlets: Sequence[Hashable], step: float) -> None:
        self._articles, self._outlets = articles, outlets
        self._of_article = [(1 - step) ** taken for taken in range(MOST_HELD_BACK + 1)]
        # If all are of one outlet, there is nothing to balance.
        half = step / 2 if len(set(outlets)) > 1 else 0.0
        self._of_outlet = [(1 - half) ** taken for taken in range(MOST_HELD_BACK + 1)]
        self._taken: Counter[Hashable] = Counter()
        self._by_outlet: Counter[Hashable] = Counter()

    def factor(self, position: int) -> float:
        """What the score of the passage at `position` is multiplied by."""
        article, outlet = self._articles[position], self._outlets[position]
        own = self._taken[article]
        others = self._by_outlet[outlet] - own
        return self._of_article[min(own, MOST_HELD_BACK)] * self._of_outlet[min(others, MOST_HELD_BACK)]

    def take(self, position: int) -> None:
        """Count the passage at `position` as taken."""
        self._taken[self._articles[position]] += 1
        self._by_outlet[self._outlets[position]] += 1


class OutletBalance:
    """Offers n passages, whose `scores` (n,) fall. Each passage is offered once: it is taken, or skipped and lowers no
    other."""

    def __init__(self, scores: npt.NDArray[np.float64], articles: Sequence[Hashable], balance: Balance) -> None:
        self._scores: list[float] = scores.tolist()
        self._articles, self._balance = articles, balance
        # Passages of one article are lowered alike, so only the first of them can be next.
        self._left: dict[Hashable, deque[int]] = {}
        for position, article in enumerate(articles):
            self._left.setdefault(article, deque()).append(position)
        self._offers = [(-self._scores[own[0]], own.popleft()) for own in self._left.values()]
        heapq.heapify(self._offers)

    def offer(self) -> tuple[int, float] | None:
        """The position of the next passage and its offer; None if none is left."""
        while self._offers:
            offered, position = self._offers[0]
            now = self._scores[position] * self._balance.factor(position)
            if now >= -offered:
                return position, now
            heapq.heapreplace(self._offers, (-now, position))  # another article of its outlet was taken since
        return None

    def answer(self, taken: bool) -> None:
        """Tell whether the offered passage was taken."""
        position = self._offers[0][1]
        if taken:
            self._balance.take(position)
        left = self._left[self._articles[position]]
        if left:
            following = left.popleft()
            heapq.heapreplace(self._offers, (-self._scores[following] * self._balance.factor(following), following))
        else:
            heapq.heappop(self._offers)


class MarginalRelevance:
    """Offers n passages as `OutletBalance` does, those first that are unlike the taken ones. `vectors` (n, d) have unit
    length, `diversity` is from 0 to 1."""

    def __init__(
        self,
        scores: npt.NDArray[np.float64],
        vectors: npt.NDArray[np.float32],
        diversity: float,
        balance: Balance,
    ) -> None:
        self._balance = balance
        self._cosines = np.clip(vectors @ vectors.T, 0, 1).astype(np.float64)
        self._nearest = np.zeros(len(scores))
        self._scores, self._diversity = scores, diversity
        self._free = np.ones(len(scores), np.bool_)
        self._offered = -1

    def offer(self) -> tuple[int, float] | None:
        if not self._free.any():
            return None
        factors = np.array([self._balance.factor(position) for position in range(len(self._free))])
        offers = self._scores * (1 - self._diversity * self._nearest) * factors
        self._offered = int(np.where(self._free, offers, -np.inf).argmax())
        return self._offered, float(offers[self._offered])

    def answer(self, taken: bool) -> None:
        self._free[self._offered] = False
        if taken:
            self._nearest = np.maximum(self._nearest, self._cosines[self._offered])
            self._balance.take(self._offered)
