"""The figures that an evaluation will have, told from its questions before one is asked: so that a gate on a figure
that will not be there is refused at once and not after hours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from qa_service.evaluation.grade.grading import OUTLET_DEPTH
from qa_service.evaluation.grade.measures import measures_for
from qa_service.evaluation.grade.slices import type_of
from qa_service.evaluation.grade.summary import summarise
from qa_service.evaluation.sets import QuestionSet
from qa_service.evaluation.sets.evaluation_question import EvaluationQuestion
from qa_service.evaluation.sets.gold_kinds import has_gold

__all__ = ["planned_summary"]


def planned_summary(questions: QuestionSet, relevance: str, top_k: int, *, outlets: bool = True) -> dict[str, Any]:
    """A summary with the figures' names; their values mean nothing, but None is one that this set cannot give.

    It is `summarise` itself, of made-up answers to one question of each sort.

    Args:
        outlets: whether the collection has articles of any outlet.
    """
    sorts: dict[tuple[object, ...], dict[str, Any]] = {}
    for question in questions:
        record = _record(question, relevance, top_k, outlets=outlets)
        sort = (*record["measures"], question.answerable, question.tags, question.language, type_of(question.question))
        sorts.setdefault(sort, record)
    records = [answer for record in sorts.values() for answer in _answers(record)]
    manifest = {"collection": {"name": ""}, "relevance": relevance, "top_k": top_k, "overlap": 1.0, "workers": 1}
    return summarise(records, [1.0] * len(records), manifest, name="", threshold=0.5, seconds=1.0)


def _record(question: EvaluationQuestion, relevance: str, top_k: int, *, outlets: bool) -> dict[str, Any]:
    """As in `per_question.jsonl`, as far as a summary needs it."""
    measures = dict.fromkeys(_names(question, relevance, top_k, outlets=outlets), 0.0)
    return {
        "question": question.question,
        "tags": list(question.tags),
        "language": question.language,
        "answerable": question.answerable,
        "measures": measures,
        "citations": {"checked": 1, "valid": 1},
    }


def _answers(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """One right and one wrong, so that whatever tells them apart has a value."""
    yield {**record, "first_relevant": 1, "confidence": 0.9, "declined": False}
    yield {**record, "first_relevant": None, "confidence": 0.1, "declined": True}


def _names(question: EvaluationQuestion, relevance: str, top_k: int, *, outlets: bool) -> Iterator[str]:
    if has_gold(question, relevance):
        yield from measures_for(relevance, top_k)
        if outlets:
            yield f"distinct_outlets@{OUTLET_DEPTH}"
        if question.evidence:
            yield from ("evidence_hit", "evidence_F1")
        if question.answers:
            yield from ("answer_recall", "answer_in_evidence")
