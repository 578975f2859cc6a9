"""Dates as far as a text gives them, and whether two of them can be one."""

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


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("on June 28", "on July 2", False),
        ("on June 28", "on 28 June 2025", True),
        ("in June", "on 6 June 2025", True),
        ("in 2025", "in June 2025", True),
        ("in 2025", "in June 2024", False),
        ("on 6 June", "on 7 June", True),  # at night, or in another time zone
        ("on 6 June", "on 8 June", False),
        ("on 30 June", "on 1 July", True),
        ("on 5-7 June", "on 8 June", True),
        ("on 31 December", "on 1 January", False),  # of one year, where none is given
    ],
)
def test_two_dates_agree_where_nothing_that_both_say_differs(one: str, other: str, agree: bool) -> None:
    first, second = only(f"He came {one}."), only(f"He came {other}.")
    assert first.agrees(second) is agree
    assert second.agrees(first) is agree


def test_dates_that_leave_nothing_open_but_the_year_are_the_same() -> None:
    first, second = only("It was on June 28."), only("It was on 28 June 2025.")
    assert first.is_same(second)
    assert not only("It was in 2025.").is_same(second)
