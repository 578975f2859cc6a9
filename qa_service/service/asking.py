"""One question to one answer: ranking, then answering, over one snapshot."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from qa_service.answering.confidence import Confidence
from qa_service.answering.disagreements import Contradicts, find_disagreements
from qa_service.answering.evidence import defining_sentences, find_evidence, find_word_evidence
from qa_service.answering.extractive import compose_answer
from qa_service.answering.perspectives import find_perspectives
from qa_service.embedding import Embedder
from qa_service.ranking.interpretation import interpret, interpret_part
from qa_service.ranking.parts import rank_parts
from qa_service.ranking.pipeline import Parameters, Ranker, Ranking
from qa_service.ranking.query import Query, prepare_query
from qa_service.ranking.signals import HEAD, SignalReader, Signals
from qa_service.ranking.token_signs import TokenSignReader
from qa_service.records import (
    NOTHING_NAMED,
    Answer,
    ArticleSummary,
    Citation,
    Evidence,
    Passage,
    Question,
    RankedPassage,
)
from qa_service.service.arranging import Arranger, Score, Shown
from qa_service.service.passages import PassageReader
from qa_service.settings import Settings
from qa_service.storage.catalogue import Catalogue
from qa_service.storage.snapshot import Snapshot

__all__ = ["OpenQuestion", "parameters_of"]

RANKED_TOGETHER = 64
"""Settings whose rankings are held at once: some 100 KB each."""

LEAST_EVIDENCE = 0.6
"""Share of the best sentence's late interaction that a sentence needs to be evidence."""


def parameters_of(settings: Settings) -> Parameters:
    return Parameters(
        depth=settings.depth,
        dense_weight=settings.dense_weight,
        late_interaction=settings.late_interaction,
        late_interaction_depth=settings.late_interaction_depth,
        late_interaction_weight=settings.late_interaction_weight,
        sentence_share=settings.sentence_share,
        source_weight=settings.source_weight,
        date_weight=settings.date_weight,
        balance_step=settings.balance_step,
    )


