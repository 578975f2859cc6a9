"""Page marks: private characters in a draft's text that say where a page begins, until the text is clean.

Offsets into a text change with each step of cleaning. A mark moves with the text instead. It stands directly before
the first character of its page, also in the middle of a paragraph, and is no white space.
"""

from __future__ import annotations

import re

__all__ = ["MOST_PAGES", "page_mark", "remove_page_marks", "take_page_marks"]

_FIRST = 0xF0000
"""The first code point of Supplementary Private Use Area-A. No font or standard gives these code points a meaning."""
MOST_PAGES = 0xFFFE
_MARK = re.compile("[\U000f0000-\U000ffffd]")


def page_mark(number: int) -> str:
    """The mark of a page, by its 1-based number up to `MOST_PAGES`.

    Raises:
        ValueError: the number is outside this range.
    """
    if not 1 <= number <= MOST_PAGES:
        raise ValueError(f"page {number} has no mark; pages go from 1 to {MOST_PAGES}")
    return chr(_FIRST + number - 1)


def take_page_marks(text: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text without marks, and for each mark its offset in that text and its page. See `Article.pages`."""
    pages = tuple(
        (match.start() - before, ord(match[0]) - _FIRST + 1) for before, match in enumerate(_MARK.finditer(text))
    )
    return (remove_page_marks(text), pages) if pages else (text, ())


def remove_page_marks(text: str) -> str:
    """The text without these characters. For a text from outside, where they mean nothing."""
    return _MARK.sub("", text)
