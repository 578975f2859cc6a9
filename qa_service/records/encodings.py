"""What encoding a text gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["PassageEncoding", "QueryEncoding"]


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
