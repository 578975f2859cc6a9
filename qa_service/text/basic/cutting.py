"""Cuts a text that is too long: between words, else inside a word, and inside a grapheme as the last resort."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import regex

from qa_service.errors import InvalidInput
from qa_service.text.basic.spaces import strip_span

__all__ = ["cut"]

# Words separated by white space; Unicode words (UAX 29); grapheme clusters (UAX 29); code points.
_LEVELS = (regex.compile(r"\S+"), regex.compile(r"(?w)(?s).+?\b"), regex.compile(r"\X"), regex.compile(r"(?s)."))

_LONGEST_WORD = 1 << 16

Fits = Callable[[int, int], bool]
"""Whether `text[start:end]` is short enough."""


def cut(text: str, start: int, end: int, fits: Fits, level: int = 0) -> list[tuple[int, int]]:
    """Spans of `text[start:end]`, each as long as `fits` allows. They cover all characters but white space.

    It calls `fits` about six times per span, on spans of similar length.

    Raises:
        InvalidInput: not even a single code point fits.
    """
    if level == len(_LEVELS):
        raise InvalidInput(
            f"The character at offset {start} does not fit into a passage: increase max_tokens and max_word_pieces.",
            param="max_tokens",
        )
    if level > 0 and end - start > _LONGEST_WORD:  # no word; a list of its letters needs much memory
        blocks = range(start, end, _LONGEST_WORD)
        return [s for a in blocks for s in cut(text, a, min(end, a + _LONGEST_WORD), fits, level)]
    units = _units(text, start, end, level)
    spans: list[tuple[int, int]] = []
    first, guess = 0, 1
    while first < len(units):
        after = _furthest(units, first, guess, fits)
        if after == first:
            spans += cut(text, *units[first], fits, level + 1)
            after, guess = first + 1, 1
        else:
            spans.append((units[first][0], units[after - 1][1]))
            guess = after - first
        first = after
    return spans


def _units(text: str, start: int, end: int, level: int) -> list[tuple[int, int]]:
    units: list[tuple[int, int]] = []
    for m in _LEVELS[level].finditer(text, start, end):
        a, b = m.span()
        # Python counts U+001C to U+001F as white space, a regular expression does not
        if text[a].isspace() or text[b - 1].isspace():
            a, b = strip_span(text, a, b)
        if a < b:
            units.append((a, b))
    return units


def _furthest(units: Sequence[tuple[int, int]], first: int, guess: int, fits: Fits) -> int:
    """End index of the longest run of units from `first` that fits; `first` if no unit fits.

    Galloping search from `guess` units, then bisection (Bentley & Yao, "An almost optimal algorithm for unbounded
    searching", 1976).
    """

    def run_fits(after: int) -> bool:
        return fits(units[first][0], units[after - 1][1])

    low, high = first, len(units) + 1  # `low` fits, `high` does not
    probe, step = min(first + guess, len(units)), 1
    while True:
        if run_fits(probe):
            low = probe
            if probe + 1 >= high:
                return low
            probe = min(probe + step, high - 1)
        else:
            high = probe
            if probe - 1 <= low:
                return low
            probe = max(probe - step, low + 1)
        if low > first and high <= len(units):
            break
        step *= 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if run_fits(middle) else (low, middle)
    return low
