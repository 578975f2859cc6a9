"""Lexical retrieval: BM25 (Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009),
exact.

    score(q, p) = sum over terms t of q:  idf(t) * f * (k1 + 1) / (f + k1 * (1 - b + b * |p| / mean |p|))
    idf(t) = ln(1 + (N - n + 1/2) / (n + 1/2))

with f how often t occurs in p, n in how many live passages. Tantivy proposes candidates by the same formula over the
base's statistics, which still count deleted passages and round lengths down; they are scored again from exact
statistics, and the search widens until no passage left out can belong to the result.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import tantivy

from qa_service.ranking.order import best
from qa_service.records import Filters
from qa_service.storage.local.base import TERM_FIELD, Base
from qa_service.storage.local.segment import Segment, hash64
from qa_service.storage.local.snapshot import Snapshot

__all__ = ["K1", "B", "bm25", "holds", "inverse_document_frequency", "lexical_search"]

K1 = 1.2
B = 0.75
"""Tantivy's constants; they are not settings of it, and the bound below relies on them."""

_ROUNDING = 1 + 1e-5
"""Tantivy sums in fp32."""

Admitted = tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]


def inverse_document_frequency(passages: int, frequency: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    return np.log1p((passages - frequency + 0.5) / (frequency + 0.5))


def bm25(snapshot: Snapshot, rows: npt.NDArray[np.int64], terms: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Exact scores of the rows, float64 (n,). `terms` are hashes, distinct; summed in the order given."""
    idf = inverse_document_frequency(snapshot.size, snapshot.document_frequency(terms))
    scores = np.zeros(len(rows), np.float64)
    for part, segment, local in _parts(snapshot, rows):
        scores[part] = _segment_bm25(segment, local, terms, idf, snapshot.mean_length)
    return scores


def holds(snapshot: Snapshot, rows: npt.NDArray[np.int64], terms: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which rows hold which terms, bool (n, m)."""
    held = np.zeros((len(rows), len(terms)), np.bool_)
    for part, segment, local in _parts(snapshot, rows):
        positions, offsets = segment.term_positions(local)
        own = segment.terms[positions]
        for at, (begin, end) in zip(np.flatnonzero(part), pairwise(offsets.tolist()), strict=True):
            held[at] = np.isin(terms, own[begin:end])
    return held


def _parts(
    snapshot: Snapshot, rows: npt.NDArray[np.int64]
) -> Iterator[tuple[npt.NDArray[np.bool_], Segment, npt.NDArray[np.int64]]]:
    """Which of the rows lie in base and tail, and the rows of that segment that they are."""
    in_base = rows < snapshot.base_size
    for part, segment, local in (
        (in_base, snapshot.base.segment, rows[in_base]),
        (~in_base, snapshot.tail, rows[~in_base] - snapshot.base_size),
    ):
        if len(local):
            yield part, segment, local


def lexical_search(
    snapshot: Snapshot, terms: npt.NDArray[np.int64], depth: int, admitted: Admitted, filters: Filters
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """The `depth` best admitted rows that hold at least one term, and their scores, best first; ties by passage id."""
    tail_rows = np.flatnonzero(admitted[1]) + snapshot.base_size
    wanted = 2 * depth
    while True:
        base_rows, bound = _propose(snapshot, terms, wanted, filters)
        rows = np.concatenate([base_rows[admitted[0][base_rows]], tail_rows])
        scores = bm25(snapshot, rows, terms)
        matched = scores > 0
        rows, scores = best(snapshot, rows[matched], scores[matched], depth)
        if bound is None or (len(scores) == depth and scores[-1] > bound):
            return rows, scores
        wanted *= 4


def _segment_bm25(
    segment: Segment,
    rows: npt.NDArray[np.int64],
    terms: npt.NDArray[np.int64],
    idf: npt.NDArray[np.float64],
    mean_length: float,
) -> npt.NDArray[np.float64]:
    positions, offsets = segment.term_positions(rows)
    held, frequencies = segment.terms[positions], segment.frequencies[positions]
    owner = np.repeat(np.arange(len(rows)), np.diff(offsets))
    penalty = K1 * (1 - B + B * segment.length[rows] / (mean_length or 1.0))
    scores = np.zeros(len(rows), np.float64)
    for term, weight in zip(terms, idf, strict=True):
        at = np.flatnonzero(held == term)
        f, who = frequencies[at].astype(np.float64), owner[at]
        scores[who] += weight * f * (K1 + 1) / (f + penalty[who])
    return scores


def _propose(
    snapshot: Snapshot, terms: npt.NDArray[np.int64], wanted: int, filters: Filters
) -> tuple[npt.NDArray[np.int64], float | None]:
    """Base rows, and what no other base row's exact score can exceed; None when there are no others."""
    base = snapshot.base
    frequency = base.document_frequency(terms)
    known = terms[frequency > 0]
    if base.lexical is None or not len(known):
        return np.empty(0, np.int64), None
    hits = base.lexical.search(_query(base, known, filters), min(wanted, snapshot.base_size), count=False).hits
    rows = np.array(base.lexical.fast_field_values("row", [address for _, address in hits]), np.int64)
    if len(rows) < wanted:
        return rows, None
    # exact / proposed <= (ratio of idf) * (ratio of mean lengths); lengths that Tantivy rounds down only raise its
    # score
    exact = inverse_document_frequency(snapshot.size, snapshot.document_frequency(known))
    stale = inverse_document_frequency(snapshot.base_size, frequency[frequency > 0])
    lengths = snapshot.mean_length / (base.total_length / snapshot.base_size)
    return rows, float(hits[-1][0]) * float((exact / stale).max()) * max(1.0, lengths) * _ROUNDING


def _query(base: Base, terms: npt.NDArray[np.int64], filters: Filters) -> tantivy.Query:
    query, schema = tantivy.Query, base.schema
    should, must = tantivy.Occur.Should, tantivy.Occur.Must
    words = query.boolean_query(
        [(should, query.term_query(schema, TERM_FIELD, f"{t:x}", "freq")) for t in terms.tolist()]
    )
    if not filters:
        return words
    clauses = [
        query.term_set_query(schema, name, [hash64(v) for v in values])
        for name, values in (
            ("outlet", filters.outlet),
            ("author", filters.author),
            ("language", filters.language),
            ("article_id", filters.article_id),
        )
        if values
    ]
    if filters.published_from or filters.published_to:
        low = filters.published_from.toordinal() if filters.published_from else None
        high = filters.published_to.toordinal() if filters.published_to else None
        clauses.append(query.range_query(schema, "published", tantivy.FieldType.Integer, low, high))
    return query.boolean_query([(must, words), *((must, query.const_score_query(c, 0.0)) for c in clauses)])
