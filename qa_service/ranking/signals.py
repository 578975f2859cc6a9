"""What the first passages of a ranking say about whether they hold the answer. Read before `top_k` and caps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa_service.embedding.signs import similarities
from qa_service.ranking.dense import cosines
from qa_service.ranking.pipeline import PassageGone
from qa_service.ranking.query import STOP_WORD_IDF, Query
from qa_service.storage.catalogue import Catalogue
from qa_service.storage.rows import TokenSigns
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
    signs = signs_of(catalogue, snapshot, rows)
    matches = np.array([_matches(query, s) for s in signs])
    late = (matches.astype(np.float64) * query.token_weights).sum(axis=1)
    content = (
        query.token_weights > query.token_weights.min() * 1.0001
        if _has_content(query)
        else np.ones(matches.shape[1], bool)
    )
    return Signals(
        late=float(late.max()),
        worst=float(matches[int(late.argmax()), content].min()),
        coverage=float(_coverage(query, snapshot, rows).max()),
        cosine=float(cosines(snapshot, rows, query.encoding.vector).max()),
    )


def signs_of(catalogue: Catalogue, snapshot: Snapshot, rows: npt.NDArray[np.int64]) -> list[TokenSigns]:
    """The rows' token vectors, in order. Raises PassageGone where one was deleted."""
    seqs = snapshot.column("seq", rows).tolist()
    found = catalogue.token_signs(seqs)
    if len(found) < len(seqs):
        raise PassageGone
    return [found[seq] for seq in seqs]


def _matches(query: Query, signs: TokenSigns) -> npt.NDArray[np.float32]:
    if not len(signs.bits):
        return np.zeros(len(query.token_weights), np.float32)
    return similarities(query.encoding.token_vectors, signs.bits).max(axis=1)


def _has_content(query: Query) -> bool:
    return bool(len(query.idf) and query.idf.max() > STOP_WORD_IDF and np.ptp(query.token_weights) > 0)


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
