"""A sub-query: a question or a part of it, with its ranking, confidence and evidence."""

from __future__ import annotations

from collections.abc import Sequence

from qa_service.answering.confidence import Confidence
from qa_service.answering.evidence import defining_sentences, find_evidence, find_word_evidence
from qa_service.answering.matches import match_tokens, match_words
from qa_service.ranking.passage_cache import PassageCache
from qa_service.ranking.pipeline import Ranker, Ranking
from qa_service.ranking.preference import Preference
from qa_service.ranking.query import Query
from qa_service.ranking.signals import SignalReader
from qa_service.records import Evidence, Match, Question
from qa_service.storage.port import Snapshot

__all__ = ["SubQuery"]

LEAST_EVIDENCE = 0.6
"""An evidence sentence has at least this share of the best sentence's late interaction."""


class SubQuery:
    """A sub-query over a snapshot. Several settings share its computations.

    Raises (as does every method):
        PassageGone: a passage was deleted meanwhile.
    """

    def __init__(
        self, query: Query, question: Question, snapshot: Snapshot, cache: PassageCache, confidence: Confidence
    ) -> None:
        self.query = query
        self.preference = Preference.of(snapshot, query.interpretation, question.filters)
        self.ranker = Ranker(
            query, snapshot, cache, self.preference, retriever=question.retriever, filters=question.filters
        )
        self._cache, self._confidence = cache, confidence
        self._signals = SignalReader(query, snapshot, self.ranker, cache)
        self._evidence: dict[tuple[int, float], tuple[Evidence, ...]] = {}
        self._judged: dict[bytes, tuple[float, float]] = {}

    def judge(self, ranking: Ranking) -> tuple[float, float]:
        """The confidence from the head of the ranking, and the least late interaction of an evidence sentence.

        If the head spells out the abbreviation that the question asks about, only that definition is evidence."""
        key = ranking.ids[self._signals.head(ranking)].tobytes()
        if key not in self._judged:
            signals = self._signals.read(ranking)
            confidence = self._confidence.of(signals) if signals else 0.0
            least = LEAST_EVIDENCE * signals.sentence if signals and not signals.defined else float("inf")
            self._judged[key] = confidence, least
        return self._judged[key]

    def evidence(self, ids: Sequence[int], least: float) -> list[tuple[Evidence, ...]]:
        """For each passage, the sentences whose late interaction is at least `least`."""
        query = self.query
        for key, (passage, _), own in zip(ids, self._cache.passages(ids), self._cache.tokens(ids), strict=True):
            if (key, least) not in self._evidence:
                self._evidence[key, least] = defining_sentences(passage, query.interpretation.abbreviation) or (
                    find_word_evidence(passage, query.words, least)
                    if query.words is not None
                    else find_evidence(
                        passage, query.encoding, query.token_weights, own.bits, own.sentence, least, query.text
                    )
                )
        return [self._evidence[key, least] for key in ids]

    def matches(self, key: int, evidence: Evidence) -> tuple[Match, ...]:
        """The words of an evidence sentence of this passage that match words of the question."""
        query, sentence = self.query, (evidence.start, evidence.end)
        passage = self._cache.passage(key)
        if query.words is not None:
            return match_words(passage, sentence, query.text, query.words)
        (own,) = self._cache.tokens([key])
        return match_tokens(
            passage, sentence, query.encoding, query.content_spans, own.bits, self._cache.token_spans(key)
        )
