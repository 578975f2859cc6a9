"""Passages spread over articles, outlets and what they say, chosen one by one, the best offer first.

Among passages that are nearly as good, one of another article or outlet comes first: an offer is the passage's score
times `(1 - step) ** a * (1 - step / 2) ** o`, with a passages of its article taken before, and o of its outlet's other
articles. The best passage of an article is never held back by that article, so that where outlets are not known or
there is one alone, the order of articles is what it was.

Maximal marginal relevance (Carbonell & Goldstein, SIGIR 1998) over the passages' vectors, as a product: `score * (1 -
diversity * c)` takes the place of the score, c its highest cosine with those taken before. Their sum of relevance and
novelty would bring up what is merely different: of no relevance, and with a score above its own.
"""

from __future__ import annotations

import heapq
from collections import Counter, deque
from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["Balance", "MarginalRelevance", "OutletBalance"]

MOST_HELD_BACK = 4
"""Passages after which further ones are held back no more than that."""


class Balance:
    """How much each of n passages is held back by those taken. `articles` and `outlets` say whose they are; an article
    without an outlet is an outlet of its own."""

    def __init__(self, articles: Sequence[Hashable], outlets: Sequence[Hashable], step: float) -> None:
        self._articles, self._outlets = articles, outlets
        self._of_article = [(1 - step) ** taken for taken in range(MOST_HELD_BACK + 1)]
        # Where all are of one outlet, there is nothing to balance.
        half = step / 2 if len(set(outlets)) > 1 else 0.0
        self._of_outlet = [(1 - half) ** taken for taken in range(MOST_HELD_BACK + 1)]
        self._taken: Counter[Hashable] = Counter()
        self._by_outlet: Counter[Hashable] = Counter()

    def factor(self, position: int) -> float:
        article, outlet = self._articles[position], self._outlets[position]
        own = self._taken[article]
        others = self._by_outlet[outlet] - own
        return self._of_article[min(own, MOST_HELD_BACK)] * self._of_outlet[min(others, MOST_HELD_BACK)]

    def take(self, position: int) -> None:
        self._taken[self._articles[position]] += 1
        self._by_outlet[self._outlets[position]] += 1


class OutletBalance:
    """Offers n passages, whose `scores` (n,) fall. Each offer is final: it is taken, or it is passed over and holds
    nobody back."""

    def __init__(self, scores: npt.NDArray[np.float64], articles: Sequence[Hashable], balance: Balance) -> None:
        self._scores: list[float] = scores.tolist()
        self._articles, self._balance = articles, balance
        # Passages of one article are held back alike, so only its first one left can be next.
        self._left: dict[Hashable, deque[int]] = {}
        for position, article in enumerate(articles):
            self._left.setdefault(article, deque()).append(position)
        self._offers = [(-self._scores[own[0]], own.popleft()) for own in self._left.values()]
        heapq.heapify(self._offers)

    def offer(self) -> tuple[int, float] | None:
        """The position of the next passage and what it offers; None where none is left."""
        while self._offers:
            offered, position = self._offers[0]
            now = self._scores[position] * self._balance.factor(position)
            if now >= -offered:
                return position, now
            heapq.heapreplace(self._offers, (-now, position))  # another article of its outlet was taken since
        return None

    def answer(self, taken: bool) -> None:
        """To the offer at hand."""
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
    """Offers n passages as `OutletBalance` does, those unlike the ones taken before first; `vectors` (n, d) are of unit
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
