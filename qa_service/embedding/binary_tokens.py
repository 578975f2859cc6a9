"""Binary token embeddings: the sign of each dimension of a token's vector, one bit each.

Nothing is centred, so a passage's bits never depend on the rest of the collection. The question's tokens stay float.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["best_by_sentence", "pack_bits", "sentence_cosines", "similarities", "unpack_bits"]


def pack_bits(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """1 where positive: float32 (t, d) -> uint8 (t, ceil(d / 8))."""
    return np.packbits(vectors > 0, axis=1)


def unpack_bits(bits: npt.NDArray[np.uint8], dimension: int) -> npt.NDArray[np.float32]:
    """The unit vectors that the bits stand for: uint8 (t, ceil(d / 8)) -> float32 (t, d), entries +-1/sqrt(d)."""
    signs = np.unpackbits(bits, axis=1, count=dimension).astype(np.float32)
    signs *= np.float32(2 / np.sqrt(dimension))
    signs -= np.float32(1 / np.sqrt(dimension))
    return signs


def similarities(tokens: npt.NDArray[np.float32], bits: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Cosine of each token of the question with each of the passage: (q, d), (t, ceil(d / 8)) -> float32 (q, t).

    One product per passage: the bits of a result never depend on which other passages are scored.
    """
    if not len(tokens) or not len(bits):
        return np.zeros((len(tokens), len(bits)), np.float32)
    return tokens @ unpack_bits(bits, tokens.shape[1]).T


def best_by_sentence(
    matrix: npt.NDArray[np.float32], sentence: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """The best match of each token of the question within each sentence.

    `matrix` is (q, t). `sentence` (t,), see `BinaryTokens`, rises; title tokens (-1) are left out. Returns the
    sentences that have tokens, int64 (s,), and their matches, float32 (q, s).
    """
    own, begins = _sentence_begins(sentence)
    if not len(own):
        return np.empty(0, np.int64), np.empty((len(matrix), 0), np.float32)
    return sentence[own][begins], np.maximum.reduceat(matrix[:, own], begins, axis=1)


def sentence_cosines(
    vector: npt.NDArray[np.float32], bits: npt.NDArray[np.uint8], sentence: npt.NDArray[np.int64]
) -> npt.NDArray[np.float32]:
    """Cosine of the question with each sentence that has tokens, in the order of `best_by_sentence`: float32 (s,).

    A sentence's vector is the mean of its token vectors in the passage's own forward pass ("late chunking", Günther et
    al., 2024).
    """
    own, begins = _sentence_begins(sentence)
    if not len(own):
        return np.empty(0, np.float32)
    sums = np.add.reduceat(unpack_bits(bits[own], len(vector)), begins, axis=0)
    cosines: npt.NDArray[np.float32] = sums @ vector / np.maximum(np.sqrt(np.square(sums).sum(axis=1)), 1e-9)
    return cosines


def _sentence_begins(sentence: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The tokens that belong to a sentence, and where among them each sentence begins."""
    own = np.flatnonzero(sentence >= 0)
    return own, np.flatnonzero(np.diff(sentence[own], prepend=-1))
