"""The spans of days that a text names, to compare the dates of a question and of a sentence.

Beside the dates of `find_dates`, bare years count ("the 2024 budget"), and words that the day of publication resolves
("last year", "three years ago").
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import regex

from qa_service.text.lexicon.number_words import CARDINALS
from qa_service.text.question.dates import find_dates

__all__ = ["YEAR", "Days", "days_of", "meet", "whole_year"]

YEAR = regex.compile(r"(?<![\p{N}.,$€£])(?:1[5-9]|20)\d\d(?![\p{N}%]|[.,]\d)")
_AGO = {word: value for word, value in CARDINALS.items() if 1 <= value <= 12} | {"a": 1}
_RELATIVE = regex.compile(
    r"\b(?:(?P<which>last|this|next|previous)\s+year(?:'s|’s)?"
    rf"|(?P<count>{'|'.join(_AGO)}|\d{{1,2}})\s+years?\s+(?:ago|earlier|before))\b",
    regex.IGNORECASE,
)
_SHIFT = {"last": -1, "previous": -1, "this": 0, "next": 1}


@dataclass(frozen=True, slots=True)
class Days:
    """The days from `first` to `last`, both inclusive. None means open."""

    first: date | None
    last: date | None


def whole_year(year: int) -> Days:
    return Days(date(year, 1, 1), date(year, 12, 31))


@lru_cache(maxsize=1 << 13)
def days_of(text: str, published: date | None = None) -> tuple[Days, ...]:
    """The spans of days that an English text names. Without the day when it was `published`, dates without a year and
    words such as "last year" are left out."""
    found = find_dates(text, published)
    days = [Days(one.first, one.last) for one in found]
    for match in YEAR.finditer(text):
        if not any(one.start <= match.start() < one.end for one in found):
            days.append(whole_year(int(match[0])))
    if published is not None:
        years = [published.year + _shift(match) for match in _RELATIVE.finditer(text)]
        days += [whole_year(year) for year in years if 1 <= year <= date.max.year]
    return tuple(days)


def _shift(match: regex.Match[str]) -> int:
    """The distance in years of relative words from the year of publication."""
    if match["which"]:
        return _SHIFT[match["which"].casefold()]
    count = match["count"].casefold()
    return -(_AGO[count] if count in _AGO else int(count))


def meet(some: Iterable[Days], others: Iterable[Days]) -> bool:
    """Whether a span of `some` and a span of `others` have a day in common."""
    others = tuple(others)
    return any(
        (a.first is None or b.last is None or a.first <= b.last)
        and (b.first is None or a.last is None or b.first <= a.last)
        for a in some
        for b in others
    )
