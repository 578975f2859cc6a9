"""Question -> ranking: dense and lexical retrieval, exact scores of their union, fusion, late interaction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa_service.ranking.dense import cosines, dense_search
from qa_service.ranking.fusion import convex_combination
from qa_service.ranking.late_interaction import blend, late_score
from qa_service.ranking.lexical import bm25, lexical_search
from qa_service.ranking.order import best
from qa_service.ranking.query import Query
from qa_service.ranking.token_signs import TokenSignReader
from qa_service.records import Filters
from qa_service.storage.snapshot import Snapshot

__all__ = ["Parameters", "Ranking", "rank"]


@dataclass(frozen=True, slots=True)
class Parameters:
    """What shapes a ranking; defaults are in `settings`."""

    depth: int
    dense_weight: float
    late_interaction: bool
    late_interaction_depth: int
    late_interaction_weight: float
    sentence_share: float


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """n rows of the snapshot, best first. `dense` or `lexical` is None where that retriever was not asked."""

    rows: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float64]
    dense: npt.NDArray[np.float32] | None
    lexical: npt.NDArray[np.float64] | None


def rank(
    query: Query,
    snapshot: Snapshot,
    signs: TokenSignReader,
    parameters: Parameters,
    *,
    retriever: str,
    filters: Filters,
) -> Ranking:
    """Rank the snapshot's passages. `retriever` is `hybrid`, `dense` or `lexical`; the last two are that order alone.

    Raises:
        PassageGone: a candidate was deleted while this ran.
    """
    admitted = snapshot.admitted(filters)
    vector, depth = query.encoding.vector, parameters.depth
    if retriever == "dense":
        rows, dense = dense_search(snapshot, vector, depth, admitted)
        return Ranking(rows, dense.astype(np.float64), dense, None)
    if retriever == "lexical":
        rows, lexical = lexical_search(snapshot, query.terms, depth, admitted, filters)
        return Ranking(rows, lexical, None, lexical)
    dense_rows, dense_scores = dense_search(snapshot, vector, depth, admitted)
    lexical_rows, lexical_scores = lexical_search(snapshot, query.terms, depth, admitted, filters)
    if not len(dense_rows):
        nothing = np.empty(0)
        return Ranking(dense_rows, nothing, nothing.astype(np.float32), nothing)
    union = np.union1d(dense_rows, lexical_rows)
    dense, lexical = cosines(snapshot, union, vector), bm25(snapshot, union, query.terms)
    combined = convex_combination(
        dense,
        lexical,
        dense_range=(float(dense_scores[-1]), float(dense_scores[0])),
        lexical_best=float(lexical_scores[0]) if len(lexical_scores) else 0.0,
        weight=parameters.dense_weight,
    )
    rows, scores = best(snapshot, union, combined)
    if parameters.late_interaction:
        head_signs = signs.read(rows[: parameters.late_interaction_depth])
        tokens, weights = query.encoding.token_vectors, query.token_weights
        late = np.array([late_score(tokens, weights, s, parameters.sentence_share) for s in head_signs])
        head, rest = blend(scores, late, parameters.late_interaction_weight)
        head_rows, head = best(snapshot, rows[: len(head)], head)
        rest_rows, rest = best(snapshot, rows[len(head) :], rest)  # scaling may have made two scores equal
        rows, scores = np.concatenate([head_rows, rest_rows]), np.concatenate([head, rest])
    at = np.searchsorted(union, rows)
    return Ranking(rows, scores, dense[at], lexical[at])
