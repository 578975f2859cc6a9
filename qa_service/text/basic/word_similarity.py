"""Similarity of words by their letters, for languages that the model does not read.

The similarity of two words is Dice's coefficient (Dice, "Measures of the Amount of Ecologic Association Between
Species", Ecology 1945) of their sets of character trigrams, with a mark at each end. Character n-grams replace a
stemmer in many languages (McNamee & Mayfield, "Character N-Gram Tokenization for European Language Text Retrieval",
Information Retrieval 2004).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from qa_service.text.basic.terms import normal_words

__all__ = ["WordMatcher", "trigrams"]


@lru_cache(maxsize=1 << 16)
def trigrams(word: str) -> frozenset[str]:
    """The trigrams of a word: `mali` gives `_ma mal ali li_`. A number gives itself: 2024 does not resemble 2025."""
    if not any(c.isalpha() for c in word):
        return frozenset((word,))
    marked = f"_{word}_"
    return frozenset(marked[i : i + 3] for i in range(max(1, len(marked) - 2)))


class WordMatcher:
    """Compares texts with the words of one question, which are normalised and distinct. The weights sum to 1.

    It caches its comparisons, since similar passages share words and sentences. Not thread-safe.
    """

    def __init__(self, words: Sequence[str], weights: npt.NDArray[np.float64]) -> None:
        self.words, self.weights = tuple(words), weights
        self._own = [trigrams(word) for word in self.words]
        self._any: frozenset[str] = frozenset().union(*self._own)
        self._by_word: dict[str, npt.NDArray[np.float64] | None] = {}
        self._by_text: dict[str, npt.NDArray[np.float64]] = {}

    def matches(self, texts: Iterable[str]) -> npt.NDArray[np.float64]:
        """Highest similarity of each question word to a word of each text: float64 (t, q), in [0, 1]."""
        return np.array([self._match(text) for text in texts]).reshape(-1, len(self.words))

    def best_words(self, text: str) -> list[tuple[int, int, float] | None]:
        """For each question word, start, end and similarity of the most similar word in `text`; None if none is."""
        best: list[tuple[int, int, float] | None] = [None] * len(self.words)
        for start, end, word in normal_words(text):
            found = self._known(word)
            for i, similarity in enumerate(() if found is None else found.tolist()):
                if similarity > (0.0 if (before := best[i]) is None else before[2]):
                    best[i] = start, end, similarity
        return best

    def scores(self, matches: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Weighted mean of each row of `matches` (t, q): float64 (t,), in [0, 1]."""
        means: npt.NDArray[np.float64] = np.minimum((matches * self.weights).sum(axis=1), 1.0)
        return means

    def _match(self, text: str) -> npt.NDArray[np.float64]:
        if text not in self._by_text:
            best = np.zeros(len(self.words))
            for word in {word for _, _, word in normal_words(text)}:
                if (found := self._known(word)) is not None:
                    np.maximum(best, found, out=best)
            self._by_text[text] = best
        return self._by_text[text]

    def _known(self, word: str) -> npt.NDArray[np.float64] | None:
        if word not in self._by_word:
            self._by_word[word] = self._similarities(word)
        return self._by_word[word]

    def _similarities(self, word: str) -> npt.NDArray[np.float64] | None:
        """Similarity of `word` to each question word; None if it is similar to none."""
        other = trigrams(word)
        if other.isdisjoint(self._any):
            return None
        return np.array([2 * len(own & other) / (len(own) + len(other)) for own in self._own])
