"""The best match of each token of a question within each sentence of passages (MaxSim; Khattab & Zaharia, "ColBERT",
SIGIR 2020), for many passages in a few array operations.

All sums are of whole numbers that the floating-point type holds exactly, see `binary_tokens`. So the results of a
passage are the same bits whatever other passages are matched with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from qa_service.embedding.binary_tokens import cosine_unit, products, signs_of, unit_of, whole_numbers
from qa_service.records.encodings import TokenColumns

__all__ = ["SentenceMatches", "TokenMatcher", "sentence_cosines"]

_WEIGHT = 2.0**24
"""The whole number that stands for the weight 1. Matches are below 2^24, so weighted sums stay below 2^53."""


@dataclass(frozen=True, slots=True, eq=False)
class SentenceMatches:
    """The matches of the sentences of n passages. Sentences without tokens are left out.

    The rows of passage i are `offsets[i]:offsets[i + 1]`. `sentence` int64 (s,) has the numbers of the sentences in
    their passages. `matches` float32 (s, q) has the highest cosine of each token of the question, as a whole number.
    `late` float64 (s,) is the weighted mean of these cosines, without the title.

    `passage` float64 (n,) is late interaction with the whole passage and its title. `best` float64 (n,) is late
    interaction with the best sentence and the discounted tokens of the title. Both are 0 for a passage without tokens.
    """

    sentence: npt.NDArray[np.int64]
    offsets: npt.NDArray[np.int64]
    matches: npt.NDArray[np.float32]
    late: npt.NDArray[np.float64]
    passage: npt.NDArray[np.float64]
    best: npt.NDArray[np.float64]

    def of(self, at: int) -> SentenceMatches:
        """The matches of the passage `at`, as views."""
        own = slice(int(self.offsets[at]), int(self.offsets[at + 1]))
        offsets = self.offsets[at : at + 2] - self.offsets[at]
        one = slice(at, at + 1)
        return SentenceMatches(
            self.sentence[own], offsets, self.matches[own], self.late[own], self.passage[one], self.best[one]
        )


class TokenMatcher:
    """Matches the tokens of one question, float32 (q, d), with `weights` (q,) that sum to 1."""

    def __init__(self, vectors: npt.NDArray[np.float32], weights: npt.NDArray[np.float32]) -> None:
        self._whole = whole_numbers(vectors)
        self._weights = np.rint(weights.astype(np.float64) * _WEIGHT)
        self.unit = cosine_unit(vectors.shape[1])
        """The cosine that 1 in `SentenceMatches.matches` stands for."""

    def match(self, tokens: TokenColumns, title_credit: float) -> SentenceMatches:
        """The matches of passages. A match with the title counts in each sentence.

        It is multiplied by `title_credit`, and divided by the square root of the number of the article's passages.
        """
        found, offsets = products(self._whole, tokens.bits), tokens.offsets
        begins = np.flatnonzero(_changes(tokens.sentence, offsets))
        owner, number = np.searchsorted(offsets, begins, side="right") - 1, tokens.sentence[begins]
        runs, bounds = _maxima(found, begins), _bounds(owner, len(tokens))
        passage = self._weighted(_by_passage(runs, bounds, 0.0))

        body = number >= 0
        title = _by_passage(runs[~body], _bounds(owner[~body], len(tokens)), -np.inf)
        credited = np.rint(title * (title_credit / np.sqrt(tokens.siblings))[:, None])
        runs, owner, number = runs[body], owner[body], number[body]
        bounds = _bounds(owner, len(tokens))
        if not (changes := _changes(number, bounds)).all():  # a token without a sentence can split a sentence
            first = np.flatnonzero(changes)
            runs, owner, number = _maxima(runs, first), owner[first], number[first]
            bounds = _bounds(owner, len(tokens))
        with_title = self._weighted(np.maximum(runs, credited[owner]))
        best = _by_passage(with_title[:, None], bounds, -np.inf)[:, 0]
        best = np.where(np.isfinite(best), best, passage)
        return SentenceMatches(number, bounds, runs, self._weighted(runs), passage, best)

    def _weighted(self, matches: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
        """Weighted means of rows of whole numbers (n, q): float64 (n,)."""
        means: npt.NDArray[np.float64] = matches.astype(np.float64) @ self._weights * (self.unit / _WEIGHT)
        return means


def sentence_cosines(
    vector: npt.NDArray[np.float32], sentences: Sequence[npt.NDArray[np.uint8]]
) -> npt.NDArray[np.float64]:
    """Cosine of the question (d,) with each of s sentences, by the bits of its tokens: float64 (s,).

    A sentence's vector is the mean of its token vectors in the forward pass of the passage ("late chunking", Günther et
    al., 2024).
    """
    if not sentences:
        return np.empty(0, np.float64)
    sums = np.array([signs_of(bits, len(vector)).sum(axis=0) for bits in sentences], np.float64)
    lengths = np.sqrt(np.vecdot(sums, sums)) * unit_of(len(vector))
    cosines: npt.NDArray[np.float64] = sums @ whole_numbers(vector).astype(np.float64) / np.maximum(lengths, 1e-9)
    return cosines


def _changes(values: npt.NDArray[np.int64], bounds: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Whether a row has another value than the row before, or begins a passage: bool (n,)."""
    changes = np.empty(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=changes[1:])
    changes[bounds[:-1][bounds[:-1] < bounds[1:]]] = True
    return changes


def _bounds(owner: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.int64]:
    """The first row of each of `count` passages, and the number of rows: int64 (count + 1,). `owner` is sorted."""
    return np.searchsorted(owner, np.arange(count + 1))


def _maxima(values: npt.NDArray[Any], begins: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    """The highest values of each run of rows; `begins` are the first rows."""
    return np.maximum.reduceat(values, begins, axis=0) if len(begins) else values[:0]


def _by_passage(values: npt.NDArray[Any], bounds: npt.NDArray[np.int64], missing: float) -> npt.NDArray[np.float64]:
    """The highest values (n, k) of the rows of each passage; `missing` for a passage without rows."""
    found = np.full((len(bounds) - 1, values.shape[1]), missing)
    held = np.flatnonzero(bounds[:-1] < bounds[1:])
    found[held] = _maxima(values, bounds[held])
    return found
