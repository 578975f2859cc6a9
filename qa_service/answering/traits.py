"""What of a sentence another one could contradict, found at the cost of reading its words once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from qa_service.text.claims.frames import word_class
from qa_service.text.claims.partial_dates import PartialDate, find_partial_dates
from qa_service.text.claims.quantities import Quantity, find_quantities
from qa_service.text.lexicon.date_words import MONTHS
from qa_service.text.lexicon.frame_words import NEGATIVE, NEGATORS
from qa_service.text.lexicon.number_words import MEASURES, PERIODS

__all__ = ["CAUSE", "Traits", "comparable_quantities", "key_of", "traits_of"]

LONGEST = 500
"""Characters of the longest sentence that is compared: a longer one is no sentence, or says too many things."""
MOST_QUANTITIES = 5
"""A sentence with more of them is a table."""
LEAST_WORDS = 2
"""Words of four letters and more that two sentences about the same thing share."""

CAUSE = re.compile(
    r"\b(?:because(?:\s+of)?|due\s+to|owing\s+to|as\s+a\s+result\s+of|caused\s+by|blamed\s+on|attributed\s+to)\b", re.I
)
_WORD = re.compile(r"\w+")
_CONTRACTED = re.compile(r"n['’]t\b")  # noqa: RUF001
_NEGATIONS = NEGATORS | NEGATIVE
_CAUSES = frozenset({"because", "due", "owing", "result", "caused", "blamed", "attributed"})
_COMPARED_MEASURES = PERIODS | {"percent", "point", "ton", "tonne", "barrel", "megawatt", "gigawatt"}
_LEFT_OUT = frozenset(MEASURES.values()) - _COMPARED_MEASURES
"""Lengths, weights and temperatures: news seldom disagrees on them, and many things have one."""


@dataclass(frozen=True, slots=True)
class Traits:
    """`counted` are unit, noun and role of its quantities; `words` its longer words."""

    counted: frozenset[tuple[str, str, str]]
    dates: tuple[PartialDate, ...]
    negated: bool
    caused: bool
    words: frozenset[str]

    def may_differ(self, other: Traits) -> bool:
        """Whether it is worth comparing the two sentences."""
        contradicts = (
            self.negated != other.negated
            or (self.dates and other.dates)
            or (self.caused and other.caused)
            or not self.counted.isdisjoint(other.counted)
        )
        return bool(contradicts) and len(self.words & other.words) >= LEAST_WORDS


_NONE = Traits(frozenset(), (), False, False, frozenset())


@lru_cache(maxsize=1 << 14)
def traits_of(text: str) -> Traits:
    """Those of one sentence; none of a text that is too long to be one, or of a table."""
    if len(text) > LONGEST or len(find_quantities(text)) > MOST_QUANTITIES:
        return _NONE
    low = text.lower()
    words = frozenset(_WORD.findall(low))
    return Traits(
        frozenset(map(key_of, comparable_quantities(text))),
        find_partial_dates(text) if _may_be_dated(words) else (),
        not words.isdisjoint(_NEGATIONS) or _CONTRACTED.search(low) is not None,
        not words.isdisjoint(_CAUSES) and CAUSE.search(text) is not None,
        frozenset(word for word in words if len(word) > 3),
    )


def key_of(x: Quantity) -> tuple[str, str, str]:
    """Equal for two quantities that may be compared: unit, noun and role. Where neither unit nor noun stands ("and
    displaced 400,000") it may be people."""
    return x.unit, word_class(x.noun or ("" if x.unit else "people")), x.role


def comparable_quantities(text: str) -> tuple[Quantity, ...]:
    """Without lengths, weights and what stands in brackets."""
    return tuple(x for x in find_quantities(text) if not x.aside and x.unit not in _LEFT_OUT)


def _may_be_dated(words: frozenset[str]) -> bool:
    return not words.isdisjoint(MONTHS) or any(len(word) == 4 and word.isdigit() for word in words)
