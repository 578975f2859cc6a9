"""A question made ready for ranking: its vectors, its lexical terms, and how much each of its tokens matters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa_service.embedding.protocol import Embedder
from qa_service.ranking.lexical import inverse_document_frequency
from qa_service.records import NOTHING_NAMED, Interpretation
from qa_service.records.encodings import QueryEncoding
from qa_service.storage.segment import hash64, hash_terms
from qa_service.storage.snapshot import Snapshot
from qa_service.text.terms import question_terms, word_terms

__all__ = ["Query", "prepare_query"]

STOP_WORD_IDF = 0.1
"""Inverse document frequency that a word without lexical terms (a stop word, a punctuation mark) is given."""

CONTENT_IDF = 1.0
"""Added to the inverse document frequency of every other word: where a handful of articles are about one thing, the
words that name it are in all of them and would count for nothing."""


NAMED_SHARE = 0.5
"""Share of its importance that a word keeps where it names a source: which article says it is asked for already."""


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """`terms` int64 (m,) hashes with `idf` float64 (m,); `token_weights` float32 (t,), of the encoding's tokens, sum to
    1."""

    text: str
    encoding: QueryEncoding
    terms: npt.NDArray[np.int64]
    idf: npt.NDArray[np.float64]
    token_weights: npt.NDArray[np.float32]
    interpretation: Interpretation = NOTHING_NAMED


def prepare_query(
    text: str, snapshot: Snapshot, embedder: Embedder, interpretation: Interpretation = NOTHING_NAMED
) -> Query:
    """Encode and analyse the question against the snapshot's languages and statistics."""
    encoding = embedder.encode_query(text)
    languages = snapshot.info.languages or (None,)
    terms = hash_terms(question_terms(text, languages))
    idf = inverse_document_frequency(snapshot.size, snapshot.document_frequency(terms))
    idf_of = dict(zip(terms.tolist(), idf.tolist(), strict=True))
    words = [
        (start, end, CONTENT_IDF + max(idf_of[hash64(term)] for term in own))
        for start, end, own in word_terms(text, languages)
        if own
    ]
    importance = np.full(len(encoding.token_spans), STOP_WORD_IDF)
    for i, (start, end) in enumerate(encoding.token_spans.tolist()):
        importance[i] = max((value for s, e, value in words if s < end and start < e), default=STOP_WORD_IDF)
        if any(m.start < end and start < m.end for m in interpretation.sources):
            importance[i] = max(STOP_WORD_IDF, NAMED_SHARE * importance[i])
    weights = np.sqrt(importance)
    shares = (weights / weights.sum() if len(weights) else weights).astype(np.float32)
    return Query(text, encoding, terms, idf, shares, interpretation)
