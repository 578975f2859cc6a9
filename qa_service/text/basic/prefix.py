"""Builds the text that the embedder reads: the article's title, then the passage."""

from __future__ import annotations

import re
from collections.abc import Callable

from qa_service.text.basic.spaces import is_blank

__all__ = ["TITLE_PIECES", "cut_title", "embedded_text", "title_limit"]

TITLE_PIECES = 48
"""Maximum word pieces of a title."""

_WORD = re.compile(r"\S+")


def title_limit(max_pieces: int) -> int:
    """Maximum word pieces of a title: a quarter of `max_pieces`, at most 48."""
    return min(TITLE_PIECES, max_pieces // 4)


def embedded_text(title: str | None, text: str) -> tuple[str, int]:
    """Title, line break and `text` as one string, and the offset of `text` in it."""
    if not title:
        return text, 0
    return f"{title}\n{text}", len(title) + 1


def cut_title(title: str | None, count_pieces: Callable[[str], int], limit: int = TITLE_PIECES) -> str | None:
    """The first words of `title` that fit into `limit` word pieces, with single spaces.

    None if the title is missing or blank, or if its first word does not fit.
    """
    if title is None or is_blank(title):
        return None
    # The bound keeps the loop below short.
    words = [m[0] for _, m in zip(range(4 * limit), _WORD.finditer(title), strict=False)]
    while words and count_pieces(" ".join(words)) > limit:
        words.pop()
    return " ".join(words) or None
