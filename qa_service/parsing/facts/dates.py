"""Finds a date that is written in any usual form. The names of months come from CLDR, the tables of Unicode.

Nothing depends on today. A date without a year, or one that can be read in two ways, is no date.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from math import isfinite

from babel import Locale

from qa_service.text.lexicon import words

__all__ = ["date_of_number", "find_date", "is_day_first"]

_LOCALES = words("""
    en de fr es it pt nl pl ru ar ar_SY ar_MA zh ja ko tr uk cs sk da sv nb fi is et lv lt hu ro bg sr sr_Latn sl
    el he fa hi bn ur id ms vi ca eu gl ga cy af sw
""")
"""Croatian is missing: its months have the names of other months in Polish and Czech."""
_ORDINAL = r"(?:st|nd|rd|th|er|re|[ºª°o]|\.)?"
_OF = r"(?:\s*(?:of|de|del|di|nam)\s+|\s*d['’]|[\s,./-]*)"
_CLOCK = r"(?:\d{1,2}:\d{2}(?::\d{2})?(?:\s+[A-Z]{2,5}|\s+[+-]\d{4})*\s+)?"
_YEAR = r"(?P<year>\d{4})(?!\d)"
_DAY = rf"(?<![\d.,:])(?P<day>\d{{1,2}}){_ORDINAL}"
_END = r"(?![^\W\d_])\.?"  # a month that ends here
_YEAR_FIRST = re.compile(
    r"(?<![\w.])(?P<year>\d{4})(?P<by>[-/.:])\s?(?P<month>\d{1,2})(?P=by)\s?(?P<day>\d{1,2})(?!\d)"
)
_YEAR_LAST = re.compile(
    r"(?<![\w./-])(?P<first>\d{1,2})(?P<by>[-/.])\s?(?P<second>\d{1,2})(?P=by)\s?(?P<year>\d{4}|\d{2})(?!\w|[./:-]\d)"
)
_COMPACT = re.compile(r"(?<![\w.])(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?:T?\d{4,6}Z?)?(?!\w|\.\d)")
_EAST_ASIAN = re.compile(r"(?P<year>\d{4})\s?[年년]\s?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日일号]?")
_EPOCH = re.compile(r"(?:/Date\()?(\d{10,19}(?:\.\d+)?)(?:[+-]\d{4})?(?:\)/)?")
_FIRST_YEAR, _LAST_YEAR = 1450, 2199
_PIVOT = 69
"""Years of two digits below it are of this century, as in POSIX."""
_FIRST_SECOND, _LAST_SECOND = 315_532_800, 4_102_444_800  # 1980 to 2099
MOST_CHARACTERS = 200
"""A longer text is no date, though it may name one."""


@lru_cache(maxsize=1 << 12)
def find_date(text: str, day_first: bool | None = None) -> date | None:
    """The only date in a short text, or None. The day stays as written, whatever the time zone.

    `03/07/2023` is a date only if `day_first` says how to read it. Two different dates are none.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if len(text) > MOST_CHARACTERS:
        return None
    if epoch := _EPOCH.fullmatch(text):
        return _compact(text) or date_of_number(float(epoch[1]))
    found = set(_dates(text, day_first))
    return found.pop() if len(found) == 1 else None


def date_of_number(value: float) -> date | None:
    """The day, in UTC, of seconds since 1970, or of their thousandths, millionths or billionths. Also of 20230703."""
    if not isfinite(value):
        return None
    if value == int(value) and (found := _compact(str(int(value)))) is not None:
        return found
    for unit in (1, 1e3, 1e6, 1e9):
        if _FIRST_SECOND <= value / unit < _LAST_SECOND:
            return datetime.fromtimestamp(value / unit, UTC).date()
    return None


def is_day_first(texts: Iterable[str]) -> bool | None:
    """How the numeric dates of a column are written; None if no value tells, or two disagree."""
    told = set()
    for text in texts:
        for match in _YEAR_LAST.finditer(text):
            first, second = int(match["first"]), int(match["second"])
            if match["by"] != "." and (first > 12) != (second > 12) and max(first, second) <= 31:
                told.add(first > 12)
    return told.pop() if len(told) == 1 else None


