"""Tables of HTML as lines. A table that only arranges the page is no table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lxml import etree

from qa_service.parsing.markup.tables import table_text

__all__ = ["TableText", "read_table"]

LAYOUT_CELL = 600
"""A table with a cell of more characters arranges a page. Its cells become paragraphs."""
MOST_SPANNED = 50
"""Most columns or rows that a cell reaches over. A larger number is a mistake of the page."""


@dataclass(frozen=True, slots=True)
class TableText:
    """A table as lines, and the texts of its cells."""

    lines: str
    cells: tuple[str, ...]


def read_table(table: etree._Element, text_of: Callable[[etree._Element], str]) -> TableText | None:
    """The text of a table; None for a table that only arranges the page. `text_of` gives the text of a cell."""
    if table.find(".//{*}table") is not None:
        return None
    found = list(_rows(table, text_of))
    rows = [cells for cells, _ in found]
    columns = max(map(len, rows), default=0)
    if columns < 2 or (len(rows) < 2 and not found[0][1]):
        return None
    if any(len(cell) > LAYOUT_CELL for row in rows for cell in row):
        return None
    rows = [row + [""] * (columns - len(row)) for row in rows]
    header = None
    if above := next((i for i, (_, is_header) in enumerate(found) if not is_header), len(found)):
        # Several header rows name a column together.
        named = zip(*rows[:above], strict=True)
        rows, header = [[" ".join(dict.fromkeys(filter(None, names))) for names in named], *rows[above:]], True
    caption = table.find("{*}caption")
    title = " ".join(text_of(caption).split()) if caption is not None else None
    cells = tuple(cell for row in rows for cell in row if cell)
    return TableText(table_text(rows, header=header, caption=title or None), cells)


def _rows(table: etree._Element, text_of: Callable[[etree._Element], str]) -> Iterator[tuple[list[str], bool]]:
    """Each row's cells, a cell over several columns or rows in each of them, and whether the row is a header."""
    waiting: dict[int, tuple[int, str]] = {}
    for row in table.iter("{*}tr"):
        cells: list[str] = []
        kinds: list[str] = []
        for cell in row.iterchildren("{*}td", "{*}th"):
            _fill(cells, waiting)
            text = text_of(cell)
            kinds.append(str(cell.tag).rpartition("}")[2])
            down = _span(cell, "rowspan")
            for _ in range(_span(cell, "colspan")):
                if down > 1:
                    waiting[len(cells)] = (down - 1, text)
                cells.append(text)
        _fill(cells, waiting)
        if any(cells):
            is_head = next(row.iterancestors("{*}thead"), None) is not None
            yield cells, is_head or (bool(kinds) and all(kind == "th" for kind in kinds))


def _fill(cells: list[str], waiting: dict[int, tuple[int, str]]) -> None:
    """Adds the cells that reach down from rows above, up to the next free column."""
    while (column := len(cells)) in waiting:
        left, text = waiting.pop(column)
        if left > 1:
            waiting[column] = (left - 1, text)
        cells.append(text)


def _span(cell: etree._Element, name: str) -> int:
    value = (cell.get(name) or "").strip()
    return min(int(value), MOST_SPANNED) if value.isdecimal() and int(value) > 0 else 1
