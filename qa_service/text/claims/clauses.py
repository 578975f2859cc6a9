"""The clauses of an English sentence, and what each clause tells without its numbers and dates.

Words are compared by stem. A word of a class, such as `killed` and `died`, has the class in place of a stem
(`lexicon/claim_words.py`). Attributions such as "officials said" are left out: they say who makes a claim.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

import regex

from qa_service.text import lexicon
from qa_service.text.basic.terms import word_terms
from qa_service.text.claims.partial_dates import find_partial_dates
from qa_service.text.claims.quantities import find_quantities
from qa_service.text.lexicon.claim_words import CLASSES, GENERIC, HEDGES, NEGATIVE, NEGATIVE_TO, NEGATORS, SAYS

__all__ = ["Clause", "attributions", "clauses_of", "stems_of", "word_class"]

_VERB = r"(?:was|were|is|are|has|have|had|will|would|\w{3,}ed)\b"
_CUT = regex.compile(
    rf"[;:()\[\]“”\"—–]|\s-{{1,2}}\s|,(?!\d)|\band\b(?=\s+(?:(?:the|an?|its|his|her|their)\s+(?:\w+\s+){{1,3}})?(?:{_VERB}|\d))"
    r"|\b(?:after|amid|following|but|while|which|who|whom|whose|although|though|when|because|despite)\b",
    regex.IGNORECASE,
)
_SAYING = "|".join(sorted(SAYS))
_ATTRIBUTION = regex.compile(
    rf"\baccording to [^,.;]+|,\s*(?:{_SAYING})\b[^,;]{{0,60}}?\sthat\b"
    rf"|,\s*[^,;]{{0,60}}?\b(?:{_SAYING})\b(?![^,;]*\sthat\b)[^,;]*$"
    rf"|^[^,;]{{0,80}}?\b(?:{_SAYING})\b(?:[^,;]{{0,60}}?\sthat\b|\s+on\s+\w+|\s+\w+day)?(?=\s)",
    regex.IGNORECASE,
)
_PRONOUN = regex.compile(r"\W*(?:\w+\W+){0,2}?(?:it|its|he|his|she|her|they|their|them|we|our)\b", regex.IGNORECASE)
_NO_NEGATION = regex.compile(
    r"\b(?:not only|no (?:more|fewer|less|later|sooner|matter|doubt|one)|not (?:more|less|fewer) than|not yet"
    r"|not necessarily)\b",
    regex.IGNORECASE,
)
_NEGATES_NOTHING = regex.compile(rf"\b(?P<verb>{'|'.join(sorted(NEGATIVE_TO))})\b(?!\s+to\b)", regex.IGNORECASE)
_CONTRACTED = regex.compile(r"\w+n['’]t\b", regex.IGNORECASE)
_TIME = regex.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:last|this|next)\s+(?:week|month|year|night|spring|summer|autumn|winter)"
    r"|yesterday|today|tomorrow)\b",
    regex.IGNORECASE,
)
_ASIDES = lexicon.words("able unable least most also still longer remain remains earlier any")
_NO_SUBJECT = NEGATORS | HEDGES.keys() | _ASIDES
_MIN_WORDS = 2
"""Telling words that a clause needs: neither stop words nor generic words."""
_CLASS = "="
"""First character of a class name, so that no stem equals it."""


@dataclass(frozen=True, slots=True)
class Clause:
    """`text[start:end]`, its stems, and how it denies or weakens what it tells."""

    start: int
    end: int
    stems: frozenset[str]
    negations: int
    verbal_negations: frozenset[str]
    """Stems of the negations that are verbs, such as `declined`: each is an event too."""
    hedges: frozenset[str]
    """Kinds of hedges: `future`, `doubt`, `wish`, `claim`."""


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    low: str
    stem: str
    """Empty for a stop word; the class for a word that has one."""


@lru_cache(maxsize=1 << 13)
def clauses_of(text: str) -> tuple[Clause, ...]:
    """The clauses of one sentence, in order."""
    left_out = [*attributions(text), *_numbers_and_dates(text)]
    words = [word for word in _words(text) if not any(word.start < end and start < word.end for start, end in left_out)]
    return tuple(_clause(text, span, words) for span in _clause_spans(text, words))


def stems_of(clauses: tuple[Clause, ...]) -> frozenset[str]:
    """The stems of all the clauses."""
    return frozenset().union(*(clause.stems for clause in clauses))


def word_class(word: str) -> str:
    """The class of a lower-case word; its stem where it has no class."""
    return _CLASS + CLASSES[word] if word in CLASSES else _stem(word)


def attributions(text: str) -> Iterator[tuple[int, int]]:
    """Spans such as "according to the army" and ", officials said".

    A subject that the sentence goes on about is not an attribution: "Wagner said it lost 30 men".
    """
    for match in _ATTRIBUTION.finditer(text):
        if match.start() or not _PRONOUN.match(text, match.end()):
            yield match.span()


@cache
def _generic_stems() -> frozenset[str]:
    return frozenset(_stem(word) for word in GENERIC)


@lru_cache(maxsize=1 << 12)
def _stem(word: str) -> str:
    return next((stem for _, _, found in word_terms(word, ("en",)) for stem in found), word)


def _words(text: str) -> Iterator[_Word]:
    for start, end, stems in word_terms(text, ("en",)):
        low = text[start:end].lower()
        yield _Word(start, end, low, _CLASS + CLASSES[low] if low in CLASSES else stems[0] if stems else "")


def _numbers_and_dates(text: str) -> Iterator[tuple[int, int]]:
    yield from ((found.start, found.end) for found in find_quantities(text))
    yield from ((found.start, found.end) for found in find_partial_dates(text))
    yield from (match.span() for match in _TIME.finditer(text))


def _clause(text: str, span: tuple[int, int], every: list[_Word]) -> Clause:
    said = text[slice(*span)]
    words = [word for word in every if span[0] <= word.start < span[1]]
    low = {word.low for word in words}
    verbs = (low & NEGATIVE) - {match["verb"].lower() for match in _NEGATES_NOTHING.finditer(said)}
    negations = sum(word.low in NEGATORS for word in words) + len(verbs) + len(_CONTRACTED.findall(said))
    return Clause(
        *span,
        stems=frozenset(word.stem for word in words if word.stem and word.low not in _NO_SUBJECT),
        negations=max(0, negations - len(_NO_NEGATION.findall(said))),
        verbal_negations=frozenset(map(word_class, verbs)),
        hedges=frozenset(HEDGES[word] for word in low if word in HEDGES),
    )


def _clause_spans(text: str, words: list[_Word]) -> list[tuple[int, int]]:
    """Spans of the clauses, in order.

    A span with fewer than two telling words ("Meanwhile in mid-November, …") belongs to the clause before it. At the
    beginning, and after a semicolon or colon, it belongs to the clause after it.
    """
    found: list[tuple[int, int]] = []
    held: tuple[int, int] | None = None
    for start, end, anew in _pieces(text):
        stems = [word.stem for word in words if start <= word.start < end]
        if not stems:
            continue
        if sum(bool(stem) and stem not in _generic_stems() for stem in stems) >= _MIN_WORDS:
            found.append((start if held is None else held[0], end))
            held = None
        elif found and held is None and not anew:
            found[-1] = found[-1][0], end
        else:
            held = (start if held is None else held[0]), end
    return found if held is None else [*found, held]


def _pieces(text: str) -> Iterator[tuple[int, int, bool]]:
    start, anew = 0, True
    for match in _CUT.finditer(text):
        yield start, match.start(), anew
        start, anew = match.end(), match[0] in (";", ":")
    yield start, len(text), anew
