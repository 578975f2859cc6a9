"""What the first passages of a ranking say about whether they hold the answer. Read before `top_k` and caps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa_service.ranking.dense import cosines
from qa_service.ranking.late_interaction import max_similarities
from qa_service.ranking.query import Query
from qa_service.ranking.token_signs import read_token_signs
from qa_service.storage.catalogue import Catalogue
from qa_service.storage.snapshot import Snapshot

__all__ = ["SIGNAL_DEPTH", "Signals", "read_signals"]

SIGNAL_DEPTH = 5


@dataclass(frozen=True, slots=True)
class Signals:
    """Each is the best among the first passages, except `worst`, which belongs to the passage of `late`.

    `late`: late-interaction score. `worst`: cosine of the content token that it matches worst. `coverage`: share of the
    question's inverse document frequency whose terms it holds. `cosine`: of question and passage.
    """

    late: float
    worst: float
    coverage: float
    cosine: float


def read_signals(query: Query, snapshot: Snapshot, catalogue: Catalogue, rows: npt.NDArray[np.int64]) -> Signals | None:
    """None where there is nothing to read: no passage, or a question without tokens."""
    rows = rows[:SIGNAL_DEPTH]
    if not len(rows) or not len(query.token_weights):
        return None
    signs = read_token_signs(catalogue, snapshot, rows)
    matches = np.array([max_similarities(query.encoding.token_vectors, s) for s in signs])
    late = (matches.astype(np.float64) * query.token_weights).sum(axis=1)
    content = query.content if query.content.any() else np.ones(len(query.content), np.bool_)
    return Signals(
        late=float(late.max()),
        worst=float(matches[int(late.argmax()), content].min()),
        coverage=float(_coverage(query, snapshot, rows).max()),
        cosine=float(cosines(snapshot, rows, query.encoding.vector).max()),
    )


def _coverage(query: Query, snapshot: Snapshot, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    shares = np.zeros(len(rows))
    total = query.idf.sum()
    for i, row in enumerate(rows.tolist()):
        segment, local = (
            (snapshot.base.segment, row) if row < snapshot.base_size else (snapshot.tail, row - snapshot.base_size)
        )
        held = segment.terms[segment.term_offsets[local] : segment.term_offsets[local + 1]]
        shares[i] = query.idf[np.isin(query.terms, held)].sum() / total if total > 0 else 0.0
    return shares
