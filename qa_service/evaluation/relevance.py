"""What counts as relevant: the four kinds of gold.

- `article`: every passage of a gold article.
- `passage`: the gold passages.
- `evidence`: every passage of the collection that covers at least a share (`overlap`) of one gold span.
- `answer`: every passage that contains a gold answer string (`normalise`). What else in the collection would contain
  one is not known, so only measures that need no such count are computed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from qa_service.errors import InvalidInput
from qa_service.evaluation.records import EvaluationQuestion, Span
from qa_service.evaluation.spans import resolve_spans
from qa_service.records import Passage

__all__ = ["KINDS", "NONE", "choose_kind", "covers", "has_gold", "relevant_passages", "resolve_spans"]

KINDS = ("passage", "evidence", "article", "answer")
"""The most specific first."""

NONE = "none"
"""Of a set whose questions have no answer: none of its passages can be relevant."""

ROUNDING = 1e-9


def choose_kind(kinds: Collection[str], wanted: str | None = None) -> str:
    """The kind to judge by: the one that is wanted, else the most specific that the questions have; `none` where the
    questions say no more than that they have no answer, so that declining alone can be measured.

    Raises:
        InvalidInput: there is no gold at all, or none of the kind that is wanted, or no such kind.
    """
    if wanted in (None, NONE) and set(kinds) == {NONE}:
        return NONE
    if wanted is not None and wanted not in KINDS:
        raise InvalidInput(f"There is no relevance by {wanted!r}; choose one of {', '.join(KINDS)}.", param="relevance")
    there = [kind for kind in KINDS if kind in kinds]
    if wanted is not None and wanted not in there:
        has = f"it has {', '.join(there)}" if there else "it has none of any kind"
        raise InvalidInput(f"No question of the set has gold for relevance by {wanted}; {has}.", param="relevance")
    if not there:
        raise InvalidInput(
            "No question of the set says what is relevant; give answers, evidence, articles or qrels.",
            param="questions",
        )
    return wanted or there[0]


def has_gold(question: EvaluationQuestion, kind: str) -> bool:
    """Whether the question says what is relevant in this way; one that has no answer says nothing."""
    if question.answerable is False:
        return False
    if kind == "answer":
        return bool(question.answers)
    if kind == "evidence":
        return bool(question.evidence)
    grades = question.articles if kind == "article" else question.passages
    return any(grade > 0 for grade in grades.values())


def relevant_passages(
    spans: Iterable[Span], passages_of: Callable[[str], Sequence[Passage]], overlap: float = 1.0
) -> dict[str, int]:
    """Grade 1 for every passage of the collection that covers enough of a gold span: the qrels by evidence.

    Args:
        passages_of: all the passages of an article.
    """
    by_article: dict[str, list[Span]] = {}
    for span in spans:
        by_article.setdefault(span.article_id, []).append(span)
    return {
        passage.passage_id: 1
        for article_id, gold in sorted(by_article.items())
        for passage in passages_of(article_id)
        if any(covers(passage.start, passage.end, span, overlap) for span in gold)
    }


def covers(start: int, end: int, span: Span, overlap: float = 1.0) -> bool:
    """Whether code points `start` to `end` of the span's article hold at least that share of the span."""
    common = min(end, span.end) - max(start, span.start)
    return common > 0 and common >= overlap * (span.end - span.start) - ROUNDING
