"""Dense retrieval: inner product of unit vectors.

FAISS proposes candidates, and this module scores them again from full vectors. A base of at most `LARGEST_EXHAUSTIVE`
passages is searched exactly: the search widens until no other vector can belong to the result. So the result equals an
exhaustive fp32 search, for every division into base and tail.

In a larger base the candidates come from compressed vectors, `REFINED` times as many as are wanted. Then a few of the
best `depth` can be missing, mostly the last of them. The search always scores all passages of the tail. It also scores
all admitted passages if they are at most `FEW_ROWS`.
"""

from __future__ import annotations

from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from qa_service.storage.local.admitted import Admitted
from qa_service.storage.local.indexes import Indexes

__all__ = ["dense_search"]

HALF_PRECISION_ERROR = 2.0**-11 + 1e-5
"""Bound on |<q, v> - <q, fp16(v)>| for unit vectors: fp16 rounds by 2^-11 relative (IEEE 754-2008, 11 significant
bits), and Cauchy-Schwarz bounds the sum. The rest is the error of fp32 summation."""
_SLACK = 64

REFINED = 6
"""Candidates per wanted passage. A search of compressed vectors proposes them; full vectors score them."""
FEWEST_REFINED = 4000
FEW_ROWS = 60_000
"""Up to this many admitted passages are all scored, which takes as long as searching a million compressed vectors."""
_PORTION = 256
"""Vectors that are gathered together. They fit into the processor's cache."""


def dense_search(
    indexes: Indexes, query: npt.NDArray[np.float32], depth: int, admitted: Admitted
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """The `depth` best admitted rows and their scores, best first; ties by passage id."""
    faiss.omp_set_num_threads(1)  # a setting of this thread alone
    tail_rows = admitted.tail_rows
    tail_scores = _scores(indexes.tail.vectors, tail_rows, query)
    wanted, bound = depth + _SLACK, None
    while True:
        if indexes.base.exact:
            base_rows, bound = _propose(indexes, query, wanted, admitted)
        else:
            base_rows = _compressed(indexes, query, max(REFINED * depth, FEWEST_REFINED), admitted)
        rows = np.concatenate([base_rows, tail_rows + indexes.base_size])
        scores = np.concatenate([_scores(indexes.base.segment.vectors, base_rows, query), tail_scores])
        rows, scores = indexes.best(rows, scores, depth)
        if bound is None or (len(scores) == depth and scores[-1] > bound):
            return rows, scores
        wanted *= 2


def _scores(vectors: Any, rows: npt.NDArray[np.int64], query: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Exact inner products, float32 (n,). vecdot computes each alone, so a score never depends on other rows."""
    scores = np.empty(len(rows), np.float32)
    for begin in range(0, len(rows), _PORTION):
        own = slice(begin, begin + _PORTION)
        scores[own] = np.vecdot(vectors[rows[own]], query)
    return scores


def _propose(
    indexes: Indexes, query: npt.NDArray[np.float32], wanted: int, admitted: Admitted
) -> tuple[npt.NDArray[np.int64], float | None]:
    """Base rows, and an upper bound on the exact score of every other base row; None if there are no others."""
    if admitted.base_count <= 2 * wanted:  # scoring them all costs less than a search
        return admitted.base_rows, None
    parameters = None
    if admitted.base_count < indexes.base_size:
        parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(admitted.bits))
    scores, found = indexes.base.vectors.search(query[None, :], min(wanted, indexes.base_size), params=parameters)
    rows = found[0][found[0] >= 0].astype(np.int64)
    if len(rows) < wanted:
        return rows, None
    return rows, float(scores[0][len(rows) - 1]) + HALF_PRECISION_ERROR


def _compressed(
    indexes: Indexes, query: npt.NDArray[np.float32], wanted: int, admitted: Admitted
) -> npt.NDArray[np.int64]:
    """About `wanted` admitted base rows that seem best by their compressed vectors; all if they are few."""
    if admitted.base_count <= max(FEW_ROWS, wanted):
        return admitted.base_rows
    size = indexes.base_size
    whole = admitted.base_count == size
    # FAISS has no filters here: fetch so many that about `wanted` are admitted, and more if too few were
    fetched = wanted if whole else wanted * size // admitted.base_count * 9 // 8
    while True:
        found = indexes.base.vectors.search(query[None, :], min(fetched, size))[1][0]
        rows: npt.NDArray[np.int64] = found[found >= 0]
        rows = rows if whole else rows[admitted.base[rows]]
        if len(rows) >= wanted:
            return rows[:wanted]
        if fetched >= size:  # FAISS leaves out vectors with the lowest possible score
            return admitted.base_rows
        fetched *= 4
