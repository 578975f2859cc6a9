"""Reads text that was printed page by page: form feeds become page marks, and running lines are dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa_service.parsing.cleaning.headlines import is_headline, title_of
from qa_service.parsing.cleaning.lines import ends_with_stop
from qa_service.parsing.page_marks import MOST_PAGES, page_mark
from qa_service.parsing.running_lines import in_step, line_key, line_numbers

__all__ = ["with_page_marks"]

FORM_FEED = "\f"
EDGE = 3
"""Visible lines at the top and at the bottom of a page that may be running lines."""
NEAR = 8
"""Pages on each side that are compared."""
LONGEST_NUMBER = 14
"""Letters of a page number such as "Page 3 of 12", without spaces."""
FULL = 0.6
"""Share of the width that a line fills which goes on over the page."""


@dataclass(frozen=True, slots=True)
class _Edge:
    """A visible line near the edge of its page: its index, and what `running_lines` compares."""

    at: int
    key: str
    numbers: tuple[int, ...]


def with_page_marks(text: str) -> str:
    """The text with page marks for its form feeds, and without running lines. Other texts as they are."""
    pages = [page.split("\n") for page in text.rstrip("\f\r\n ").replace("\r\n", "\n").split(FORM_FEED)]
    if not 1 < len(pages) <= MOST_PAGES:
        return text
    heads = [_edges(page, top=True) for page in pages]
    feet = [_edges(page, top=False) for page in pages]
    cleared = [
        [
            line
            for at, line in enumerate(page)
            if at not in _running(pages, heads, number) | _running(pages, feet, number)
        ]
        for number, page in enumerate(pages)
    ]
    return _joined(cleared)


def _edges(page: Sequence[str], *, top: bool) -> list[_Edge]:
    """The outermost lines first."""
    shown = [at for at, line in enumerate(page) if line.strip()]
    half = len(shown) // 2
    chosen = shown[: min(EDGE, len(shown) - half)] if top else shown[len(shown) - min(EDGE, half) :][::-1]
    return [_Edge(at, line_key(page[at]), line_numbers(page[at])) for at in chosen]


def _running(pages: Sequence[Sequence[str]], edges: Sequence[Sequence[_Edge]], number: int) -> set[int]:
    """The indexes of a page's running lines at one edge."""
    gone: set[int] = set()
    own = edges[number]
    for edge in own:
        if not _is_running(edge, edges, number, len(pages)):
            break
        if number == 0 and is_headline(pages[0][edge.at]) and not title_of("\n".join(pages[0][edge.at + 1 :]).strip()):
            break  # the headline, which further pages repeat
        gone.add(edge.at)
    return gone


def _is_running(edge: _Edge, edges: Sequence[Sequence[_Edge]], number: int, count: int) -> bool:
    page = number + 1
    has_letters = any(c.isalpha() for c in edge.key)
    if edge.numbers == (page, count) or (edge.numbers == (page,) and not has_letters):
        return len(edge.key) <= LONGEST_NUMBER
    others = [other for other in range(max(0, number - NEAR), min(count, number + NEAR + 1)) if other != number]
    matches = sum(
        any(one.key == edge.key and in_step(one.numbers, edge.numbers, other - number) for one in edges[other])
        for other in others
    )
    return bool(edge.key) and matches >= (1 if len(others) < 2 * EDGE else 2)


def _joined(pages: Sequence[Sequence[str]]) -> str:
    """The pages as one text. A paragraph that goes on over the page is not parted."""
    width = max((len(line) for page in pages for line in page), default=0)
    text = ""
    for number, page in enumerate(pages, 1):
        content = "\n".join(page).strip("\n")
        if not content.strip():
            continue
        last = text[text.rfind("\n") + 1 :]
        goes_on = bool(last.strip()) and not ends_with_stop(last) and len(last) >= FULL * width
        text = text.rstrip() + ("" if not text else "\n" if goes_on else "\n\n")
        indent = len(content) - len(content.lstrip())
        text += content[:indent] + page_mark(number) + content[indent:]
    return text
