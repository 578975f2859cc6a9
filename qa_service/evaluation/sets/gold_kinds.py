"""The kinds of gold in a question set, and the kind that an evaluation uses; `relevance` defines them."""

from __future__ import annotations

from collections.abc import Mapping

from qa_service.errors import InvalidInput
from qa_service.evaluation.sets.evaluation_question import EvaluationQuestion

__all__ = ["KINDS", "NONE", "cap_for", "choose_kind", "has_gold", "kinds_of", "unmeasured"]

KINDS = ("passage", "evidence", "article", "answer")
"""Kinds of relevance, the most specific first."""

NONE = "none"
"""The kind of a set whose questions all have no answer, so that no passage can be relevant."""

Gold = Mapping[frozenset[str], int]
"""Kinds of gold -> number of questions that have exactly these kinds; {`none`}: marked as unanswerable."""


def kinds_of(question: EvaluationQuestion) -> frozenset[str]:
    """The kinds of gold of a question; `none` if it is marked as unanswerable."""
    if question.answerable is False:
        return frozenset({NONE})
    return frozenset(kind for kind in KINDS if has_gold(question, kind))


def choose_kind(gold: Gold, wanted: str | None = None) -> str:
    """The kind to grade by: `wanted`, else the kind that most questions have gold for; of equal counts, the most
    specific. `none` where all questions with gold are unanswerable, so that only declining can be measured.

    Raises:
        InvalidInput: there is no gold, no gold of the wanted kind, or no such kind.
    """
    counts = _counts(gold)
    if wanted in (None, NONE) and not counts and frozenset({NONE}) in gold:
        return NONE
    if wanted is not None and wanted not in KINDS:
        raise InvalidInput(f"There is no relevance by {wanted!r}; choose one of {', '.join(KINDS)}.", param="relevance")
    there = [kind for kind in KINDS if kind in counts]
    if wanted is not None and wanted not in there:
        has = f"it has {', '.join(there)}" if there else "it has none of any kind"
        raise InvalidInput(f"No question of the set has gold for relevance by {wanted}; {has}.", param="relevance")
    if not there:
        raise InvalidInput(
            "No question of the set says what is relevant; give answers, evidence, articles or qrels.",
            param="questions",
        )
    return wanted or max(there, key=counts.__getitem__)  # the first of several


def cap_for(kind: str, wanted: int | None = None) -> int | None:
    """The cap of passages per article; None: no cap. `wanted` 0 means no cap.

    By default relevance by article caps at one, so that a list of k holds k articles; other kinds have no cap.
    """
    return (1 if kind == "article" else None) if wanted is None else wanted or None


def unmeasured(gold: Gold, kind: str) -> list[str]:
    """A sentence on the questions that have gold, but not of this kind; empty if there are no such questions."""
    left = {kinds: number for kinds, number in gold.items() if kinds and not kinds & {kind, NONE}}
    if not left:
        return []
    counts = sorted(_counts(left).items(), key=lambda found: (-found[1], KINDS.index(found[0])))
    would = ", ".join(f"relevance `{other}` would measure {number} of them" for other, number in counts)
    number, total = sum(left.values()), sum(gold.values())
    return [f"Not measured, as they have gold but none by {kind}: {number} of {total} questions; {would}."]


def _counts(gold: Gold) -> dict[str, int]:
    """Kind -> number of questions with gold of this kind."""
    found = {kind: sum(number for kinds, number in gold.items() if kind in kinds) for kind in KINDS}
    return {kind: number for kind, number in found.items() if number}


def has_gold(question: EvaluationQuestion, kind: str) -> bool:
    """Whether the question has gold of this kind; an unanswerable question has no gold."""
    if question.answerable is False:
        return False
    if kind == "answer":
        return bool(question.answers)
    if kind == "evidence":
        return bool(question.evidence)
    grades = question.articles if kind == "article" else question.passages
    return any(grade > 0 for grade in grades.values())
