"""The best match of each token of a question within each sentence of passages (MaxSim; Khattab & Zaharia, "ColBERT",
SIGIR 2020), for many passages in a few array operations.

All sums are of whole numbers that the floating-point type holds exactly, see `binary_tokens`. So the results of a
passage are the same bits whatever other passages are matched with it.
"""

from __future__ import annotations

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
    """The matches of n passages. The sentences of passage i, those that have tokens, are `offsets[i]:offsets[i + 1]`.

    `sentence` int64 (s,) has their numbers in the passage. `matches` float32 (s, q) are the highest cosines of each
    token of the question, as whole numbers. `late` float64 (s,) is their weighted mean, without the title.
    `passage` float64 (n,) is late interaction with the whole passage and its title, `best` with its best sentence and
    the title's discounted tokens. A passage without tokens has 0.
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
        """Match passages. A match with the title counts in each sentence, times `title_credit` over the root of the
        number of the article's passages."""
        count = len(tokens)
        found = products(self._whole, tokens.bits)
        first = np.zeros(len(found), np.bool_)
        first[tokens.offsets[:-1][np.diff(tokens.offsets) > 0]] = True
        first[1:] |= tokens.sentence[1:] != tokens.sentence[:-1]
        begins = np.flatnonzero(first)
        owner, number = np.searchsorted(tokens.offsets, begins, side="right") - 1, tokens.sentence[begins]
        runs = _maxima(found, begins)
        passage = self._weighted(_by_owner(runs, owner, count, 0.0))

        body = number >= 0
        title = _by_owner(runs[~body], owner[~body], count, -np.inf)
        runs, owner, number = runs[body], owner[body], number[body]
        # A token without a place in the text counts to the title. It can divide a sentence.
        whole = np.flatnonzero((np.diff(owner, prepend=-1) != 0) | (np.diff(number, prepend=-1) != 0))
        runs, owner, number = _maxima(runs, whole), owner[whole], number[whole]
        credited = np.rint(title * (title_credit / np.sqrt(tokens.siblings))[:, None])
        with_title = self._weighted(np.maximum(runs, credited[owner]))
        best = _by_owner(with_title[:, None], owner, count, -np.inf)[:, 0]
        offsets = np.searchsorted(owner, np.arange(count + 1))
        return SentenceMatches(
            number, offsets, runs, self._weighted(runs), passage, np.where(np.isfinite(best), best, passage)
        )

    def _weighted(self, matches: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
        """Weighted means of rows of whole numbers (n, q): float64 (n,)."""
        means: npt.NDArray[np.float64] = matches.astype(np.float64) @ self._weights * (self.unit / _WEIGHT)
        return means


def sentence_cosines(
    vector: npt.NDArray[np.float32], tokens: TokenColumns
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Cosine of the question (d,) with each sentence that has tokens: float64 (s,), in the order of `SentenceMatches`,
    and the offsets of the passages, int64 (n + 1,).

    A sentence's vector is the mean of its token vectors in the passage's own forward pass ("late chunking", Günther et
    al., 2024).
    """
    own = np.flatnonzero(tokens.sentence >= 0)
    owner = np.searchsorted(tokens.offsets, own, side="right") - 1
    changes = (np.diff(owner, prepend=-1) != 0) | (np.diff(tokens.sentence[own], prepend=-1) != 0)
    begins = np.flatnonzero(changes)
    offsets = np.searchsorted(owner[begins], np.arange(len(tokens) + 1))
    if not len(own):
        return np.empty(0, np.float64), offsets
    sums = np.add.reduceat(signs_of(tokens.bits[own], len(vector)), begins, axis=0).astype(np.float64)
    lengths = np.sqrt(np.vecdot(sums, sums)) * unit_of(len(vector))
    return sums @ whole_numbers(vector).astype(np.float64) / np.maximum(lengths, 1e-9), offsets


def _maxima(values: npt.NDArray[Any], begins: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    """The highest values of each run of rows; `begins` are the first rows."""
    return np.maximum.reduceat(values, begins, axis=0) if len(begins) else values[:0]


def _by_owner(
    values: npt.NDArray[Any], owner: npt.NDArray[np.int64], count: int, missing: float
) -> npt.NDArray[np.float64]:
    """The highest values (n, k) of the rows of each owner, which rises; `missing` for an owner without rows."""
    found = np.full((count, values.shape[1]), missing)
    begins = np.flatnonzero(np.diff(owner, prepend=-1))
    found[owner[begins]] = _maxima(values, begins)
    return found
