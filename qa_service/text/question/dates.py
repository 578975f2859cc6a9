"""Finds days, months and years in an English question, and ISO 8601 dates.

The rules favour precision. A number is a year only after a word such as "in" or "since", and never before a counted
noun. Numeric dates such as 5/6/2024 are ambiguous, so they are ignored.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from qa_service.records import DateMention
from qa_service.text.claims.partial_dates import DATE_HINT, PartialDate, in_order, written_months
from qa_service.text.lexicon import date_words as lexicon

__all__ = ["find_dates"]

_FURTHEST_BACK = 200
"""Maximum years to search back for a date without a year."""

Present = Callable[[date, date], bool]


def find_dates(text: str, newest: date | None, present: Present = lambda first, last: True) -> list[DateMention]:
    """The dates in `text`, in order.

    A date without a year is the latest one not after `newest` with articles, as `present(first, last)` tells, else the
    latest not after `newest`. Without `newest` it is ignored. "since", "after", "before", "until" and "by" open one
    side. "between … and …" and "from … to …" give one span.
    """
    if not DATE_HINT.search(text):
        return []
    found = in_order((*_months(text), *_years(text, newest)))
    found = [named for named in found if named.year is not None or newest is not None]
    spans: list[DateMention] = []
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


def _months(text: str) -> Iterator[PartialDate]:
    for match, written, named in written_months(text):
        small = written.islower() and named.month in (3, 5)  # march, may
        if named.year is not None or not small or match.groupdict().get("cue"):
            yield named


def _years(text: str, newest: date | None) -> Iterator[PartialDate]:
    latest = newest.year + 1 if newest else date.max.year
    end = -1
    for match in lexicon.YEAR_RANGE.finditer(text):
        yield PartialDate(match.start("year"), match.end("year"), int(match["year"]))
        yield PartialDate(match.start("last"), match.end("last"), int(match["last"]))
    for match in lexicon.YEAR.finditer(text):
        before = text[: match.start()]
        joined = end >= 0 and lexicon.SEPARATOR.fullmatch(text, end, match.start())
        if lexicon.NO_CUE.search(before) or lexicon.COUNTED.match(text, match.end()) or int(match[0]) > latest:
            continue
        if joined or lexicon.YEAR_CUE.search(before):
            end = match.end()
            yield PartialDate(match.start(), match.end(), int(match[0]))


def _days(named: PartialDate, year: int) -> tuple[date, date] | None:
    """First and last day of the date in `year`, or None if it does not exist."""
    try:
        first = date(year, named.month or 1, named.day or 1)
        if named.day:
            return first, first.replace(day=named.last_day or named.day)
        month = named.month or 12
        return first, date(year, month, calendar.monthrange(year, month)[1])
    except ValueError:
        return None


def _is_range(text: str, one: PartialDate, other: PartialDate) -> bool:
    between = text[one.end : other.start]
    if not lexicon.SEPARATOR.fullmatch(between):
        return False
    return between.strip() in ("-", "–", "—") or lexicon.BETWEEN.search(text[: one.start]) is not None


def _range(one: PartialDate, other: PartialDate, newest: date | None, present: Present) -> DateMention | None:
    """The span of a range. The year may be missing at either end or both."""
    if one.year is not None and other.year is None:
        first, last = _days(one, one.year), _days(other, one.year)
        if first and last and last[1] < first[0]:
            last = _days(other, one.year + 1)
    else:
        last = _days(other, other.year) if other.year is not None else _resolved(other, newest, present)
        first = _days(one, one.year or last[1].year) if last else None
        if one.year is None and first and last and first[0] > last[1]:
            first = _days(one, last[1].year - 1)
    if first is None or last is None or first[0] > last[1]:
        return None
    return DateMention(one.start, other.end, first[0], last[1])


def _span(named: PartialDate, newest: date | None, present: Present) -> DateMention | None:
    days = _days(named, named.year) if named.year is not None else _resolved(named, newest, present)
    return DateMention(named.start, named.end, *days) if days else None


def _resolved(named: PartialDate, newest: date | None, present: Present) -> tuple[date, date] | None:
    if newest is None:
        return None
    latest = None
    for year in range(newest.year, max(0, newest.year - _FURTHEST_BACK), -1):
        days = _days(named, year)
        if days is not None and days[0] <= newest:
            if present(*days):
                return days
            latest = latest or days
    return latest


def _opened(text: str, span: DateMention) -> DateMention:
    side = lexicon.OPENS.search(text[: span.start])
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


def _narrowed(spans: list[DateMention]) -> list[DateMention]:
    """The spans, with "since 2020 until 2022" joined to one span closed on both sides."""
    out: list[DateMention] = []
    for span in spans:
        before = out[-1] if out else None
        if before and before.first and not before.last and span.last and not span.first and before.first <= span.last:
            out[-1] = DateMention(before.start, span.end, before.first, span.last)
        else:
            out.append(span)
    return out
