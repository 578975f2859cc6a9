"""Finds which rows of a table name its columns, and recognises tables that only arrange a page."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from qa_service.text.basic.sentences import split_sentences

__all__ = ["header_rows", "is_layout", "is_value"]

MOST_HEADER_ROWS = 3
LONGEST_LABEL = 60
"""Code points of a cell that may name a column."""
LONGEST_CELL = 160
"""A longer cell, or a cell of several sentences, is prose."""
MOST_PROSE = 0.5
"""A table without header that holds a larger share of its text in prose only arranges a page."""
MOST_JUDGED = 100
"""Rows that decide whether a table arranges a page."""
FEWEST_ROWS = 3
FEWEST_COLUMNS = 3
"""Rows and columns of a table of words alone that has a header: two columns are names and their values."""

_YEAR = regex.compile(r"(?:1[5-9]|20)\d{2}(?:[/–-]\d{2,4})?")
_VALUE = regex.compile(
    r"[^\p{L}\p{N}]{0,4}\p{N}[\p{N}.,:'’\s/–−+-]*(?:[^\p{L}\p{N}\s]{0,4}|\s?\p{L}{1,12}\.?)(?:\s?\([^)]{1,12}\))?"
)
"""An amount, a date in digits, a time or a share, with a unit or currency."""

Rows = Sequence[Sequence[str]]


def header_rows(cells: Rows, header: bool | None) -> int:
    """Number of rows at the top of the table that name the columns. `header` is what the file states of the first row.

    Without a statement, a first row is the header if its first cell alone is empty, if it holds words and a column
    below holds values, or if a table of words has distinct short labels in it.
    """
    if len(cells) < 2 or header is False:
        return 0
    if not header and not _is_header(cells):
        return 0
    count = 1
    while count < min(MOST_HEADER_ROWS, len(cells) - 1) and _goes_on(cells, count):
        count += 1
    return count


def is_layout(cells: Rows, header: bool | None) -> bool:
    """Whether a table has one cell or column, or prose in most of its cells, and no header."""
    if header or not cells:
        return False
    if len(cells) == 1 or len(cells[0]) == 1:
        return True
    if header is None and header_rows(cells, None):
        return False
    shown = [cell for row in cells[:MOST_JUDGED] for cell in row]
    prose = sum(len(cell) for cell in shown if _is_prose(cell))
    return prose > MOST_PROSE * sum(len(cell) for cell in shown)


def is_value(cell: str) -> bool:
    """Whether a cell is an amount, a date in digits, a time or a share, and not a name."""
    return _VALUE.fullmatch(cell) is not None


def _is_header(cells: Rows) -> bool:
    first, below = cells[0], cells[1:]
    if not all(first[1:]) or any(len(cell) > LONGEST_LABEL for cell in first):
        return False
    columns = list(zip(*below, strict=True))
    if not first[0]:
        return any(columns[0])
    if any(is_value(cell) and not _YEAR.fullmatch(cell) for cell in first):
        return False
    if any(not is_value(cell) and _holds_values(column) for cell, column in zip(first, columns, strict=True)):
        return True
    if any(is_value(cell) for cell in first):  # years above amounts
        return any(_YEAR.fullmatch(cell) and _holds_values(column) for cell, column in zip(first, columns, strict=True))
    is_large = len(cells) >= FEWEST_ROWS and len(first) >= FEWEST_COLUMNS
    is_new = all(cell not in column for cell, column in zip(first, columns, strict=True))
    return is_large and is_new and len(set(first)) == len(first)


def _goes_on(cells: Rows, count: int) -> bool:
    """Whether the row `count` names columns too: the row above has merged cells, and this row splits them."""
    above, row = cells[count - 1], cells[count]
    merged = [i for i in range(1, len(above)) if above[i] and above[i] == above[i - 1]]
    repeats = any(cell and cell == row[i] for i, cell in enumerate(above))
    if not merged and not (repeats and not any(is_value(cell) for cell in row)):
        return False
    named = all(not is_value(cell) or _YEAR.fullmatch(cell) for cell in row)
    return named and (repeats or any(row[i] != row[i - 1] for i in merged))


def _holds_values(column: Sequence[str]) -> bool:
    shown = [cell for cell in column if cell]
    return bool(shown) and 2 * sum(is_value(cell) for cell in shown) > len(shown)


def _is_prose(cell: str) -> bool:
    return len(cell) > LONGEST_CELL or (len(cell) > LONGEST_LABEL and len(split_sentences(cell)) > 1)
