"""Finds the header of a table, the titles above it, and the columns that hold the fields of an article."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa_service.parsing.rows.article_columns import Columns, find_columns
from qa_service.parsing.rows.column_names import WEAK_TEXT, plain_name

__all__ = ["Cell", "Header", "find_header", "shown", "text_columns"]

Cell = object
"""A value of a spreadsheet, or a text of a CSV file."""
MOST_ROWS_ABOVE = 30
LONGEST_NAME = 100
"""Characters of a column's name."""
FEWEST_OF_WEAK = 80
FEWEST_OF_PROSE = 200
"""Mean characters of a column whose name does not say that it is the text."""


@dataclass(frozen=True, slots=True)
class Header:
    """The names of the columns, each once, and what stands above them. A table without header has numbered names."""

    names: tuple[str, ...]
    rows: int
    """Number of rows up to the header, and with it."""
    titles: tuple[str, ...] = ()
    named: bool = True


def find_header(rows: Sequence[Sequence[Cell]], given: Mapping[str, str]) -> Header:
    """The header of a table by its first rows: the first row that names a text column, else the first row of names."""
    texts = [[shown(cell) for cell in row] for row in rows]
    for number, row in enumerate(texts[:MOST_ROWS_ABOVE]):
        if _are_names(row) and "text" in find_columns([cell for cell in row if cell], given):
            return Header(_unique(row), number + 1, _titles(texts[:number]))
    widths = Counter(width for row in texts if (width := sum(map(bool, row))) > 1)
    usual = max(widths, key=lambda width: (widths[width], width), default=0)
    for number, row in enumerate(texts[:MOST_ROWS_ABOVE]):
        filled = sum(map(bool, row))
        if filled >= max(usual - 1, 2) and _are_names(row):  # the corner of a table is often empty
            above = texts[number - 1] if number else []
            if 1 < sum(map(bool, above)) < filled and _are_names(above, groups=True):
                return Header(_unique(_grouped(above, row)), number + 1, _titles(texts[: number - 1]))
            return Header(_unique(row), number + 1, _titles(texts[:number]))
        if filled >= usual > 1:
            break
    begin = next((number for number, row in enumerate(texts) if sum(map(bool, row)) > 1), 0)
    longest = max(map(len, texts), default=0)
    names = tuple(f"column {number}" for number in range(1, longest + 1))
    return Header(names, begin, _titles(texts[:begin]), named=False)


def text_columns(
    header: Header, rows: Sequence[Sequence[Cell]], given: Mapping[str, str]
) -> tuple[Columns, str | None]:
    """The columns of each field, and the column that is taken as the text for its length alone.

    Without `text` in the columns, the table is a table of figures.
    """
    columns = dict(find_columns([name for name in header.names if name], given))
    means = {name: _mean([row[at] for row in rows if at < len(row)]) for at, name in enumerate(header.names)}
    texts = tuple(
        name
        for name in columns.pop("text", ())
        if plain_name(name) not in WEAK_TEXT or "text" in given or means[name] >= FEWEST_OF_WEAK
    )
    if texts:
        return {**columns, "text": texts}, None
    used = {name for names in columns.values() for name in names}
    longest = max((name for name in means if name not in used), key=lambda name: means[name], default=None)
    if longest is not None and means[longest] >= FEWEST_OF_PROSE:
        return {**columns, "text": (longest,)}, longest
    return columns, None


def shown(cell: Cell) -> str:
    """A cell's value as a text in one line, as a spreadsheet shows it: a whole number without decimals."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.15g}"
    return " ".join(str(cell).split())


def _are_names(row: Sequence[str], *, groups: bool = False) -> bool:
    """Whether the filled cells can be names of columns, or of groups of columns: short texts, or years.

    Columns are not all called by years.
    """
    filled = [cell for cell in row if cell]
    figures = [cell for cell in filled if not any(c.isalpha() for c in cell)]
    are_years = all(cell.isdecimal() and len(cell) == 4 and cell[:2] in ("18", "19", "20", "21") for cell in figures)
    most = len(filled) if groups else len(filled) - 1
    return bool(filled) and all(len(cell) <= LONGEST_NAME for cell in filled) and are_years and len(figures) <= most


def _grouped(above: Sequence[str], below: Sequence[str]) -> list[str]:
    """The names of a header of two rows. A group's name stands in the first of its columns."""
    names, group = [], ""
    for at, name in enumerate(below):
        group = (above[at] if at < len(above) else "") or group
        names.append(" ".join(filter(None, (group, name))))
    return names


def _titles(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    return tuple(" ".join(filter(None, row)) for row in rows if any(row))


def _unique(row: Sequence[str]) -> tuple[str, ...]:
    """The names, each once: the second `text` is `text 2`. A column without name keeps none."""
    seen: Counter[str] = Counter()
    names = []
    for name in row:
        seen[name] += 1
        names.append(f"{name} {seen[name]}" if name and seen[name] > 1 else name)
    return tuple(names)


def _mean(cells: Sequence[Cell]) -> float:
    """Mean characters of the texts."""
    lengths = [len(cell) for cell in cells if isinstance(cell, str) and cell.strip()]
    return sum(lengths) / len(lengths) if lengths else 0.0
