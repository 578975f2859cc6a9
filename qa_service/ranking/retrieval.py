"""The first stage: the passages that the two retrievers find, scored by both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from qa_service.ranking.preference import source_filters
from qa_service.ranking.query import Query
from qa_service.records import Filters
from qa_service.storage.features import Features, bm25, cosines
from qa_service.storage.port import Candidates, Ids, Snapshot

__all__ = ["Retrieved", "dense_scores", "lexical_scores", "retrieve"]


@dataclass(frozen=True, slots=True, eq=False)
class Retrieved:
    """n candidates in the order of passage ids, so that a stable sort by a score is the only order of this service.

    `dense` and `lexical` (n,) are exact scores. `dense_range` is the lowest and the highest cosine of the dense top
    `depth`, `lexical_best` the highest BM25.
    """

    features: Features
    dense: npt.NDArray[np.float32]
    lexical: npt.NDArray[np.float64]
    dense_range: tuple[float, float]
    lexical_best: float


def retrieve(query: Query, snapshot: Snapshot, filters: Filters, *, depth: int, few: int) -> Retrieved:
    """The union of the best `depth` of each retriever and of the best `few` of each source that the question names."""
    vector, terms = query.encoding.vector, query.terms
    dense, lexical = [snapshot.nearest(vector, depth, filters)], [snapshot.matching(terms, depth, filters)]
    narrowed = [f for source in query.interpretation.sources for f in source_filters(filters, source)]
    for narrow in dict.fromkeys(narrowed):
        dense.append(snapshot.nearest(vector, few, narrow))
        lexical.append(snapshot.matching(terms, few, narrow))
    rising = np.sort(np.concatenate([one.ids for one in (*dense, *lexical)]))
    features = snapshot.features(rising[np.diff(rising, prepend=-1) != 0])
    every_match = snapshot.exact and len(lexical[0].ids) < depth
    order = np.argsort(features.ids)
    nearest, best = dense[0].scores, lexical[0].scores
    return Retrieved(
        features,
        dense_scores(query, snapshot, features.ids, dense, order),
        lexical_scores(query, snapshot, features.ids, lexical, order, every_match=every_match),
        (float(nearest[-1]), float(nearest[0])) if len(nearest) else (0.0, 0.0),
        float(best[0]) if len(best) else 0.0,
    )


def dense_scores(
    query: Query,
    snapshot: Snapshot,
    ids: Ids,
    known: Sequence[Candidates] = (),
    order: npt.NDArray[np.int64] | None = None,
) -> npt.NDArray[np.float32]:
    """The cosine of the question with each of the passages `ids` (n,), some of which are `known`: float32 (n,).

    `order` (n,) sorts the ids. If it is None, this sorts them.
    """
    scores, missing = _known_scores(ids, known, order, np.float32)
    if len(missing):
        scores[missing] = cosines(snapshot.vectors(ids[missing]), query.encoding.vector)
    return scores


def lexical_scores(
    query: Query,
    snapshot: Snapshot,
    ids: Ids,
    known: Sequence[Candidates] = (),
    order: npt.NDArray[np.int64] | None = None,
    *,
    every_match: bool = False,
) -> npt.NDArray[np.float64]:
    """BM25 of each of the passages, float64 (n,); see `dense_scores`. `every_match`: all passages with a term of the
    question are known, so the others have 0."""
    scores, missing = _known_scores(ids, known, order, np.float64)
    if len(missing):
        scores[missing] = 0.0 if every_match else bm25(snapshot.terms(ids[missing]), query.terms, query.statistics)
    return scores


def _known_scores(
    ids: Ids, known: Sequence[Candidates], order: npt.NDArray[np.int64] | None, kind: type[np.floating]
) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]]:
    """The known scores of the passages `ids` (n,), and the positions of the other passages."""
    scores = np.full(len(ids), np.nan, kind)
    if known:
        order = np.argsort(ids) if order is None else order
        rising = ids[order]
        for one in known:
            scores[order[np.searchsorted(rising, one.ids)]] = one.scores
    return scores, np.flatnonzero(np.isnan(scores))
