"""A sub-query: a question or a part of it, with its ranking, confidence and evidence."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from qa_service.answering.confidence import Confidence
from qa_service.answering.evidence import (
    defining_sentences,
    find_evidence,
    find_read_evidence,
    find_word_evidence,
    possible_evidence,
)
from qa_service.answering.matches import match_tokens, match_words
from qa_service.answering.reading import HeadReading, read_head
from qa_service.embedding.sentence_matches import sentence_cosines
from qa_service.ranking.passage_cache import PassageCache
from qa_service.ranking.pipeline import Ranker, Ranking
from qa_service.ranking.preference import Preference
from qa_service.ranking.query import Query
from qa_service.ranking.signals import RIGHT_DEPTH, SignalReader, Signals
from qa_service.reader import Excerpt, Reader, Reading
from qa_service.records import Evidence, Match, Passage, Question
from qa_service.storage.port import Snapshot
from qa_service.text.basic.language import absent_language

__all__ = ["SubQuery"]

LEAST_PROBABILITY = 0.15
"""Smallest probability of an evidence sentence that the reader has read. Quoted sentences always are evidence."""
LEAST_EVIDENCE = 0.6
"""An evidence sentence has at least this share of the best sentence's late interaction."""


class SubQuery:
    """A sub-query over a snapshot. Several settings share its computations.

    Raises (as does every method):
        PassageGone: a passage was deleted meanwhile.
    """

    def __init__(
        self,
        query: Query,
        question: Question,
        snapshot: Snapshot,
        cache: PassageCache,
        confidence: Confidence,
        reader: Reader | None = None,
    ) -> None:
        """`reader` reads the first passages if it reads the language of the question."""
        self.query = query
        self._reader = reader if query.words is None and _reads(reader, query.text) else None
        self._known: dict[Excerpt, Reading] = {}
        self._readings: dict[tuple[tuple[int, ...], int], HeadReading] = {}
        self.preference = Preference.of(snapshot, query.interpretation, question.filters)
        self.ranker = Ranker(
            query, snapshot, cache, self.preference, retriever=question.retriever, filters=question.filters
        )
        self._cache, self._confidence = cache, confidence
        self._signals = SignalReader(query, snapshot, self.ranker, cache)
        self._evidence: dict[tuple[int, float], tuple[Evidence, ...]] = {}
        self._judged: dict[tuple[bytes, bool], Signals | None] = {}

    def judge(self, ranking: Ranking, reading: HeadReading | None, *, late: bool) -> tuple[float, float]:
        """The confidence from the head of the ranking, and the least late interaction of an evidence sentence.

        `reading` is of the first passages; without it, the confidence is about the passages. `late` is whether late
        interaction is on. If the head spells out the abbreviation that the question asks about, only that definition is
        evidence."""
        signals = self.signals(ranking, late=late)
        if signals is None:
            return 0.0, float("inf")
        confidence = self._confidence.of(signals, None if reading is None else reading.signals())
        return confidence, float("inf") if signals.defined else LEAST_EVIDENCE * signals.sentence

    def signals(self, ranking: Ranking, *, late: bool) -> Signals | None:
        """The signals of the head of the ranking; None without a passage."""
        key = ranking.ids[self._signals.head(ranking)].tobytes(), late
        if key not in self._judged:
            self._judged[key] = self._signals.read(ranking, late=late)
        return self._judged[key]

    def head(self, ranking: Ranking) -> list[int]:
        """The engine's keys of the first distinct passages."""
        ids: list[int] = ranking.ids[self._signals.head(ranking)[:RIGHT_DEPTH]].tolist()
        return ids

    def read(self, keys: Sequence[int], tokens: int) -> HeadReading | None:
        """Read these passages within `tokens`. None if no reader reads the question."""
        if self._reader is None or not tokens or not keys:
            return None
        key = tuple(keys), tokens
        if key not in self._readings:
            found = self._cache.passages(keys)
            passages, metas = [one for one, _ in found], [article.meta for _, article in found]
            matches = [self._late_of_sentences(key, passage) for key, (passage, _) in zip(keys, found, strict=True)]
            covered = [self._signals.covered(np.array([one], np.int64)) for one in keys]
            model, asked = self._confidence.sentence, self.query.text
            self._readings[key] = read_head(
                self._reader, model, asked, keys, passages, metas, matches, covered, tokens, self._known
            )
        return self._readings[key]

    def _late_of_sentences(self, key: int, passage: Passage) -> list[float]:
        found = self.ranker.late.sentences(key)
        late = [0.0] * len(passage.sentences)
        for number, value in zip(found.sentence.tolist(), found.late.tolist(), strict=True):
            late[number] = value
        return late

    def evidence(
        self, ids: Sequence[int], least: float, reading: HeadReading | None = None
    ) -> list[tuple[Evidence, ...]]:
        """The evidence of each passage.

        Of a passage that the reader has read, these are the sentences that probably answer; of another, sentences whose
        late interaction is at least `least`. If a shown passage was read, at least one sentence is evidence.
        """
        read = {} if reading is None or math.isinf(least) else {one.passage: one for one in reading.passages}
        own = [key for key in ids if key in read]
        if not own:
            return self._late_evidence(ids, least)
        quoted = [] if reading is None else reading.quoted(own)
        enough = min([LEAST_PROBABILITY, *(sentence.probability for sentence in quoted)])
        late = iter(self._late_evidence([key for key in ids if key not in read], least))
        return [
            find_read_evidence(self._cache.passage(key), read[key], enough) if key in read else next(late)
            for key in ids
        ]

    def _late_evidence(self, ids: Sequence[int], least: float) -> list[tuple[Evidence, ...]]:
        if missing := [key for key in ids if (key, least) not in self._evidence]:
            passages = [passage for passage, _ in self._cache.passages(missing)]
            for key, own in zip(missing, self._find_evidence(missing, passages, least), strict=True):
                self._evidence[key, least] = own
        return [self._evidence[key, least] for key in ids]

    def _find_evidence(
        self, ids: Sequence[int], passages: Sequence[Passage], least: float
    ) -> Iterator[tuple[Evidence, ...]]:
        query, late = self.query, self.ranker.late
        short = query.interpretation.abbreviation
        if query.words is not None:
            for passage in passages:
                yield defining_sentences(passage, short) or find_word_evidence(passage, query.words, least)
            return
        found = [late.sentences(key) for key in ids]
        bodies = [possible_evidence(passage, own, least) for passage, own in zip(passages, found, strict=True)]
        cosines = self._sentence_cosines(ids, [own.sentence[body] for own, body in zip(found, bodies, strict=True)])
        weights = query.token_weights.astype(np.float64)
        for passage, own, body, pooled in zip(passages, found, bodies, cosines, strict=True):
            yield defining_sentences(passage, short) or find_evidence(
                passage, own, late.matcher.unit, weights, body, pooled, query.text
            )

    def _sentence_cosines(
        self, ids: Sequence[int], sentences: Sequence[npt.NDArray[np.int64]]
    ) -> Sequence[npt.NDArray[np.float64] | None]:
        """The cosine of the question with these sentences of each passage.

        None if the question's vector and token vectors differ in dimension.
        """
        vector = self.query.encoding.vector
        if len(vector) != self.query.encoding.token_vectors.shape[1]:
            return [None] * len(ids)
        each = [self._cache.tokens_of(key) for key in ids]
        bits = [own.bits[own.sentence == n] for own, some in zip(each, sentences, strict=True) for n in some.tolist()]
        ends = np.cumsum([len(some) for some in sentences])
        return np.split(sentence_cosines(vector, bits), ends[:-1])

    def matches(self, key: int, evidence: Evidence) -> tuple[Match, ...]:
        """The words of an evidence sentence of this passage that match words of the question."""
        query, sentence = self.query, (evidence.start, evidence.end)
        passage = self._cache.passage(key)
        if query.words is not None:
            return match_words(passage, sentence, query.text, query.words)
        bits, spans = self._cache.tokens_of(key).bits, self._cache.token_spans(key)
        return match_tokens(passage, sentence, query.encoding, query.content_spans, bits, spans)


def _reads(reader: Reader | None, question: str) -> bool:
    """Whether the reader reads the question: it is not certainly in another language."""
    languages = None if reader is None else reader.languages
    return not languages or absent_language(question, languages) is None
