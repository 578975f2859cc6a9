"""Spreads passages over articles, outlets and content: it offers them one by one, the best offer first.

If two passages are nearly as good, the passage of another article or outlet comes first. An offer is the passage's
score times `(1 - step) ** a * (1 - step / 2) ** o`: a passages of its article and o passages of its outlet's other
articles were taken before. An article never lowers its best passage. With a single outlet, the order of articles stays.

Diversity is maximal marginal relevance (Carbonell & Goldstein, SIGIR 1998) over the passages' vectors, as a product:
`score * (1 - diversity * c)` replaces the score, where c is the highest cosine with the passages taken before. A sum of
relevance and novelty would raise passages that are different but not relevant.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["Offers"]

MOST_HELD_BACK = 4
"""Further passages of the same article or outlet do not lower a score any more."""


class Offers:
    """Offers n passages, each once. A taken passage lowers the others; a skipped passage lowers none.

    `scores` (n,) fall. `articles` and `outlets` (n,) identify those of each passage; an article without an outlet needs
    a separate outlet. `vectors` (n, d) have unit length. `diversity` is from 0 to 1, with 0 they are not read.
    """

    def __init__(
        self,
        scores: npt.NDArray[np.float64],
        articles: npt.NDArray[np.int64],
        outlets: npt.NDArray[np.int64],
        step: float,
        *,
        vectors: npt.NDArray[np.float32] | None = None,
        diversity: float = 0.0,
    ) -> None:
        self._scores, self._diversity = scores, diversity
        self._articles, self._outlets = articles, outlets
        # With a single outlet there is nothing to balance.
        half = step / 2 if (outlets != outlets[:1]).any() else 0.0
        self._of_article = np.array([(1 - step) ** taken for taken in range(MOST_HELD_BACK + 1)])
        self._of_outlet = np.array([(1 - half) ** taken for taken in range(MOST_HELD_BACK + 1)])
        self._same_article = np.zeros(len(scores), np.int64)
        self._same_outlet = np.zeros(len(scores), np.int64)
        self._cosines = np.clip(vectors @ vectors.T, 0, 1).astype(np.float64) if vectors is not None else None
        self._nearest = np.zeros(len(scores))
        self._free = np.ones(len(scores), np.bool_)
        self._offered = -1

    def offer(self) -> tuple[int, float] | None:
        """The position of the next passage and its offer; None if all were offered."""
        if not self._free.any():
            return None
        own = np.minimum(self._same_article, MOST_HELD_BACK)
        others = np.minimum(self._same_outlet - self._same_article, MOST_HELD_BACK)
        factors = self._of_article[own] * self._of_outlet[others]
        offers = self._scores * (1 - self._diversity * self._nearest) * factors
        self._offered = int(np.where(self._free, offers, -np.inf).argmax())
        return self._offered, float(offers[self._offered])

    def answer(self, taken: bool) -> None:
        """Tell whether the offered passage was taken."""
        offered = self._offered
        self._free[offered] = False
        if taken:
            self._same_article += self._articles == self._articles[offered]
            self._same_outlet += self._outlets == self._outlets[offered]
            if self._cosines is not None:
                self._nearest = np.maximum(self._nearest, self._cosines[offered])
