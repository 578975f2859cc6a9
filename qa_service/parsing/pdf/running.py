"""Finds page headers, footers and page numbers: lines at the edge of a page that return at the same place."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import regex

from qa_service.parsing.facts.metadata import find_date
from qa_service.parsing.page_marks import MOST_PAGES
from qa_service.parsing.pdf.lines import line_of, usual_height
from qa_service.parsing.pdf.regions import bands_of
from qa_service.parsing.pdf.rules import Box
from qa_service.parsing.pdf.words import Word
from qa_service.parsing.running_lines import in_step, line_key, line_numbers

__all__ = ["Dropped", "PageContent", "without_running_lines"]

WINDOW = 8
"""Pages on each side that are compared."""
_EDGE_ROWS = 3
"""Rows at the top and at the bottom of a page that may be running lines."""
_MARGIN = 0.15
"""Share of a page's height, at the top and at the bottom, where running lines stand."""
_OUTER = 0.065
"""The same where hardly any text stands, at the top."""
_OUTER_FOOT = 0.1
_NEAR = 3.0
"""Rows within this distance, in points, stand at the same place."""
_SAME = 0.08
"""Rows whose heights differ by less are of the same size."""
_FEW_GAPS = 3
"""Gaps between rows from which they show what is usual on a page."""
_OFTEN_INSIDE = 0.5
_MOST = 0.6
"""Share of the pages of the same side on which a line returns that is not clearly apart from the text."""
_NEARLY_ALL = 0.8
_SMALL = 0.95
"""Share of the usual height of a line below which a line is smaller than the text."""
_LONGEST_NUMBER = 14
"""Letters of a page number such as "Page 3 of 12", without spaces."""
_LETTER = regex.compile(r"\p{L}")
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
    """The letters and digits of the text, in small letters, with 0 for each number."""
    numbers: tuple[int, ...]
    top: float
    height: float
    bold: bool
    apart: bool = True
    """Whether the gap between it and the rest of the page is wider than nearly all gaps of the page."""
    off: bool = True
    """Whether this gap is wider than the gaps between lines."""
    outer: bool = False
    """Whether it stands so near to the edge of the page as hardly any text does."""


