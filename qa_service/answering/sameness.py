"""Whether two clauses, and the sentences they stand in, speak of the same thing. Strict: where in doubt they do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from qa_service.text.claims.frames import Clause, Frame, generic_stems
from qa_service.text.claims.partial_dates import PartialDate
from qa_service.text.lexicon.frame_words import CONTRASTS, EXCLUSIVE

__all__ = ["Telling", "one_effect", "one_event", "one_statement", "one_subject", "one_time", "qualified_apart"]

LEAST_COVERED, WELL_COVERED = 0.5, 0.9
"""Shares of the two clauses' frames that the other's sentence holds, the smaller and the larger."""
LEAST_OF_LONG, ALL_OF_SHORT, MANY_ANCHORS = 0.3, 0.9, 4
"""A long clause may hold more beside where all of a short one is in it, and much says which event it is."""
LEAST_ANCHORS = 3
"""Words, beside what is counted and what happened, that say which event it is."""
LEAST_ALIKE = 0.75
"""Shared over all words of two clauses of which one denies what the other says, or of two effects."""
LEAST_SHARED = 3
SHARED_NAMES = 2
"""Names that two sentences share although each has some of its own."""

_EVENTS = frozenset(f"={name}" for name in EXCLUSIVE)
_DEMONYMS = ("n", "an", "ian", "ese", "i")
_LOOKALIKES = frozenset({"niger", "nigeria", "guinea"})


@dataclass(frozen=True, slots=True)
class Telling:
    """A clause within its sentence; `dates` are the sentence's."""

    clause: Clause
    frame: Frame
    dates: tuple[PartialDate, ...]


def one_event(a: Telling, b: Telling, counted: frozenset[str] = frozenset(), more_anchors: int = 0) -> bool:
    """Whether both clauses tell of one event. `counted` are the stems of what is counted, which the caller compared;
    `more_anchors` says how much the caller knows beside that shows it is the same."""
    if a.clause.negations or b.clause.negations or a.frame.question or b.frame.question:
        return False
    if not (_hedges(a.clause) <= _hedges(*b.frame.clauses) and _hedges(b.clause) <= _hedges(*a.frame.clauses)):
        return False
    dated = any(x.is_same(y) for x in a.dates for y in b.dates)
    if (a.frame.updates(a.clause) != b.frame.updates(b.clause) and not dated) or _told_apart(a, b):
        return False
    ours, theirs = a.clause.stems - counted, b.clause.stems - counted
    there = a.clause.there and b.clause.there and a.clause.tense == b.clause.tense
    if not (_one_action(ours, theirs, a.clause.names | b.clause.names) or there):
        return False
    shared = {stem for stem in _shared(a.frame.stems, b.frame.stems) - counted if _tells_which(stem)}
    sources = a.frame.sources & b.frame.sources
    if not (dated or sources or shared & (a.frame.proper | b.frame.proper)):
        return False
    less, more = sorted((_covered(ours, b.frame.stems), _covered(theirs, a.frame.stems)))
    if there and not (a.dates or b.dates):  # "there are 2,000 mercenaries in Mali": all that it says must be the same
        return a.clause.names == b.clause.names and less == 1.0
    anchors = len(shared) + dated + bool(sources) + bool(a.frame.times & b.frame.times) + more_anchors
    if less >= LEAST_COVERED and more >= WELL_COVERED:
        return anchors >= LEAST_ANCHORS
    return less >= LEAST_OF_LONG and more >= ALL_OF_SHORT and anchors >= MANY_ANCHORS


def one_statement(a: Telling, b: Telling) -> bool:
    """Whether the clauses say the same but for a negation."""
    verbal = a.clause.verbal_negations | b.clause.verbal_negations
    ours, theirs = a.clause.stems - verbal, b.clause.stems - verbal
    shared = _shared(ours, theirs)
    alike = len(shared) / max(1, len(ours) + len(theirs) - len(shared))
    if len(shared) < LEAST_SHARED or alike < (LEAST_ALIKE if len(shared) > LEAST_SHARED else 1.0):
        return False
    names = a.clause.names | b.clause.names
    if not _shared(a.clause.names, b.clause.names):
        return False
    if ours - shared and _missing(theirs, ours):
        return False  # each says something that the other does not
    if not any(_tells_which(stem) or stem in _EVENTS for stem in shared - names) and not (
        shared - names and alike == 1
    ):
        return False
    if a.frame.question or b.frame.question or a.clause.hedges != b.clause.hedges:
        return False
    if a.clause.updates or b.clause.updates or (a.clause.tense and b.clause.tense and a.clause.tense != b.clause.tense):
        return False
    return not _told_apart(a, b)


