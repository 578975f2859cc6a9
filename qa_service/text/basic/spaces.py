"""Visible characters and white space. White space is defined by `str.isspace`; other characters may be invisible."""

from __future__ import annotations

import regex

__all__ = ["is_blank", "strip_span"]

_VISIBLE = regex.compile(r"[^\s\p{Z}\p{Cc}\p{Default_Ignorable_Code_Point}]")


def is_blank(text: str) -> bool:
    """Whether the text has no visible character: only white space, control or zero-width characters."""
    return not "!" <= text[:1] <= "~" and _VISIBLE.search(text) is None  # the first check is fast


def strip_span(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without surrounding white space. If nothing else is in it, it is empty at `end`."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
