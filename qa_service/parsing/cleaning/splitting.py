"""Splits a text that holds several articles, as scrapers produce when they run into the next page.

A heading, a caption and a headline look alike. So the lines that follow must show that an article begins: the headline
again, a dateline, or byline and date, and one more sign. Unclear cases stay unsplit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import Enum
from itertools import accumulate, islice, pairwise
from statistics import median_high

import regex

from qa_service.parsing.cleaning.boilerplate import BOILERPLATE, STAMPS, Kind
from qa_service.parsing.cleaning.headlines import dateline, is_byline, is_headline
from qa_service.parsing.cleaning.page import Page, read_page

__all__ = ["article_spans", "rules_at_end", "split_lines"]

HEAD_LINES = 8
"""The prose of an article begins within this many lines below its headline, without blank lines."""
PROSE_BEFORE = 2
PROSE_AFTER = 2
"""Minimum prose lines above a new headline, and below it."""
MOST_OPENINGS = 2
"""Most paragraphs that open with one dateline. A name that opens more is a speaker."""
BUTTONS_AT_THE_END = 3
"""This many different interface lines in a row mark the end of an article."""
ENOUGH = 3
"""Minimum points of the signs of a new article."""


class Sign(Enum):
    """Signs that a headline begins an article."""

    REPEATED = "the headline is repeated"
    DATELINE = "the prose opens with a dateline"
    BYLINE = "a byline"
    STAMP = "a date, or a time such as 2 hours ago"
    BUTTONS = "interface text"
    SIGN_OFF = "the article above ends explicitly"
    GAP = "an unusual gap above"
    RULE = "a drawn line directly above"


_TWO_POINTS = {Sign.REPEATED, Sign.DATELINE, Sign.RULE}
"""Signs with two points; the others have one."""
_WHO_OR_WHEN = {Sign.BYLINE, Sign.STAMP, Sign.DATELINE, Sign.SIGN_OFF}
_SIGN_OFF = regex.compile(
    r"(?:source|источник|المصدر)\s*:\s*.{2,40}|(?:©|\(c\)|copyright)\s.{2,80}|#{3,}|-\s?30\s?-|(?:[-_*=~]\s?){3,}"
    r"|\((?:(?:additional |with )?(?:reporting|writing|editing) by|with inputs? from)\b.{2,200}\)\.?",
    regex.IGNORECASE,
)

_RULE = regex.compile(r"(?:[-_*=~—–─━═]\s?){5,}|(?:[*#]\s){2,}[*#]")


def split_lines(lines: Sequence[str]) -> list[list[str]]:
    """The lines of each article, in order. Together they are all lines.

    Pass the lines with all blank lines: large gaps are a sign.
    """
    return [list(lines[a:b]) for a, b in article_spans(read_page(lines))]


def article_spans(page: Page) -> list[tuple[int, int]]:
    """Start and end of each article's lines on the page."""
    lines = page.lines
    starts = [0]
    last_seen: dict[str, int] = {}
    usual_gap = _usual_gap(page)
    openings = _openings(page)
    prose_above = list(accumulate(page.prose, initial=0))
    for i, line in enumerate(lines):
        if page.kinds[i] is not Kind.CONTENT:
            continue
        is_new = last_seen.get(_key(line), -1) < starts[-1]
        last_seen[_key(line)] = i
        if not is_new or not _may_begin(page, i):
            continue
        if prose_above[i] - prose_above[starts[-1]] < PROSE_BEFORE or prose_above[-1] - prose_above[i] < PROSE_AFTER:
            continue
        if _is_clear(_signs(page, i, usual_gap, openings)):
            starts.append(i)
    return list(pairwise([*starts, len(lines)]))


def _may_begin(page: Page, i: int) -> bool:
    is_below_a_gap = i > 0 and (not page.lines[i - 1] or _is_rule(page.lines[i - 1]))
    return is_below_a_gap and not page.prose[i] and not page.wrapped[i] and is_headline(page.lines[i])


def _signs(page: Page, i: int, usual_gap: int, openings: dict[str, int]) -> set[Sign]:
    found = _signs_above(page, i, usual_gap)
    key = _key(page.lines[i])
    below = list(islice((j for j in range(i + 1, len(page.lines)) if page.lines[j]), HEAD_LINES))
    repeat = next((j for j in below if _key(page.lines[j]) == key), i)
    if repeat > i:
        found.add(Sign.REPEATED)
    for j in below:
        line, kind = page.lines[j], page.kinds[j]
        if page.prose[j]:
            if (place := dateline(line)) is not None and openings[place] <= MOST_OPENINGS:
                found.add(Sign.DATELINE)
            if j > repeat:
                break  # the body begins here; above a repeated headline stands at most a caption or standfirst
        elif kind in STAMPS:
            found.add(Sign.STAMP)
        elif kind in BOILERPLATE:
            found.add(Sign.BUTTONS)
        elif is_byline(line):
            found.add(Sign.BYLINE)
    return found


def _signs_above(page: Page, i: int, usual_gap: int) -> set[Sign]:
    found: set[Sign] = set()
    above = i - 1
    boilerplate: set[str] = set()
    while above > 0 and page.kinds[above] is not Kind.CONTENT:
        if page.kinds[above] in BOILERPLATE:
            boilerplate.add(page.lines[above])
        above -= 1
    last_shown = next(j for j in range(i - 1, -1, -1) if page.lines[j])
    if _is_rule(page.lines[last_shown]):
        found.add(Sign.RULE)
    if i - last_shown > max(usual_gap, 2):
        found.add(Sign.GAP)
    if len(boilerplate) >= BUTTONS_AT_THE_END or _SIGN_OFF.fullmatch(page.lines[above].strip()):
        found.add(Sign.SIGN_OFF)
    return found


def _is_clear(signs: set[Sign]) -> bool:
    has_anchor = Sign.REPEATED in signs or Sign.DATELINE in signs or {Sign.BYLINE, Sign.STAMP} <= signs
    has_anchor = has_anchor or (Sign.RULE in signs and bool(signs & {Sign.BYLINE, Sign.STAMP}))
    return (
        has_anchor
        and bool(signs & _WHO_OR_WHEN)
        and len(signs - {Sign.GAP}) > 1
        and len(signs) + len(signs & _TWO_POINTS) >= ENOUGH
    )


def rules_at_end(lines: Sequence[str]) -> dict[int, str]:
    """A drawn line that parts two articles belongs to neither. The indexes of those at the end, with this reason."""
    found: dict[int, str] = {}
    for i in range(len(lines) - 1, -1, -1):
        if _is_rule(lines[i]):
            found[i] = "A drawn line that parts two articles belongs to neither."
        elif lines[i].strip():
            break
    return found


def _is_rule(line: str) -> bool:
    return _RULE.fullmatch(line.strip()) is not None


def _openings(page: Page) -> dict[str, int]:
    """How many paragraphs each dateline opens. One that opens many is a speaker's name."""
    return Counter(place for line in page.lines if (place := dateline(line)) is not None)


def _usual_gap(page: Page) -> int:
    """Median distance between visible lines that have a blank line between them; 1 if there are none."""
    shown = [i for i, line in enumerate(page.lines) if line]
    gaps = [b - a for a, b in pairwise(shown) if b - a > 1]
    return median_high(gaps) if gaps else 1


def _key(line: str) -> str:
    return " ".join(line.casefold().split())
