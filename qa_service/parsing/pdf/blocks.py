"""What a page is made of, in reading order: lines, tables and asides."""

from __future__ import annotations

from dataclasses import dataclass, field

from qa_service.parsing.pdf.words import Word

__all__ = ["Block", "Line", "Table"]


@dataclass(slots=True)
class Line:
    """A line of a column. `text` is in logical order."""

    words: list[Word]
    text: str
    size: float
    bold: bool
    x0: float
    x1: float
    top: float
    bottom: float
    rtl: bool = False

    @property
    def first_width(self) -> float:
        """Width of the first word with the space before it."""
        first = self.words[0]
        return first.x1 - first.x0 + 0.3 * self.size


@dataclass(slots=True)
class Table:
    """A table as rows of cells."""

    x0: float
    top: float
    x1: float
    bottom: float
    rows: list[list[str]]


@dataclass(slots=True)
class Block:
    """A paragraph, heading, list item or table, with its page.

    `open_end` says that it ends no sentence: it may continue in the next column or on the next page.
    """

    text: str
    page: int
    size: float = 0.0
    bold: bool = False
    top: float = 0.0
    kind: str = "text"
    """`text`, `item` (of a list), `table` or `aside` (outside the flow: a box, a caption, a footnote)."""
    open_end: bool = False
    room: float = 0.0
    """Free width at the end of its last line."""
    first_width: float = 0.0
    """Width of its first word."""
    indented: bool = False
    lines: int = 1
    parts: list[tuple[int, str]] = field(default_factory=list)
    """The text by pages, once the block has grown over a page."""
