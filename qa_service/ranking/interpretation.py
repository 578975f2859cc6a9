"""What a question names beside its subject: sources and dates of the collection, an abbreviation to be spelled out.

A date without its year is resolved by the collection, never by the clock. So a question always means the same days.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from functools import lru_cache

from qa_service.records import DateMention, Interpretation, QuestionPart, SourceMention
from qa_service.storage.port import Snapshot
from qa_service.text.question.abbreviations import asked_abbreviation
from qa_service.text.question.dates import find_dates
from qa_service.text.question.name_shapes import byline_parts
from qa_service.text.question.names import NameIndex
from qa_service.text.question.parts import question_parts

__all__ = ["interpret", "interpret_part"]

MOST_SOURCES = 8
"""Distinct sources of one question at most, since each is searched by itself."""


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
    # several sources are balanced, each with the whole question
    parts = question_parts(question) if len(distinct) < 2 else ()
    return Interpretation(tuple(sources), dates, question[slice(*asked)] if asked else None, parts)


def interpret_part(part: QuestionPart, snapshot: Snapshot) -> Interpretation:
    """What a part of a question names, in its `text`. It has no parts."""
    return replace(interpret(part.text, snapshot), parts=())


@lru_cache(maxsize=8)
def _names(outlets: tuple[str, ...], authors: tuple[str, ...]) -> tuple[NameIndex, dict[str, list[str]]]:
    """Every name that a question may mention, and the bylines with each name."""
    bylines: dict[str, list[str]] = defaultdict(list)
    for author in authors:
        for name in byline_parts(author):
            bylines[name].append(author)
    return NameIndex([*outlets, *bylines]), dict(bylines)
