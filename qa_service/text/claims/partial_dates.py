"""Dates in an English text, possibly without year, month or day.

`qa_service.text.question.dates` resolves the dates of a question to calendar days. This module keeps dates as written,
to compare two of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import regex

from qa_service.text.lexicon.date_words import (
    COUNTED,
    DAY_KINDS,
    MONTH_AND_CUE,
    MONTHS,
    NO_CUE,
    SEPARATOR,
    YEAR,
    YEAR_CUE,
    YEAR_RANGE,
)

__all__ = ["PartialDate", "find_partial_dates"]

_HINT = regex.compile(r"\b(?:1[89]|20)\d\d\b|\b(?:" + "|".join(MONTHS) + r")\b", regex.IGNORECASE)
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
    if not _HINT.search(text):
        return ()
    found: list[PartialDate] = []
    for one in (*_with_months(text), *_years(text)):
        if not any(one.start < known.end and known.start < one.end for known in found):
            found.append(one)
    found.sort(key=lambda one: one.start)
    return tuple(_closing(text, found))


def _closing(text: str, found: list[PartialDate]) -> Iterator[PartialDate]:
    """The dates, with role `until` for the second date of "between … and …" and "from … to …"."""
    opened: PartialDate | None = None
    for one in found:
        if opened is not None and not one.role and SEPARATOR.fullmatch(text, opened.end, one.start):
            one = replace(one, role="until")
        yield one
        opened = one if one.role in ("between", "from") else None


def _with_months(text: str) -> Iterator[PartialDate]:
    for kind in (*DAY_KINDS, MONTH_AND_CUE):
        for match in kind.finditer(text):
            parts = match.groupdict()
            written = parts.get("month")
            month = int(parts["number"]) if written is None else MONTHS.get(written.casefold(), 0)
            year, day, until = (int(parts.get(name) or 0) or None for name in ("year", "day", "until"))
            small = written is not None and written[0].islower()  # may, march: no month without a capital
            if month and not (small and year is None):
                start, end = match.span("from")
                end -= match[0].endswith(".") and not _is_short(written or "")  # the stop of a sentence, not of "Nov."
                yield PartialDate(start, end, year, month, day, until, _role(text, start))


def _is_short(month: str) -> bool:
    return len(month) <= 4 and month.casefold() not in ("june", "july", "may")


def _years(text: str) -> Iterator[PartialDate]:
    end = -1
    ranges = [match.span("year")[0] for match in YEAR_RANGE.finditer(text)]
    for match in YEAR.finditer(text):
        before = text[: match.start()]
        if NO_CUE.search(before) or COUNTED.match(text, match.end()) or match.start() in ranges:
            continue
        joined = end >= 0 and SEPARATOR.fullmatch(text, end, match.start())  # in 2020 and 2021
        if joined or YEAR_CUE.search(before):
            end = match.end()
            yield PartialDate(match.start(), end, int(match[0]), role=_role(text, match.start()))


def _role(text: str, start: int) -> str:
    match = _ROLE.search(text, max(0, start - 40), start)
    return match["role"].casefold() if match else ""
