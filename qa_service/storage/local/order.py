"""The only order of results: score descending, then passage id."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from qa_service.storage.local.indexes import Indexes

__all__ = ["best"]


def best(
    indexes: Indexes, rows: npt.NDArray[np.int64], scores: npt.NDArray[Any], depth: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[Any]]:
    """The `depth` best of the rows, in order, with their scores."""
    if len(rows) > 4 * depth:  # a full sort only of those that can be among the best
        lowest = np.partition(scores, len(scores) - depth)[len(scores) - depth]
        keep = scores >= lowest
        rows, scores = rows[keep], scores[keep]
    order = np.lexsort((indexes.column("key", rows), -scores))[:depth]
    return rows[order], scores[order]
