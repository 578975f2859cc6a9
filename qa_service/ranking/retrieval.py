"""The first stage: the passages that the two retrievers find, scored by both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa_service.ranking.preference import source_filters
from qa_service.ranking.query import Query
from qa_service.records import Filters
from qa_service.storage.features import Features, bm25, cosines
from qa_service.storage.port import Snapshot

__all__ = ["Retrieved", "retrieve"]


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
    dense, lexical = snapshot.nearest(vector, depth, filters), snapshot.matching(terms, depth, filters)
    found = [dense.ids, lexical.ids]
    narrowed = [f for source in query.interpretation.sources for f in source_filters(filters, source)]
    for narrow in dict.fromkeys(narrowed):
        found += [snapshot.nearest(vector, few, narrow).ids, snapshot.matching(terms, few, narrow).ids]
    features = snapshot.features(np.unique(np.concatenate(found)))
    return Retrieved(
        features,
        cosines(features, vector),
        bm25(features, terms, query.statistics),
        (float(dense.scores[-1]), float(dense.scores[0])) if len(dense.scores) else (0.0, 0.0),
        float(lexical.scores[0]) if len(lexical.scores) else 0.0,
    )
