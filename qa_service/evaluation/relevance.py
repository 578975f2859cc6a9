"""What counts as relevant: the four kinds of gold, and the places in articles that gold spans stand for.

- `article`: every passage of a gold article.
- `passage`: the gold passages.
- `evidence`: every passage of the collection that covers at least a share (`overlap`) of one gold span.
- `answer`: every passage that contains a gold answer string (`normalise`). What else in the collection would contain
  one is not known, so only measures that need no such count are computed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence

from qa_service.errors import InvalidInput, NotFound
from qa_service.evaluation.records import EvaluationQuestion, GoldSpan, Span
from qa_service.records import Passage

__all__ = ["KINDS", "choose_kind", "covers", "has_gold", "relevant_passages", "resolve_spans"]

KINDS = ("passage", "evidence", "article", "answer")
"""The most specific first."""

ROUNDING = 1e-9


def choose_kind(kinds: Collection[str], wanted: str | None = None) -> str:
    """The kind to judge by: the one that is wanted, else the most specific that the questions have.

    Raises:
        InvalidInput: there is no gold at all, or none of the kind that is wanted, or no such kind.
    """
    if wanted is not None and wanted not in KINDS:
        raise InvalidInput(f"There is no relevance by {wanted!r}; choose one of {', '.join(KINDS)}.", param="relevance")
    there = [kind for kind in KINDS if kind in kinds]
    if wanted is not None and wanted not in there:
        has = f"it has {', '.join(there)}" if there else "it has none of any kind"
        raise InvalidInput(f"No question of the set has gold for relevance by {wanted}; {has}.", param="relevance")
    if not there:
        raise InvalidInput(
            "No question of the set says what is relevant; give answers, evidence, articles or qrels.",
            param="relevance",
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


def resolve_spans(
    question: EvaluationQuestion,
    articles_of_source: Callable[[str], Sequence[tuple[str, str]]],
    article_text: Callable[[str], str],
) -> tuple[Span, ...]:
    """The question's gold spans at their places, each once, in order of article id and offset.

    A text is sought as it stands, white space collapsed, in every article that was read from its file, and each
    occurrence counts.

    Args:
        articles_of_source: (article id, text) of the articles read from a file; empty where there is none.
        article_text: the text of an article; raises NotFound where there is none.

    Raises:
        InvalidInput: a span is nowhere, or reaches beyond its article.
    """
    found: set[Span] = set()
    for number, gold in enumerate(question.evidence, 1):
        where = f"question {question.id!r}, evidence {number}"
        if gold.article_id is not None:
            found.update(_in_article(gold, gold.article_id, article_text, where))
        else:
            found.update(_in_source(gold, articles_of_source, where))
    return tuple(sorted(found))


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


def _in_article(gold: GoldSpan, article_id: str, article_text: Callable[[str], str], where: str) -> Iterable[Span]:
    try:
        text = article_text(article_id)
    except NotFound:
        raise InvalidInput(f"{where}: the collection has no article {article_id!r}.", param="article_id") from None
    if gold.start is None or gold.end is None:
        return _require(_occurrences(gold.text or "", article_id, text), gold, f"article {article_id!r}", where)
    if not 0 <= gold.start < gold.end <= len(text):
        raise InvalidInput(
            f"{where}: code points {gold.start} to {gold.end} do not lie in article {article_id!r}, "
            f"which has {len(text)}.",
            param="start",
        )
    if gold.text is not None and gold.text.split() != text[gold.start : gold.end].split():
        raise InvalidInput(
            f"{where}: code points {gold.start} to {gold.end} of article {article_id!r} do not read as its text does.",
            param="text",
        )
    return [Span(article_id, gold.start, gold.end)]


def _in_source(
    gold: GoldSpan, articles_of_source: Callable[[str], Sequence[tuple[str, str]]], where: str
) -> Iterable[Span]:
    source = gold.source or ""
    articles = articles_of_source(source)
    if not articles:
        raise InvalidInput(f"{where}: no article of the collection was read from {source!r}.", param="source")
    found = [span for article_id, text in articles for span in _occurrences(gold.text or "", article_id, text)]
    return _require(found, gold, f"the article from {source!r}", where)


def _require(found: list[Span], gold: GoldSpan, place: str, where: str) -> list[Span]:
    if not found:
        text = " ".join((gold.text or "").split())
        shown = text if len(text) <= 60 else f"{text[:60]}…"
        raise InvalidInput(f"{where}: {shown!r} does not stand in {place}.", param="text")
    return found


def _occurrences(wanted: str, article_id: str, text: str) -> list[Span]:
    words = [re.escape(word) for word in wanted.split()]
    if not words:
        return []
    return [Span(article_id, *match.span()) for match in re.finditer(r"\s+".join(words), text)]
