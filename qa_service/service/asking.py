"""One question to one answer: ranking, then answering, over one snapshot."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace
from functools import cached_property

import numpy as np

from qa_service.answering.confidence import Confidence
from qa_service.answering.disagreements import Contradicts, find_disagreements
from qa_service.answering.extractive import compose_answer
from qa_service.answering.perspectives import find_perspectives
from qa_service.embedding import Embedder
from qa_service.ranking.capitals import in_capitals
from qa_service.ranking.interpretation import interpret, interpret_part
from qa_service.ranking.parts import rank_parts
from qa_service.ranking.pipeline import Parameters, Ranking
from qa_service.ranking.query import prepare_query
from qa_service.ranking.token_signs import TokenSignReader
from qa_service.records import (
    NOTHING_NAMED,
    Answer,
    ArticleSummary,
    Citation,
    Declined,
    Evidence,
    Interpretation,
    Match,
    Passage,
    Question,
    RankedPassage,
)
from qa_service.service.arranging import Arranger, Score, Shown
from qa_service.service.declining import why_declined
from qa_service.service.inquiry import Inquiry
from qa_service.service.passages import PassageReader
from qa_service.settings import Settings
from qa_service.storage.local.catalogue import Catalogue
from qa_service.storage.local.snapshot import Snapshot
from qa_service.text.question.followups import completed
from qa_service.text.question.framing import without_courtesies
from qa_service.text.question.parts import names_it

__all__ = ["OpenQuestion", "parameters_of"]

RANKED_TOGETHER = 64
"""Settings whose rankings are held at once: some 100 KB each."""


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
        self._signs = TokenSignReader(catalogue, snapshot)
        searched = completed(question.question, question.history) if question.interpret else question.question
        leans, named, asked = searched != question.question, NOTHING_NAMED, searched
        if question.interpret and question.retriever == "hybrid":
            searched = in_capitals(searched, snapshot, self._signs, question.filters)
            asked = without_courtesies(searched)
            named = interpret(asked, snapshot.info, snapshot.days)
        if leans:
            named = replace(named, searched=searched)
        self._asked = asked

        def inquire(text: str, named: Interpretation) -> Inquiry:
            query = prepare_query(text, snapshot, embedder, named)
            return Inquiry(query, question, snapshot, self._signs, confidence)

        self._whole = inquire(asked, named)
        self._query = self._whole.query
        self._parts = [inquire(part.text, interpret_part(part, snapshot.info, snapshot.days)) for part in named.parts]
        self._passages = PassageReader(catalogue, self._signs)
        self._arranger = Arranger(question, self._query, snapshot, self._passages, self._signs, score)
        self._citations: dict[tuple[int, int], Citation] = {}

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

    def _rank(self, parameters: Parameters) -> Ranking:
        whole = self._whole
        if not self._parts:
            return whole.ranker.rank(parameters)
        rankers = [part.ranker for part in self._parts]
        return rank_parts(whole.query, self._snapshot, whole.ranker, rankers, parameters)

    def _answer(self, settings: Settings, ranking: Ranking, shown: Sequence[Shown], compare: bool) -> Answer:
        question, snapshot = self._question, self._snapshot
        judged = self._judge(settings, ranking)
        confidence = max(own for own, _ in judged)  # whoever asks two things is not refused the one that is answered
        confident = confidence >= settings.answerable_threshold
        least = [needed if confident and own >= settings.answerable_threshold else None for own, needed in judged]
        evidence, answered = self._evidence_of(shown, least)
        passages = self._hydrate(shown, evidence)
        understood = self._understood(judged, answered, passages, settings.answerable_threshold)
        # whose word is asked for, not what is asked about: another outlet may write about one that is
        sources = understood.sources if self._whole.query.text != self._asked else ()
        answer = compose_answer(passages, understood.parts, sources) if confident else None
        return Answer(
            question.question,
            answer is not None,
            confidence,
            answer,
            passages,
            snapshot.info,
            understood,
            find_perspectives(passages) if compare else (),
            find_disagreements(passages, self._contradicts, settings.nli_threshold) if compare else (),
            self._declined if answer is None else None,
        )

    @cached_property
    def _declined(self) -> Declined | None:
        return why_declined(self._query.text, self._question.filters, self._snapshot)

    def _understood(
        self,
        judged: Sequence[tuple[float, float]],
        answered: Set[int],
        passages: Sequence[RankedPassage],
        threshold: float,
    ) -> Interpretation:
        """The interpretation, with how sure each part is and whether what is shown answers it."""
        named = self._query.interpretation
        if not named.parts:
            return named
        said = [evidence.text for passage in passages for evidence in passage.evidence]

        def shown(number: int, name: str | None) -> bool:
            return number in answered or (name is not None and any(names_it(text, name) for text in said))

        parts = (
            replace(part, confidence=own, answerable=own >= threshold, shown=shown(number, part.name))
            for number, (part, (own, _)) in enumerate(zip(named.parts, judged, strict=True))
        )
        return replace(named, parts=tuple(parts))

    def _judge(self, settings: Settings, ranking: Ranking) -> list[tuple[float, float]]:
        """Confidence and the least that is evidence: of each part by its own ranking, or of the question."""
        if not self._parts:
            return [self._whole.judge(ranking)]
        return [part.judge(part.ranker.rank(parameters_of(settings))) for part in self._parts]

    def _hydrate(self, shown: Sequence[Shown], evidence: Sequence[tuple[Evidence, ...]]) -> tuple[RankedPassage, ...]:
        """What is shown, with its evidence and citations."""
        rows = np.array([one.row for one in shown], np.int64)
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
                self._matches_of(one.row, own) if self._question.matches else None,
            )
            for number, (one, own) in enumerate(zip(shown, evidence, strict=True), start=1)
        )

    def _cite(self, number: int, row: int) -> Citation:
        if (number, row) not in self._citations:
            (stored,) = self._passages.read(np.array([row]))
            self._citations[number, row] = _cite(number, *stored)
        return self._citations[number, row]

    def _evidence_of(
        self, shown: Sequence[Shown], least: Sequence[float | None]
    ) -> tuple[list[tuple[Evidence, ...]], Set[int]]:
        """What of each passage has a late interaction of at least `least`, of each part or of the question (without any
        where that is None), and the parts that have some. A passage answers the parts that it is chosen for; a sentence
        that answers several is the first one's."""
        answered: set[int] = set()
        found: list[dict[int, Evidence]] = [{} for _ in shown]
        for number, (part, needed) in enumerate(zip(self._parts or [self._whole], least, strict=True)):
            at = [i for i, one in enumerate(shown) if not self._parts or number in one.parts]
            if needed is not None and at:
                rows = np.array([shown[i].row for i in at], np.int64)
                for i, own in zip(at, part.evidence(rows, needed), strict=True):
                    for evidence in own:
                        answered.add(number)
                        found[i].setdefault(evidence.start, replace(evidence, part=number))
        return [tuple(own[start] for start in sorted(own)) for own in found], answered

    def _matches_of(self, row: int, evidence: Sequence[Evidence]) -> tuple[Match, ...]:
        """Each sentence is matched with the part that it answers."""
        if not self._parts:
            return tuple(match for one in evidence for match in self._whole.matches(row, one))
        return tuple(
            replace(match, part=one.part) for one in evidence for match in self._parts[one.part].matches(row, one)
        )


def _cite(number: int, passage: Passage, article: ArticleSummary) -> Citation:
    return Citation(number, article.article_id, article.meta, passage.start, passage.end, article.article_sha256)