def _dates(text: str, day_first: bool | None) -> Iterator[date]:
    for pattern in (_YEAR_FIRST, _COMPACT, _EAST_ASIAN):
        for match in pattern.finditer(text):
            yield from _valid(match["year"], match["month"], match["day"])
    for match in _YEAR_LAST.finditer(text):
        if (numeric := _numeric(match, day_first)) is not None:
            yield numeric
    if any(c.isalpha() for c in text):
        months, patterns = _written()
        folded = _folded(text)
        for pattern in patterns:
            for match in pattern.finditer(folded):
                yield from _valid(_whole(match["year"]), months[match["month"].replace(".", "")], match["day"])


def _numeric(match: re.Match[str], day_first: bool | None) -> date | None:
    year = _whole(match["year"])
    day_then_month = _valid(year, match["second"], match["first"])
    if match["by"] == ".":  # always begins with the day
        return next(iter(day_then_month), None)
    month_then_day = _valid(year, match["first"], match["second"])
    readings: dict[bool | None, list[date]] = {True: day_then_month, False: month_then_day}
    if len(match["year"]) == 2 and day_first is None:  # the first may also be the year
        readings[None] = _valid(_whole(f"{int(match['first']):02}"), match["second"], match["year"])
    possible = set().union(*readings.values())
    if len(possible) > 1 and day_first is not None:
        possible = set(readings[day_first])
    return possible.pop() if len(possible) == 1 else None


def _compact(text: str) -> date | None:
    match = _COMPACT.fullmatch(text)
    return next(iter(_valid(match["year"], match["month"], match["day"])), None) if match else None


def _valid(year: str | int, month: str | int, day: str | int) -> list[date]:
    """The date, or nothing if there is no such day."""
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return []
    return [found] if _FIRST_YEAR <= found.year <= _LAST_YEAR else []


def _whole(year: str) -> int:
    """The year, with its century."""
    return int(year) + (0 if len(year) == 4 else 2000 if int(year) < _PIVOT else 1900)


def _folded(text: str) -> str:
    """The text in small letters, without accents."""
    parts = unicodedata.normalize("NFKD", text.replace("İ", "i").casefold().replace("ı", "i"))
    return unicodedata.normalize("NFKC", "".join(c for c in parts if unicodedata.category(c) != "Mn" or c > "\u0900"))


@cache
def _written() -> tuple[dict[str, int], tuple[re.Pattern[str], ...]]:
    """Numbers of months by name without dots, and the patterns of dates with such a name."""
    meanings: dict[str, set[int]] = {"sept": {9}}
    for locale in _LOCALES:
        for width in ("wide", "abbreviated"):
            for use in ("format", "stand-alone"):
                for number, name in Locale.parse(locale).months[use][width].items():
                    folded = _folded(name).replace(".", "").strip()
                    if not folded[:1].isdigit():
                        meanings.setdefault(folded, set()).add(number)
    months = {name: found.copy().pop() for name, found in meanings.items() if len(found) == 1}
    names = "|".join(re.escape(name) for name in sorted(months, key=len, reverse=True))
    month = rf"(?<![^\W\d_])(?P<month>{names}){_END}"
    patterns = (
        rf"{_DAY}{_OF}{month}{_OF}{_YEAR}",
        rf"{month}\s*-?\s*{_DAY.replace('.,:', '')},?[\s-]*{_OF}{_CLOCK.lower()}{_YEAR}",
        rf"(?<![\d.,:])(?P<year>\d{{4}})\.?\s*(?:m\.)?[\s-]*{month}[\s-]*(?P<day>\d{{1,2}})(?![\d:])",
        rf"{_DAY}-{month}-(?P<year>\d{{2}})(?!\d)",
        rf"{_DAY}\s{month}\s(?P<year>\d{{2}})(?=\s\d{{1,2}}:\d{{2}})",  # RFC 822
    )
    return months, tuple(re.compile(pattern) for pattern in patterns)
