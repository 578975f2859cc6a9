"""One question to one answer: ranking, then answering, over one snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
import numpy.typing as npt

from qa_service.answering.confidence import ConfidenceModel
from qa_service.answering.evidence import defining_sentences, find_evidence
from qa_service.answering.extractive import compose_answer
from qa_service.embedding import Embedder
from qa_service.ranking.interpretation import interpret
from qa_service.ranking.pipeline import Parameters, Ranker, Ranking
from qa_service.ranking.query import prepare_query
from qa_service.ranking.select import select
from qa_service.ranking.signals import SIGNAL_DEPTH, Signals, read_signals
from qa_service.ranking.token_signs import PassageGone, TokenSignReader
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
        confidence_model: ConfidenceModel,
    ) -> None:
        self._question, self._snapshot, self._catalogue = question, snapshot, catalogue
        self._confidence_model = confidence_model
        hybrid = question.retriever == "hybrid"
        named = (
            interpret(question.question, snapshot.info, snapshot.days)
            if question.interpret and hybrid
            else NOTHING_NAMED
        )
        self._query = prepare_query(question.question, snapshot, embedder, named)
        self._signs = TokenSignReader(catalogue, snapshot)
        self._ranker = Ranker(
            self._query, snapshot, self._signs, retriever=question.retriever, filters=question.filters
        )
        self._stored: dict[int, tuple[Passage, ArticleSummary]] = {}
        self._evidence: dict[tuple[int, float], tuple[Evidence, ...]] = {}
        self._judged: dict[bytes, tuple[Signals | None, float]] = {}
        self._citations: dict[tuple[int, int], Citation] = {}

    def answers(self, variants: Sequence[Settings]) -> list[Answer]:
        """Under each of the settings, in their order."""
        found: list[Answer] = []
        for start in range(0, len(variants), RANKED_TOGETHER):
            lot = variants[start : start + RANKED_TOGETHER]
            rankings = [self._ranker.rank(parameters_of(settings)) for settings in lot]
            chosen = [self._select(ranking.rows) for ranking in rankings]
            self._read([ranking.rows[places] for ranking, places in zip(rankings, chosen, strict=True)])
            found += [self._answer(*each) for each in zip(lot, rankings, chosen, strict=True)]
        return found

    def _select(self, rows: npt.NDArray[np.int64]) -> list[int]:
        question = self._question
        return select(
            self._snapshot,
            rows,
            top_k=question.top_k,
            max_per_article=question.max_per_article,
            max_per_outlet=question.max_per_outlet,
            max_context_tokens=question.max_context_tokens,
        )

    def _read(self, chosen: Sequence[npt.NDArray[np.int64]]) -> None:
        """The passages that will be shown, from the catalogue, all at once."""
        seqs = self._snapshot.column("seq", np.unique(np.concatenate(chosen))).tolist()
        missing = [seq for seq in seqs if seq not in self._stored]
        if missing:
            self._stored |= self._catalogue.passages_with_articles(missing)
        if any(seq not in self._stored for seq in missing):
            raise PassageGone

    def _answer(self, settings: Settings, ranking: Ranking, chosen: Sequence[int]) -> Answer:
        question, snapshot = self._question, self._snapshot
        signals, confidence = self._judge(ranking.rows[:SIGNAL_DEPTH])
        confident = confidence >= settings.answerable_threshold
        least = LEAST_EVIDENCE * signals.sentence if signals and confident else None
        passages = self._hydrate(ranking, chosen, least)
        answer = compose_answer(passages) if confident else None
        named = self._query.interpretation
        return Answer(question.question, answer is not None, confidence, answer, passages, snapshot.info, named)

    def _judge(self, rows: npt.NDArray[np.int64]) -> tuple[Signals | None, float]:
        """What the first rows say, and the confidence that follows."""
        key = rows.tobytes()
        if key not in self._judged:
            signals = read_signals(self._query, self._snapshot, self._ranker, rows)
            self._judged[key] = signals, self._confidence_model.probability(asdict(signals)) if signals else 0.0
        return self._judged[key]

    def _hydrate(self, ranking: Ranking, chosen: Sequence[int], least: float | None) -> tuple[RankedPassage, ...]:
        """The chosen passages with their citations; with evidence whose late interaction is at least `least`, without
        any where that is None."""
        rows: npt.NDArray[np.int64] = ranking.rows[list(chosen)]
        seqs = self._snapshot.column("seq", rows).tolist()
        evidence = self._evidence_of(rows, seqs, least) if least is not None else [()] * len(rows)
        nothing = [None] * len(rows)
        dense = nothing if ranking.dense is None else ranking.dense[list(chosen)].tolist()
        lexical = nothing if ranking.lexical is None else ranking.lexical[list(chosen)].tolist()
        columns = zip(seqs, ranking.scores[list(chosen)].tolist(), dense, lexical, evidence, strict=True)
        return tuple(
            RankedPassage(number, self._stored[seq][0], score, by_dense, by_lexical, own, self._cite(number, seq))
            for number, (seq, score, by_dense, by_lexical, own) in enumerate(columns, start=1)
        )

    def _cite(self, number: int, seq: int) -> Citation:
        if (number, seq) not in self._citations:
            self._citations[number, seq] = _cite(number, *self._stored[seq])
        return self._citations[number, seq]

    def _evidence_of(
        self, rows: npt.NDArray[np.int64], seqs: Sequence[int], least: float
    ) -> list[tuple[Evidence, ...]]:
        query = self._query
        for seq, own in zip(seqs, self._signs.read(rows), strict=True):
            if (seq, least) not in self._evidence:
                passage = self._stored[seq][0]
                self._evidence[seq, least] = defining_sentences(
                    passage, query.interpretation.abbreviation
                ) or find_evidence(passage, query.encoding, query.token_weights, own.bits, own.sentence, least)
        return [self._evidence[seq, least] for seq in seqs]


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
