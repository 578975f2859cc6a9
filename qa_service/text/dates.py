"""Days, months and years that a question names, in English and in ISO 8601."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

__all__ = ["DateSpan", "find_dates"]

_MONTHS = {name.casefold(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.casefold(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_MONTH = r"(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:1[89]|20)\d\d)"
_KINDS = [
    re.compile(rf"(?:(?<![\w-])|(?<=\bmid-)){kind}(?![\w-])", re.IGNORECASE)
    for kind in (
        r"(?P<year>\d{4})-(?P<number>\d\d)-(?P<day>\d\d)",
        rf"{_MONTH}\s+{_DAY}(?:\s*,?\s+{_YEAR})?",
        rf"{_DAY}(?:\s+of)?\s+{_MONTH}(?:\s*,?\s+{_YEAR})?",
        rf"{_MONTH}(?:\s+of)?\s*,?\s+{_YEAR}",
        r"(?P<year>\d{4})-(?P<number>\d\d)",
        rf"(?<=\b(?:in|of|by)\s){_MONTH}",
        rf"(?<=\b(?:mid|end)[\s-]){_MONTH}",
        rf"(?<=\b(?:from|last|late)\s){_MONTH}",
        rf"(?<=\b(?:since|after|until|early)\s){_MONTH}",
        rf"(?<=\b(?:before|during)\s){_MONTH}",
        _YEAR,
    )
]
_SIDE = re.compile(
    r"\b(since|after|before|until|till|by)\s+(?:(?:early|mid|late|the\s+end\s+of)[\s-]+)?$", re.IGNORECASE
)
_BETWEEN = re.compile(r"\b(?:between|from)\s+$", re.IGNORECASE)
_AND = re.compile(r"\s+(?:and|to|until|till)\s+|\s*[-–—]\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DateSpan:
    """`text[start:end]` names the days from `first` to `last`, inclusive; None means open."""

    start: int
    end: int
    first: date | None
    last: date | None


def find_dates(text: str, newest: date | None) -> list[DateSpan]:
    """In order. A date without its year is the latest such that is not after `newest`; it is left out where that is
    None. "since", "after", "before", "until" and "by" open one side; "between … and …" and "from … to …" give one
    span."""
    found: list[DateSpan] = []
    for kind in _KINDS:
        for match in kind.finditer(text):
            if any(match.start() < known.end and known.start < match.end() for known in found):
                continue
            days = _days(match, newest)
            if days is not None:
                found.append(DateSpan(*match.span(), *days))
    found.sort(key=lambda span: span.start)
    return [_open(text, span) for span in _joined(text, found)]


def _days(match: re.Match[str], newest: date | None) -> tuple[date, date] | None:
    """None where there is no such day, or no year to be had."""
    parts = match.groupdict()
    named, year, day = parts.get("month"), parts.get("year"), int(parts.get("day") or 0)
    if named and named.islower() and _MONTHS[named] in (3, 5) and not day and match.re is not _KINDS[3]:
        return None  # "may" and "march" are words of their own
    month = _MONTHS[named.casefold()] if named else int(parts.get("number") or 0)
    try:
        if year is None:
            if newest is None:
                return None
            here = newest.year
            year = str(here if date(here, month, day or 1) <= newest else here - 1)
        first = date(int(year), month or 1, day or 1)
    except ValueError:
        return None
    if day:
        return first, first
    last_month = month or 12
    return first, date(int(year), last_month, calendar.monthrange(int(year), last_month)[1])


def _joined(text: str, spans: list[DateSpan]) -> list[DateSpan]:
    """With "between A and B" and "from A to B" as one."""
    out: list[DateSpan] = []
    for span in spans:
        before = out[-1] if out else None
        if before and _AND.fullmatch(text[before.end : span.start]) and _BETWEEN.search(text[: before.start]):
            out[-1] = _together(before, span)
        else:
            out.append(span)
    return out


def _together(one: DateSpan, other: DateSpan) -> DateSpan:
    first, last = one.first, other.last
    if first and last and first > last:  # "between June and July 2024": the year stands once
        first = first.replace(year=last.year, day=min(first.day, 28))
    if first and last and first > last:
        first = last
    return DateSpan(one.start, other.end, first, last)


def _open(text: str, span: DateSpan) -> DateSpan:
    side = _SIDE.search(text[: span.start])
    if side is None or span.first is None or span.last is None:
        return span
    word = side[1].casefold()
    one = timedelta(1)
    if word == "since":
        return DateSpan(span.start, span.end, span.first, None)
    if word == "after":
        return DateSpan(span.start, span.end, span.last + one, None) if span.last < date.max else span
    if word == "before":
        return DateSpan(span.start, span.end, None, span.first - one) if span.first > date.min else span
    return DateSpan(span.start, span.end, None, span.last)
