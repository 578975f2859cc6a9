"""Tables as lines: each row can be found, quoted and understood alone."""

from __future__ import annotations

import pytest

from qa_service.parsing.markup.tables import table_text
from qa_service.text.basic.long_sentences import LONGEST
from qa_service.text.basic.sentences import split_sentences


def test_each_row_repeats_the_header() -> None:
    rows = [["Line", "First quarter", "Third quarter"], ["61", "1204", "1307"], ["62", "844", "980"]]
    assert table_text(rows) == (
        "Line: 61; First quarter: 1204; Third quarter: 1307.\nLine: 62; First quarter: 844; Third quarter: 980."
    )


def test_a_stated_header_counts_and_an_empty_cell_is_left_out() -> None:
    rows = [["Town", "Mayor", "Since"], ["Tarn", "", "2019"], ["Dell", "Mo Tait", "–"]]
    assert table_text(rows, header=True) == "Town: Tarn; Since: 2019.\nTown: Dell; Mayor: Mo Tait."
    assert table_text(rows[1:], header=False) == "Tarn; 2019.\nDell; Mo Tait."


def test_two_columns_without_header_are_names_and_values() -> None:
    rows = [["Length", "412 metres"], ["Cost:", "38 million euros"], ["Architect", "Ines Duarte"]]
    assert table_text(rows) == "Length: 412 metres.\nCost: 38 million euros.\nArchitect: Ines Duarte."


@pytest.mark.parametrize(
    ("rows", "first"),
    [
        ([["", "2022", "2023"], ["Births", "340", "310"], ["Deaths", "200", "205"]], "Births; 2022: 340; 2023: 310."),
        ([["Year", "Visitors"], ["2019", "3400"], ["2020", "200"]], "Year: 2019; Visitors: 3400."),
        ([["Ticket", "Price (€)"], ["Adult", "4.50 €"], ["Child", "2 €"]], "Ticket: Adult; Price (€): 4.50 €."),
        ([["Name", "Party", "Town"], ["Abel", "Greens", "Tarn"], ["Mira", "Union", "Dell"]],
         "Name: Abel; Party: Greens; Town: Tarn."),
        ([["Abel", "Greens", "Tarn"], ["Mira", "Union", "Dell"], ["Abel", "Union", "Tarn"]], "Abel; Greens; Tarn."),
        ([["61", "1204", "980"], ["62", "844", "975"], ["63", "812", "955"]], "61; 1204; 980."),
    ],
    ids=["empty corner", "years below", "two columns", "words alone", "no header, words", "no header, figures"],
)  # fmt: skip
def test_the_header_is_found(rows: list[list[str]], first: str) -> None:
    assert table_text(rows).splitlines()[0] == first


def test_two_header_rows_name_a_column_together() -> None:
    rows = [["Ward", "Votes", "Votes"], ["Ward", "2019", "2024"], ["Quay", "1,204", "1,500"], ["Mill", "98", "160"]]
    assert table_text(rows).splitlines()[0] == "Ward: Quay; Votes 2019: 1,204; Votes 2024: 1,500."


def test_a_merged_row_is_the_caption_or_names_the_rows_below() -> None:
    rows = [
        ["Results"] * 3, ["Name", "Time", "Club"], ["Men"] * 3, ["Abel", "10:02.3", "TV Tarn"],
        ["Women"] * 3, ["Mira", "11:02.1", "SC Dell"],
    ]  # fmt: skip
    assert table_text(rows, caption="Penfold run") == (
        "Penfold run\n\nResults\n\n"
        "Men; Name: Abel; Time: 10:02.3; Club: TV Tarn.\nWomen; Name: Mira; Time: 11:02.1; Club: SC Dell."
    )


def test_equal_figures_are_no_merged_row() -> None:
    assert table_text([["Left", "Right"], ["12", "12"], ["1", "1"]]) == "Left: 12; Right: 12.\nLeft: 1; Right: 1."


def test_a_table_that_arranges_a_page_becomes_paragraphs() -> None:
    prose = "The town opens its new pool on Monday. It cost nine million euros, twice the first estimate. "
    assert table_text([[prose * 2]]) == (prose * 2).strip()
    assert table_text([["Menu", prose * 2], ["About", prose * 3]]).split("\n\n")[1] == (prose * 2).strip()


def test_each_row_is_one_sentence() -> None:
    rows = [["Line", "Stop", "Note"], ["5", "St. Mary's", "Closed. Reopens in May."], ["6", "Dr. Lee Rd.", "Ask\nMo."]]
    text = table_text(rows)
    assert [text[a:b] for a, b in split_sentences(text)] == text.splitlines()
    assert text.splitlines()[0] == "Line: 5; Stop: St. Mary's; Note: Closed – Reopens in May."


def test_a_long_row_becomes_several_lines_with_the_first_cell() -> None:
    names = [f"Column {i}" for i in range(60)]
    lines = table_text([names, [f"value {i}" for i in range(60)]], header=True).splitlines()
    assert len(lines) > 2
    assert all(line.startswith("Column 0: value 0; ") and len(line) <= LONGEST for line in lines)
    assert "Column 59: value 59." in lines[-1]


def test_long_names_do_not_multiply() -> None:
    rows = [["x " * 500, "y"], *(["1", "2"] for _ in range(100))]
    assert len(table_text(rows, header=True)) < 100 * 120


@pytest.mark.parametrize("rows", [[], [[]], [["", " "], ["\n"]]])
def test_a_table_without_text_is_empty(rows: list[list[str]]) -> None:
    assert table_text(rows) == ""
