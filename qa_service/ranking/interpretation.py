"""What a question names beside its subject: sources and dates of the collection, an abbreviation to be spelled out.

A date without its year is resolved against the newest article, never the clock: the same question on the same
collection means the same days for ever.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

from qa_service.records import CollectionInfo, DateMention, Interpretation, SourceMention
from qa_service.text.abbreviations import asked_abbreviation
from qa_service.text.dates import find_dates
from qa_service.text.names import NameIndex, byline_parts

__all__ = ["interpret"]


def interpret(question: str, info: CollectionInfo) -> Interpretation:
    """Outlets, the names in bylines, dates and an abbreviation, as far as the question names them."""
    index, bylines = _names(info.outlets, info.authors)
    outlets = set(info.outlets)
    sources = tuple(
        SourceMention(
            span.start,
            span.end,
            tuple(name for name in span.names if name in outlets),
            tuple(sorted({byline for name in span.names for byline in bylines.get(name, ())})),
        )
        for span in index.find(question)
    )
    dates = [
        DateMention(span.start, span.end, span.first, span.last)
        for span in find_dates(question, info.last_date)
        if not any(source.start < span.end and span.start < source.end for source in sources)
    ]
    return Interpretation(sources, tuple(dates), asked_abbreviation(question))


@lru_cache(maxsize=8)
def _names(outlets: tuple[str, ...], authors: tuple[str, ...]) -> tuple[NameIndex, dict[str, list[str]]]:
    """-> every name that may be mentioned, and the bylines that each stands in."""
    bylines: dict[str, list[str]] = defaultdict(list)
    for author in authors:
        for name in byline_parts(author):
            bylines[name].append(author)
    return NameIndex([*outlets, *bylines]), dict(bylines)
