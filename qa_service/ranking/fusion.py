"""Convex combination of dense and lexical scores (Bruch, Gai & Ingber, "An Analysis of Fusion Functions for Hybrid
Retrieval", TOIS 2023):

    w * (dense - min) / (max - min) + (1 - w) * bm25 / max

with minimum and maximum over each retriever's own top `depth`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["convex_combination"]


def convex_combination(
    dense: npt.NDArray[np.float32],
    lexical: npt.NDArray[np.float64],
    *,
    dense_range: tuple[float, float],
    lexical_best: float,
    weight: float,
) -> npt.NDArray[np.float64]:
    """Scores in [0, 1], float64 (n,). A passage below the range of the dense top `depth` counts as its lowest."""
    low, high = dense_range
    span = high - low
    scaled = np.clip((dense.astype(np.float64) - low) / span, 0, 1) if span > 0 else np.ones(len(dense))
    matched = lexical / lexical_best if lexical_best > 0 else np.zeros(len(lexical))
    combined: npt.NDArray[np.float64] = weight * scaled + (1 - weight) * matched
    return combined
