"""Recognises headings: short lines that name the text below them."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from qa_service.text.basic.paragraphs import LIST_ITEM
from qa_service.text.basic.sentences import ends_sentence

__all__ = ["heading_flags"]

LONGEST_HEADING = 80
MOST_WORDS = 12

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_LOWER_CASE = regex.compile(r"[^\p{L}\p{N}]*\p{Ll}")


def heading_flags(text: str, paragraphs: Sequence[tuple[int, int]], title: str | None) -> list[bool]:
    """Whether each paragraph is a heading or repeats the title. Parallel to `paragraphs`.

    A heading is one line of at most 80 code points and 12 words. It has no full stop at its end (a colon is allowed),
    begins with neither a lower-case letter nor a list mark, and stands before a text paragraph. Of several such lines
    in a row only the last is a heading, since they may be rows of a table. If all paragraphs qualify, none is.
    """
    wanted = _key(title or "")
    is_title = [bool(wanted) and _key(text[start:end]) == wanted for start, end in paragraphs]
    is_short = [_could_be_heading(text[start:end]) for start, end in paragraphs]
    flags = list(is_title)
    for i in range(len(paragraphs) - 1):
        if is_short[i] and not is_short[i + 1] and not is_title[i + 1]:
            flags[i] = True
    return [False] * len(flags) if all(flags) else flags


def _key(line: str) -> list[str]:
    """The words of a line, lower case. A repeated title may differ in case, quotation marks and spaces."""
    return _WORD.findall(line.casefold())


def _could_be_heading(line: str) -> bool:
    if len(line) > LONGEST_HEADING or len(line.splitlines()) > 1:
        return False
    if not 1 <= len(_WORD.findall(line)) <= MOST_WORDS:
        return False
    if LIST_ITEM.match(line) or _LOWER_CASE.match(line):
        return False
    return line.endswith((":", "：")) or not ends_sentence(line)
