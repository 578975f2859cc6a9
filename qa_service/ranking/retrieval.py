"""The first stage: what the two retrievers find, scored by both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa_service.ranking.dense import cosines, dense_search
from qa_service.ranking.lexical import bm25, lexical_search
from qa_service.ranking.preference import Admitted, source_filters
from qa_service.ranking.query import Query
from qa_service.records import Filters
from qa_service.storage.local.snapshot import Snapshot

__all__ = ["Candidates", "retrieve"]


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """n rows in the order of passage ids, so that a stable sort by a score is the one order; with their exact scores.
    `dense_range` is the lowest and the highest cosine of the dense top `depth`, `lexical_best` the highest BM25."""

    rows: npt.NDArray[np.int64]
    dense: npt.NDArray[np.float32]
    lexical: npt.NDArray[np.float64]
    dense_range: tuple[float, float]
    lexical_best: float


def retrieve(
    query: Query, snapshot: Snapshot, admitted: Admitted, filters: Filters, *, depth: int, few: int
) -> Candidates:
    """The union of the best `depth` of each retriever and of the best `few` of each source that the question names."""
    vector, terms = query.encoding.vector, query.terms
    dense_rows, dense_scores = dense_search(snapshot, vector, depth, admitted)
    lexical_rows, lexical_scores = lexical_search(snapshot, terms, depth, admitted, filters)
    rows = np.union1d(dense_rows, lexical_rows)
    narrowed = [f for source in query.interpretation.sources for f in source_filters(filters, source)]
    for narrow in dict.fromkeys(narrowed):
        own = snapshot.admitted(narrow)
        more = [dense_search(snapshot, vector, few, own)[0], lexical_search(snapshot, terms, few, own, narrow)[0]]
        rows = np.unique(np.concatenate([rows, *more]))
    rows = rows[np.argsort(snapshot.column("key", rows), kind="stable")]
    return Candidates(
        rows,
        cosines(snapshot, rows, vector),
        bm25(snapshot, rows, terms),
        (float(dense_scores[-1]), float(dense_scores[0])) if len(dense_scores) else (0.0, 0.0),
        float(lexical_scores[0]) if len(lexical_scores) else 0.0,
    )
