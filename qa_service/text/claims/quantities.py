"""Quantities that an English text gives: the bounds a number may lie within, its unit, and the noun that is counted.

Precision first: labels (`Week 14`, `GPT-4`), scores, clock times, years and numbers within a compound (`8-month`) are
no quantities, and neither are the two ends of "from 10 to 15".
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from qa_service.text.claims.numbers import DASHES, Number, Tokens, read_number, read_numbers
from qa_service.text.claims.partial_dates import PartialDate, find_partial_dates
from qa_service.text.lexicon.number_words import (
    BOUNDS,
    BOUNDS_AFTER,
    CURRENCIES,
    DETERMINERS,
    LABELS,
    MEASURES,
    MOST_BOUND_WORDS,
    NOUN_ENDS,
    NUMERALS,
    PERIODS,
    PLURALS,
)
from qa_service.text.lexicon.stop_words import ENGLISH_STOP_WORDS

__all__ = ["Quantity", "find_quantities"]

_NUMERIC = re.compile(
    r"[0-9]|\b(?:"
    + "|".join(sorted(NUMERALS - {"a", "half", "one"}))
    + r"|half|an? (?:dozen|hundred|thousand|million|billion|trillion))\b",
    re.I,
)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_LONGEST_NOUN = 5
_ROLES = {
    "by": "by", "to": "to", "from": "from", "within": "in", "in": "in", "during": "in", "until": "until", "for": "for",
    "after": "for", "than": "than", "of": "of",
}  # fmt: skip
_OF_PERIODS = frozenset({"for", "of", "than"})
_AFTER_PERIOD = frozenset({"ago", "later", "earlier", "before", "old", "after", "younger", "older", "-"})
_BEFORE_PERIOD = frozenset({"last", "past", "next", "first", "previous", "coming", "following"})
_STATES = frozenset({"dead", "wounded", "injured", "missing"})
"""After a noun these say what became of it: 400 soldiers dead."""
_PER = PERIODS | {"share", "barrel", "night"}


@dataclass(frozen=True, slots=True)
class Quantity:
    """`text[start:end]` is the number with what bounds it, its unit and noun; `text[begin:stop]` the number alone.

    `low` and `high` are inclusive. `unit` is a currency, a measure in the singular, or empty; `noun` the lower-case
    head of what is counted, empty where the text leaves it out. `role` tells apart what no reader would compare, such
    as a change and a level. `aside`: it stands in brackets, as conversions and statistics do.
    """

    start: int
    end: int
    begin: int
    stop: int
    low: float
    high: float
    unit: str
    noun: str
    role: str
    aside: bool = False

    def agrees(self, other: Quantity) -> bool:
        """Whether one number may be within the bounds of both."""
        return self.low <= other.high and other.low <= self.high


@lru_cache(maxsize=1 << 14)
def find_quantities(text: str) -> tuple[Quantity, ...]:
    """In order, without overlaps."""
    if not _NUMERIC.search(text):
        return ()
    tokens, dates = Tokens(text), find_partial_dates(text)
    return tuple(
        found
        for number in read_numbers(tokens)
        if not number.change
        and not _is_label(tokens, number)
        and not _is_date(tokens, number, dates)
        and (found := _quantity(text, tokens, number)) is not None
    )


def _quantity(text: str, tokens: Tokens, number: Number) -> Quantity | None:
    """None where the number says nothing by itself."""
    before = tokens.low(number.at - 1)
    currency = CURRENCIES.get(before, "") if not before.isalpha() else ""
    bound, first = _bound(tokens, number.at - bool(currency))
    close, after = _bound_after(tokens, number.after)
    unit, noun, per, last = _counted(tokens, after, currency)
    if close is None:
        close, last = _bound_after(tokens, last)
    bound = close or bound
    if not unit and (number.low == number.high == 1 or (number.ranged and not noun)):
        return None  # "one" is a pronoun more often than a count, and "3-1" is a score
    role = _role(tokens, first, last, unit)
    if role is None:
        return None
    low, high = _interval(number, bound, exact=not unit)
    start, end = tokens.spans[first][0], tokens.spans[last - 1][1]
    begin, stop = tokens.spans[number.at][0], tokens.spans[number.after - 1][1]
    aside = text.rfind("(", 0, start) > text.rfind(")", 0, start)
    return Quantity(start, end, begin, stop, low, high, unit, noun, f"{role} per {per}" if per else role, aside)


def _is_label(tokens: Tokens, number: Number) -> bool:
    """A name, a score, a clock time, a year or part of a compound."""
    at, next_at = number.at, number.after
    before, after = tokens.low(at - 1), tokens.low(next_at)
    stopped = before == "." and tokens.low(at - 2) in LABELS  # No. 7
    if stopped or before in LABELS or before in ("#", "@", "/", ":", "_"):
        return True
    if tokens.joined(at) and (before in DASHES or before in (".", "'", "’") or before[-1:].isalpha()):
        return True
    if tokens.joined(next_at) and (after in DASHES or after in (":", "/", "'", "’", "_")):
        return True
    if after in ("am", "pm", "o'clock", "o’clock") or (after in ("a", "p") and tokens.low(next_at + 1) == "."):
        return True
    plain = tokens.is_digits(at) and next_at == at + 1
    if plain and ((tokens.joined(next_at) and after[:1].isalpha()) or _YEAR.fullmatch(tokens.low(at))):
        return True
    named = at > 1 and tokens.written[at - 1][:1].isupper() and before not in CURRENCIES
    return named and not number.vague


def _is_date(tokens: Tokens, number: Number, dates: Sequence[PartialDate]) -> bool:
    start, end = tokens.spans[number.at][0], tokens.spans[number.after - 1][1]
    return any(found.start < end and start < found.end for found in dates)


def _bound(tokens: Tokens, first: int) -> tuple[tuple[float, float], int]:
    for size in range(min(MOST_BOUND_WORDS, first), 0, -1):
        words = tuple(map(tokens.low, range(first - size, first)))
        if words in BOUNDS:
            return BOUNDS[words], first - size
    return (1.0, 1.0), first


def _bound_after(tokens: Tokens, at: int) -> tuple[tuple[float, float] | None, int]:
    """What follows the number or what it counts, as in `5,000+` and `32 or more`; and one past it."""
    if tokens.low(at) == "+" and tokens.joined(at):
        return BOUNDS_AFTER["or", "more"], at + 1
    found = BOUNDS_AFTER.get((tokens.low(at), tokens.low(at + 1)))
    return found, at + 2 if found else at


def _counted(tokens: Tokens, at: int, currency: str) -> tuple[str, str, str, int]:
    """Unit, noun, what it is per, and one past the last token of them."""
    unit = currency
    if not unit and (tokens.low(at), tokens.low(at + 1)) == ("per", "cent"):
        unit, at = "percent", at + 2
    elif not unit and (tokens.low(at) in CURRENCIES or tokens.low(at) in MEASURES):
        unit, at = CURRENCIES.get(tokens.low(at)) or MEASURES[tokens.low(at)], at + 1
    if unit == "percent" and tokens.low(at) in ("point", "points"):
        unit, at = "point", at + 1
    noun, last = "", at
    of = tokens.low(at) == "of"
    if not unit or (of and unit not in PERIODS):
        noun, last = _noun(tokens, at + of, singular=bool(unit))
    per, after = _per(tokens, last if noun else at)
    return unit, noun, per, after


def _noun(tokens: Tokens, at: int, singular: bool) -> tuple[str, int]:
    """The head of the noun phrase that begins here, and one past it: the last of the first plurals; where there is none
    the last word if it may be `singular`, and empty otherwise."""
    first = at + (tokens.low(at) in DETERMINERS)
    inner = read_number(tokens, first)
    first = inner.after if inner is not None else first
    head, last, final, end = "", at, "", at
    for i in range(first, min(first + _LONGEST_NOUN, len(tokens))):
        word = tokens.low(i)
        if word == "-" and tokens.joined(i) and i > first:
            continue
        if word in ENGLISH_STOP_WORDS or word in NOUN_ENDS or not word[0].isalpha():
            break
        if head and word in _STATES:
            break
        if _is_plural(word):
            head, last = word, i + 1
        elif head:
            break
        final, end = word, i + 1
    if singular and not head:
        return final, end
    return _singular(head), last


def _per(tokens: Tokens, at: int) -> tuple[str, int]:
    word, following = tokens.low(at), tokens.low(at + 1)
    if word == "per" and following != "cent" and following.isalpha():
        return following, at + 2
    if word in ("a", "an", "each", "every") and following in _PER:
        return following, at + 2
    return "", at


def _role(tokens: Tokens, first: int, last: int, unit: str) -> str | None:
    """None where the number only says how long ago, or which of several periods."""
    before, after = tokens.low(first - 1), tokens.low(last)
    if before in DETERMINERS and tokens.low(first - 2) == "of":
        return "whole"
    if unit in PERIODS and (after in _AFTER_PERIOD or before in _BEFORE_PERIOD):
        return None
    role = _ROLES.get(before, "")
    return "" if role in _OF_PERIODS and unit not in PERIODS else role


def _interval(number: Number, bound: tuple[float, float], exact: bool) -> tuple[float, float]:
    """Written numbers are rounded: 2,400 stands for anything that rounds to it, but by no more than a tenth; counts
    below a hundred are taken as they are, and so is what a word such as `about` makes wide enough."""
    low, high = number.low, number.high
    loose = bound[0] < 1 < bound[1]
    if not (exact and high < 100) and not number.vague and not loose:
        low -= min(number.half, low / 10)
        high += min(number.half, high / 10)
    return low * bound[0], math.inf if bound[1] == math.inf else high * bound[1]  # 0 times infinity is no number


def _is_plural(word: str) -> bool:
    if word in PLURALS:
        return True
    return len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is", "'s", "’s"))


def _singular(word: str) -> str:
    if word in PLURALS or not word.endswith("s"):
        return word
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return word[:-2] if word.endswith(("ches", "shes", "sses", "xes")) else word[:-1]
