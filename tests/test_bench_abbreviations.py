"""The benchmark of abbreviations: what it takes for spelled out, and what it counts."""

from __future__ import annotations

import random
from datetime import date

import pytest

from benchmarks.abbreviations import Tally, abbreviations, first_letters, swapped, tables
from qa_service.records import Annotation, Answer, AnswerText, CollectionInfo


@pytest.mark.parametrize(
    ("before", "short", "long"),
    [
        ("the random access memory ", "RAM", "random access memory "),
        ("the Bank of the West ", "BW", "Bank of the West "),
        ("the Bank of the West ", "BOTW", "Bank of the West "),
        ("a state-of-the-art lab ", "SAL", "state-of-the-art lab "),
        ("the deoxyribonucleic acid ", "DNA", None),  # the N begins no word
        ("random big access memory ", "RAM", None),  # a word that is left out must be a small one
        ("memory ", "RAM", None),
    ],
)
def test_a_long_form_is_known_by_the_first_letters_of_its_words(before: str, short: str, long: str | None) -> None:
    assert first_letters(before, short) == long


def test_what_is_spelled_out_and_what_nowhere_is() -> None:
    found = abbreviations(
        [
            "The random access memory (RAM) is fast. RAM is dear. The chip (CPU) waits for USB and an UN order.",
            "Random access memory (RAM), and an HDD (hard disk).",
        ]
    )
    assert found.spelled == {"RAM": ["random access memory (RAM)", "Random access memory (RAM)"]}
    assert found.bare == ["USB"]  # CPU and HDD stand at brackets, UN has two letters


def test_another_abbreviation_in_its_place_is_no_definition() -> None:
    spelled = {"RAM": ["random access memory (RAM)"], "USB": ["universal serial bus (USB)"], "AB": ["alpha beta (AB)"]}
    # each of three letters with the other of three letters; AB is alone with its two
    assert swapped(spelled, random.Random(0)) == (0, 2)
    # "compact mains" has C, A and M in their order; "central adaptor module" has no M before its last A: one of two
    spelled = {"CAM": ["central adaptor module (CAM)"], "CMA": ["compact mains arrester (CMA)"]}
    assert swapped(spelled, random.Random(0)) == (1, 2)


INFO = CollectionInfo("default", 1, "0", 1, 1, (), (), ("en",), None, date(2025, 6, 1))


def answer(*said: str) -> Answer:
    text = "".join(f"{sentence} [1]" for sentence in said)
    notes = (Annotation(0, len(said[0]), 1),) if said else ()
    return Answer("?", bool(said), 0.5, AnswerText(text, notes) if said else None, (), INFO)


def test_a_tally_counts_the_first_quotation() -> None:
    tally = Tally()
    longs = ["random access memory (RAM)"]
    tally.add(answer("Fast  Random access memory (RAM) is dear."), "RAM", longs)  # right
    tally.add(answer("Rows and metres (RAM) are long."), "RAM", longs)  # a definition, another one
    tally.add(answer("RAM is fast.", "Random access memory (RAM) is dear."), "RAM", longs)  # none is quoted first
    tally.add(answer(), "RAM", longs)
    assert tally == Tally(asked=4, defined=2, right=1, answered=3)


def test_the_table_has_shares_and_sums() -> None:
    one = (Tally(10, 8, 6, 9), Tally(4, 1, 0, 2), (1, 5))
    none = (Tally(), Tally(4, 0, 0, 1), (0, 0))
    assert tables({"a": one, "b": none}).splitlines()[2:] == [
        "| a | 10 | 8 | 6 of 8 (0.750) | 4 | 1 | 2 of 4 (0.500) | 1 of 5 (0.200) |",
        "| b | 0 | 0 |  | 4 | 0 | 1 of 4 (0.250) |  |",
        "| together | 10 | 8 | 6 of 8 (0.750) | 8 | 1 | 3 of 8 (0.375) | 1 of 5 (0.200) |",
    ]
