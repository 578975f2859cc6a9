"""Finds the rows of tables that a question names, and the cell that answers it.

A reader that has learnt from prose gives rows little: "How many passengers did line 61 have in the third quarter?" has
no word in common with `1307`. The names of row and column decide instead.
"""

from __future__ import annotations

from dataclasses import dataclass

from qa_service.records import Passage
from qa_service.text.claims.table_rows import asked_cell, asks_for_row, row_cells

__all__ = ["LOOKUP", "AskedRow", "asked_rows"]

LOOKUP = "lookup"
"""The name of `AskedRow.least` among a sentence's features. No regression reads it."""
CELL_ASKED = 0.8
"""The question names the row by one of its cells, and another column."""
ROW_ASKED = 0.6
"""The question names the row by a cell and its column, and the passage has all words of the question."""
ALL_COVERED = 0.999


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A sentence that is the row of a table which the question names."""

    least: float
    """Least probability that it answers."""
    cell: tuple[int, int] | None
    """Start and end of the cell that answers, in the article."""


def asked_rows(question: str, passage: Passage, covered: float) -> list[AskedRow | None]:
    """For each sentence the row that the question names, or None. `covered` is the share of the question's words that
    the passage or its title has."""
    found: list[AskedRow | None] = []
    for (start, _), text in zip(passage.sentences, passage.sentence_texts(), strict=True):
        cells = row_cells(text)
        cell = asked_cell(question, cells) if cells else None
        if cell is not None:
            found.append(AskedRow(CELL_ASKED, (start + cell.start, start + cell.end)))
        else:
            is_row = bool(cells) and covered >= ALL_COVERED and asks_for_row(question, cells)
            found.append(AskedRow(ROW_ASKED, None) if is_row else None)
    return found
