"""Compares lines at the edges of pages: page headers, footers and page numbers return, and their numbers grow."""

from __future__ import annotations

from collections.abc import Sequence

import regex

__all__ = ["in_step", "line_key", "line_numbers"]

_BETWEEN = regex.compile(r"[\s\p{P}]+")
_NUMBER = regex.compile(r"\d+")


def line_key(text: str) -> str:
    """What two running lines have in common: their letters, with `0` for each number."""
    return _BETWEEN.sub("", _NUMBER.sub("0", text)).casefold()


def line_numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number[:9]) for number in _NUMBER.findall(text))


def in_step(some: Sequence[int], others: Sequence[int], pages: int) -> bool:
    """Whether each number is the same on both pages, or has grown as the pages did."""
    if len(some) != len(others):
        return False
    return all(one == other or one - other == pages for one, other in zip(some, others, strict=True))
