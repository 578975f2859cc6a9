"""What a question names beside its subject: sources and dates of the collection, an abbreviation to be spelled out.

A date without its year is resolved against the collection, never the clock: the same question on the same collection
means the same days for ever.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from qa_service.records import CollectionInfo, DateMention, Interpretation, QuestionPart, SourceMention
from qa_service.text.question.abbreviations import asked_abbreviation
from qa_service.text.question.dates import find_dates
from qa_service.text.question.name_shapes import byline_parts
from qa_service.text.question.names import NameIndex
from qa_service.text.question.parts import question_parts

__all__ = ["interpret", "interpret_part"]

MOST_SOURCES = 8
"""Distinct sources of one question; each is searched by itself, so there must be an end."""


def interpret(question: str, info: CollectionInfo, days: npt.NDArray[np.int32]) -> Interpretation:
    """Outlets, the names in bylines, dates and an abbreviation, as far as the question names them.

    `days` are those on which the collection's articles were published (proleptic ordinals), rising.
    """

    def present(first: date, last: date) -> bool:
        at = int(np.searchsorted(days, first.toordinal()))
        return at < len(days) and int(days[at]) <= last.toordinal()

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
    # several sources are balanced as such, each with the whole question
    parts = question_parts(question) if len(distinct) < 2 else ()
    return Interpretation(tuple(sources), dates, question[slice(*asked)] if asked else None, parts)


def interpret_part(part: QuestionPart, info: CollectionInfo, days: npt.NDArray[np.int32]) -> Interpretation:
    """What a part of a question names, in its own `text`; it has no parts."""
    return replace(interpret(part.text, info, days), parts=())


@lru_cache(maxsize=8)
def _names(outlets: tuple[str, ...], authors: tuple[str, ...]) -> tuple[NameIndex, dict[str, list[str]]]:
    """-> every name that may be mentioned, and the bylines that each stands in."""
    bylines: dict[str, list[str]] = defaultdict(list)
    for author in authors:
        for name in byline_parts(author):
            bylines[name].append(author)
    return NameIndex([*outlets, *bylines]), dict(bylines)
