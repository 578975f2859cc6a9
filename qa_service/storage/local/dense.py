"""Dense retrieval: inner product of unit vectors, exact.

FAISS proposes candidates from half-precision vectors. This module scores them again from full vectors and widens the
search until no other vector can belong to the result. So the result equals an exhaustive fp32 search, for every
division into base and tail.
"""

from __future__ import annotations

import faiss
import numpy as np
import numpy.typing as npt

from qa_service.storage.local.indexes import Admitted, Indexes

__all__ = ["dense_search"]

HALF_PRECISION_ERROR = 2.0**-11 + 1e-5
"""Bound on |<q, v> - <q, fp16(v)>| for unit vectors: fp16 rounds by 2^-11 relative (IEEE 754-2008, 11 significant
bits), and Cauchy-Schwarz bounds the sum. The rest is the error of fp32 summation."""
_SLACK = 64


def dense_search(
    indexes: Indexes, query: npt.NDArray[np.float32], depth: int, admitted: Admitted
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """The `depth` best admitted rows and their scores, best first; ties by passage id."""
    tail_rows = np.flatnonzero(admitted[1]) + indexes.base_size
    wanted = depth + _SLACK
    while True:
        base_rows, bound = _propose(indexes, query, wanted, admitted[0])
        rows = np.concatenate([base_rows, tail_rows])
        # vecdot computes each product alone, so a score never depends on other rows
        scores = np.vecdot(indexes.column("vectors", rows), query)
        rows, scores = indexes.best(rows, scores, depth)
        if bound is None or (len(scores) == depth and scores[-1] > bound):
            return rows, scores
        wanted *= 2


def _propose(
    indexes: Indexes, query: npt.NDArray[np.float32], wanted: int, admitted: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.int64], float | None]:
    """Base rows, and an upper bound on the exact score of every other base row; None if there are no others."""
    if indexes.base.vectors is None or not admitted.any():
        return np.empty(0, np.int64), None
    parameters = None
    if not admitted.all():
        bitmap = np.packbits(admitted, bitorder="little")
        parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bitmap))
    faiss.omp_set_num_threads(1)  # a setting of this thread alone
    scores, found = indexes.base.vectors.search(query[None, :], min(wanted, indexes.base_size), params=parameters)
    rows = found[0][found[0] >= 0].astype(np.int64)
    if len(rows) < wanted:
        return rows, None
    return rows, float(scores[0][len(rows) - 1]) + HALF_PRECISION_ERROR
