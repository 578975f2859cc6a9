"""What the encoder reads of a passage: the article's title, then the passage."""

from __future__ import annotations

import re
from collections.abc import Callable

from qa_service.text.basic.spaces import is_blank

__all__ = ["TITLE_PIECES", "cut_title", "embedded_text", "title_limit"]

TITLE_PIECES = 48
"""Most word pieces of a title; what is longer is cut at words."""

_WORD = re.compile(r"\S+")


def title_limit(max_pieces: int) -> int:
    """Word pieces that a title may take where a passage with its title may have `max_pieces`: a quarter, at most 48."""
    return min(TITLE_PIECES, max_pieces // 4)


def embedded_text(title: str | None, text: str) -> tuple[str, int]:
    """(title, line break and text as one string, offset at which `text` begins in it)."""
    if not title:
        return text, 0
    return f"{title}\n{text}", len(title) + 1


def cut_title(title: str | None, count_pieces: Callable[[str], int], limit: int = TITLE_PIECES) -> str | None:
    """The longest beginning of `title`, in whole words, of at most `limit` word pieces; white space is collapsed.

    None where there is no title, nothing of it shows, or not even its first word fits.
    """
    if title is None or is_blank(title):
        return None
    # No title worth reading is longer; this bounds the counting below.
    words = [m[0] for _, m in zip(range(4 * limit), _WORD.finditer(title), strict=False)]
    while words and count_pieces(" ".join(words)) > limit:
        words.pop()
    return " ".join(words) or None
