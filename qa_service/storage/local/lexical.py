"""Lexical retrieval by BM25, exact.

Tantivy proposes candidates by BM25 over the base's statistics, which still count deleted passages and round lengths
down. This module scores them again from exact statistics and widens the search until no other passage can belong to the
result.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import tantivy

from qa_service.records import Filters
from qa_service.storage.features import bm25, hash64, inverse_document_frequency
from qa_service.storage.local.admitted import Admitted
from qa_service.storage.local.base import Base
from qa_service.storage.local.indexes import Indexes
from qa_service.storage.local.lexical_index import TERM_FIELD

__all__ = ["lexical_search"]

_ROUNDING = 1 + 1e-5
"""Allowance for the rounding of Tantivy's fp32 sums."""


def lexical_search(
    indexes: Indexes, terms: npt.NDArray[np.int64], depth: int, admitted: Admitted, filters: Filters
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """The `depth` best admitted rows that hold at least one term, and their scores, best first; ties by passage id."""
    statistics, tail_rows = indexes.statistics(terms), admitted.tail_rows
    whole_tail = len(tail_rows) == len(indexes.tail)
    tail_scores = bm25(indexes.tail, terms, statistics, None if whole_tail else tail_rows)
    wanted = 2 * depth
    while True:
        base_rows, bound = _propose(indexes, terms, wanted, filters)
        base_rows = base_rows[admitted.base[base_rows]]
        rows = np.concatenate([base_rows, tail_rows + indexes.base_size])
        scores = np.concatenate([bm25(indexes.base.segment, terms, statistics, base_rows), tail_scores])
        matched = scores > 0
        rows, scores = indexes.best(rows[matched], scores[matched], depth)
        if bound is None or (len(scores) == depth and scores[-1] > bound):
            return rows, scores
        wanted *= 4


def _propose(
    indexes: Indexes, terms: npt.NDArray[np.int64], wanted: int, filters: Filters
) -> tuple[npt.NDArray[np.int64], float | None]:
    """Base rows, and an upper bound on the exact score of every other base row; None if there are no others."""
    base = indexes.base
    frequency = base.document_frequency(terms)
    known = terms[frequency > 0]
    if base.lexical is None or not len(known) or (filters.tags and not len(base.segment.tags)):
        return np.empty(0, np.int64), None
    hits = base.lexical.search(_query(base, known, filters), min(wanted, indexes.base_size), count=False).hits
    rows = np.array(base.lexical.fast_field_values("row", [address for _, address in hits]), np.int64)
    if len(rows) < wanted:
        return rows, None
    # exact / proposed <= (ratio of idf) * (ratio of mean lengths); Tantivy rounds lengths down, which raises its score
    exact = inverse_document_frequency(indexes.size, indexes.document_frequency(known))
    stale = inverse_document_frequency(indexes.base_size, frequency[frequency > 0])
    lengths = indexes.mean_length / (base.total_length / indexes.base_size)
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
            ("tags", filters.tags),
        )
        if values
    ]
    if filters.published_from or filters.published_to:
        low = filters.published_from.toordinal() if filters.published_from else None
        high = filters.published_to.toordinal() if filters.published_to else None
        clauses.append(query.range_query(schema, "published", tantivy.FieldType.Integer, low, high))
    return query.boolean_query([(must, words), *((must, query.const_score_query(c, 0.0)) for c in clauses)])
