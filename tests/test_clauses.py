"""What a clause is about, and what of a sentence only says who says it."""

from __future__ import annotations

import pytest

from qa_service.text.claims.clauses import Clause, attributions, clauses_of, stems_of


def clauses(text: str) -> list[str]:
    return [text[clause.start : clause.end].strip() for clause in clauses_of(text)]


def only(text: str) -> Clause:
    (found,) = clauses_of(text)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("According to US officials, there are mercenaries.", ["According to US officials"]),
        ("The mine was closed, the ministry said.", [", the ministry said."]),
        ("Officials confirmed to AFP that the mine was closed.", ["Officials confirmed to AFP that"]),
        ("The corps, said on Friday that it stays.", [", said on Friday that"]),
        ("Wagner said it lost 30 men.", []),  # it is Wagner that lost them
        ("The mine was closed.", []),
    ],
)
def test_who_says_it(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in attributions(text)] == expected


def test_who_says_it_is_no_part_of_what_is_said() -> None:
    assert stems_of(clauses_of("The Loulo mine was closed, Barrick said.")) == {"loulo", "mine", "=close"}


def test_clauses_end_where_another_subject_or_event_begins() -> None:
    assert clauses("It killed people in Morocco and injured others in Spain.") == [
        "It killed people in Morocco",
        "injured others in Spain.",
    ]
    assert clauses("The army and foreign fighters left Gao.") == ["The army and foreign fighters left Gao."]


def test_a_short_beginning_belongs_to_what_follows_and_a_short_rest_to_what_stands_before() -> None:
    assert clauses("Meanwhile in mid-November, soldiers recaptured Intahaka.") == [
        "Meanwhile in mid-November, soldiers recaptured Intahaka."
    ]
    assert clauses("Wagner reconquered Kidal, in September, for ever.") == [
        "Wagner reconquered Kidal, in September, for ever."
    ]


def test_numbers_dates_and_weekdays_are_no_part_of_a_frame() -> None:
    # the class of "killed", the noun, the place; neither 500 nor March nor Tuesday
    assert only("It killed 500 goats in Moura in March 2022 on Tuesday.").stems == {"=kill", "goat", "moura"}
    assert stems_of(clauses_of("It was on Tuesday of last week.")) == frozenset()


def test_words_for_one_event_are_one() -> None:
    assert only("Prigozhin died in Tver.").stems == only("Prigozhin was killed in Tver.").stems


@pytest.mark.parametrize(
    ("text", "negations"),
    [
        ("Mali has never admitted it.", 1),
        ("Mali hasn't admitted it.", 1),
        ("Mali declined to admit it.", 1),
        ("Mali did not decline to admit it.", 2),
        ("Shares of Mali Gold declined there.", 0),
        ("Mali led a failed mutiny.", 0),
        ("Mali sent no more than ten men.", 0),
        ("Mali admitted it.", 0),
    ],
)
def test_negations_are_counted(text: str, negations: int) -> None:
    assert only(text).negations == negations


def test_hedges() -> None:
    assert only("Wagner might leave Mali.").hedges == {"doubt"}
    assert only("Wagner left Mali.").hedges == frozenset()
