"""Numbers in a text, their unit, and what is counted."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_service.text.claims.numbers import Tokens, read_numbers
from qa_service.text.claims.quantities import Quantity, find_quantities


def only(text: str) -> Quantity:
    (found,) = find_quantities(text)
    return found


@pytest.mark.parametrize(
    ("text", "written", "low", "high"),
    [
        ("It killed six fighters.", "six", 6, 6),
        ("It killed twenty-five fighters.", "twenty-five", 25, 25),
        ("France sent 2,400 troops.", "2,400", 2400, 2400),
        ("They shot at least 32 civilians.", "32", 32, 32),
        ("Between 10 and 15 men fled.", "10 and 15", 10, 15),
        ("Some 10-15 men fled.", "10-15", 10, 15),
        ("Dozens of soldiers died.", "Dozens", 20, 150),
        ("It lost several dozen men.", "several dozen", 20, 150),
        ("Half a dozen fighters fell.", "Half a dozen", 6, 6),
        ("More than a hundred people fled.", "a hundred", 100, 100),
        ("It grew by 3.5 percent.", "3.5", 3.5, 3.5),
        ("It is worth $1.2 billion.", "1.2 billion", 1.2e9, 1.2e9),
        ("It is worth £4.5bn.", "4.5bn", 4.5e9, 4.5e9),
        ("The rule of three and a half years.", "three and a half", 3.5, 3.5),
    ],
)
def test_numbers(text: str, written: str, low: float, high: float) -> None:
    found = only(text)
    assert text[found.start : found.end] == written
    tokens = Tokens(text)
    (number,) = read_numbers(tokens)
    assert (tokens.spans[number.at][0], tokens.spans[number.after - 1][1]) == (found.start, found.end)
    assert (number.low, number.high) == (pytest.approx(low), pytest.approx(high))


@pytest.mark.parametrize(
    ("text", "unit", "noun"),
    [
        ("It killed six Islamic State fighters including a leader.", "", "fighter"),
        ("It killed 400 soldiers dead tired.", "", "soldier"),
        ("It will process 200 tonnes of gold per year.", "tonne", "gold"),
        ("They shot 32 or more civilians.", "", "civilian"),
        ("They shot 5,000+ civilians.", "", "civilian"),
        ("It cut 10 per cent of its staff.", "percent", "staff"),
        ("It rose to 6.1 percent.", "percent", ""),
        ("It rose by 0.2 points.", "point", ""),
        ("They freed 12 of the hostages.", "", "hostage"),
        ("It left after three years of war.", "year", ""),
        ("It paid 640 million euros for it.", "EUR", ""),
        ("The mayor of the 40 hostages wept.", "", "hostage"),
        ("It earned 94 cents per share.", "", "cent"),
        ("Two thieves entered five churches.", "", "thieve"),
    ],
)
def test_what_is_counted(text: str, unit: str, noun: str) -> None:
    found = find_quantities(text)[0]
    assert (found.unit, found.noun) == (unit, noun)


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


PIECES = [*"0123456789,.-–$£%+() aofintwe", "six ", "dozens ", "more than ", "between ", "and ", "٣", "²", "İ"]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read(text: str) -> None:
    ends = [0]
    for found in find_quantities(text):
        assert ends[-1] <= found.start < found.end <= len(text)
        ends.append(found.end)
