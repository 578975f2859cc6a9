"""Numbers in an English text, in digits and in words, each as a range of values."""

from __future__ import annotations

from dataclasses import dataclass

import regex

from qa_service.text.lexicon.number_words import BOUNDS, CARDINALS, MOST_BOUND_WORDS, NUMERALS, SCALES, SEVERAL, VAGUE

__all__ = ["DASHES", "Number", "Tokens", "bound_before", "read_number", "read_numbers"]

DASHES = frozenset("-–—")
_DIGITS = frozenset("0123456789")
_TOKEN = regex.compile(
    r"[0-9]+(?:,[0-9]{3})*+(?:\.[0-9]+)?|(?:US|C|A)?\$|[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)*|[^\s\p{L}0-9]"
)
_LONGEST = 15
"""A longer run of digits is not a number."""


class Tokens:
    """The words, numbers and punctuation marks of a text. A token beyond either end is empty."""

    def __init__(self, text: str) -> None:
        matches = list(_TOKEN.finditer(text))
        self.spans = [match.span() for match in matches]
        self.written = [match[0] for match in matches]
        self._low = [written.lower() for written in self.written]

    def __len__(self) -> int:
        return len(self.spans)

    def low(self, at: int) -> str:
        """The token in lower case."""
        return self._low[at] if 0 <= at < len(self._low) else ""

    def joined(self, at: int) -> bool:
        """Whether the token follows the previous token without a space."""
        return 0 < at < len(self.spans) and self.spans[at - 1][1] == self.spans[at][0]

    def begins_number(self, at: int) -> bool:
        low = self._low[at]
        return low[0] in _DIGITS or low in NUMERALS

    def is_digits(self, at: int) -> bool:
        return self._low[at][0] in _DIGITS


@dataclass(frozen=True, slots=True)
class Number:
    """The tokens from `at` to before `after`, and the lowest and highest value that they mean."""

    at: int
    after: int
    low: float
    high: float
    vague: bool = False
    """A word such as `dozens`."""
    ranged: bool = False
    """Two numbers with a dash between."""
    change: bool = False
    """A change such as "from 10 to 15", which is not a range."""


def read_numbers(tokens: Tokens) -> list[Number]:
    """All numbers, in order, without overlaps."""
    found: list[Number] = []
    at = 0
    while at < len(tokens):
        number = _ranged(tokens, at) if tokens.begins_number(at) else None
        if number is not None:
            found.append(number)
        at = number.after if number is not None else at + 1
    return found


def bound_before(tokens: Tokens, at: int) -> tuple[str, ...]:
    """The words before a token that bound a number, such as `more than`; empty if there are none."""
    phrases = (tuple(map(tokens.low, range(at - size, at))) for size in range(min(MOST_BOUND_WORDS, at), 0, -1))
    return next((phrase for phrase in phrases if phrase in BOUNDS), ())


def read_number(tokens: Tokens, at: int) -> Number | None:
    """The number that begins at this token, ranges aside."""
    word = tokens.low(at)
    if word in VAGUE:
        return _vague(tokens, at) if word != "scores" or tokens.low(at + 1) == "of" else None
    if word == "several":
        own = SEVERAL.get(tokens.low(at + 1))
        return Number(at, at + 2, *VAGUE[own], vague=True) if own else None
    if word in ("half", "a"):
        return _named(tokens, at, word)
    read = _figures(tokens, at) if word[:1] in _DIGITS and word else _words(tokens, at)
    if read is None:
        return None
    value, after = read
    # A single letter such as `m` must follow without a space.
    while (scale := SCALES.get(tokens.low(after), 0.0)) and (len(tokens.low(after)) > 1 or tokens.joined(after)):
        value, after = value * scale, after + 1
    if tuple(map(tokens.low, range(after, after + 3))) == ("and", "a", "half"):
        value, after = value + 0.5, after + 3
    return Number(at, after, value, value)


def _ranged(tokens: Tokens, at: int) -> Number | None:
    """10-15, 10 to 15, between 10 and 15."""
    first = read_number(tokens, at)
    if first is None:
        return None
    word, before = tokens.low(first.after), tokens.low(at - 1)
    between = before == "between" and word == "and"
    dash = word in DASHES
    second = read_number(tokens, first.after + 1) if between or dash or word == "to" else None
    if second is None:
        return first
    if first.high < second.low and (before != "from" or word != "to"):
        return Number(at, second.after, first.low, second.high, ranged=dash)
    return Number(at, second.after, first.low, first.low, change=True)


def _named(tokens: Tokens, at: int, word: str) -> Number | None:
    """half a dozen, half-dozen; a dozen, a million."""
    size = at + 1 + (word == "half")
    scale = SCALES.get(tokens.low(size), 0.0) if len(tokens.low(size)) > 2 else 0.0
    if not scale:
        return None
    value = scale / 2 if word == "half" else scale
    return Number(at, size + 1, value, value)


def _vague(tokens: Tokens, at: int) -> Number:
    """dozens, hundreds of thousands."""
    low, high = VAGUE[tokens.low(at)]
    larger = VAGUE.get(tokens.low(at + 2)) if tokens.low(at + 1) == "of" else None
    if larger is None:
        return Number(at, at + 1, low, high, vague=True)
    return Number(at, at + 3, low * larger[0] / 1.5, high * larger[1] / 1.5, vague=True)


def _figures(tokens: Tokens, at: int) -> tuple[float, int] | None:
    digits = tokens.low(at).replace(",", "")
    return None if len(digits) > _LONGEST else (float(digits), at + 1)


def _words(tokens: Tokens, at: int) -> tuple[float, int] | None:
    value = CARDINALS.get(tokens.low(at))
    if value is None:
        return None
    unit = CARDINALS.get(tokens.low(at + 2), 0) if tokens.low(at + 1) == "-" else 0
    if value >= 20 and 0 < unit < 10:
        return float(value + unit), at + 3
    return float(value), at + 1