@dataclass(slots=True)
class _Page:
    content: PageContent
    head: list[_Row]
    foot: list[_Row]
    inside: Counter[str]
    """How often a key stands between the edges."""
    height: float
    """The usual height of a line."""


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
    bands = [[word for word in band if isinstance(word, Word)] for band in bands_of(content.words)]
    tops = [min(word.top for word in band) for band in bands]
    bottoms = [max(word.bottom for word in band) for band in bands]
    gaps = [top - bottom for bottom, top in zip(bottoms, tops[1:], strict=False)]
    usual = usual_height(content.words)
    inner = sorted(gaps[1:-1])
    wide = max(0.3 * usual, 1.2 * inner[len(inner) * 4 // 5]) if len(inner) > _FEW_GAPS else 0.8 * usual
    line = inner[len(inner) // 2] + 0.2 * usual if len(inner) > _FEW_GAPS else 0.8 * usual
    margin = _MARGIN * content.height
    head: list[_Row] = []
    foot: list[_Row] = []
    for at in range(min(_EDGE_ROWS, len(bands))):
        if bottoms[at] > margin or (at > 0 and gaps[at - 1] > wide):
            break
        head.append(_row_of(bands[at]))
        inwards = gaps[at:_EDGE_ROWS]
        head[-1].apart = any(gap > wide for gap in inwards) or len(bands) == 1
        head[-1].off = any(gap > line for gap in inwards) or len(bands) == 1
        head[-1].outer = bottoms[at] < _OUTER * content.height
    for at in range(len(bands) - 1, max(len(head), len(bands) - _EDGE_ROWS) - 1, -1):
        if tops[at] < content.height - margin or (at + 1 < len(bands) and gaps[at] > wide):
            break
        foot.append(_row_of(bands[at]))
        inwards = gaps[max(0, len(gaps) - _EDGE_ROWS) : at]
        foot[-1].apart = any(gap > wide for gap in inwards) or len(bands) == 1
        foot[-1].off = any(gap > line for gap in inwards) or len(bands) == 1
        foot[-1].outer = tops[at] > (1 - _OUTER_FOOT) * content.height
    inside = Counter(
        line_key(" ".join(word.text for word in sorted(band, key=lambda word: word.x0)))
        for band in bands[len(head) : len(bands) - len(foot)]
    )
    return _Page(content, head, foot, inside, usual)


def _row_of(words: list[Word]) -> _Row:
    line = line_of(words)
    key, numbers = line_key(line.text), line_numbers(line.text)
    return _Row(words, line.text, key, numbers, min(word.top for word in words), line.size, line.bold)


def _cleared(window: deque[_Page], at: int, count: int, dropped: Dropped) -> PageContent:
    page = window[at]
    others = [other for index, other in enumerate(window) if index != at]
    gone: set[int] = set()
    browser = _browser_rows(page, count, dropped)
    for edge in ("head", "foot"):
        for row in getattr(page, edge):
            if row.text not in browser and not _is_running(row, page, count, others, edge):
                break
            gone.update(map(id, row.words))
            if row.text not in browser and len(dropped.lines) < 200 and row.text not in dropped.lines:
                dropped.lines.append(row.text)
    if gone:
        page.content.words = [word for word in page.content.words if id(word) not in gone]
    return page.content


def _is_running(row: _Row, page: _Page, count: int, others: list[_Page], edge: str) -> bool:
    number = page.content.number
    if not row.off:
        return False
    places = [
        [
            one
            for one in getattr(other, edge)
            if abs(one.top - row.top) <= _NEAR and abs(one.height / row.height - 1) < _SAME
        ]
        for other in others
    ]
    matches = [
        any(_alike(row, one, other.content.number - number, page.height) for one in found)
        for other, found in zip(others, places, strict=True)
    ]
    inside = sum(one.inside[row.key] for one in [page, *others])
    if inside > _OFTEN_INSIDE * (1 + sum(matches)):
        return False  # the page's own text, such as a row of a long list
    if row.apart and row.height <= 1.1 * page.height and _is_page_number(row, number, count):
        return True
    # Left and right pages may differ.
    alike = sum((other.content.number - number) % 2 == 0 for other in others)
    if sum(matches) >= (1 if alike < 4 else 2) and row.apart:
        return True
    if sum(matches) >= max(3, _MOST * alike) and (row.outer or row.height < _SMALL * page.height):
        return True
    if row.apart and row.outer and row.numbers:
        # A page number with the title of a section, which is another on each page.
        numbered = sum(
            any(
                _grown(one.numbers, row.numbers, other.content.number - number)
                and not _is_heading(row, one, page.height)
                for one in found
            )
            for other, found in zip(others, places, strict=True)
        )
        if numbered >= max(2, _NEARLY_ALL * len(others)):
            return True
    return row.apart and _is_in_place(row, places, [other.content.number for other in others], page.height)


def _is_page_number(row: _Row, number: int, count: int) -> bool:
    """Whether a row is "Page 3 of 12" on the third page, or a number alone."""
    if len(row.key) > _LONGEST_NUMBER:
        return False
    alone = row.key == "0" and row.numbers[0] <= MOST_PAGES
    return alone or row.numbers == (number, count)


def _alike(row: _Row, other: _Row, pages: int, usual: float) -> bool:
    """Whether two rows are the same text, `pages` apart: each number is equal, or has grown as the pages did."""
    if other.key != row.key or not in_step(other.numbers, row.numbers, pages):
        return False
    if other.numbers == row.numbers:
        return True
    return not _LETTER.search(row.key) or not _is_heading(row, other, usual)


def _is_heading(row: _Row, other: _Row, usual: float) -> bool:
    """Whether a row whose number grows as the pages do is a heading, such as "Record 17", or a date."""
    if row.height > 1.1 * usual or row.bold or not (row.outer or row.height < _SMALL * usual):
        return True
    day = find_date(row.text)
    return day is not None and day != find_date(other.text)


def _grown(some: tuple[int, ...], others: tuple[int, ...], pages: int) -> bool:
    """Whether a number has grown as the pages did, and the others are equal."""
    return some != others and in_step(some, others, pages)


def _is_in_place(row: _Row, places: list[list[_Row]], numbers: list[int], usual: float) -> bool:
    """Whether nearly all other pages have a running line at the place of a row, so that it is one, though it is new."""
    filled = [(number, one) for number, found in zip(numbers, places, strict=True) for one in found[:1]]
    if len(filled) < max(2, _NEARLY_ALL * len(numbers)) or any(one.bold != row.bold for _, one in filled):
        return False
    proven = sum(
        any(other is not one and _alike(one, other, at - number, usual) for at, other in filled)
        for number, one in filled
    )
    return proven >= max(2, _NEARLY_ALL * len(filled))


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
