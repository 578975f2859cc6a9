"""Dates in an English text, possibly without year, month or day.

`qa_service.text.question.dates` resolves the dates of a question to calendar days. This module keeps dates as written,
to compare two of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import regex

from qa_service.text.lexicon import date_words as lexicon

__all__ = ["DATE_HINT", "PartialDate", "find_partial_dates", "in_order", "written_months"]

DATE_HINT = regex.compile(r"\b(?:1[89]|20)\d\d\b|\b(?:" + "|".join(lexicon.MONTHS) + r")\b", regex.IGNORECASE)
"""Every date has a year or a month. A search for this costs less than one for dates."""
_ROLE = regex.compile(
    r"\b(?P<role>since|from|until|till|before|after|by|between|to|through)\s+"
    r"(?:about\s+|around\s+|early[\s-]|mid-?|late[\s-]|the\s+)*$",
    regex.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PartialDate:
    """The date at `text[start:end]`. Missing parts are None. `last_day` is the end of a range of days.

    `role` is the preposition of an open range, such as `since` and `before`; empty for a point in time.
    """

    start: int
    end: int
    year: int | None
    month: int | None = None
    day: int | None = None
    last_day: int | None = None
    role: str = ""


@lru_cache(maxsize=1 << 14)
def find_partial_dates(text: str) -> tuple[PartialDate, ...]:
    """The dates of a text, in order, without overlaps."""
    if not DATE_HINT.search(text):
        return ()
    return tuple(_closing(text, in_order((*_with_months(text), *_years(text)))))


def in_order(dates: Iterable[PartialDate]) -> list[PartialDate]:
    """The dates by their place in the text. Of overlapping dates the first given stays."""
    found: list[PartialDate] = []
    for one in dates:
        if not any(one.start < known.end and known.start < one.end for known in found):
            found.append(one)
    return sorted(found, key=lambda one: one.start)


def written_months(text: str) -> Iterator[tuple[re.Match[str], str, PartialDate]]:
    """Each match of a date with a month, the month as written (empty if it is a number), and the date."""
    for kind in (*lexicon.DAY_KINDS, lexicon.MONTH_AND_CUE):
        for match in kind.finditer(text):
            parts = match.groupdict()
            written = parts.get("month") or ""
            month = lexicon.MONTHS.get(written.casefold(), 0) if written else int(parts["number"])
            year, day, until = (int(parts[name]) if parts.get(name) else None for name in ("year", "day", "until"))
            if month:
                yield match, written, PartialDate(*match.span("from"), year, month, day, until)


def _closing(text: str, found: list[PartialDate]) -> Iterator[PartialDate]:
    """The dates, with role `until` for the second date of "between … and …" and "from … to …"."""
    opened: PartialDate | None = None
    for one in found:
        if opened is not None and not one.role and lexicon.SEPARATOR.fullmatch(text, opened.end, one.start):
            one = replace(one, role="until")
        yield one
        opened = one if one.role in ("between", "from") else None


def _with_months(text: str) -> Iterator[PartialDate]:
    for match, written, one in written_months(text):
        if one.year is not None or not written[:1].islower():  # may, march: no month without a capital
            stop = match[0].endswith(".") and not _is_short(written)  # the stop of a sentence, not of "Nov."
            yield replace(one, end=one.end - stop, role=_role(text, one.start))


def _is_short(month: str) -> bool:
    return len(month) <= 4 and month.casefold() not in ("june", "july", "may")


def _years(text: str) -> Iterator[PartialDate]:
    end = -1
    ranges = [match.span("year")[0] for match in lexicon.YEAR_RANGE.finditer(text)]
    for match in lexicon.YEAR.finditer(text):
        before = text[: match.start()]
        if lexicon.NO_CUE.search(before) or lexicon.COUNTED.match(text, match.end()) or match.start() in ranges:
            continue
        joined = end >= 0 and lexicon.SEPARATOR.fullmatch(text, end, match.start())  # in 2020 and 2021
        if joined or lexicon.YEAR_CUE.search(before):
            end = match.end()
            yield PartialDate(match.start(), end, int(match[0]), role=_role(text, match.start()))


def _role(text: str, start: int) -> str:
    match = _ROLE.search(text, max(0, start - 40), start)
    return match["role"].casefold() if match else ""
