"""Rewrites the dates of a text to one form, so that `21 November 2025`, `November 21st, 2025`, `21-Nov-2025`,
`21.11.2025` and `2025-11-21` are the same words. Names of months are English."""

from __future__ import annotations

from functools import partial

import regex

from qa_service.text.lexicon.date_words import MONTH_NAMES, MONTHS

__all__ = ["in_one_form"]

_MONTH = r"(?P<month>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")"
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4})"
_SPACE = r"(?:\s*[.,]\s*|\s+|[-/])"
_WRITTEN = regex.compile(
    rf"(?<!\w)(?:{_DAY}(?:\s+of\s+|{_SPACE}){_MONTH}(?:{_SPACE}{_YEAR})?"
    rf"|{_MONTH}{_SPACE}{_DAY}(?:{_SPACE}{_YEAR})?"
    rf"|{_MONTH}(?:\s+of\s+|{_SPACE}){_YEAR})(?!\w)"
)
_NUMERIC = regex.compile(
    r"(?<![\w.])(?:(?P<year>\d{4})(?P<by>[-/.])(?P<second>\d{1,2})(?:(?P=by)(?P<third>\d{1,2}))?"
    r"|(?P<first>\d{1,2})(?P<by>[-/.])(?P<second>\d{1,2})(?P=by)(?P<year>\d{4}))(?![\d-]|[./]\d)"
)


def in_one_form(text: str) -> tuple[str, str]:
    """The text, in lower case, with each date as day, English month and year, as far as the date has them.

    In the first text, numeric dates that can be read both ways (5/6/2025) begin with the day, in the second with the
    month."""
    text = _WRITTEN.sub(_written, text)
    day_first = _NUMERIC.sub(partial(_numeric, month_first=False), text)
    return day_first, text if day_first == text else _NUMERIC.sub(partial(_numeric, month_first=True), text)


def _written(match: regex.Match[str]) -> str:
    day, year = match["day"], match["year"]
    return _date(None if day is None else int(day), MONTHS[match["month"]], year)


def _numeric(match: regex.Match[str], month_first: bool) -> str:
    second, year = int(match["second"]), match["year"]
    if match["first"] is None:
        third = match["third"]
        if third is None and match["by"] != "-":  # 2025/11 and 2025.11 are other numbers
            return match[0]
        day, month = None if third is None else int(third), second
    else:
        day, month = int(match["first"]), second
        if month > len(MONTH_NAMES) or (month_first and day <= len(MONTH_NAMES)):
            day, month = month, day
    return _date(day, month, year) if 1 <= month <= len(MONTH_NAMES) and (day is None or 1 <= day <= 31) else match[0]


def _date(day: int | None, month: int, year: str | None) -> str:
    return " ".join(str(part) for part in ("", day, MONTH_NAMES[month - 1], year, "") if part is not None)
