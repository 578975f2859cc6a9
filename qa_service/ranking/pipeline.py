"""Question -> ranking: dense and lexical retrieval, exact scores of their union, fusion, late interaction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa_service.ranking.dense import cosines, dense_search
from qa_service.ranking.fusion import convex_combination
from qa_service.ranking.late_interaction import blend, max_similarities
from qa_service.ranking.lexical import bm25, lexical_search
from qa_service.ranking.order import best
from qa_service.ranking.query import Query
from qa_service.records import Filters
from qa_service.storage.catalogue import Catalogue
from qa_service.storage.snapshot import Snapshot

__all__ = ["Parameters", "PassageGone", "Ranking", "rank"]


class PassageGone(Exception):
    """A passage of the snapshot has been deleted since: ask again with the next snapshot. Never leaves the service."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """What shapes a ranking; defaults are in `settings`."""

    depth: int
    dense_weight: float
    late_interaction: bool
    late_interaction_depth: int
    late_interaction_weight: float


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """n rows of the snapshot, best first. `dense` or `lexical` is None where that retriever was not asked.

    `matches` is float32 (h, t): how well the question's tokens are matched in each of the first h passages *of the
    first stage*; it has no rows without late interaction.
    """

    rows: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float64]
    dense: npt.NDArray[np.float32] | None
    lexical: npt.NDArray[np.float64] | None
    matches: npt.NDArray[np.float32]


def rank(
    query: Query, snapshot: Snapshot, catalogue: Catalogue, parameters: Parameters, *, retriever: str, filters: Filters
) -> Ranking:
    """Rank the snapshot's passages. `retriever` is `hybrid`, `dense` or `lexical`; the last two are that order alone.

    Raises:
        PassageGone: a candidate was deleted while this ran.
    """
    admitted = snapshot.admitted(filters)
    vector, depth = query.encoding.vector, parameters.depth
    no_matches = np.empty((0, len(query.token_weights)), np.float32)
    if retriever == "dense":
        rows, dense = dense_search(snapshot, vector, depth, admitted)
        return Ranking(rows, dense.astype(np.float64), dense, None, no_matches)
    if retriever == "lexical":
        rows, lexical = lexical_search(snapshot, query.terms, depth, admitted, filters)
        return Ranking(rows, lexical, None, lexical, no_matches)
    dense_rows, dense_scores = dense_search(snapshot, vector, depth, admitted)
    lexical_rows, lexical_scores = lexical_search(snapshot, query.terms, depth, admitted, filters)
    if not len(dense_rows):
        nothing = np.empty(0)
        return Ranking(dense_rows, nothing, nothing.astype(np.float32), nothing, no_matches)
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
    matches = no_matches
    if parameters.late_interaction:
        matches = _match_tokens(query, snapshot, catalogue, rows[: parameters.late_interaction_depth])
        late = (matches.astype(np.float64) * query.token_weights).sum(axis=1)
        head, rest = blend(scores, late, parameters.late_interaction_weight)
        head_rows, head = best(snapshot, rows[: len(head)], head)
        rows, scores = np.concatenate([head_rows, rows[len(head) :]]), np.concatenate([head, rest])
    at = np.searchsorted(union, rows)
    return Ranking(rows, scores, dense[at], lexical[at], matches)


def _match_tokens(
    query: Query, snapshot: Snapshot, catalogue: Catalogue, rows: npt.NDArray[np.int64]
) -> npt.NDArray[np.float32]:
    seqs = snapshot.column("seq", rows).tolist()
    signs = catalogue.token_signs(seqs)
    if len(signs) < len(seqs):
        raise PassageGone
    found = [max_similarities(query.encoding.token_vectors, signs[seq].bits) for seq in seqs]
    return np.array(found, np.float32).reshape(len(rows), len(query.token_weights))
