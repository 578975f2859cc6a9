"""Finds the articles of a bundle: a PDF whose bookmarks each name an article that begins on a page of its own."""

from __future__ import annotations

from dataclasses import dataclass

import pypdfium2 as pdfium
import regex

__all__ = ["Part", "parts_of"]

MOST_PARTS = 5_000
_NUMBERED = regex.compile(
    r"\s*(?:\d+|[IVXLC]+)(?:[.):]|\s|$)|\s*(?:chapter|part|section|appendix|annex|kapitel|teil|chapitre)\b",
    regex.IGNORECASE,
)
_HEAD_CHARACTERS = 600
"""Characters of a page among which its headline must stand."""
_FEWEST_WORDS = 3
"""Words of a headline. "Introduction" is a chapter."""


@dataclass(frozen=True, slots=True)
class Part:
    """An article within a document."""

    title: str
    page: int


def parts_of(document: pdfium.PdfDocument, count: int) -> dict[int, Part]:
    """The articles by the 1-based page on which each begins; empty if the document is one article.

    The bookmarks of the first level must be headlines: each at the head of a page of its own, the first on page 1 or 2.
    Numbered bookmarks are the chapters of one document.
    """
    parts: dict[int, Part] = {}
    for number, bookmark in enumerate(document.get_toc()):
        if number >= MOST_PARTS:
            return {}
        if bookmark.level > 0:
            continue
        try:
            title = " ".join(bookmark.get_title().split())
        except UnicodeDecodeError:
            return {}
        target = bookmark.get_dest()
        index = target.get_index() if target is not None else None
        if index is None or not 0 <= index < count or index + 1 in parts:
            return {}
        if _NUMBERED.match(title) or (len(title.split()) < _FEWEST_WORDS and not _unspaced(title)):
            return {}
        parts[index + 1] = Part(title, index + 1)
    if len(parts) < 2 or list(parts) != sorted(parts) or min(parts) > 2:
        return {}
    return parts if all(_stands_at_head(document, part) for part in parts.values()) else {}


def _stands_at_head(document: pdfium.PdfDocument, part: Part) -> bool:
    try:
        page = document[part.page - 1]
    except pdfium.PdfiumError:
        return False
    try:
        text = page.get_textpage()
        try:
            head = text.get_text_range(0, min(_HEAD_CHARACTERS, text.count_chars()))
        finally:
            text.close()
    finally:
        page.close()
    return _plain(part.title) in _plain(head)


def _plain(text: str) -> str:
    return regex.sub(r"[\s\p{P}\p{C}]+", "", text).casefold()


def _unspaced(title: str) -> bool:
    return len(regex.findall(r"[\p{Han}\p{Hiragana}\p{Katakana}]", title)) > 4
