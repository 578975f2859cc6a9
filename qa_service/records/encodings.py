"""The embedder's output for a passage and for a question."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["PassageEncoding", "QueryEncoding"]


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
