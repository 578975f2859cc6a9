"""Turns a question into an answer over a snapshot: ranking, then answering."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cached_property

from qa_service.answering.confidence import Confidence
from qa_service.answering.disagreements import Contradicts, find_disagreements
from qa_service.answering.extractive import compose_answer
from qa_service.answering.perspectives import find_perspectives
from qa_service.answering.reading import HeadReading
from qa_service.embedding import Embedder
from qa_service.ranking.interpretation import in_capitals, interpret, interpret_part
from qa_service.ranking.parameters import Parameters
from qa_service.ranking.parts import join_parts
from qa_service.ranking.passage_cache import PassageCache
from qa_service.ranking.pipeline import Ranking
from qa_service.ranking.query import prepare_query
from qa_service.ranking.signals import RIGHT_DEPTH
from qa_service.reader import Reader
from qa_service.records import (
    NOTHING_NAMED,
    Answer,
    AnswerText,
    Citation,
    Declined,
    Evidence,
    Interpretation,
    Match,
    Question,
    RankedPassage,
)
from qa_service.service.assemble import Result, ResultAssembler, Score
from qa_service.service.declined import why_declined
from qa_service.service.sub_query import SubQuery
from qa_service.settings import Settings
from qa_service.storage.port import Snapshot
from qa_service.text.question.framing import without_courtesies
from qa_service.text.question.parts import names_it

__all__ = ["OpenQuestion", "open_question"]

LIMITS = ("top_k", "max_per_article", "max_per_outlet", "max_context_tokens")
RANKED_TOGETHER = 64
"""Most settings whose rankings are in memory at once; a ranking takes some 100 KB."""


def open_question(
    question: Question,
    snapshot: Snapshot,
    embedder: Embedder,
    confidence: Confidence,
    score: Score | None = None,
    contradicts: Contradicts | None = None,
    reader: Reader | None = None,
    searched: str | None = None,
) -> OpenQuestion:
    """Interpret and encode the question. `score` is a reranker's, `contradicts` a model's for language inference.
    `reader` finds the sentences that answer; without it, late interaction finds them.

    `searched` is the form of a follow-up question that is searched; None: the question itself.

    Raises:
        PassageGone: a passage of the snapshot was deleted meanwhile; ask again with the next one.
    """
    cache = PassageCache(snapshot)
    searched = question.question if searched is None else searched
    is_completed, named, asked = searched != question.question, NOTHING_NAMED, searched
    if question.interpret and question.retriever == "hybrid":
        searched = in_capitals(searched, snapshot, cache, question.filters)
        asked = without_courtesies(searched)
        named = interpret(asked, snapshot)
    if is_completed:
        named = replace(named, searched=searched)

    def sub_query(text: str, named: Interpretation) -> SubQuery:
        query = prepare_query(text, snapshot, embedder, named)
        return SubQuery(query, question, snapshot, cache, confidence, reader if question.answer else None)

    whole = sub_query(asked, named)
    parts = tuple(sub_query(part.text, interpret_part(part, snapshot)) for part in named.parts)
    assembler = ResultAssembler(question, whole.query, whole.preference, snapshot, cache, whole.ranker.late, score)
    return OpenQuestion(question, asked, snapshot, cache, whole, parts, assembler, contradicts)


@dataclass(frozen=True, slots=True, eq=False)
class _Ranked:
    """The ranking of a question, and those of its parts."""

    joined: Ranking
    parts: tuple[Ranking, ...] = ()


@dataclass(frozen=True, eq=False)
class OpenQuestion:
    """A question over a snapshot, made by `open_question`. Answers under several settings share all work that does not
    depend on the settings. Each answer equals the answer under its settings alone.

    Raises (as does `answers`):
        PassageGone: a passage of the snapshot was deleted meanwhile; ask again with the next one.
    """

    question: Question
    searched: str
    """The question's text as it is searched, without courtesies."""
    snapshot: Snapshot
    cache: PassageCache
    whole: SubQuery
    parts: tuple[SubQuery, ...]
    assembler: ResultAssembler
    contradicts: Contradicts | None
    _citations: dict[tuple[int, int], Citation] = field(default_factory=dict)

    def answers(self, variants: Sequence[Settings], compare: bool = True) -> list[Answer]:
        """Answer under each of the settings; if `compare` is true, with perspectives and disagreements."""
        found: list[Answer] = []
        for start in range(0, len(variants), RANKED_TOGETHER):
            lot = variants[start : start + RANKED_TOGETHER]
            rankings = [self._rank(Parameters.of(settings)) for settings in lot]
            shown = [
                self.assembler.assemble(ranked.joined, settings, RIGHT_DEPTH)
                for ranked, settings in zip(rankings, lot, strict=True)
            ]
            # one query reads the passages of all citations
            keys = {key for each, _ in shown for one in each for key in (one.passage, *one.copies)}
            self.cache.passages(sorted(keys.union(*(first for _, first in shown))))
            for settings, ranked, (results, first) in zip(lot, rankings, shown, strict=True):
                found.append(self._answer(settings, ranked, results, first, compare))
        return found

    def confidence_over(self, other: OpenQuestion, settings: Settings) -> float:
        """The confidence that the passages which `other` ranks first answer this question, without reading them."""
        ranking, parts = other._rank(Parameters.of(settings)).joined, self.parts or (self.whole,)
        return max(part.judge(ranking, None, late=settings.late_interaction)[0] for part in parts)

    def _rank(self, parameters: Parameters) -> _Ranked:
        whole = self.whole.ranker.rank(parameters)
        if not self.parts:
            return _Ranked(whole)
        parts = tuple(part.ranker.rank(parameters) for part in self.parts)
        return _Ranked(
            join_parts(self.whole.query, self.snapshot, whole, parts, parameters.late_interaction_depth), parts
        )

    def _answer(
        self, settings: Settings, ranked: _Ranked, shown: Sequence[Result], first: Sequence[int], compare: bool
    ) -> Answer:
        """The answer with the passages `shown`. `first` are the first passages before `top_k` and caps."""
        question, snapshot = self.question, self.snapshot
        compare = compare and question.answer
        readings = self._read(ranked, first, settings.reader_tokens)
        judged = self._judge(ranked, readings, late=settings.late_interaction)
        confidence = max(own for own, _ in judged)  # an answer to a single part is enough
        confident = confidence >= settings.answerable_threshold
        least = [needed if confident and own >= settings.answerable_threshold else None for own, needed in judged]
        evidence, answered = self._evidence_of(shown, least, readings)
        passages = self._hydrate(shown, evidence)
        understood = self._understood(judged, answered, passages, settings.answerable_threshold)
        # The sources whose statement the question asks for. If a source is only the subject, any outlet can answer.
        sources = understood.sources if self.whole.query.text != self.searched else ()
        answer = compose_answer(passages, understood.parts, sources) if confident and question.answer else None
        answering = [one for one, needed in zip(readings, least, strict=True) if needed is not None]
        if answer is not None and self._left_out(answering, shown):
            answer = replace(answer, note=f"A passage that answers better is not shown, {self._limits()}")
        return Answer(
            question.question,
            confident if passages and not question.answer else answer is not None,
            confidence,
            answer,
            passages,
            snapshot.info,
            understood,
            find_perspectives(passages, answer) if compare else (),
            find_disagreements(passages, self.contradicts, settings.nli_threshold) if compare else (),
            self._why_nothing(confident, answer, shown, first),
        )

    def _why_nothing(
        self, confident: bool, answer: AnswerText | None, shown: Sequence[Result], first: Sequence[int]
    ) -> Declined | None:
        """Why there is no answer or no passage; None if there is one, or the passages simply do not answer."""
        if not confident or not first:
            return self._declined
        if answer is not None or (shown and not self.question.answer) or not _unseen(first, shown):
            return None
        return Declined("limits", f"The passages that answer are not shown, {self._limits()}")

    @cached_property
    def _declined(self) -> Declined | None:
        return why_declined(self.whole.query, self.question.filters, self.snapshot)

    def _understood(
        self,
        judged: Sequence[tuple[float, float]],
        answered: Set[int],
        passages: Sequence[RankedPassage],
        threshold: float,
    ) -> Interpretation:
        """The interpretation, with each part's confidence and whether the shown passages answer the part."""
        named = self.whole.query.interpretation
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

    def _read(self, ranked: _Ranked, first: Sequence[int], tokens: int) -> list[HeadReading | None]:
        """What the reader finds for each part, or for a question without parts, within `tokens` in total."""
        if not self.parts:
            return [self.whole.read(first, tokens)]
        share = tokens // len(self.parts)
        return [part.read(part.head(own), share) for part, own in zip(self.parts, ranked.parts, strict=True)]

    def _judge(
        self, ranked: _Ranked, readings: Sequence[HeadReading | None], *, late: bool
    ) -> list[tuple[float, float]]:
        """Confidence and least late interaction of evidence, for each part, or for a question without parts."""
        parts, rankings = self.parts or (self.whole,), ranked.parts or (ranked.joined,)
        each = zip(parts, rankings, readings, strict=True)
        return [part.judge(ranking, reading, late=late) for part, ranking, reading in each]

    def _left_out(self, readings: Sequence[HeadReading | None], shown: Sequence[Result]) -> bool:
        """Whether a passage with a best sentence is neither shown nor a copy of a shown passage."""
        bests = [reading.best for reading in readings if reading is not None]
        return _unseen([best[0] for best in bests if best is not None], shown)

    def _limits(self) -> str:
        """The limits of the question, in words."""
        values = {name: getattr(self.question, name) for name in LIMITS}
        named = ", ".join(f"{name} = {value}" for name, value in values.items() if value is not None)
        return f"because of the limits of this question: {named}."

    def _hydrate(self, shown: Sequence[Result], evidence: Sequence[tuple[Evidence, ...]]) -> tuple[RankedPassage, ...]:
        """The results with their evidence and citations."""
        return tuple(
            RankedPassage(
                number,
                self.cache.passage(one.passage),
                one.score,
                one.dense,
                one.lexical,
                own,
                self._cite(number, one.passage),
                tuple(self._cite(number, copy) for copy in one.copies),
                self._matches_of(one.passage, own) if self.question.matches else None,
            )
            for number, (one, own) in enumerate(zip(shown, evidence, strict=True), start=1)
        )

    def _cite(self, number: int, key: int) -> Citation:
        if (number, key) not in self._citations:
            ((passage, article),) = self.cache.passages([key])
            self._citations[number, key] = Citation.of(number, passage, article)
        return self._citations[number, key]

    def _evidence_of(
        self, shown: Sequence[Result], least: Sequence[float | None], readings: Sequence[HeadReading | None]
    ) -> tuple[list[tuple[Evidence, ...]], Set[int]]:
        """The evidence of each passage, and the numbers of the parts that have evidence.

        `least` has the least late interaction of evidence for each part or the question; None: no sentence is evidence.
        A passage answers the parts that it is chosen for. A sentence that answers several parts belongs to the first.
        """
        answered: set[int] = set()
        found: list[dict[int, Evidence]] = [{} for _ in shown]
        each = zip(self.parts or (self.whole,), least, readings, strict=True)
        for number, (part, needed, reading) in enumerate(each):
            at = [i for i, one in enumerate(shown) if not self.parts or number in one.parts]
            if needed is not None and at:
                ids = [shown[i].passage for i in at]
                for i, own in zip(at, part.evidence(ids, needed, reading), strict=True):
                    for evidence in own:
                        answered.add(number)
                        found[i].setdefault(evidence.start, replace(evidence, part=number))
        return [tuple(own[start] for start in sorted(own)) for own in found], answered

    def _matches_of(self, key: int, evidence: Sequence[Evidence]) -> tuple[Match, ...]:
        """The word matches between each evidence sentence and the part of the question that it answers."""
        if not self.parts:
            return tuple(match for one in evidence for match in self.whole.matches(key, one))
        return tuple(
            replace(match, part=one.part) for one in evidence for match in self.parts[one.part].matches(key, one)
        )


def _unseen(keys: Sequence[int], shown: Sequence[Result]) -> bool:
    """Whether one of the passages `keys` is neither shown nor a copy of a shown passage."""
    return not {key for one in shown for key in (one.passage, *one.copies)}.issuperset(keys)
