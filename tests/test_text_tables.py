"""Tables that are drawn in plain text."""

from __future__ import annotations

import pytest

from qa_service.parsing.cleaning.text_tables import find_tables, with_table_lines

WANTED = "Town: Tarn; Births: 12; Deaths: 7.\nTown: Port Dell; Births: 15; Deaths: 9."
DRAWN = {
    "pipes": "| Town | Births | Deaths |\n|---|--:|--:|\n| Tarn | 12 | 7 |\n| Port Dell | 15 | 9 |",
    "no outer pipes": "Town | Births | Deaths\n--- | --- | ---\nTarn | 12 | 7\nPort Dell | 15 | 9",
    "no dashes": "| Town | Births | Deaths |\n| Tarn | 12 | 7 |\n| Port Dell | 15 | 9 |",
    "frame": "+------+---+---+\n| Town | Births | Deaths |\n+======+===+===+\n| Tarn | 12 | 7 |\n+---+---+---+\n"
    "| Port | 15 | 9 |\n| Dell |    |   |\n+------+---+---+",
    "box": "┌──────┬────┐\n│ Town │ Births │ Deaths │\n├──────┼────┤\n│ Tarn │ 12 │ 7 │\n"
    "│ Port Dell │ 15 │ 9 │\n└──────┴────┘",
    "tabs": "Town\tBirths\tDeaths\nTarn\t12\t7\nPort Dell\t15\t9",
    "spaces": "Town        Births   Deaths\nTarn            12        7\nPort Dell       15        9",
    "rst": "========= ====== ======\nTown      Births Deaths\n========= ====== ======\nTarn      12     7\n"
    "Port Dell 15     9\n========= ====== ======",
    "dashes": "Town        Births   Deaths\n----------  ------   ------\nTarn            12        7\n"
    "Port Dell       15        9",
}  # fmt: skip


@pytest.mark.parametrize("drawn", DRAWN.values(), ids=DRAWN)
def test_a_drawn_table_keeps_its_header_in_each_row(drawn: str) -> None:
    text = f"The council published figures.\n\n{drawn}\n\nIt meets in May."
    assert [block.strip() for block in with_table_lines(text).split("\n\n") if block.strip()] == [
        "The council published figures.", WANTED, "It meets in May.",
    ]  # fmt: skip


def test_an_empty_cell_keeps_its_column() -> None:
    rows = ["Town        Births   Deaths", "Tarn            12        7", "Port Dell                 9"]
    (table,) = find_tables([*rows, "Orrin           31        8"])
    assert table.text.splitlines()[1] == "Town: Port Dell; Deaths: 9."


@pytest.mark.parametrize(
    "text",
    [
        "This is prose  that was typed on an\nold machine, and  it has two blanks in\nplaces,  as many people did.",
        "| one |\n| two |",
        "a | b\nc | d\ne | f",
        "Name:\tAbel\nTown:\tTarn\nClub:\tTV Dell",
        "The left column     The right column\nof a paper that     says what\nhas two of them     bread costs",
        "x  1\ny  2",
    ],
    ids=["prose", "one column", "loose pipes", "tabs without header", "two columns of prose", "two rows"],
)
def test_other_text_stays(text: str) -> None:
    assert with_table_lines(text) == text


def test_a_table_inside_a_block_of_prose_is_found() -> None:
    text = f"Figures of the council:\n{DRAWN['spaces']}\nSource: town hall."
    assert WANTED in with_table_lines(text)


def test_time_is_linear_in_the_text() -> None:
    assert with_table_lines("a  b\n" * 30_000).startswith("a  b")
