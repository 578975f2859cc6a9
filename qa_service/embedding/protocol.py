"""What an embedder is: text in, float32 vectors of unit length out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

__all__ = ["Embedder", "PassageEncoding", "QueryEncoding"]


@dataclass(frozen=True, slots=True, eq=False)
class PassageEncoding:
    """What one forward pass over title and passage gives.

    `vector` is float32 (d,), unit length. `token_bits` is uint8 (t, ceil(d / 8)): one bit a dimension, the sign of each
    token's vector. `token_spans` is int32 (t, 2): where the token stands in the *passage* text, in code
    points; (0, 0) for a token of the title.
    """

    vector: npt.NDArray[np.float32]
    token_bits: npt.NDArray[np.uint8]
    token_spans: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class QueryEncoding:
    """`vector` float32 (d,); `token_vectors` float32 (t, d), each of unit length; `token_spans` int32 (t, 2)."""

    vector: npt.NDArray[np.float32]
    token_vectors: npt.NDArray[np.float32]
    token_spans: npt.NDArray[np.int32]


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

    def count_pieces(self, text: str) -> int:
        """Word pieces of `text`, without special tokens."""

    def encode_passage(self, title: str | None, text: str) -> PassageEncoding: ...

    def encode_query(self, text: str) -> QueryEncoding: ...
