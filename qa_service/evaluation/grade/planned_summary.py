"""The names of the figures that an evaluation will have, known before any question is asked.

So a gate on a missing figure fails at once, not after hours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from qa_service.evaluation.grade.answer_measures import answer_names
from qa_service.evaluation.grade.grading import OUTLET_DEPTH
from qa_service.evaluation.grade.measures import measures_for
from qa_service.evaluation.grade.slices import type_of
from qa_service.evaluation.grade.summary import summarise
from qa_service.evaluation.sets import QuestionSet
from qa_service.evaluation.sets.evaluation_question import EvaluationQuestion
from qa_service.evaluation.sets.gold_kinds import has_gold

__all__ = ["planned_summary"]


def planned_summary(
    questions: QuestionSet, relevance: str, top_k: int, *, outlets: bool = True, reader: bool = True
) -> dict[str, Any]:
    """A summary with the names of all figures. Values have no meaning, except None: the set cannot give this figure.

    `summarise` makes it from invented answers to one question of each sort.

    Args:
        outlets: whether any article of the collection has an outlet.
        reader: whether a reader gives spans.
    """
    sorts: dict[tuple[object, ...], dict[str, Any]] = {}
    for question in questions:
        record = _record(question, _names(question, relevance, top_k, outlets=outlets, reader=reader))
        kind = question.answerable, question.tags, question.language, type_of(question.question)
        sorts.setdefault((*record["measures"], record["judged"], *kind), record)
    records = [answer for record in sorts.values() for answer in _answers(record)]
    manifest = {"collection": {"name": ""}, "relevance": relevance, "top_k": top_k, "overlap": 1.0, "workers": 1}
    return summarise(records, [1.0] * len(records), manifest, name="", threshold=0.5, seconds=1.0)


def _record(question: EvaluationQuestion, names: Iterator[str]) -> dict[str, Any]:
    """A line of `per_question.jsonl`, with the fields that a summary needs."""
    return {
        "question": question.question,
        "tags": list(question.tags),
        "language": question.language,
        "answerable": question.answerable,
        "measures": dict.fromkeys(names, 0.0),
        "judged": bool(question.answers or question.evidence),
        "citations": {"checked": 1, "valid": 1},
    }


def _answers(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A right answer, a wrong one and none, so that figures that compare them have a value."""
    wrong = False if record["judged"] or record["answerable"] is False else None
    given = {**record, "declined": False, "answer": "An answer."}
    yield {**given, "first_relevant": 1, "confidence": 0.9, "answer_right": True if record["judged"] else wrong}
    yield {**given, "first_relevant": None, "confidence": 0.2, "answer_right": wrong}
    yield {**record, "first_relevant": None, "confidence": 0.1, "declined": True, "answer": None, "answer_right": None}


def _names(question: EvaluationQuestion, relevance: str, top_k: int, *, outlets: bool, reader: bool) -> Iterator[str]:
    if has_gold(question, relevance):
        yield from measures_for(relevance, top_k)
        if outlets:
            yield f"distinct_outlets@{OUTLET_DEPTH}"
        if question.evidence:
            yield from ("evidence_hit", "evidence_F1")
        if question.answers:
            yield from ("answer_in_passages", "answer_in_evidence")
        yield from answer_names(answers=bool(question.answers), evidence=bool(question.evidence), reader=reader)