class OpenQuestion:
    """A question over one snapshot. Answers under several settings share what does not depend on them, and each is
    what it would be by itself.

    Raises (as does `answers`):
        PassageGone: a passage of the snapshot was deleted meanwhile; ask again with the next one.
    """

    def __init__(
        self,
        question: Question,
        snapshot: Snapshot,
        catalogue: Catalogue,
        embedder: Embedder,
        confidence: Confidence,
        score: Score | None = None,
        contradicts: Contradicts | None = None,
    ) -> None:
        """`score` is a reranker's, `contradicts` a model's for natural language inference."""
        self._contradicts = contradicts
        self._question, self._snapshot = question, snapshot
        self._confidence = confidence
        hybrid = question.retriever == "hybrid"
        named = (
            interpret(question.question, snapshot.info, snapshot.days)
            if question.interpret and hybrid
            else NOTHING_NAMED
        )
        self._signs = TokenSignReader(catalogue, snapshot)
        self._query, self._ranker, self._signals = self._ask(prepare_query(question.question, snapshot, embedder, named))
        self._parts = [
            self._ask(prepare_query(part.text, snapshot, embedder, interpret_part(part, snapshot.info, snapshot.days)))
            for part in named.parts
        ]
        self._passages = PassageReader(catalogue, self._signs)
        self._arranger = Arranger(question, self._query, snapshot, self._passages, self._signs, score)
        self._evidence: dict[tuple[int, float], tuple[Evidence, ...]] = {}
        self._judged: dict[bytes, tuple[Signals | None, float]] = {}
        self._citations: dict[tuple[int, int], Citation] = {}

    def _ask(self, query: Query) -> tuple[Query, Ranker, SignalReader]:
        question, snapshot = self._question, self._snapshot
        ranker = Ranker(query, snapshot, self._signs, retriever=question.retriever, filters=question.filters)
        return query, ranker, SignalReader(query, snapshot, ranker, self._signs)

    def _rank(self, parameters: Parameters) -> Ranking:
        if not self._parts:
            return self._ranker.rank(parameters)
        rankers = [ranker for _, ranker, _ in self._parts]
        return rank_parts(self._query, self._snapshot, self._ranker, rankers, parameters)

    def answers(self, variants: Sequence[Settings], compare: bool = True) -> list[Answer]:
        """Under each of the settings, in their order; `compare` says whether with what outlets say otherwise."""
        found: list[Answer] = []
        for start in range(0, len(variants), RANKED_TOGETHER):
            lot = variants[start : start + RANKED_TOGETHER]
            rankings = [self._rank(parameters_of(settings)) for settings in lot]
            shown = [self._arranger.arrange(*each) for each in zip(rankings, lot, strict=True)]
            # one reading for all that is cited
            cited = [row for each in shown for one in each for row in (one.row, *one.copies)]
            self._passages.read(np.unique(np.array(cited, np.int64)))
            found += [self._answer(*each, compare) for each in zip(lot, rankings, shown, strict=True)]
        return found

    def _answer(self, settings: Settings, ranking: Ranking, shown: Sequence[Shown], compare: bool) -> Answer:
        question, snapshot = self._question, self._snapshot
        signals, confidence = self._judge(ranking)
        confident = confidence >= settings.answerable_threshold
        least = LEAST_EVIDENCE * signals.sentence if signals and confident else None
        passages = self._hydrate(shown, least)
        answer = compose_answer(passages) if confident else None
        return Answer(
            question.question,
            answer is not None,
            confidence,
            answer,
            passages,
            snapshot.info,
            self._query.interpretation,
            find_perspectives(passages) if compare else (),
            find_disagreements(passages, self._contradicts, settings.nli_threshold) if compare else (),
        )

    def _judge(self, ranking: Ranking) -> tuple[Signals | None, float]:
        """What the head of the ranking says, and the confidence that follows."""
        key = ranking.rows[:HEAD].tobytes()
        if key not in self._judged:
            signals = self._signals.read(ranking)
            self._judged[key] = signals, self._confidence.of(signals) if signals else 0.0
        return self._judged[key]

    def _hydrate(self, shown: Sequence[Shown], least: float | None) -> tuple[RankedPassage, ...]:
        """What is shown with its citations; with evidence whose late interaction is at least `least`, without any where
        that is None."""
        rows = np.array([one.row for one in shown], np.int64)
        evidence = self._evidence_of(rows, least) if least is not None else [()] * len(rows)
        return tuple(
            RankedPassage(
                number,
                self._passages.read(rows[number - 1 : number])[0][0],
                one.score,
                one.dense,
                one.lexical,
                own,
                self._cite(number, one.row),
                tuple(self._cite(number, copy) for copy in one.copies),
            )
            for number, (one, own) in enumerate(zip(shown, evidence, strict=True), start=1)
        )

    def _cite(self, number: int, row: int) -> Citation:
        if (number, row) not in self._citations:
            (stored,) = self._passages.read(np.array([row]))
            self._citations[number, row] = _cite(number, *stored)
        return self._citations[number, row]

    def _evidence_of(self, rows: npt.NDArray[np.int64], least: float) -> list[tuple[Evidence, ...]]:
        query = self._query
        passages = (passage for passage, _ in self._passages.read(rows))
        for row, passage, own in zip(rows.tolist(), passages, self._signs.read(rows), strict=True):
            if (row, least) not in self._evidence:
                self._evidence[row, least] = defining_sentences(passage, query.interpretation.abbreviation) or (
                    find_word_evidence(passage, query.words, least)
                    if query.words is not None
                    else find_evidence(passage, query.encoding, query.token_weights, own.bits, own.sentence, least)
                )
        return [self._evidence[row, least] for row in rows.tolist()]


def _cite(number: int, passage: Passage, article: ArticleSummary) -> Citation:
    return Citation(
        number=number,
        article_id=article.article_id,
        title=article.title,
        outlet=article.outlet,
        author=article.author,
        published=article.published,
        language=article.language,
        url=article.url,
        source=article.source,
        start=passage.start,
        end=passage.end,
        article_sha256=article.article_sha256,
        source_sha256=article.source_sha256,
    )
