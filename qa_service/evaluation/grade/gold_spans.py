"""Finds gold spans in the articles of a collection, and explains why a span is not found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from qa_service.errors import InvalidInput, NotFound
from qa_service.evaluation.grade.closest_match import Names, closest_place
from qa_service.evaluation.sets.evaluation_question import EvaluationQuestion, GoldSpan, Span
from qa_service.evaluation.sets.set_errors import Mistakes, tried
from qa_service.service.contents import Contents

__all__ = ["GoldPlaces", "resolve_spans"]

SHOWN = 80
Articles = Sequence[tuple[str, str]]
"""(article id, text)."""


class GoldPlaces:
    """Finds gold spans in a collection. Not safe to use from several threads, because its `Contents` are not."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self._names = Names(contents.articles)
        self._anywhere: dict[str, list[Span]] = {}

    def of(self, question: EvaluationQuestion) -> tuple[Span, ...]:
        """The question's spans.

        Raises:
            InvalidInput: a span is not found, or reaches beyond its article.
        """
        return self._resolved(question, self._names)

    def check(self, questions: Iterable[EvaluationQuestion]) -> None:
        """
        Raises:
            InvalidInput: spans are not found; the message names the first one of each question.
        """
        mistakes = Mistakes()
        for question in questions:
            found = tried(self._resolved, question, None if mistakes.full else self._names)
            if isinstance(found, InvalidInput):
                mistakes.add(found)
        mistakes.refuse()

    def _resolved(self, question: EvaluationQuestion, names: Names | None) -> tuple[Span, ...]:
        contents = self._contents
        return resolve_spans(question, contents.articles_of_source, contents.article_text, names, self._find_anywhere)

    def _find_anywhere(self, text: str) -> list[Span]:
        """The places of a text in all articles. This reads the whole collection once for each text."""
        if text not in self._anywhere:
            self._anywhere[text] = [
                span for found in self._contents.articles() for span in _occurrences(text, found.article_id, found.text)
            ]
        return self._anywhere[text]


def resolve_spans(
    question: EvaluationQuestion,
    articles_of_source: Callable[[str], Articles],
    article_text: Callable[[str], str],
    names: Names | None = None,
    anywhere: Callable[[str], list[Span]] | None = None,
) -> tuple[Span, ...]:
    """The question's gold spans, each once, in order of article id and offset.

    A text is searched with collapsed white space in every article that was read from its file. If it occurs several
    times, every occurrence answers.

    Args:
        articles_of_source: the articles read from a file; may be empty.
        article_text: the text of an article; raises NotFound for an unknown id.
        names: the names in the collection, for suggestions.
        anywhere: the places of a text in all articles, for a span without article and file.

    Raises:
        InvalidInput: a span is not found, or reaches beyond its article.
    """
    found: set[Span] = set()
    for at, gold in enumerate(question.evidence):
        wrong = _Wrong(question, f"evidence[{at}]", names)
        if gold.article_id is not None:
            found.update(_in_article(gold, gold.article_id, article_text, wrong))
        elif gold.source is None and anywhere is not None:
            spans = anywhere(gold.text or "")
            if not spans:
                raise wrong("text", f"{_short(gold.text or '')} does not stand in any article of the collection")
            found.update(spans)
        else:
            found.update(_in_source(gold, articles_of_source, wrong))
    return tuple(sorted(found))


class _Wrong:
    """Makes the errors about one span."""

    def __init__(self, question: EvaluationQuestion, field: str, names: Names | None) -> None:
        self._question, self._field, self.names = question, field, names

    def __call__(self, name: str, what: str) -> InvalidInput:
        field = f"{self._field}.{name}"
        if self._question.place is None:
            return InvalidInput(f"question {self._question.id!r}, {field}: {what}.", param=field)
        return self._question.place.wrong(field, what)

    def nowhere(self, text: str, place: str, articles: Articles) -> InvalidInput:
        """The error for a text that does not occur in any of the articles."""
        nearly = closest_place(text, articles) if self.names is not None else None
        told = f"{_short(text)} does not stand in {place}"
        return self("text", told if nearly is None else f"{told}. The closest is {nearly}")


def _in_article(gold: GoldSpan, article_id: str, article_text: Callable[[str], str], wrong: _Wrong) -> Iterable[Span]:
    try:
        text = article_text(article_id)
    except NotFound:
        known = "" if wrong.names is None else f". {wrong.names.articles_like(article_id)}"
        raise wrong("article_id", f"the collection has no article {article_id!r}{known}") from None
    if gold.start is None or gold.end is None:
        sought = gold.text or ""
        if not (found := _occurrences(sought, article_id, text)):
            raise wrong.nowhere(sought, f"article {article_id!r}", [(article_id, text)])
        return found
    if not 0 <= gold.start < gold.end <= len(text):
        what = f"code points {gold.start} to {gold.end} do not lie in article {article_id!r}, which has {len(text)}"
        raise wrong("end" if 0 <= gold.start < len(text) else "start", what)
    if gold.text is not None and gold.text.split() != text[gold.start : gold.end].split():
        there = _short(text[gold.start : gold.end])
        raise wrong("text", f"code points {gold.start} to {gold.end} of article {article_id!r} read {there}")
    return [Span(article_id, gold.start, gold.end)]


def _in_source(gold: GoldSpan, articles_of_source: Callable[[str], Articles], wrong: _Wrong) -> Iterable[Span]:
    source, sought = gold.source or "", gold.text or ""
    articles = articles_of_source(source)
    if not articles:
        known = "" if wrong.names is None else f". {wrong.names.sources_like(source)}"
        raise wrong("source", f"no article of the collection was read from {source!r}{known}")
    found = [span for article_id, text in articles for span in _occurrences(sought, article_id, text)]
    if not found:
        place = f"{source!r}" if len(articles) == 1 else f"any of the {len(articles)} articles read from {source!r}"
        raise wrong.nowhere(sought, place, articles)
    return found


def _occurrences(wanted: str, article_id: str, text: str) -> list[Span]:
    words = [re.escape(word) for word in wanted.split()]
    if not words:
        return []
    return [Span(article_id, *match.span()) for match in re.finditer(r"\s+".join(words), text)]


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return repr(plain if len(plain) <= SHOWN else f"{plain[:SHOWN]}…")
