"""Finds the sources and dates of the collection that a question names, and an abbreviation that it asks about.

The collection gives a date without a year its year, never the clock. So a question always means the same days.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from functools import lru_cache

from qa_service.ranking.passage_cache import PassageCache
from qa_service.records import DateMention, Filters, Interpretation, QuestionPart, SourceMention
from qa_service.storage.features import hash_terms
from qa_service.storage.port import Snapshot
from qa_service.text.basic.terms import question_terms
from qa_service.text.question.abbreviations import asked_abbreviation, defining_sentence, small_abbreviation
from qa_service.text.question.dates import find_dates
from qa_service.text.question.name_shapes import byline_parts
from qa_service.text.question.names import NameIndex
from qa_service.text.question.parts import question_parts

__all__ = ["in_capitals", "interpret", "interpret_part"]

MOST_SOURCES = 8
"""Most distinct sources of a question, since each needs a search."""
MOST_READ = 50
"""Most passages that are searched for the definition of an abbreviation."""


def in_capitals(question: str, snapshot: Snapshot, cache: PassageCache, filters: Filters) -> str:
    """ "What does JNIM stand for?" for "What does jnim stand for?", if a passage spells out the capitals.
    Otherwise the question itself.

    Raises:
        PassageGone: a passage was deleted meanwhile.
    """
    span = small_abbreviation(question)
    if span is None:
        return question
    start, end = span
    short = question[start:end].upper()
    terms = hash_terms(question_terms(short, snapshot.info.languages or (None,)))
    ids = snapshot.matching(terms, MOST_READ, filters).ids.tolist()
    if all(defining_sentence(passage, short) is None for passage, _ in cache.passages(ids)):
        return question
    return question[:start] + short + question[end:]


def interpret(question: str, snapshot: Snapshot) -> Interpretation:
    """The outlets, names in bylines, dates and abbreviation that the question names."""

    def present(first: date, last: date) -> bool:
        return snapshot.published_within([(first, last)])

    info = snapshot.info
    asked = asked_abbreviation(question)
    taken = [asked] if asked else []
    sources: list[SourceMention] = []
    distinct: set[tuple[tuple[str, ...], tuple[str, ...]]] = set()
    index, bylines = _names(info.outlets, info.authors)
    outlets = set(info.outlets)
    for span in index.find(question):
        named = tuple(name for name in span.names if name in outlets)
        authors = tuple(sorted({byline for name in span.names for byline in bylines.get(name, ())}))
        new = (named, authors) not in distinct
        if (asked and span.start < asked[1] and asked[0] < span.end) or (new and len(distinct) == MOST_SOURCES):
            continue
        distinct.add((named, authors))
        sources.append(SourceMention(span.start, span.end, named, authors))
        taken.append((span.start, span.end))
    dates = tuple(
        DateMention(span.start, span.end, span.first, span.last)
        for span in find_dates(question, info.last_date, present)
        if not any(start < span.end and span.start < end for start, end in taken)
    )
    # with several sources, each is searched for the whole question
    parts = question_parts(question) if len(distinct) < 2 else ()
    return Interpretation(tuple(sources), dates, question[slice(*asked)] if asked else None, parts)


def interpret_part(part: QuestionPart, snapshot: Snapshot) -> Interpretation:
    """Interpret the `text` of a part of a question. The result has no parts."""
    return replace(interpret(part.text, snapshot), parts=())


@lru_cache(maxsize=8)
def _names(outlets: tuple[str, ...], authors: tuple[str, ...]) -> tuple[NameIndex, dict[str, list[str]]]:
    """An index of all names that a question can mention, and the bylines that hold each name."""
    bylines: dict[str, list[str]] = defaultdict(list)
    for author in authors:
        for name in byline_parts(author):
            bylines[name].append(author)
    return NameIndex([*outlets, *bylines]), dict(bylines)
