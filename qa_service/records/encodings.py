"""The embedder's output for a passage and for a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["MOST_SIBLINGS", "BinaryTokens", "PassageEncoding", "QueryEncoding", "TokenColumns", "sentence_of_tokens"]

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

    `bits` is uint8 (t, ceil(d / 8)). `sentence` is int64 (t,): the index of each token's sentence, -1 for tokens of the
    title. `siblings` is the number of passages of the article, this one included, counted up to `MOST_SIBLINGS`.
    """

    bits: npt.NDArray[np.uint8]
    sentence: npt.NDArray[np.int64]
    siblings: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class TokenColumns:
    """Binary token embeddings of n passages as columns, one passage after another.

    The tokens of passage i are `bits[offsets[i]:offsets[i + 1]]`, with their sentences in the same rows of `sentence`.
    `offsets` is int64 (n + 1,). `siblings` is int64 (n,). See `BinaryTokens`.
    """

    bits: npt.NDArray[np.uint8]
    sentence: npt.NDArray[np.int64]
    offsets: npt.NDArray[np.int64]
    siblings: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.siblings)

    @classmethod
    def of(cls, passages: Sequence[BinaryTokens]) -> TokenColumns:
        """The columns of passages, in their order."""
        offsets = np.cumsum([0, *(len(one.sentence) for one in passages)], dtype=np.int64)
        siblings = np.array([one.siblings for one in passages], np.int64)
        if not passages:
            return cls(np.empty((0, 1), np.uint8), np.empty(0, np.int64), offsets, siblings)
        width = max(one.bits.shape[1] for one in passages)
        bits = [one.bits if len(one.bits) else np.empty((0, width), np.uint8) for one in passages]
        return cls(np.concatenate(bits), np.concatenate([one.sentence for one in passages]), offsets, siblings)

    def passage(self, at: int) -> BinaryTokens:
        """The tokens of the passage `at`, as views."""
        own = slice(int(self.offsets[at]), int(self.offsets[at + 1]))
        return BinaryTokens(self.bits[own], self.sentence[own], int(self.siblings[at]))


def sentence_of_tokens(spans: npt.NDArray[np.int32], sentence_starts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The sentence of each token of a passage, see `BinaryTokens`. Tokens of the title have empty spans."""
    sentence = np.searchsorted(sentence_starts, spans[:, 0], side="right") - 1
    sentence[spans[:, 1] <= spans[:, 0]] = -1
    return sentence
