"""A question prepared for ranking: its vectors, its lexical terms, and the weight of each of its tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa_service.embedding.protocol import Embedder
from qa_service.ranking.readable import is_unread
from qa_service.records import NOTHING_NAMED, Interpretation
from qa_service.records.encodings import QueryEncoding
from qa_service.storage.features import Statistics, hash64, hash_terms, inverse_document_frequency
from qa_service.storage.port import Snapshot
from qa_service.text.basic.terms import normal_words, question_terms, word_terms
from qa_service.text.basic.word_similarity import WordMatcher
from qa_service.text.question.framing import without_frames

__all__ = ["Query", "prepare_query"]

STOP_WORD_IDF = 0.1
"""Inverse document frequency of a word without lexical terms: a stop word, a punctuation mark."""

CONTENT_IDF = 1.0
"""Added to the inverse document frequency of every other word. If all articles are about the same thing, all have the
words that name it. Without this constant these words would count nothing."""

NAMED_SHARE = 0.5
"""A word that names a source keeps this share of its importance, since its source is preferred already."""


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """`terms` int64 (m,) are hashes, with `idf` float64 (m,) and the collection's `statistics` of them. `token_weights`
    float32 (t,) are of the encoding's tokens and sum to 1. `words` matches words of passages if the model does not read
    the question and the collection has some of its words; otherwise it is None."""

    text: str
    encoding: QueryEncoding
    terms: npt.NDArray[np.int64]
    idf: npt.NDArray[np.float64]
    statistics: Statistics
    token_weights: npt.NDArray[np.float32]
    interpretation: Interpretation = NOTHING_NAMED
    words: WordMatcher | None = None
    content: tuple[tuple[tuple[int, ...], float], ...] = ()
    """Each word of the question that is no stop word: the hashes of its terms, and the inverse document frequency of
    the most frequent of them."""
    content_spans: tuple[tuple[int, int], ...] = ()
    """Spans of these words in the question; of its stop words if it has no others."""
    reads: frozenset[str] | None = None
    """The languages that the embedding model reads (ISO 639-1). None: all."""


def prepare_query(
    text: str, snapshot: Snapshot, embedder: Embedder, interpretation: Interpretation = NOTHING_NAMED
) -> Query:
    """Encode and analyse the question with the snapshot's languages and statistics.

    Spaces replace words that only say whose statement is asked for, such as "according to AFP".
    """
    text = without_frames(text, [(mention.start, mention.end) for mention in interpretation.sources])
    encoding = embedder.encode_query(text)
    languages = snapshot.info.languages or (None,)
    own_terms = [(start, end, own) for start, end, own in word_terms(text, languages) if own]
    distinct = list(dict.fromkeys(term for _, _, own in own_terms for term in own))
    terms = hash_terms(distinct or question_terms(text, languages))
    statistics = snapshot.statistics(terms)
    idf = inverse_document_frequency(statistics.passages, statistics.document_frequency)
    idf_of = dict(zip(terms.tolist(), idf.tolist(), strict=True))
    words = [(start, end, CONTENT_IDF + max(idf_of[hash64(term)] for term in own)) for start, end, own in own_terms]
    importance = np.full(len(encoding.token_spans), STOP_WORD_IDF)
    for i, (start, end) in enumerate(encoding.token_spans.tolist()):
        importance[i] = max((value for s, e, value in words if s < end and start < e), default=STOP_WORD_IDF)
        if _names_source(start, end, interpretation):
            importance[i] = max(STOP_WORD_IDF, NAMED_SHARE * importance[i])
    weights = np.sqrt(importance)
    shares = (weights / weights.sum() if len(weights) else weights).astype(np.float32)
    unread = bool(statistics.document_frequency.any()) and is_unread(text, snapshot.info.languages, embedder.languages)
    matcher = _word_matcher(text, own_terms, idf_of, interpretation) if unread else None
    content = [
        (tuple(hash64(term) for term in own), min(idf_of[hash64(term)] for term in own)) for _, _, own in own_terms
    ]
    spans = [(start, end) for start, end, _ in own_terms or normal_words(text)]
    return Query(
        text,
        encoding,
        terms,
        idf,
        statistics,
        shares,
        interpretation,
        matcher,
        tuple(content),
        tuple(spans),
        embedder.languages,
    )


def _names_source(start: int, end: int, interpretation: Interpretation) -> bool:
    return any(m.start < end and start < m.end for m in interpretation.sources)


def _word_matcher(
    text: str,
    own_terms: Sequence[tuple[int, int, tuple[str, ...]]],
    idf_of: Mapping[int, float],
    interpretation: Interpretation,
) -> WordMatcher:
    """The question's words without its stop words, or all of them if there are no others. Each is as important as the
    most frequent of its terms: analyses in other languages give terms that no article has."""
    kept = {(start, end): CONTENT_IDF + min(idf_of[hash64(term)] for term in own) for start, end, own in own_terms}
    importance: dict[str, float] = {}
    for start, end, word in normal_words(text):
        value = kept.get((start, end), 0.0 if kept else CONTENT_IDF)
        if value and word:
            value *= NAMED_SHARE if _names_source(start, end, interpretation) else 1
            importance[word] = max(value, importance.get(word, 0.0))
    weights = np.array(list(importance.values()))
    return WordMatcher(tuple(importance), weights / weights.sum())
