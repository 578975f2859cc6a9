"""Dates as far as a text gives them."""

from __future__ import annotations

import pytest

from qa_service.text.claims.partial_dates import PartialDate, find_partial_dates


def only(text: str) -> PartialDate:
    (found,) = find_partial_dates(text)
    return found


@pytest.mark.parametrize(
    ("text", "written", "parts"),
    [
        ("He came on June 28.", "June 28", (None, 6, 28, None, "")),
        ("He came on 28 June 2025.", "28 June 2025", (2025, 6, 28, None, "")),
        ("He came on 5-7 June.", "5-7 June", (None, 6, 5, 7, "")),
        ("He came in June.", "June", (None, 6, None, None, "")),
        ("He came in early June 2025, they said.", "June 2025", (2025, 6, None, None, "")),
        ("He came in 2022 after a quarrel.", "2022", (2022, None, None, None, "")),
        ("He is there since late 2021.", "2021", (2021, None, None, None, "since")),
        ("He came on Nov. 3.", "Nov. 3", (None, 11, 3, None, "")),
        ("It was the 2025-06-07 issue.", "2025-06-07", (2025, 6, 7, None, "")),
    ],
)
def test_what_a_text_gives(text: str, written: str, parts: tuple[object, ...]) -> None:
    found = only(text)
    assert text[found.start : found.end] == written
    assert (found.year, found.month, found.day, found.last_day, found.role) == parts


@pytest.mark.parametrize("text", ["It may rain.", "He sold 2022 cars.", "They march on.", "It costs $2023."])
def test_what_is_no_date(text: str) -> None:
    assert find_partial_dates(text) == ()


def test_years_that_are_listed_are_both_found() -> None:
    assert [found.year for found in find_partial_dates("There were coups in 2020 and 2021.")] == [2020, 2021]


def test_the_second_end_of_a_period_is_no_date_on_which_something_happens() -> None:
    assert [found.role for found in find_partial_dates("It was so between May 2020 and June 2021.")] == [
        "between",
        "until",
    ]
