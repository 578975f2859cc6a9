"""A deterministic embedder without a model, for fast tests: a hashed bag of words with dense random word vectors
(Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009).

Only texts that share words are similar. One word is one word piece.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from qa_service.embedding.binary_tokens import pack_bits
from qa_service.embedding.protocol import EncodeMany
from qa_service.records.encodings import PassageEncoding, QueryEncoding

__all__ = ["FakeEmbedder"]

_WORD = re.compile(r"\w+|[^\w\s]")


class FakeEmbedder:
    """An `Embedder` with 64 dimensions."""

    model_id = "fake-hashed-words-1"
    runtime = "fake"
    dimension = 64
    max_pieces = 256

    def __init__(self, languages: frozenset[str] | None = None) -> None:
        self.languages = languages

    def count_pieces(self, text: str) -> int:
        """Number of words and signs in `text`."""
        return len(_WORD.findall(text))

    def encode_passage(self, text: str, begin: int) -> PassageEncoding:
        """Encodes title and passage. `begin` is the offset of the passage in `text`."""
        vectors, spans = self._tokens(text)
        shifted = np.where(spans[:, :1] >= begin, spans - begin, 0).astype(np.int32)
        return PassageEncoding(_unit_mean(vectors), pack_bits(vectors), shifted)

    def encode_query(self, text: str) -> QueryEncoding:
        """Encodes a question."""
        vectors, spans = self._tokens(text)
        return QueryEncoding(_unit_mean(vectors), vectors, spans)

    @contextmanager
    def bulk(self, cores: int) -> Iterator[EncodeMany]:
        """Encodes passages one after another."""
        yield lambda passages: [self.encode_passage(*passage) for passage in passages]

    def _tokens(self, text: str) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int32]]:
        found = list(_WORD.finditer(text))[: self.max_pieces]
        vectors = np.array([_word_vector(m[0].lower()) for m in found], dtype=np.float32).reshape(-1, self.dimension)
        return vectors, np.array([m.span() for m in found], dtype=np.int32).reshape(-1, 2)


@lru_cache(maxsize=50_000)
def _word_vector(word: str) -> npt.NDArray[np.float32]:
    digest = hashlib.shake_256(word.encode("utf-8", "surrogatepass")).digest(FakeEmbedder.dimension)
    vector = np.frombuffer(digest, dtype=np.uint8).astype(np.float32) - np.float32(127.5)
    unit: npt.NDArray[np.float32] = vector / np.sqrt(np.square(vector).sum())
    return unit


def _unit_mean(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    total = vectors.sum(axis=0) if len(vectors) else _word_vector("")
    length = np.sqrt(np.square(total).sum())
    unit: npt.NDArray[np.float32] = (total / length if length > 0 else _word_vector("")).astype(np.float32)
    return unit
