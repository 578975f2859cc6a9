"""Rows of tables: a question names a row by a cell and a column by its header."""

from __future__ import annotations

import pytest

from qa_service.answering.asked_rows import asked_rows
from qa_service.records import Passage
from qa_service.text.claims.sentence_kinds import standing
from qa_service.text.claims.table_rows import asked_cell, asks_for_row, row_cells

ROW = "Line: 61; First quarter: 812; Third quarter (thousands): 1307."


def test_a_row_has_cells_with_their_places() -> None:
    cells = row_cells("Men; Name: Abel; Time: 10:02.3.")
    assert [(cell.name, cell.value) for cell in cells] == [("", "Men"), ("Name", "Abel"), ("Time", "10:02.3")]
    assert ROW[row_cells(ROW)[2].start : row_cells(ROW)[2].end] == "1307"


@pytest.mark.parametrize(
    "sentence",
    [
        "He said: no; she said yes.",
        "Length: 412 metres.",
        "It rained; it snowed.",
        "Line: 61; Stop: Quay",
        "",
        "One; two; three; four: 4; five: 5.",
    ],
)
def test_prose_is_no_row(sentence: str) -> None:
    assert row_cells(sentence) == ()


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("How many passengers did line 61 have in the third quarter?", "1307"),
        ("Passengers of line 61 in the first quarter?", "812"),
        ("How many passengers did line 62 have in the third quarter?", None),
        ("How many passengers did line 61 have in the second quarter?", None),
        ("How many passengers did line 6 have in the third quarter?", None),
        ("What was the ridership of line 61?", None),
    ],
)
def test_the_cell_that_is_asked_for(question: str, value: str | None) -> None:
    cell = asked_cell(question, row_cells(ROW))
    assert (cell and cell.value) == value


def test_a_name_of_several_words_stands_together() -> None:
    cells = row_cells("Place: 3; Name: Mira Voss; Votes: 1,759.")
    assert asked_cell("How many votes did Mira Voss get?", cells) == cells[2]
    assert asked_cell("How many votes did Voss and Mira get?", cells) is None
    assert asked_cell("Which vote did Mira Voss get?", cells) == cells[2]


def test_a_question_for_the_row() -> None:
    assert asks_for_row("What was the ridership of line 61 in Varn?", row_cells(ROW))
    assert not asks_for_row("Where does line 61 go?", row_cells(ROW))
    assert not asks_for_row("What happened to 61 of the passengers?", row_cells(ROW))


def test_a_row_is_a_statement() -> None:
    assert standing(ROW).kind == "statement"
    assert standing("Length: 412 metres.").kind == "fragment"


def test_the_place_of_the_cell_is_in_the_article() -> None:
    text = f"Riders.\n{ROW}"
    passage = Passage("p", "a", 100, 100 + len(text), text, 1, ((100, 107), (108, 100 + len(text))), (False, False))
    none, row = asked_rows("How many riders did line 61 have in the third quarter?", passage, 0.5)
    assert none is None and row is not None and row.cell is not None
    assert text[row.cell[0] - 100 : row.cell[1] - 100] == "1307"
    assert asked_rows("How many riders had line 61?", passage, 0.5) == [None, None]
    assert asked_rows("How many riders had line 61?", passage, 1.0)[1] is not None
