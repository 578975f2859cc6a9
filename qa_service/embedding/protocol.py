"""What an embedder is: text in, float32 vectors of unit length out."""

from __future__ import annotations

from typing import Protocol

from qa_service.records.encodings import PassageEncoding, QueryEncoding

__all__ = ["Embedder"]


class Embedder(Protocol):
    """Turns texts into vectors. The same text gives the same bits, whatever else is encoded at that moment:
    every text is a batch of one on one thread. Implementations may be called from several threads at once."""

    @property
    def model_id(self) -> str:
        """Names the model *and its weights*: two embedders with one id give the same vectors."""

    @property
    def dimension(self) -> int: ...

    @property
    def max_pieces(self) -> int:
        """Word pieces the model reads, without its special tokens; it would drop the rest."""

    @property
    def languages(self) -> frozenset[str] | None:
        """ISO 639-1 codes of the languages it reads; None for all. A question in another is ranked by its words."""

    def count_pieces(self, text: str) -> int:
        """Word pieces of `text`, without special tokens."""

    def encode_passage(self, text: str, begin: int) -> PassageEncoding:
        """`text` is title and passage; the passage begins at `begin`."""

    def encode_query(self, text: str) -> QueryEncoding: ...
