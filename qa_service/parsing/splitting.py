"""Finds where a text holds a second article below the first, as scrapes do that run on into the next page.

A heading, a caption and a new article's headline look alike, so what follows has to say that an article begins: the
headline again, or a dateline, or byline and date, and more beside. Where that is not clear nothing is split.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from itertools import accumulate, islice, pairwise
from statistics import median_high

import regex

from qa_service.parsing.boilerplate import STAMPS, TRUE_FURNITURE, Kind
from qa_service.parsing.headlines import dateline, is_byline, is_headline
from qa_service.parsing.page import Page, read_page

__all__ = ["split_lines"]

HEAD_LINES = 8
"""Lines below a headline, blank ones aside, within which an article's prose has begun."""
PROSE_BEFORE = 2
PROSE_AFTER = 2
"""Paragraphs of prose above a new headline and below it."""
MOST_OPENINGS = 2
"""Paragraphs that open with the same place: a name that opens more of them is a speaker's."""
BUTTONS_AT_THE_END = 3
"""Different lines of interface text in a row that only the end of an article has."""
ENOUGH = 3
"""Points of the signs that make a headline a new article's."""


class Sign(Enum):
    """What may stand about a headline that begins an article, and its points."""

    REPEATED = ("the headline again", 2)
    DATELINE = ("the prose opens with a place", 2)
    BYLINE = ("by whom", 1)
    STAMP = ("a date, or how long ago", 1)
    BUTTONS = ("interface text", 1)
    SIGN_OFF = ("the article above has ended in so many words", 1)
    GAP = ("an unusual gap above", 1)

    @property
    def points(self) -> int:
        return self.value[1]


_WHO_OR_WHEN = {Sign.BYLINE, Sign.STAMP, Sign.DATELINE, Sign.SIGN_OFF}
_SIGN_OFF = regex.compile(
    r"(?:source|источник|المصدر)\s*:\s*.{2,40}|(?:©|\(c\)|copyright)\s.{2,80}|#{3,}|-\s?30\s?-|(?:[-_*=~]\s?){3,}"
    r"|\((?:(?:additional |with )?(?:reporting|writing|editing) by|with inputs? from)\b.{2,200}\)\.?",
    regex.IGNORECASE,
)


def split_lines(lines: Sequence[str]) -> list[list[str]]:
    """The lines of each article, in order; every line is in one of them. Blank lines count as gaps: don't collapse
    them before."""
    page = read_page(lines)
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
    return [list(lines[a:b]) for a, b in pairwise([*starts, len(lines)])]


def _may_begin(page: Page, i: int) -> bool:
    is_below_a_gap = i > 0 and not page.lines[i - 1]
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
            place = dateline(line)
            if place is not None and openings[place] <= MOST_OPENINGS:
                found.add(Sign.DATELINE)
            if j > repeat:
                break  # a caption or standfirst may stand above the headline's repetition, but the body begins here
        elif kind in STAMPS:
            found.add(Sign.STAMP)
        elif kind in TRUE_FURNITURE:
            found.add(Sign.BUTTONS)
        elif is_byline(line):
            found.add(Sign.BYLINE)
    return found


def _signs_above(page: Page, i: int, usual_gap: int) -> set[Sign]:
    found: set[Sign] = set()
    above = i - 1
    furniture: set[str] = set()
    while above > 0 and page.kinds[above] is not Kind.CONTENT:
        if page.kinds[above] in TRUE_FURNITURE:
            furniture.add(page.lines[above])
        above -= 1
    last_shown = next(j for j in range(i - 1, -1, -1) if page.lines[j])
    if i - last_shown > max(usual_gap, 2):
        found.add(Sign.GAP)
    if len(furniture) >= BUTTONS_AT_THE_END or _SIGN_OFF.fullmatch(page.lines[above].strip()):
        found.add(Sign.SIGN_OFF)
    return found


def _is_clear(signs: set[Sign]) -> bool:
    has_anchor = Sign.REPEATED in signs or Sign.DATELINE in signs or {Sign.BYLINE, Sign.STAMP} <= signs
    return (
        has_anchor
        and bool(signs & _WHO_OR_WHEN)
        and len(signs - {Sign.GAP}) > 1
        and sum(sign.points for sign in signs) >= ENOUGH
    )


def _openings(page: Page) -> dict[str, int]:
    """How often each dateline opens a paragraph: one that does so again and again is a speaker's name."""
    counts: dict[str, int] = {}
    for line in page.lines:
        place = dateline(line)
        if place is not None:
            counts[place] = counts.get(place, 0) + 1
    return counts


def _usual_gap(page: Page) -> int:
    """The median distance between lines that show something, counting only those with a blank line between."""
    shown = [i for i, line in enumerate(page.lines) if line]
    gaps = [b - a for a, b in pairwise(shown) if b - a > 1]
    return median_high(gaps) if gaps else 1


def _key(line: str) -> str:
    return " ".join(line.casefold().split())
