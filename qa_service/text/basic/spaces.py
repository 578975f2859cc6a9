"""What a reader can see. White space is what `str.isspace` says; besides it some characters show nothing at all."""

from __future__ import annotations

import regex

__all__ = ["is_blank", "strip_span"]

_VISIBLE = regex.compile(r"[^\s\p{Z}\p{Cc}\p{Default_Ignorable_Code_Point}]")


def is_blank(text: str) -> bool:
    """True where nothing shows: white space, control characters, zero-width characters, direction marks."""
    return _VISIBLE.search(text) is None


def strip_span(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without white space at either side; empty at `end` where there is nothing else."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
