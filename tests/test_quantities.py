"""Numbers in a text: their bounds, their unit, and what is counted."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_service.text.claims.quantities import Quantity, find_quantities


def only(text: str) -> Quantity:
    (found,) = find_quantities(text)
    return found


@pytest.mark.parametrize(
    ("text", "written", "low", "high"),
    [
        ("It killed six fighters.", "six fighters", 6, 6),
        ("It killed twenty-five fighters.", "twenty-five fighters", 25, 25),
        # 2,400 is what rounds to it: half of the hundred on either side
        ("France sent 2,400 troops.", "2,400 troops", 2350, 2450),
        # half a thousand would be a quarter of it, so the tenth counts
        ("France sent 2,000 troops.", "2,000 troops", 1800, 2200),
        ("There are around 2,000 mercenaries.", "around 2,000 mercenaries", 1700, 2300),
        ("They shot at least 32 civilians.", "at least 32 civilians", 32, inf),
        ("They shot 32 or more civilians.", "32 or more civilians", 32, inf),
        ("They shot more than 0 civilians.", "more than 0 civilians", 0, inf),
        ("No more than 600 men stayed.", "No more than 600 men", 0, 650),
        ("Between 10 and 15 men fled.", "10 and 15 men", 10, 15),
        ("Some 10-15 men fled.", "Some 10-15 men", 8.5, 17.25),
        ("Dozens of soldiers died.", "Dozens of soldiers", 20, 150),
        ("It lost several dozen men.", "several dozen men", 20, 150),
        ("Half a dozen fighters fell.", "Half a dozen fighters", 6, 6),
        ("More than a hundred people fled.", "More than a hundred people", 100, inf),
        ("It grew by 3.5 percent.", "3.5 percent", 3.45, 3.55),
        ("It is worth $1.2 billion.", "$1.2 billion", 1.15e9, 1.25e9),
        ("It is worth £4.5bn.", "£4.5bn", 4.45e9, 4.55e9),
        ("The rule of three and a half years.", "three and a half years", 3.25, 3.75),
    ],
)
def test_bounds(text: str, written: str, low: float, high: float) -> None:
    found = only(text)
    assert text[found.start : found.end] == written
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))


@pytest.mark.parametrize(
    ("text", "unit", "noun", "role"),
    [
        ("It killed six Islamic State fighters including a leader.", "", "fighter", ""),
        ("It killed 400 soldiers dead tired.", "", "soldier", ""),
        ("It will process 200 tonnes of gold per year.", "tonne", "gold", " per year"),
        ("It cut 10 per cent of its staff.", "percent", "staff", ""),
        ("It rose to 6.1 percent.", "percent", "", "to"),
        ("It rose by 0.2 points.", "point", "", "by"),
        ("They freed 12 of the hostages.", "", "hostage", ""),
        ("It left after three years of war.", "year", "", "for"),
        ("It paid 640 million euros for it.", "EUR", "", ""),
        ("The mayor of the 40 hostages wept.", "", "hostage", "whole"),
        ("It earned 94 cents per share.", "", "cent", " per share"),
        ("Two thieves entered five churches.", "", "thieve", ""),
    ],
)
def test_what_is_counted(text: str, unit: str, noun: str, role: str) -> None:
    found = find_quantities(text)[0]
    assert (found.unit, found.noun, found.role) == (unit, noun, role)


@pytest.mark.parametrize(
    "text",
    [
        "In Week 14 it was so.",
        "GPT-4 came first.",
        "It was No. 7 of them.",
        "The Boeing 737 landed.",
        "It ended 3-1 there.",
        "It begins at 9:47 p.m. and 6am.",
        "It happened in 2023, on June 28 and on 4 May 2019.",
        "Over an 8-month span it grew.",
        "The 12th man came.",
        "It rose from 10 to 15 there.",
        "One of them stayed.",
        "It was so three years ago.",
        "It was so in the last two years.",
        "Version 12.5.1 and x² and ٣.",
    ],
)
def test_what_is_no_quantity(text: str) -> None:
    assert find_quantities(text) == ()


def test_those_in_brackets_stand_aside() -> None:
    assert [found.aside for found in find_quantities("It is six miles (10 km) to the two towns.")] == [
        False,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("about 2,000 men", "2,100 men", True),
        ("2,000 men", "5,000 men", False),
        ("more than 1,000 men", "1,500 men", True),
        ("more than 1,000 men", "30 men", False),
        ("at least 500 men", "more than 600 men", True),
        ("dozens of men", "six men", False),
        ("six men", "half a dozen men", True),
        ("$1.2 billion", "$1.24 billion", True),
        ("4 per cent", "4.2 per cent", True),
        ("12 men", "13 men", False),
    ],
)
def test_two_numbers_agree_where_one_may_be_within_the_bounds_of_both(one: str, other: str, agree: bool) -> None:
    first, second = only(f"It saw {one}."), only(f"It saw {other}.")
    assert first.agrees(second) is agree
    assert second.agrees(first) is agree


PIECES = [*"0123456789,.-–$£%+() aofintwe", "six ", "dozens ", "more than ", "between ", "and ", "٣", "²", "İ"]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read(text: str) -> None:
    ends = [0]
    for found in find_quantities(text):
        assert ends[-1] <= found.begin < found.stop <= found.end <= len(text)
        assert found.start <= found.begin
        assert 0 <= found.low <= found.high
        ends.append(found.stop)
