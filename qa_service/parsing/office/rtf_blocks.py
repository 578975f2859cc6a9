"""Puts the paragraphs and table cells of an RTF file together to HTML elements."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from qa_service.parsing.markup.elements import make_element

__all__ = ["RtfBlocks"]

_LEVELS = tuple("012345")


@dataclass(slots=True)
class _Row:
    cells: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    is_header: bool = False


@dataclass(slots=True)
class RtfBlocks:
    """The blocks that were read, and the layout of the paragraph that is being read."""

    made: list[etree._Element] = field(default_factory=list)
    styles: dict[str, str] = field(default_factory=dict)
    """Names of the paragraph styles in small letters, by their number."""
    style: str = ""
    mark: str = ""
    """The mark of a list item, with a space."""
    in_table: bool = False
    _outline: str = ""
    _merge: str = ""
    _row: _Row = field(default_factory=_Row)
    _rows: list[_Row] = field(default_factory=list)

    def take(self, word: str, number: str | None) -> bool:
        """Whether a control word is about the layout. Takes it in if so."""
        if word == "s":
            self.style = number or ""
        elif word == "pard":
            self.style = self._outline = ""
            self.in_table = False
        elif word == "outlinelevel":
            self._outline = number or ""
        elif word == "intbl":
            self.in_table = True
        elif word == "trowd":
            self._row.merged, self._row.is_header = [], False
        elif word == "trhdr":
            self._row.is_header = True
        elif word in ("clmrg", "clvmrg"):
            self._merge = word
        elif word == "cellx":
            self._row.merged.append(self._merge)
            self._merge = ""
        elif word == "row":
            self._end_row()
        else:
            return False
        return True

    def add_cell(self, text: str) -> None:
        self._row.cells.append(text.strip())

    def add_paragraph(self, text: str) -> None:
        text, mark = text.strip(), self.mark
        self.mark = ""
        if not text:
            return
        self.end_table()
        style = self.styles.get(self.style, "")
        if style == "title":
            self.made.append(make_element("h1", text, class_="title"))
        elif self._outline in _LEVELS or re.fullmatch(r"heading [1-6]", style):
            level = int(self._outline) + 1 if self._outline in _LEVELS else int(style[-1])
            self.made.append(make_element(f"h{level}", text))
        else:
            self.made.append(make_element("p", mark + text))

    def end_table(self) -> None:
        """Makes a table of the rows that were read."""
        rows, self._rows = self._rows, []
        head = 0
        while head < len(rows) and rows[head].is_header:
            head += 1
        made = [make_element("tr", *(make_element("td", cell) for cell in row.cells)) for row in rows]
        parts = [make_element(tag, *own) for tag, own in (("thead", made[:head]), ("tbody", made[head:])) if own]
        if parts:
            self.made.append(make_element("table", *parts))

    def _end_row(self) -> None:
        """Ends a row. A merged cell gets the text of the cell before or above it."""
        row, above = self._row, self._rows[-1].cells if self._rows else []
        for i, merge in enumerate(row.merged[: len(row.cells)]):
            if merge == "clmrg" and i:
                row.cells[i] = row.cells[i - 1]
            elif merge == "clvmrg" and i < len(above):
                row.cells[i] = above[i]
        self._rows.append(row)
        self._row = _Row(merged=list(row.merged))
