"""What an English clause is about, apart from its numbers and dates: its frame.

Words are stems; words that say the same of an event are one (`frame_words`). Attributions ("officials said") are left
out: who says a thing is no part of what is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

import regex

from qa_service.text.basic.terms import word_terms
from qa_service.text.claims.clauses import attributions, clause_spans
from qa_service.text.claims.partial_dates import find_partial_dates
from qa_service.text.claims.quantities import find_quantities
from qa_service.text.lexicon.frame_words import (
    CLASSES,
    CONTRASTS,
    GENERIC,
    HEDGES,
    NEGATIVE,
    NEGATIVE_TO,
    NEGATORS,
    OPENERS,
    PAST,
    PRESENT,
    UPDATES,
)

__all__ = ["Clause", "Frame", "frame_of", "generic_stems", "word_class"]

_NO_NEGATION = regex.compile(
    r"\b(?:not only|no (?:more|fewer|less|later|sooner|matter|doubt|one)|not (?:more|less|fewer) than|not yet"
    r"|not necessarily)\b",
    regex.IGNORECASE,
)
_NEGATES_NOTHING = regex.compile(rf"\b(?P<verb>{'|'.join(sorted(NEGATIVE_TO))})\b(?!\s+to\b)", regex.IGNORECASE)
_NO_LONGER = regex.compile(r"\bno longer\b", regex.IGNORECASE)
_NO_UPDATE = regex.compile(r"\b(more(?= than\b)|earlier(?= (?:this|in|on)\b))", regex.IGNORECASE)
_PERIOD = regex.compile(r"\bthis (?:year|month|season)\b|\bquarter\b", regex.IGNORECASE)
_STILL = regex.compile(r"\b(?:still|remains?)\b", regex.IGNORECASE)
_THERE = regex.compile(r"\bthere (?:are|is|were|was)\b", regex.IGNORECASE)
_CONTRACTED = regex.compile(r"\w+n['’]t\b", regex.IGNORECASE)
_TIME = regex.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:last|this|next)\s+(?:week|month|year|night|spring|summer|autumn|winter)"
    r"|yesterday|today|tomorrow)\b",
    regex.IGNORECASE,
)
_ASIDES = frozenset(
    {"able", "unable", "least", "most", "also", "still", "longer", "remain", "remains", "earlier", "any"}
)
_NO_SUBJECT = NEGATORS | HEDGES.keys() | _ASIDES
_LEAST_SAID = 2
"""Telling words of a clause that stands by itself."""
_CLASS = "="
"""Begins the name of a class, so that no stem is one."""


@dataclass(frozen=True, slots=True)
class Clause:
    """`text[start:end]`."""

    start: int
    end: int
    stems: frozenset[str]
    names: frozenset[str]
    """Those of the stems that are written like names."""
    negations: int
    verbal_negations: frozenset[str]
    """Stems among them that a verb such as `declined` brings, which is an event too."""
    hedges: frozenset[str]
    tense: str
    """`past`, `present`, or empty where the auxiliaries say neither or both."""
    contrasts: frozenset[str]
    """Words in it that set it against others: `northern`."""
    updates: bool
    """It sets itself apart from something told before: "another", "has risen to"."""
    there: bool
    no_longer: bool
    still: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """A sentence."""

    clauses: tuple[Clause, ...]
    stems: frozenset[str]
    names: frozenset[str]
    proper: frozenset[str]
    """Those of the names that do not owe their capital to the beginning of the sentence."""
    times: frozenset[str]
    """Weekdays, and such as "last week"."""
    runs: tuple[frozenset[str], ...]
    """Names of several words."""
    heads: tuple[str, ...]
    """The last word of each of the runs."""
    qualified: frozenset[tuple[str, str]]
    """Neighbouring words, the second no name: `annual inflation`."""
    sources: frozenset[str]
    """Names of who says it."""
    question: bool

    def clause_at(self, position: int) -> Clause | None:
        """The clause that holds a position; where none does, the nearest before it or else the first."""
        before = [clause for clause in self.clauses if clause.start <= position]
        return before[-1] if before else self.clauses[0] if self.clauses else None

    def updates(self, clause: Clause) -> bool:
        """Whether the clause, or the one that leads to it, is set apart from something told before."""
        at = self.clauses.index(clause)
        return any(one.updates for one in self.clauses[max(0, at - 1) : at + 1])

    @property
    def contrasts(self) -> frozenset[str]:
        return frozenset().union(*(clause.contrasts for clause in self.clauses))


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    low: str
    stem: str
    """Empty for a stop word; a class for a word that has one."""
    large: bool
    """It begins with a capital or is a number."""

    @property
    def is_name(self) -> bool:
        return self.large and self.is_telling and self.stem[0] != _CLASS and self.low not in OPENERS

    @property
    def is_telling(self) -> bool:
        return bool(self.stem) and self.stem not in generic_stems()

    def within(self, spans: list[tuple[int, int]]) -> bool:
        return any(self.start < end and start < self.end for start, end in spans)


@lru_cache(maxsize=1 << 13)
def frame_of(text: str) -> Frame:
    """The frame of one sentence."""
    every, told, counted = _words(text), list(attributions(text)), list(_numbers_and_dates(text))
    words = [word for word in every if not (word.within(told) or word.within(counted))]

    def says_enough(start: int, end: int) -> bool | None:
        own = [word for word in words if start <= word.start < end]
        return sum(word.is_telling for word in own) >= _LEAST_SAID if own else None

    clauses = tuple(_clause(text, span, words) for span in clause_spans(text, says_enough))
    runs = _runs(text, words)
    opens = bool(words) and not any(c.isalpha() for c in text[: words[0].start])
    return Frame(
        clauses,
        frozenset().union(*(clause.stems for clause in clauses)),
        frozenset().union(*(clause.names for clause in clauses)),
        frozenset(word.stem for word in words[opens:] if word.is_name and not word.low[0].isdigit()),
        frozenset(" ".join(match[0].lower().split()) for match in _TIME.finditer(text)),
        tuple(frozenset(word.stem for word in run) for run in runs),
        tuple(run[-1].stem for run in runs),
        frozenset(_qualified(text, words)),
        frozenset(word.stem for word in every if word.is_name and word.within(told)),
        "?" in text,
    )


def word_class(word: str) -> str:
    """What a lower-case word stands for in a frame: its class where it has one, otherwise its stem."""
    return _CLASS + CLASSES[word] if word in CLASSES else _stem(word)


@cache
def generic_stems() -> frozenset[str]:
    """Stems of words that news use of everything."""
    return frozenset(_stem(word) for word in GENERIC)


@lru_cache(maxsize=1 << 12)
def _stem(word: str) -> str:
    return next((stem for _, _, found in word_terms(word, ("en",)) for stem in found), word)


def _words(text: str) -> list[_Word]:
    found: list[_Word] = []
    for start, end, stems in word_terms(text, ("en",)):
        low = text[start:end].lower()
        stem = _CLASS + CLASSES[low] if low in CLASSES else stems[0] if stems else ""
        found.append(_Word(start, end, low, stem, text[start].isupper() or text[start].isdigit()))
    return found


def _runs(text: str, words: list[_Word]) -> list[list[_Word]]:
    """Words with capitals next to each other, with nothing but a space between."""
    runs: list[list[_Word]] = []
    for word in words:
        if not word.large or not word.stem or word.low in OPENERS:
            continue
        if runs and text[runs[-1][-1].end : word.start] == " ":
            runs[-1].append(word)
        else:
            runs.append([word])
    return [run for run in runs if len(run) > 1]


def _qualified(text: str, words: list[_Word]) -> Iterator[tuple[str, str]]:
    for word, after in pairwise(words):
        opens = not any(c.isalpha() for c in text[: word.start])
        small = (opens or not word.large) and not after.large
        if small and word.is_telling and after.is_telling and text[word.end : after.start] == " ":
            yield word.stem, after.stem


def _numbers_and_dates(text: str) -> Iterator[tuple[int, int]]:
    yield from ((found.begin, found.stop) for found in find_quantities(text))
    yield from ((found.start, found.end) for found in find_partial_dates(text))
    yield from (match.span() for match in _TIME.finditer(text))


def _clause(text: str, span: tuple[int, int], every: list[_Word]) -> Clause:
    said = text[slice(*span)]
    words = [word for word in every if span[0] <= word.start < span[1]]
    low = {word.low for word in words}
    verbs = (low & NEGATIVE) - {match["verb"].lower() for match in _NEGATES_NOTHING.finditer(said)}
    negations = sum(word.low in NEGATORS for word in words) + len(verbs) + len(_CONTRACTED.findall(said))
    past, present = not low.isdisjoint(PAST), not low.isdisjoint(PRESENT)
    kept = [word for word in words if word.stem and word.low not in _NO_SUBJECT]
    return Clause(
        *span,
        stems=frozenset(word.stem for word in kept),
        names=frozenset(word.stem for word in kept if word.is_name),
        negations=max(0, negations - len(_NO_NEGATION.findall(said))),
        verbal_negations=frozenset(map(word_class, verbs)),
        hedges=frozenset(HEDGES[word] for word in low if word in HEDGES),
        tense="" if past == present else "past" if past else "present",
        contrasts=frozenset(low & CONTRASTS.keys()),
        updates=_PERIOD.search(said) is not None
        or not (low - {match[1].lower() for match in _NO_UPDATE.finditer(said)}).isdisjoint(UPDATES),
        there=_THERE.search(said) is not None,
        no_longer=_NO_LONGER.search(said) is not None,
        still=_STILL.search(said) is not None,
    )
