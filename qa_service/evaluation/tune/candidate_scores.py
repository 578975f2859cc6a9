"""Scores of the answers to a question under several settings, from the code that grades an evaluation.

Many settings give the same list of passages. Each different list is graded once.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from qa_service.errors import InvalidInput
from qa_service.evaluation.grade.answer_measures import ANSWER_MEASURES
from qa_service.evaluation.grade.decline_measures import RIGHT_DEPTH
from qa_service.evaluation.grade.gold_spans import GoldPlaces
from qa_service.evaluation.grade.grading import OUTLET_DEPTH, Graded, grade
from qa_service.evaluation.grade.measures import measures_for, per_questions
from qa_service.evaluation.grade.relevance import relevant_passages
from qa_service.evaluation.sets.evaluation_question import NO_GRADES, Asked, EvaluationQuestion
from qa_service.evaluation.sets.gold_kinds import has_gold
from qa_service.records import Answer
from qa_service.service.contents import Contents

__all__ = ["UNKNOWN", "CandidateJudge", "CandidateScores", "Judging"]

BY_EVIDENCE = ("evidence_hit", "evidence_F1", "answer_in_evidence")
OWN = (*BY_EVIDENCE, *ANSWER_MEASURES, "answer_in_passages", f"distinct_outlets@{OUTLET_DEPTH}")
UNKNOWN = -1
"""Stands beside 0 and 1 where the set does not say whether an answer is right."""


@dataclass(frozen=True, slots=True)
class Judging:
    """The measure and the kind of relevance."""

    kind: str
    measure: str
    top_k: int
    overlap: float = 1.0

    @classmethod
    def of(cls, kind: str, measure: str | None, top_k: int, overlap: float = 1.0) -> Judging:
        """
        Raises:
            InvalidInput: there is no such measure for this kind of relevance.
        """
        names = measures_for(kind, top_k)
        if measure is not None and measure not in OWN and measure not in names:
            if kind == "answer":
                raise InvalidInput(f"By answer there is no {measure!r}, only {', '.join(names)}.", param="measure")
            try:
                per_questions([Graded({"d": 1.0}, {"d": 1}, (1,), 1)], [measure])
            except InvalidInput as error:
                raise InvalidInput(error.message, param="measure") from None
        return cls(kind, measure or names[0], top_k, overlap)


@dataclass(frozen=True, slots=True, eq=False)
class CandidateScores:
    """Scores of n questions under c settings.

    `values` float32 (n, c): the measure, NaN without gold for it. `confidence` float64 (n, c). `right` int8 (n, c):
    whether a relevant passage is among the first five, or `UNKNOWN`.
    """

    values: npt.NDArray[np.float32]
    confidence: npt.NDArray[np.float64]
    right: npt.NDArray[np.int8]

    @classmethod
    def joined(cls, parts: Sequence[CandidateScores]) -> CandidateScores:
        """The scores of all the questions of the parts, in order."""
        columns = zip(*((part.values, part.confidence, part.right) for part in parts), strict=True)
        return cls(*map(np.concatenate, columns))


class CandidateJudge:
    """Grades answers. Not safe to use from several threads, because its `Contents` are not."""

    def __init__(self, contents: Contents, judging: Judging) -> None:
        self._contents = contents
        self._judging = judging
        self.places = GoldPlaces(contents)

    def scores(self, questions: Sequence[EvaluationQuestion], answers: Sequence[Sequence[Answer]]) -> CandidateScores:
        """The scores of the questions; `answers` has one answer for each question and each setting."""
        shape = (len(questions), len(answers[0]) if answers else 0)
        values, right = np.full(shape, np.nan, np.float32), np.full(shape, UNKNOWN, np.int8)
        confidence = np.array([[answer.confidence for answer in own] for own in answers], np.float64).reshape(shape)
        right[[number for number, question in enumerate(questions) if question.answerable is False]] = 0
        judged = [number for number, question in enumerate(questions) if has_gold(question, self._judging.kind)]
        lists = [self._lists(questions[number], answers[number]) for number in judged]
        names = () if self._judging.measure in OWN else (self._judging.measure,)
        measured = iter(per_questions([graded for own, _ in lists for graded in own], names))
        for number, (own, which) in zip(judged, lists, strict=True):
            scored = [next(measured).get(self._judging.measure, np.nan) for _ in own]
            ranks = [graded.first_relevant for graded in own]
            values[number] = np.array(scored, np.float32)[which]
            right[number] = np.array([rank is not None and rank <= RIGHT_DEPTH for rank in ranks], np.int8)[which]
        return CandidateScores(values, confidence, right)

    def _lists(self, question: EvaluationQuestion, answers: Sequence[Answer]) -> tuple[list[Graded], list[int]]:
        """The different lists, graded, and for each answer the number of its list."""
        kind, measure, own = self._judging.kind, self._judging.measure, self._judging.measure in OWN
        spans = self.places.of(question) if kind == "evidence" or own else ()
        gold = question.passages if kind == "passage" else NO_GRADES
        if kind == "evidence":
            gold = relevant_passages(spans, self._contents.passages_of, self._judging.overlap)
        if kind != "answer" and not own:
            question = replace(question, answers=())  # the measure needs no answers, and the search for them takes long
        places: dict[Hashable, int] = {}
        lists: list[Graded] = []
        which: list[int] = []
        for answer in answers:
            key: Hashable = tuple(ranked.passage.passage_id for ranked in answer.passages)
            if measure in (*BY_EVIDENCE, *ANSWER_MEASURES):
                key = (key, tuple(ranked.evidence for ranked in answer.passages), answer.answer)
            if key not in places:
                places[key] = len(lists)
                lists.append(grade(Asked(question, answer, 0.0), kind, spans, gold, self._judging.overlap))
            which.append(places[key])
        return lists, which