def one_effect(a: Frame, b: Frame) -> bool:
    """Whether both say the same of the same, which their causes then differ on."""
    if len(a.clauses) != 1 or len(b.clauses) != 1 or a.names ^ b.names:
        return False
    shared = a.stems & b.stems
    return len(shared) >= LEAST_SHARED and len(shared) / len(a.stems | b.stems) >= LEAST_ALIKE


def one_subject(a: Frame, b: Frame) -> float:
    """How much two sentences are about the same, from 0 to 1; 0 where they share no name or are told apart by names."""
    shared = _shared(a.stems, b.stems)
    if a.question or b.question or not shared & (a.proper | b.proper) or _namesakes(a, b):
        return 0.0
    return len(shared) / max(1, len(a.stems) + len(b.stems) - len(shared))


def one_time(ours: Sequence[PartialDate], theirs: Sequence[PartialDate]) -> bool:
    """Whether both sentences name the same day, month or year."""
    return any(x.agrees(y) and (x.is_same(y) or x.year == y.year is not None) for x in ours for y in theirs)


def qualified_apart(a: Frame, b: Frame) -> bool:
    """Whether one says of a thing that both name which it is, and the other does not: `annual inflation`."""
    return any(
        noun in other.stems and not _shared(frozenset({word}), other.stems)
        for frame, other in ((a, b), (b, a))
        for word, noun in frame.qualified
    )


def _told_apart(a: Telling, b: Telling) -> bool:
    """By other names, or by other times."""
    if a.frame.times and b.frame.times and not a.frame.times & b.frame.times:
        return True
    if a.dates and b.dates and not any(x.agrees(y) for x in a.dates for y in b.dates):
        return True
    if _contrast(a.frame.contrasts, b.frame.contrasts) or _namesakes(a.frame, b.frame):
        return True
    ours, theirs = _missing(a.clause.names, b.frame.stems), _missing(b.clause.names, a.frame.stems)
    if ours and theirs:
        return True
    ours, theirs = _missing(a.frame.names, b.frame.stems), _missing(b.frame.names, a.frame.stems)
    return bool(ours and theirs) and len(a.frame.names) - len(ours) < SHARED_NAMES


def _contrast(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether one is set against the other: `northern` against `central`, and neither says both."""
    return any(not CONTRASTS[word].isdisjoint(theirs) and word not in theirs for word in ours)


def _namesakes(a: Frame, b: Frame) -> bool:
    """Whether the sentences name two of a kind: "McGill Hockey Club", "Oxford Hockey Club"."""
    for head in set(a.heads) & set(b.heads):
        ours = [run for own, run in zip(a.heads, a.runs, strict=True) if own == head]
        theirs = [run for own, run in zip(b.heads, b.runs, strict=True) if own == head]
        if not any(run <= other or other <= run for run in ours for other in theirs):
            return True
    return False


def _hedges(*clauses: Clause) -> frozenset[str]:
    return frozenset().union(*(clause.hedges for clause in clauses)) - {"claim"}


def _one_action(ours: frozenset[str], theirs: frozenset[str], names: frozenset[str]) -> bool:
    """Whether the same happens in both, and something that is no name is in both."""
    if ours & _EVENTS != theirs & _EVENTS:
        return False
    return any(stem in _EVENTS or _tells_which(stem) for stem in (ours & theirs) - names)


def _tells_which(stem: str) -> bool:
    return stem not in generic_stems() and stem not in _EVENTS


def _covered(own: frozenset[str], other: frozenset[str]) -> float:
    telling = own - generic_stems()
    return len(_shared(telling, other)) / len(telling) if telling else 0.0


def _missing(names: frozenset[str], stems: frozenset[str]) -> frozenset[str]:
    return names - _shared(names, stems)


def _shared(own: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """Those of `own` that the others hold, as a word or, of a country, as its people: `mali`, `malian`."""
    return (own & other) | {stem for stem in own - other if not _kin(stem).isdisjoint(other)}


@lru_cache(maxsize=1 << 14)
def _kin(stem: str) -> frozenset[str]:
    if stem in _LOOKALIKES or len(stem) < 4:
        return frozenset()
    shorter = {stem.removesuffix(ending) for ending in _DEMONYMS if stem.endswith(ending)} - _LOOKALIKES
    return frozenset({stem + ending for ending in _DEMONYMS} | {short for short in shorter if len(short) >= 4})
