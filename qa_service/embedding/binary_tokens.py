"""Binary token embeddings: the sign of each dimension of a token's vector, one bit each.

Vectors are not centred, so a passage's bits do not depend on the rest of the collection. The question's tokens are
rounded to whole numbers (`whole_numbers`). An inner product with signs is then a sum of whole numbers below 2^24, which
float32 holds exactly. So the result is the same for every order of summation, shape of the matrices and BLAS. A
passage's score does not depend on the other passages that are scored with it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["cosine_unit", "pack_bits", "products", "signs_of", "similarities", "unit_of", "whole_numbers"]

_SIGNS = np.where(np.arange(256)[:, None] >> np.arange(7, -1, -1) & 1, 1, -1).astype(np.float32)
"""The eight signs of each byte, in the order of `numpy.packbits`: float32 (256, 8)."""
_PORTION = 1_000_000
"""Multiplications in one call. OpenBLAS does not pack such small matrices first. The unpacked signs take about 250 KB
and stay in the cache of a core."""
_STEP = 4
"""Question tokens are padded to a multiple of this number. BLAS then multiplies up to twice as fast."""


def pack_bits(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """1 where positive: float32 (t, d) -> uint8 (t, ceil(d / 8))."""
    return np.packbits(vectors > 0, axis=1)


def signs_of(bits: npt.NDArray[np.uint8], dimension: int) -> npt.NDArray[np.float32]:
    """The signs that the bits stand for: uint8 (t, ceil(d / 8)) -> float32 (t, d), entries +-1."""
    return np.take(_SIGNS, bits, axis=0).reshape(len(bits), -1)[:, :dimension]


def unit_of(dimension: int) -> float:
    """The whole number that stands for 1 in `whole_numbers`: 2^23 / sqrt(d), rounded down.

    The absolute entries of a unit vector sum to at most sqrt(d). So the absolute whole numbers of a vector sum to less
    than 2^24.
    """
    return float(np.floor(2**23 / np.sqrt(max(dimension, 1))))


def cosine_unit(dimension: int) -> float:
    """The cosine that the whole number 1 of `products` stands for; a unit vector of signs has entries +-1/sqrt(d)."""
    return float(1 / (unit_of(dimension) * np.sqrt(max(dimension, 1))))


def whole_numbers(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Unit vectors float32 (q, d) as whole numbers, see `unit_of`. The error of a cosine is about 1e-6."""
    whole: npt.NDArray[np.float32] = np.rint(vectors * np.float32(unit_of(vectors.shape[-1])))
    return whole


def products(whole: npt.NDArray[np.float32], bits: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Inner products of tokens with signs: whole numbers (q, d), bits (t, ceil(d / 8)) -> whole numbers (t, q)."""
    count, dimension = whole.shape
    if not len(bits):
        return np.empty((0, count), np.float32)
    padded = np.zeros((8 * bits.shape[1], -(-count // _STEP) * _STEP), np.float32)
    padded[:dimension, :count] = whole.T
    found = np.empty((len(bits), padded.shape[1]), np.float32)
    portion = max(_STEP, _PORTION // padded.size) if count else len(bits)
    signs = np.empty((min(portion, len(bits)), bits.shape[1], 8), np.float32)
    for begin in range(0, len(bits), portion):
        some = bits[begin : begin + portion]
        own = signs[: len(some)]
        _SIGNS.take(some, axis=0, out=own, mode="clip")  # without `mode`, NumPy buffers `out`
        np.matmul(own.reshape(len(some), -1), padded, out=found[begin : begin + portion])
    return found[:, :count]


def similarities(tokens: npt.NDArray[np.float32], bits: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Cosine of each token of the question with each of the passage: (q, d), (t, ceil(d / 8)) -> float32 (q, t)."""
    dimension = tokens.shape[1]
    return products(whole_numbers(tokens), bits).T * np.float32(cosine_unit(dimension))
