"""The embedder's output for a passage and for a question."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["MOST_SIBLINGS", "BinaryTokens", "PassageEncoding", "QueryEncoding"]

MOST_SIBLINGS = 16
"""Passages of an article are counted up to this number."""


@dataclass(frozen=True, slots=True, eq=False)
class PassageEncoding:
    """Output of one forward pass over title and passage.

    `vector` is float32 (d,) of unit length. `token_bits` is uint8 (t, ceil(d / 8)): the binary token embeddings, one
    sign bit per dimension. `token_spans` is int32 (t, 2): start and end of each token in the *passage*, in code points;
    (0, 0) for a token of the title.
    """

    vector: npt.NDArray[np.float32]
    token_bits: npt.NDArray[np.uint8]
    token_spans: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class QueryEncoding:
    """Output for a question: `vector` float32 (d,), `token_vectors` float32 (t, d), `token_spans` int32 (t, 2).

    All vectors have unit length.
    """

    vector: npt.NDArray[np.float32]
    token_vectors: npt.NDArray[np.float32]
    token_spans: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class BinaryTokens:
    """Binary token embeddings of a passage: one bit a dimension, the sign of each token's vector.

    `bits` is uint8 (t, ceil(d / 8)). `spans` is int32 (t, 2), into the passage. `sentence` is int64 (t,): the index of
    each token's sentence, -1 for tokens of the title. `siblings` is the number of passages of the article, this one
    included, counted up to `MOST_SIBLINGS`.
    """

    bits: npt.NDArray[np.uint8]
    spans: npt.NDArray[np.int32]
    sentence: npt.NDArray[np.int64]
    siblings: int = 1

    @classmethod
    def of(
        cls,
        bits: npt.NDArray[np.uint8],
        spans: npt.NDArray[np.int32],
        sentence_starts: npt.NDArray[np.int64],
        siblings: int,
    ) -> BinaryTokens:
        """Tokens of a passage whose sentences start at `sentence_starts`. Tokens of the title have empty spans."""
        sentence = np.searchsorted(sentence_starts, spans[:, 0], side="right") - 1
        sentence[spans[:, 1] <= spans[:, 0]] = -1
        return cls(bits, spans, sentence, siblings)
