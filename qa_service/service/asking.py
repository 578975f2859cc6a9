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
from qa_service.ranking.pipeline import Parameters, Ranking, rank
from qa_service.ranking.query import Query, prepare_query
from qa_service.ranking.select import select
from qa_service.ranking.signals import read_signals
from qa_service.ranking.token_signs import PassageGone, TokenSignReader
from qa_service.records import (
    Answer,
    ArticleSummary,
    Citation,
    Evidence,
    Interpretation,
    Passage,
    Question,
    RankedPassage,
)
from qa_service.settings import Settings
from qa_service.storage.catalogue import Catalogue
from qa_service.storage.snapshot import Snapshot

__all__ = ["answer_question", "parameters_of"]

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


def answer_question(
    question: Question,
    snapshot: Snapshot,
    catalogue: Catalogue,
    embedder: Embedder,
    confidence_model: ConfidenceModel,
    settings: Settings,
) -> Answer:
    """Answer from `snapshot` alone.

    Raises:
        PassageGone: a passage of the snapshot was deleted meanwhile; ask again with the next one.
    """
    understood = (
        interpret(question.question, snapshot.info)
        if question.interpret and question.retriever == "hybrid"
        else Interpretation()
    )
    query = prepare_query(question.question, snapshot, embedder, understood)
    signs = TokenSignReader(catalogue, snapshot)
    ranking = rank(
        query, snapshot, signs, parameters_of(settings), retriever=question.retriever, filters=question.filters
    )
    signals = read_signals(query, snapshot, signs, ranking.rows)
    confidence = confidence_model.probability(asdict(signals)) if signals else 0.0
    chosen = select(
        snapshot,
        ranking.rows,
        top_k=question.top_k,
        max_per_article=question.max_per_article,
        max_per_outlet=question.max_per_outlet,
        max_context_tokens=question.max_context_tokens,
    )
    confident = confidence >= settings.answerable_threshold
    least = LEAST_EVIDENCE * signals.sentence if signals and confident else None
    passages = _hydrate(query, ranking, chosen, snapshot, catalogue, signs, least)
    answer = compose_answer(passages) if confident else None
    return Answer(question.question, answer is not None, confidence, answer, passages, snapshot.info, understood)


def _hydrate(
    query: Query,
    ranking: Ranking,
    chosen: Sequence[int],
    snapshot: Snapshot,
    catalogue: Catalogue,
    signs: TokenSignReader,
    least: float | None,
) -> tuple[RankedPassage, ...]:
    """The chosen passages with their citations; with evidence whose late interaction is at least `least`, without any
    where that is None."""
    rows: npt.NDArray[np.int64] = ranking.rows[list(chosen)]
    seqs = snapshot.column("seq", rows).tolist()
    stored = catalogue.passages_with_articles(seqs)
    if len(stored) < len(seqs):
        raise PassageGone
    tokens = signs.read(rows) if least is not None else []
    found: list[RankedPassage] = []
    for number, (position, seq) in enumerate(zip(chosen, seqs, strict=True), start=1):
        passage, article = stored[seq]
        evidence: tuple[Evidence, ...] = ()
        if least is not None:
            own = tokens[number - 1]
            defining = defining_sentences(passage, query.interpretation.abbreviation)
            evidence = defining or find_evidence(
                passage, query.encoding, query.token_weights, own.bits, own.sentence, least
            )
        found.append(
            RankedPassage(
                rank=number,
                passage=passage,
                score=float(ranking.scores[position]),
                dense=None if ranking.dense is None else float(ranking.dense[position]),
                lexical=None if ranking.lexical is None else float(ranking.lexical[position]),
                evidence=evidence,
                citation=_cite(number, passage, article),
            )
        )
    return tuple(found)


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
