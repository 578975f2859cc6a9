"""Finds page headers, footers and page numbers: lines at the edge of a page that return at the same place."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import regex

from qa_service.parsing.pdf.lines import line_of
from qa_service.parsing.pdf.regions import bands_of
from qa_service.parsing.pdf.rules import Box
from qa_service.parsing.pdf.words import Word
from qa_service.parsing.running_lines import in_step, line_key, line_numbers

__all__ = ["Dropped", "PageContent", "without_running_lines"]

WINDOW = 8
"""Pages on each side that are compared."""
_EDGE_ROWS = 3
"""Rows at the top and at the bottom of a page that may be running lines."""
_NEAR = 4.0
"""Rows within this distance, in points, stand at the same place."""
_LONGEST_NUMBER = 14
"""Letters of a page number such as "Page 3 of 12", without spaces."""
_ADDRESS = regex.compile(r"(?:https?|file|data|about|chrome):/?/?\S*")
_MOMENT = regex.compile(r"\d{1,4}[/.\-]\s?\d{1,2}[/.\-]\s?\d{2,4},?\s+\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s*[AP]M)?")


@dataclass(slots=True)
class PageContent:
    """The words and drawn lines of a page, before they have an order."""

    number: int
    words: list[Word]
    boxes: list[Box]
    width: float
    height: float


@dataclass(slots=True)
class Dropped:
    """The distinct lines that were dropped, and the address that a browser printed."""

    lines: list[str] = field(default_factory=list)
    address: str | None = None
    printed: bool = False
    """Whether a browser has printed the document."""


@dataclass(slots=True)
class _Row:
    words: list[Word]
    text: str
    key: str
    numbers: tuple[int, ...]
    top: float
    apart: bool
    """Whether a gap parts the row from the rest of the page."""


@dataclass(slots=True)
class _Page:
    content: PageContent
    head: list[_Row]
    foot: list[_Row]


def without_running_lines(pages: Iterable[PageContent], count: int, dropped: Dropped) -> Iterator[PageContent]:
    """The pages in order, without running lines, each as soon as `WINDOW` further pages were read.

    `count` is the number of pages. `dropped` gets what was dropped.
    """
    window: deque[_Page] = deque()
    waiting = 0
    for content in pages:
        window.append(_edges(content))
        waiting += 1
        if waiting > WINDOW:
            yield _cleared(window, len(window) - waiting, count, dropped)
            waiting -= 1
            if len(window) > 2 * WINDOW + 1:
                window.popleft()
    while waiting:
        yield _cleared(window, len(window) - waiting, count, dropped)
        waiting -= 1


def _edges(content: PageContent) -> _Page:
    bands = bands_of(content.words)
    rows = []
    for at, band in enumerate(bands):
        if _EDGE_ROWS <= at < len(bands) - _EDGE_ROWS:
            continue
        words = [word for word in band if isinstance(word, Word)]
        text = line_of(words).text
        key = line_key(text)
        top = min(word.top for word in words)
        height = max(word.height for word in words)
        gaps = []
        if at > 0:
            gaps.append(top - max(item.bottom for item in bands[at - 1]))
        if at + 1 < len(bands):
            gaps.append(min(item.top for item in bands[at + 1]) - max(word.bottom for word in words))
        numbers = line_numbers(text)
        rows.append(_Row(words, text, key, numbers, top, not gaps or max(gaps) > 0.8 * height))
    half = min(_EDGE_ROWS, len(rows))
    return _Page(content, rows[:half], rows[::-1][: min(_EDGE_ROWS, len(rows) - half)] or rows[::-1][:half])


def _cleared(window: deque[_Page], at: int, count: int, dropped: Dropped) -> PageContent:
    page = window[at]
    others = [other for index, other in enumerate(window) if index != at]
    gone: set[int] = set()
    browser = _browser_rows(page, count, dropped)
    for edge in ("head", "foot"):
        for row in getattr(page, edge):
            if row.text not in browser and not _is_running(row, page.content.number, count, others, edge):
                break
            gone.update(map(id, row.words))
            if row.text not in browser and len(dropped.lines) < 200 and row.text not in dropped.lines:
                dropped.lines.append(row.text)
    if gone:
        page.content.words = [word for word in page.content.words if id(word) not in gone]
    return page.content


def _is_running(row: _Row, number: int, count: int, others: list[_Page], edge: str) -> bool:
    letters = regex.search(r"\p{L}", row.key) is not None
    numbered = row.numbers == (number, count) or (row.numbers == (number,) and not letters)
    if row.apart and numbered and len(row.key) <= _LONGEST_NUMBER:
        return True  # "Page 3 of 12", "- 3 -"
    matches = 0
    alike = sum((other.content.number - number) % 2 == 0 for other in others)  # left and right pages may differ
    for other in others:
        for one in getattr(other, edge):
            if (
                one.key == row.key
                and abs(one.top - row.top) <= _NEAR
                and in_step(one.numbers, row.numbers, other.content.number - number)
            ):
                matches += 1
                break
    return matches >= (1 if alike < 4 else 2)


def _browser_rows(page: _Page, count: int, dropped: Dropped) -> set[str]:
    """The header and footer that a browser prints: time, title, address, page of pages."""
    rows = [*page.head, *page.foot]
    numbered = f"{page.content.number}/{count}"
    found = set()
    for row in rows:
        address = _ADDRESS.search(row.text)
        if address and row.text.replace(" of ", "/").endswith(numbered):
            found.add(row.text)
            dropped.printed = True
            dropped.address = dropped.address or address[0]
    if found:
        found |= {row.text for row in page.head if _MOMENT.match(row.text)}
    return found
