"""Where two sentences give different numbers, dates or causes, or opposite statements, of the same thing.

Rules and no model; a false difference is worse than a missed one. Each rule asks: do the values contradict each other
at all (bounds, rounding, what a date leaves open), and do the clauses they stand in tell of one event.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from qa_service.answering.sameness import (
    Telling,
    one_effect,
    one_event,
    one_statement,
    one_time,
    qualified_apart,
)
from qa_service.answering.traits import CAUSE, comparable_quantities, key_of, traits_of
from qa_service.text.claims.frames import Clause, Frame, frame_of, word_class
from qa_service.text.claims.partial_dates import PartialDate, find_partial_dates
from qa_service.text.claims.quantities import Quantity

__all__ = ["KINDS", "Difference", "far_apart", "find_differences"]

KINDS = ("number", "date", "negation", "cause")

SAME_NEWS_DAYS = 3
"""Articles published further apart may tell of different states of the same thing."""
NEAR_DAYS, NEAR_MONTHS = 10, 1
"""Further apart, two dates of an event that may come again (talks, an attack) are those of two events."""
_ONCE = frozenset({"=kill", "=form", "=withdraw", "=end", "=resign", "=open", "=close"})
"""Events that happen once to whom or what they happen to."""
_TO_PEOPLE = frozenset({"=kill", "=injure", "=arrest", "=abduct", "=free", "=displace"})
"""Events that tell what a bare number counts: "killed 2,900 and injured 5,500"."""
_CLOSERS = "’'\"”)"  # noqa: RUF001


@dataclass(frozen=True, slots=True)
class Difference:
    """`a[a_start:a_end]` and `b[b_start:b_end]` differ; `kind` is one of `KINDS`."""

    kind: str
    a_start: int
    a_end: int
    b_start: int
    b_end: int


def far_apart(first: date | None, second: date | None) -> bool:
    """Whether so much lies between two days of publication that numbers and states may have changed; False where one is
    unknown."""
    return first is not None and second is not None and abs((first - second).days) > SAME_NEWS_DAYS


def find_differences(a: str, b: str, apart: bool = False) -> tuple[Difference, ...]:
    """At most one of a kind: the first, in order of `a` and then of `b`.

    `apart`: they were published far apart, so that only dates and causes can differ, and what both give one date for.
    """
    ours, theirs = traits_of(a), traits_of(b)
    if not ours.may_differ(theirs):
        return ()
    found: list[Difference] = []
    if ours.dates and theirs.dates:
        found += list(_dates(a, b))[:1]
    if ours.caused and theirs.caused:
        found += list(_causes(a, b))[:1]
    if not apart or one_time(ours.dates, theirs.dates):
        if not ours.counted.isdisjoint(theirs.counted):
            found += list(_numbers(a, b))[:1]
        if ours.negated != theirs.negated:
            found += list(_negations(a, b))[:1]
    return tuple(sorted(found, key=lambda difference: KINDS.index(difference.kind)))


def _numbers(a: str, b: str) -> Iterator[Difference]:
    ours, theirs = comparable_quantities(a), comparable_quantities(b)
    agreed = any(_confirmed(x, theirs) for x in ours)
    one_year = any(x.year == y.year is not None for x in find_partial_dates(a) for y in find_partial_dates(b))
    for x in ours:
        for y in theirs:
            if not _comparable(x, y) or _confirmed(x, theirs) or _confirmed(y, ours) or not _one_kind(a, x, b, y):
                continue
            one, other = _telling(a, x.begin), _telling(b, y.begin)
            if one is None or other is None:
                continue
            to_people = bool(one.clause.stems & other.clause.stems & _TO_PEOPLE)
            if not (x.unit or (x.noun and y.noun) or to_people):
                continue
            if x.unit and qualified_apart(one.frame, other.frame):
                continue  # a unit does not say what is measured
            counted = frozenset({word_class(x.noun), word_class(y.noun)})
            # a year holds many events that people come to harm in
            if one_event(one, other, counted, agreed + (one_year and not to_people)):
                yield Difference("number", x.start, x.end, y.start, y.end)


def _comparable(x: Quantity, y: Quantity) -> bool:
    return key_of(x) == key_of(y)


def _one_kind(a: str, x: Quantity, b: str, y: Quantity) -> bool:
    """Whether what stands between number and noun ("women's championships") is said on both sides."""
    ours, theirs = frame_of(a[x.stop : x.end]).stems, frame_of(b[y.stop : y.end]).stems
    return ours <= theirs | frame_of(b).stems or theirs <= ours | frame_of(a).stems


def _confirmed(x: Quantity, others: Sequence[Quantity]) -> bool:
    """Whether the other sentence gives this number too."""
    return any(_comparable(x, y) and x.agrees(y) for y in others)


def _dates(a: str, b: str) -> Iterator[Difference]:
    ours, theirs = find_partial_dates(a), find_partial_dates(b)
    if any(x.role == y.role and x.agrees(y) for x in ours for y in theirs):
        return
    if not traits_of(a).counted.isdisjoint(traits_of(b).counted) and not _agree_in_numbers(a, b):
        return  # so many in one year, and so many in another
    for x in ours:
        for y in theirs:
            if x.role != y.role or x.role not in ("", "since"):
                continue
            one, other = _telling(a, x.start, dated=False), _telling(b, y.start, dated=False)
            if one is None or other is None or not _one_occasion(x, y, one.clause, other.clause):
                continue
            one_month = x.year == y.year is not None and x.month == y.month is not None
            if one_event(one, other, more_anchors=one_month):
                yield Difference("date", x.start, x.end, y.start, y.end)


def _agree_in_numbers(a: str, b: str) -> bool:
    ours, theirs = comparable_quantities(a), comparable_quantities(b)
    return all(x.agrees(y) for x in ours for y in theirs if _comparable(x, y))


def _one_occasion(x: PartialDate, y: PartialDate, a: Clause, b: Clause) -> bool:
    """Whether the event comes once, or the dates are so near that both may be meant to be that of one."""
    if x.role == "since" or (a.stems & b.stems & _ONCE):
        return True
    if x.month is None or y.month is None:
        return False
    if x.day is None or y.day is None:
        years = x.year - y.year if x.year and y.year else 0
        return abs(12 * years + x.month - y.month) <= NEAR_MONTHS
    return x.gap(y) <= NEAR_DAYS


def _negations(a: str, b: str) -> Iterator[Difference]:
    ours, theirs = frame_of(a), frame_of(b)
    dates = find_partial_dates(a), find_partial_dates(b)
    for x in ours.clauses:
        for y in theirs.clauses:
            if x.negations % 2 == y.negations % 2:
                continue
            if (x.no_longer or y.no_longer) and not (x.still or y.still):
                continue  # what is no longer so once was
            if one_statement(Telling(x, ours, dates[0]), Telling(y, theirs, dates[1])):
                yield Difference("negation", *_trimmed(a, x.start, x.end), *_trimmed(b, y.start, y.end))


def _causes(a: str, b: str) -> Iterator[Difference]:
    for x in CAUSE.finditer(a):
        for y in CAUSE.finditer(b):
            one, other = _parted(a, x), _parted(b, y)
            if one is None or other is None or not one_effect(one[0], other[0]):
                continue
            if one[1].stems and other[1].stems and not one[1].stems & other[1].stems:
                yield Difference("cause", *_trimmed(a, x.start(), len(a)), *_trimmed(b, y.start(), len(b)))


def _parted(text: str, match: re.Match[str]) -> tuple[Frame, Frame] | None:
    """What happened and why, where both stand in the sentence in this order."""
    effect, cause = text[: match.start()], text[match.end() :]
    return (frame_of(effect), frame_of(cause)) if effect.strip() and cause.strip() else None


def _telling(text: str, position: int, dated: bool = True) -> Telling | None:
    frame = frame_of(text)
    clause = frame.clause_at(position)
    return Telling(clause, frame, find_partial_dates(text) if dated else ()) if clause else None


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without marks and white space at either end."""
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not (text[end - 1].isalnum() or text[end - 1] in _CLOSERS):
        end -= 1
    return start, end
