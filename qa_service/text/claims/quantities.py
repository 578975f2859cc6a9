"""Quantities in an English text: a number, its unit, and the noun that it counts.

Precision comes first. Labels (`Week 14`, `GPT-4`), scores, clock times, years, numbers within a compound (`8-month`)
and changes ("from 10 to 15") are not quantities.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from qa_service.text.claims.numbers import DASHES, Number, Tokens, bound_before, read_number, read_numbers
from qa_service.text.claims.partial_dates import PartialDate, find_partial_dates
from qa_service.text.lexicon import number_words as lexicon
from qa_service.text.lexicon.stop_words import ENGLISH_STOP_WORDS

__all__ = ["Quantity", "find_quantities"]

_NUMERIC = re.compile(
    r"[0-9]|\b(?:"
    + "|".join(sorted(lexicon.NUMERALS - {"a", "half", "one"}))
    + r"|half|an? (?:dozen|hundred|thousand|million|billion|trillion))\b",
    re.I,
)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_LONGEST_NOUN = 5
_AFTER_PERIOD = frozenset({"ago", "later", "earlier", "before", "old", "after", "younger", "older", "-"})
_BEFORE_PERIOD = frozenset({"last", "past", "next", "first", "previous", "coming", "following"})
_STATES = frozenset({"dead", "wounded", "injured", "missing"})
"""Words after a noun that tell its state: "400 soldiers dead"."""
_PER = lexicon.PERIODS | {"share", "barrel", "night"}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number at `text[start:end]`, its unit, and the noun that it counts.

    `unit` is a currency, a measure in the singular, or empty. `noun` is the lower-case head of the noun phrase, in the
    singular; empty where the text does not name it.
    """

    start: int
    end: int
    unit: str
    noun: str


@lru_cache(maxsize=1 << 14)
def find_quantities(text: str) -> tuple[Quantity, ...]:
    """The quantities of a text, in order, without overlaps."""
    if not _NUMERIC.search(text):
        return ()
    tokens, dates = Tokens(text), find_partial_dates(text)
    return tuple(
        found
        for number in read_numbers(tokens)
        if not number.change
        and not _is_label(tokens, number)
        and not _is_date(tokens, number, dates)
        and (found := _quantity(tokens, number)) is not None
    )


def _quantity(tokens: Tokens, number: Number) -> Quantity | None:
    """None where the number is not a quantity."""
    before = tokens.low(number.at - 1)
    currency = lexicon.CURRENCIES.get(before, "") if not before.isalpha() else ""
    first = number.at - bool(currency)
    first -= len(bound_before(tokens, first))
    unit, noun, last = _counted(tokens, _after_bound(tokens, number.after), currency)
    if not unit and (number.low == number.high == 1 or (number.ranged and not noun)):
        return None  # "one" is a pronoun more often than a count, and "3-1" is a score
    if _is_place_in_time(tokens, first, _after_bound(tokens, last), unit):
        return None
    return Quantity(tokens.spans[number.at][0], tokens.spans[number.after - 1][1], unit, noun)


def _is_label(tokens: Tokens, number: Number) -> bool:
    """Whether the number is a label, a score, a clock time, a year or part of a compound."""
    at, next_at = number.at, number.after
    before, after = tokens.low(at - 1), tokens.low(next_at)
    stopped = before == "." and tokens.low(at - 2) in lexicon.LABELS  # No. 7
    if stopped or before in lexicon.LABELS or before in ("#", "@", "/", ":", "_"):
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
    named = at > 1 and tokens.written[at - 1][:1].isupper() and before not in lexicon.CURRENCIES
    return named and not number.vague


def _is_date(tokens: Tokens, number: Number, dates: Sequence[PartialDate]) -> bool:
    start, end = tokens.spans[number.at][0], tokens.spans[number.after - 1][1]
    return any(found.start < end and start < found.end for found in dates)


def _after_bound(tokens: Tokens, at: int) -> int:
    """One past a bound after the number or its noun, as in `5,000+` and `32 or more`; `at` where there is none."""
    if tokens.low(at) == "+" and tokens.joined(at):
        return at + 1
    return at + 2 if (tokens.low(at), tokens.low(at + 1)) in lexicon.BOUNDS_AFTER else at


def _counted(tokens: Tokens, at: int, currency: str) -> tuple[str, str, int]:
    """Unit, noun, and one past their last token, or past `per year` where that follows."""
    unit = currency
    if not unit and (tokens.low(at), tokens.low(at + 1)) == ("per", "cent"):
        unit, at = "percent", at + 2
    elif not unit and (tokens.low(at) in lexicon.CURRENCIES or tokens.low(at) in lexicon.MEASURES):
        unit, at = lexicon.CURRENCIES.get(tokens.low(at)) or lexicon.MEASURES[tokens.low(at)], at + 1
    if unit == "percent" and tokens.low(at) in ("point", "points"):
        unit, at = "point", at + 1
    noun, last = "", at
    of = tokens.low(at) == "of"
    if not unit or (of and unit not in lexicon.PERIODS):
        noun, last = _noun(tokens, at + of, singular=bool(unit))
    return unit, noun, _after_per(tokens, last if noun else at)


def _noun(tokens: Tokens, at: int, singular: bool) -> tuple[str, int]:
    """The head of the noun phrase at `at`, in the singular, and one past its token.

    The head is the last of the first plurals in a row. Without a plural it is the last word if `singular`, else empty.
    """
    first = at + (tokens.low(at) in lexicon.DETERMINERS)
    inner = read_number(tokens, first)
    first = inner.after if inner is not None else first
    head, last, final, end = "", at, "", at
    for i in range(first, min(first + _LONGEST_NOUN, len(tokens))):
        word = tokens.low(i)
        if word == "-" and tokens.joined(i) and i > first:
            continue
        if word in ENGLISH_STOP_WORDS or word in lexicon.NOUN_ENDS or not word[0].isalpha():
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


def _after_per(tokens: Tokens, at: int) -> int:
    """One past `per year` or `a share`; `at` where there is no such phrase."""
    word, following = tokens.low(at), tokens.low(at + 1)
    per = word == "per" and following != "cent" and following.isalpha()
    return at + 2 if per or (word in ("a", "an", "each", "every") and following in _PER) else at


def _is_place_in_time(tokens: Tokens, first: int, last: int, unit: str) -> bool:
    """Whether the words only say how long ago, or which of several periods: "three years ago", "the last two years"."""
    before, after = tokens.low(first - 1), tokens.low(last)
    if before in lexicon.DETERMINERS and tokens.low(first - 2) == "of":
        return False
    return unit in lexicon.PERIODS and (after in _AFTER_PERIOD or before in _BEFORE_PERIOD)


def _is_plural(word: str) -> bool:
    if word in lexicon.PLURALS:
        return True
    return len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is", "'s", "’s"))


def _singular(word: str) -> str:
    if word in lexicon.PLURALS or not word.endswith("s"):
        return word
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return word[:-2] if word.endswith(("ches", "shes", "sses", "xes")) else word[:-1]
