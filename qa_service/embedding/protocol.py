"""The protocol of an embedder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from qa_service.records.encodings import PassageEncoding, QueryEncoding

__all__ = ["Embedder", "EncodeMany"]

EncodeMany = Callable[[Sequence[tuple[str, int]]], list[PassageEncoding]]
"""Encodes many passages as `Embedder.encode_passage` does. Each pair is `text` and `begin`."""


class Embedder(Protocol):
    """Turns texts into float32 vectors of unit length.

    The same text always gives the same bits: each text is a batch of one on one thread. Implementations are
    thread-safe.
    """

    @property
    def model_id(self) -> str:
        """Identifies the model and its weights. Embedders with equal ids give vectors that can be compared."""

    @property
    def runtime(self) -> str:
        """The library that runs the model, its version and its precision. Embedders with equal ids and runtimes give
        equal vectors on one machine."""

    @property
    def dimension(self) -> int:
        """Number of dimensions of a vector."""

    @property
    def max_pieces(self) -> int:
        """Maximum input length in word pieces, without special tokens. The model drops the rest."""

    @property
    def languages(self) -> frozenset[str] | None:
        """ISO 639-1 codes of the languages that the model reads, None for all. Others use lexical ranking."""

    def count_pieces(self, text: str) -> int:
        """Number of word pieces in `text`, without special tokens."""

    def encode_passage(self, text: str, begin: int) -> PassageEncoding:
        """Encodes title and passage. `begin` is the offset of the passage in `text`."""

    def encode_query(self, text: str) -> QueryEncoding:
        """Encodes a question."""

    def bulk(self, cores: int) -> AbstractContextManager[EncodeMany]:
        """Yields a function that encodes many passages on `cores` cores, with the bits of `encode_passage`."""
