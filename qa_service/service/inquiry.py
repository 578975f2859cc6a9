"""One thing that is asked over one snapshot, a question or a part of one: its ranking, how sure it is, its evidence."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from qa_service.answering.confidence import Confidence
from qa_service.answering.evidence import defining_sentences, find_evidence, find_word_evidence
from qa_service.answering.matches import match_tokens, match_words
from qa_service.ranking.pipeline import Ranker, Ranking
from qa_service.ranking.query import Query
from qa_service.ranking.signals import SignalReader
from qa_service.ranking.token_signs import TokenSignReader
from qa_service.records import Evidence, Match, Question
from qa_service.storage.local.snapshot import Snapshot

__all__ = ["Inquiry"]

LEAST_EVIDENCE = 0.6
"""Share of the best sentence's late interaction that a sentence needs to be evidence."""


class Inquiry:
    """What several settings ask for is found once."""

    def __init__(
        self, query: Query, question: Question, snapshot: Snapshot, signs: TokenSignReader, confidence: Confidence
    ) -> None:
        self.query = query
        self.ranker = Ranker(query, snapshot, signs, retriever=question.retriever, filters=question.filters)
        self._signs, self._confidence = signs, confidence
        self._signals = SignalReader(query, snapshot, self.ranker, signs)
        self._evidence: dict[tuple[int, float], tuple[Evidence, ...]] = {}
        self._judged: dict[bytes, tuple[float, float]] = {}

    def judge(self, ranking: Ranking) -> tuple[float, float]:
        """The confidence that the head of the ranking gives, and the late interaction that a sentence needs to be
        evidence. Beside a definition that was asked for no likeness is evidence.

        Raises:
            PassageGone: a passage was deleted meanwhile.
        """
        key = ranking.rows[self._signals.head(ranking)].tobytes()
        if key not in self._judged:
            signals = self._signals.read(ranking)
            confidence = self._confidence.of(signals) if signals else 0.0
            least = LEAST_EVIDENCE * signals.sentence if signals and not signals.defined else float("inf")
            self._judged[key] = confidence, least
        return self._judged[key]

    def evidence(self, rows: npt.NDArray[np.int64], least: float) -> list[tuple[Evidence, ...]]:
        """Of each of the rows, the sentences whose late interaction is at least `least`.

        Raises:
            PassageGone: one of them was deleted.
        """
        query = self.query
        passages = (passage for passage, _ in self._signs.read_passages(rows))
        for row, passage, own in zip(rows.tolist(), passages, self._signs.read(rows), strict=True):
            if (row, least) not in self._evidence:
                self._evidence[row, least] = defining_sentences(passage, query.interpretation.abbreviation) or (
                    find_word_evidence(passage, query.words, least)
                    if query.words is not None
                    else find_evidence(
                        passage, query.encoding, query.token_weights, own.bits, own.sentence, least, query.text
                    )
                )
        return [self._evidence[row, least] for row in rows.tolist()]

    def matches(self, row: int, evidence: Evidence) -> tuple[Match, ...]:
        """Which words of a sentence of this row match which of what is asked.

        Raises:
            PassageGone: it was deleted.
        """
        query, sentence = self.query, (evidence.start, evidence.end)
        ((passage, _),) = self._signs.read_passages(np.array([row]))
        if query.words is not None:
            return match_words(passage, sentence, query.text, query.words)
        (own,) = self._signs.read(np.array([row]))
        return match_tokens(passage, sentence, query.encoding, query.content_spans, own.bits, own.spans)
