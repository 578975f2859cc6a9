"""Question -> ranking: dense and lexical retrieval, exact scores of their union, fusion, late interaction, and what the
question names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa_service.ranking.balance import balance, first_of_each
from qa_service.ranking.dense import cosines, dense_search
from qa_service.ranking.fusion import convex_combination
from qa_service.ranking.late_interaction import blend, late_score, put_below
from qa_service.ranking.lexical import bm25, lexical_search
from qa_service.ranking.order import best
from qa_service.ranking.preference import Admitted, Preference, source_filters
from qa_service.ranking.query import Query
from qa_service.ranking.token_signs import TokenSignReader
from qa_service.records import Filters
from qa_service.storage.snapshot import Snapshot
from qa_service.text.abbreviations import defines

__all__ = ["Parameters", "Ranking", "rank"]

DEFINITION_WEIGHT = 0.1
"""Of a sentence that spells out the abbreviation that the question asks about."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """What shapes a ranking; defaults are in `settings`."""

    depth: int
    dense_weight: float
    late_interaction: bool
    late_interaction_depth: int
    late_interaction_weight: float
    sentence_share: float
    source_weight: float
    date_weight: float
    balance_step: float


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """n rows of the snapshot, best first. `dense` or `lexical` is None where that retriever was not asked."""

    rows: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float64]
    dense: npt.NDArray[np.float32] | None
    lexical: npt.NDArray[np.float64] | None


@dataclass(frozen=True, slots=True, eq=False)
class _Candidates:
    """The union of what the retrievers found, rows rising; `combined` is the convex combination of the two scores."""

    rows: npt.NDArray[np.int64]
    dense: npt.NDArray[np.float32]
    lexical: npt.NDArray[np.float64]
    combined: npt.NDArray[np.float64]


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
    found = _retrieve(query, snapshot, parameters, admitted, filters)
    preference = Preference.of(
        snapshot,
        query.interpretation,
        admitted,
        source_weight=parameters.source_weight,
        date_weight=parameters.date_weight,
    )
    rows, scores = best(snapshot, found.rows, preference.apply(found.rows, found.combined))
    first = first_of_each(preference.named(rows), parameters.late_interaction_depth)
    head_rows, head, rest_rows, rest = rows[first], scores[first], rows[~first], scores[~first]
    edge = max(float(head.min()), float(rest.max(initial=0.0))) if len(head) else 0.0
    if parameters.late_interaction and len(head):
        combined = found.combined[np.searchsorted(found.rows, head_rows)]
        head = _rerank(query, signs, parameters, head_rows, combined)
        head_rows, head = best(snapshot, head_rows, preference.apply(head_rows, head))
    named = preference.named(head_rows)
    if len(named) > 1 and parameters.balance_step:
        order, head = balance(head, named, parameters.balance_step)
        head_rows = head_rows[order]
    rest_rows, rest = best(snapshot, rest_rows, put_below(rest, head, edge))  # scaling may have made two scores equal
    rows, scores = np.concatenate([head_rows, rest_rows]), np.concatenate([head, rest])
    at = np.searchsorted(found.rows, rows)
    return Ranking(rows, scores, found.dense[at], found.lexical[at])


def _retrieve(
    query: Query, snapshot: Snapshot, parameters: Parameters, admitted: Admitted, filters: Filters
) -> _Candidates:
    """The first stage, with the best of each source that the question names."""
    vector, terms, depth = query.encoding.vector, query.terms, parameters.depth
    dense_rows, dense_scores = dense_search(snapshot, vector, depth, admitted)
    lexical_rows, lexical_scores = lexical_search(snapshot, terms, depth, admitted, filters)
    rows = np.union1d(dense_rows, lexical_rows)
    for narrow in (f for source in query.interpretation.sources for f in source_filters(filters, source)):
        own, few = snapshot.admitted(narrow), parameters.late_interaction_depth
        more = [dense_search(snapshot, vector, few, own)[0], lexical_search(snapshot, terms, few, own, narrow)[0]]
        rows = np.unique(np.concatenate([rows, *more]))
    dense, lexical = cosines(snapshot, rows, vector), bm25(snapshot, rows, terms)
    combined = convex_combination(
        dense,
        lexical,
        dense_range=(float(dense_scores[-1]), float(dense_scores[0])) if len(dense_scores) else (0.0, 0.0),
        lexical_best=float(lexical_scores[0]) if len(lexical_scores) else 0.0,
        weight=parameters.dense_weight,
    )
    return _Candidates(rows, dense, lexical, combined)


def _rerank(
    query: Query,
    signs: TokenSignReader,
    parameters: Parameters,
    rows: npt.NDArray[np.int64],
    combined: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Late interaction over the rows, with their first-stage scores `combined`."""
    tokens, weights = query.encoding.token_vectors, query.token_weights
    late = [late_score(tokens, weights, s, parameters.sentence_share) for s in signs.read(rows)]
    scores = blend(combined, np.array(late), parameters.late_interaction_weight)
    short = query.interpretation.abbreviation
    if short is not None:
        defined = [any(defines(s, short) for s in p.sentence_texts()) for p in signs.read_passages(rows)]
        scores = (1 - DEFINITION_WEIGHT) * scores + DEFINITION_WEIGHT * np.array(defined)
    return scores
