"""Finds days, months and years in an English question, and ISO 8601 dates.

The rules favour precision. A number is a year only after a word such as "in" or "since", and never before a counted
noun. Numeric dates such as 5/6/2024 are ambiguous, so they are ignored.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from qa_service.text.lexicon.date_words import (
    BETWEEN,
    COUNTED,
    DAY_KINDS,
    MONTH_AND_CUE,
    MONTHS,
    NO_CUE,
    OPENS,
    SEPARATOR,
    YEAR,
    YEAR_CUE,
    YEAR_RANGE,
)

__all__ = ["DateSpan", "find_dates"]

_FURTHEST_BACK = 200
"""Maximum years to search back for a date without a year."""

Present = Callable[[date, date], bool]


@dataclass(frozen=True, slots=True)
class DateSpan:
    """`text[start:end]` names the days from `first` to `last`, inclusive. None means open."""

    start: int
    end: int
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class _Named:
    """A date as written. `month` and `day` are 0 if missing. `until` is the last day of a range."""

    start: int
    end: int
    year: int | None
    month: int = 0
    day: int = 0
    until: int = 0

    def days(self, year: int) -> tuple[date, date] | None:
        """First and last day in `year`, or None if the date does not exist."""
        try:
            first = date(year, self.month or 1, self.day or 1)
            if self.day:
                return first, date(year, self.month, self.until or self.day)
            month = self.month or 12
            return first, date(year, month, calendar.monthrange(year, month)[1])
        except ValueError:
            return None


def find_dates(text: str, newest: date | None, present: Present = lambda first, last: True) -> list[DateSpan]:
    """The dates in `text`, in order.

    A date without a year is the latest one not after `newest` with articles, as `present(first, last)` tells, else the
    latest not after `newest`. Without `newest` it is ignored. "since", "after", "before", "until" and "by" open one
    side. "between … and …" and "from … to …" give one span.
    """
    found: list[_Named] = []
    for named in (*_months(text), *_years(text, newest)):
        if not any(named.start < known.end and known.start < named.end for known in found):
            found.append(named)
    found.sort(key=lambda named: named.start)
    found = [named for named in found if named.year is not None or newest is not None]
    spans: list[DateSpan] = []
    at = 0
    while at < len(found):
        named, after = found[at], found[at + 1] if at + 1 < len(found) else None
        if after is not None and _is_range(text, named, after):
            span = _range(named, after, newest, present)
            at += 1
        else:
            span = _span(named, newest, present)
        at += 1
        if span is not None:
            spans.append(_opened(text, span))
    return _narrowed(spans)


def _months(text: str) -> Iterator[_Named]:
    for kind in (*DAY_KINDS, MONTH_AND_CUE):
        for match in kind.finditer(text):
            parts = match.groupdict()
            written = parts.get("month")
            month = int(parts["number"]) if written is None else MONTHS.get(written.casefold(), 0)
            year = int(parts["year"]) if parts.get("year") else None
            small = written is not None and written.islower() and month in (3, 5)
            if month and not (small and year is None and not parts.get("cue")):
                day, until = int(parts.get("day") or 0), int(parts.get("until") or 0)
                yield _Named(match.start("from"), match.end("from"), year, month, day, until)


def _years(text: str, newest: date | None) -> Iterator[_Named]:
    latest = newest.year + 1 if newest else date.max.year
    end = -1
    for match in YEAR_RANGE.finditer(text):
        yield _Named(match.start("year"), match.end("year"), int(match["year"]))
        yield _Named(match.start("last"), match.end("last"), int(match["last"]))
    for match in YEAR.finditer(text):
        before = text[: match.start()]
        joined = end >= 0 and SEPARATOR.fullmatch(text, end, match.start())
        if NO_CUE.search(before) or COUNTED.match(text, match.end()) or int(match[0]) > latest:
            continue
        if joined or YEAR_CUE.search(before):
            end = match.end()
            yield _Named(match.start(), match.end(), int(match[0]))


def _is_range(text: str, one: _Named, other: _Named) -> bool:
    between = text[one.end : other.start]
    if not SEPARATOR.fullmatch(between):
        return False
    return between.strip() in ("-", "–", "—") or BETWEEN.search(text[: one.start]) is not None


def _range(one: _Named, other: _Named, newest: date | None, present: Present) -> DateSpan | None:
    """The span of a range. The year may be missing at either end or both."""
    if one.year is not None and other.year is None:
        first, last = one.days(one.year), other.days(one.year)
        if first and last and last[1] < first[0]:
            last = other.days(one.year + 1)
    else:
        last = other.days(other.year) if other.year is not None else _resolved(other, newest, present)
        first = one.days(one.year or last[1].year) if last else None
        if one.year is None and first and last and first[0] > last[1]:
            first = one.days(last[1].year - 1)
    if first is None or last is None or first[0] > last[1]:
        return None
    return DateSpan(one.start, other.end, first[0], last[1])


def _span(named: _Named, newest: date | None, present: Present) -> DateSpan | None:
    days = named.days(named.year) if named.year is not None else _resolved(named, newest, present)
    return DateSpan(named.start, named.end, *days) if days else None


def _resolved(named: _Named, newest: date | None, present: Present) -> tuple[date, date] | None:
    if newest is None:
        return None
    latest = None
    for year in range(newest.year, max(0, newest.year - _FURTHEST_BACK), -1):
        days = named.days(year)
        if days is not None and days[0] <= newest:
            if present(*days):
                return days
            latest = latest or days
    return latest


def _opened(text: str, span: DateSpan) -> DateSpan:
    side = OPENS.search(text[: span.start])
    if side is None or span.first is None or span.last is None:
        return span
    word, one = side[1].casefold(), timedelta(1)
    if word == "since":
        return replace(span, last=None)
    if word == "after":
        return replace(span, first=span.last + one, last=None) if span.last < date.max else span
    if word == "before":
        return replace(span, first=None, last=span.first - one) if span.first > date.min else span
    return replace(span, first=None)


def _narrowed(spans: list[DateSpan]) -> list[DateSpan]:
    """The spans, with "since 2020 until 2022" joined to one span closed on both sides."""
    out: list[DateSpan] = []
    for span in spans:
        before = out[-1] if out else None
        if before and before.first and not before.last and span.last and not span.first and before.first <= span.last:
            out[-1] = DateSpan(before.start, span.end, before.first, span.last)
        else:
            out.append(span)
    return out
