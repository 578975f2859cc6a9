"""Whether a sentence has every number, date and ordinal of another, with the same bound, unit and noun."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from qa_service.text.claims.clauses import word_class
from qa_service.text.claims.numbers import DASHES, Number, Tokens, bound_before, read_number
from qa_service.text.claims.partial_dates import PartialDate, find_partial_dates
from qa_service.text.claims.quantities import Quantity, find_quantities
from qa_service.text.lexicon import words
from qa_service.text.lexicon.date_words import MONTHS
from qa_service.text.lexicon.number_words import BOUNDS, CURRENCIES, MEASURES, PERIODS, PLURALS

__all__ = ["SentenceFigures", "figures_of"]

_T = TypeVar("_T")
_AMOUNTS = {
    "first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th", "fifth": "5th", "sixth": "6th", "seventh": "7th",
    "eighth": "8th", "ninth": "9th", "tenth": "10th", "thirds": "thirds", "fifths": "fifths", "quarters": "quarters",
    "quarter": "quarter", "trio": "trio", "quartet": "quartet", "quintet": "quintet", "sextet": "sextet",
    "half": "half", "halves": "half", "halved": "half", "twice": "double", "double": "double", "doubled": "double",
    "doubles": "double", "doubling": "double", "triple": "triple", "tripled": "triple", "thrice": "triple",
    "quadruple": "quadruple", "quadrupled": "quadruple", "tenfold": "tenfold", "twofold": "double",
    "majority": "majority",
    "hundredth": "100th", "thousandth": "1000th", "dozen": "dozen", "pair": "pair", "couple": "couple",
}  # fmt: skip
"""Ordinals, fractions and multiples in words, each with a common form."""
_ORDINAL = re.compile(r"(?:st|nd|rd|th)$")
_AFTER, _UNTIL = frozenset({"since", "from", "after"}), frozenset({"until", "till", "before", "by", "through", "to"})
_BEFORE_YEAR = MONTHS.keys() | words("in since of by during until from late early and to - ,")
_ANYBODY = frozenset({"people", "person"})
_BODIES = words("civilian soldier local troop resident villager man woman child men")
_LASTING = words("for after of lasted took")
_ONE = words("one a an")


@dataclass(frozen=True, slots=True)
class _Figure:
    start: int
    low: float
    high: float
    bound: str
    unit: str
    noun: str


@dataclass(frozen=True, slots=True)
class SentenceFigures:
    """The numbers, dates and amounts of one sentence. `dated` are the spans of the dates."""

    numbers: tuple[_Figure, ...]
    dates: tuple[PartialDate, ...]
    dated: tuple[tuple[int, int], ...]
    amounts: tuple[tuple[int, str], ...]
    """Start and common form of each ordinal, fraction or multiple, and of digits that are not a number."""

    def within(self, start: int, end: int) -> SentenceFigures:
        """The figures that begin from `start` to before `end`."""
        return SentenceFigures(
            tuple(n for n in self.numbers if start <= n.start < end),
            tuple(d for d in self.dates if start <= d.start < end),
            self.dated,
            tuple(a for a in self.amounts if start <= a[0] < end),
        )

    def stand_in(self, other: SentenceFigures) -> bool:
        """Whether `other` has all of these figures."""
        loose = [n for n in self.numbers if not any(a <= n.start < b for a, b in self.dated)]
        return (
            {word for _, word in self.amounts} <= {word for _, word in other.amounts}
            and _each_has_one(loose, other.numbers, _same_number)
            and _each_has_one(self.dates, other.dates, _same_date)
        )


@lru_cache(maxsize=1 << 12)
def figures_of(sentence: str) -> SentenceFigures:
    """The figures of a sentence. Digits of every script count as 0 to 9, and characters as their NFKC form."""
    text = "".join(map(_plain, sentence))
    tokens, quantities = Tokens(text), find_quantities(text)
    numbers: list[_Figure] = []
    amounts: list[tuple[int, str]] = []
    at = 0
    while at < len(tokens):
        low = tokens.low(at)
        number = read_number(tokens, at) if tokens.begins_number(at) else None
        if number is None:
            if low in _AMOUNTS or low.endswith("fold") or any(sign.isnumeric() for sign in low):
                amounts.append((tokens.spans[at][0], _AMOUNTS.get(low, low)))
            at += 1
            continue
        if tokens.joined(number.after) and _ORDINAL.match(tokens.low(number.after)):
            amounts.append((tokens.spans[at][0], f"{number.low:.0f}{tokens.low(number.after)}"))
        if low not in _ONE or number.high > 1:
            numbers.append(_figure(tokens, number, tokens.spans[at][0], quantities))
        at = number.after
    dates = find_partial_dates(text)
    return SentenceFigures(tuple(numbers), dates, tuple((d.start, d.end) for d in dates), tuple(amounts))


def _plain(sign: str) -> str:
    """A plain digit for a digit, else the sign: one code point, so that offsets stay."""
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    folded = unicodedata.normalize("NFKC", sign)
    if folded[0].isdigit() and folded[0].isascii() and sign.isnumeric():
        return folded[0]  # ½ ² ①: the first digit stands for it
    return sign


def _figure(tokens: Tokens, number: Number, start: int, quantities: tuple[Quantity, ...]) -> _Figure:
    own = next((q for q in quantities if q.start <= start < q.end), None)
    unit, noun = (own.unit, own.noun) if own else ("", "")
    if not unit and tokens.low(number.after) in DASHES and tokens.joined(number.after + 1):
        unit = MEASURES.get(tokens.low(number.after + 1), "")  # an 8-month span
    if not own and 1500 <= number.low < 2100 and tokens.low(number.at - 1) not in _BEFORE_YEAR:
        noun = _plural(tokens.low(number.after))  # "2000 women" is not a year
    return _Figure(start, number.low, number.high, _bound(tokens, number.at, unit), unit, noun)


def _plural(word: str) -> str:
    return word if word in PLURALS else word[:-1] if word.endswith("s") and word.isalpha() and len(word) > 3 else ""


def _bound(tokens: Tokens, at: int, unit: str) -> str:
    """`more`, `fewer`, `about` or empty."""
    first = at - (tokens.low(at - 1) in CURRENCIES and not tokens.low(at - 1).isalpha())
    phrase = bound_before(tokens, first)
    if phrase == ("over",) and unit in PERIODS and tokens.low(first - 2) not in _LASTING:
        return ""  # "over eight months" means within them
    if phrase:
        return BOUNDS[phrase]
    return "about" if tokens.low(first - 1) in ("perhaps", "probably") else ""


def _each_has_one(own: Sequence[_T], others: Sequence[_T], same: Callable[[_T, _T], bool]) -> bool:
    """Whether `others` has a different equal of each: 2020 and 2021 do not support 2021 and 2021."""
    left = list(others)
    for one in own:
        at = next((i for i, other in enumerate(left) if same(one, other)), None)
        if at is None:
            return False
        del left[at]
    return True


def _same_number(own: _Figure, other: _Figure) -> bool:
    if abs(own.low - other.low) > 1e-9 * own.low or abs(own.high - other.high) > 1e-9 * own.high:
        return False
    if own.bound != other.bound and {own.bound, other.bound} != {"", "about"}:
        return False
    if own.unit and own.unit != other.unit:
        return False
    if not own.noun or not other.noun or own.unit:
        return True
    return word_class(own.noun) == word_class(other.noun) or (own.noun in _ANYBODY and other.noun in _BODIES)


def _same_date(own: PartialDate, other: PartialDate) -> bool:
    """Whether `other` has all parts of the date: "in June" does not support "in June 2020"."""
    if any((own.role in group) != (other.role in group) for group in (_AFTER, _UNTIL)):
        return False
    if own.month is not None and own.month != other.month:
        return False
    if own.day is not None and (own.day, own.last_day) != (other.day, other.last_day):
        return False
    return own.year is None or own.year == other.year
