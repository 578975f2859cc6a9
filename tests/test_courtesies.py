"""What a question says to whoever answers it."""

from __future__ import annotations

import pytest

from qa_service.text.question.abbreviations import asked_abbreviation
from qa_service.text.question.framing import without_courtesies
from qa_service.text.question.question_clauses import question_clauses


@pytest.mark.parametrize(
    "question",
    [
        "Who commands the Corps?",
        "Please, who commands the Corps?",
        "Who commands the Corps? Please.",
        "Who commands the Corps? Thanks in advance!",
        "Hello! Could you please tell me: Who commands the Corps?",
        "Tell me Who commands the Corps?",
        "Do you know Who commands the Corps?",
        "I'd like to know Who commands the Corps? Many thanks",
        "Thanks. Who commands the Corps?",
    ],
)
def test_what_is_said_to_whoever_answers_is_left_out_in_place(question: str) -> None:
    left = without_courtesies(question)
    assert left.strip(" :").casefold() == "who commands the corps?"
    assert len(left) == len(question)
    assert left.index("ommands") == question.index("ommands")


@pytest.mark.parametrize(
    "question",
    [
        "Who said thanks to Russia?",
        "What did Goita want to know?",
        "Does Wagner please Moscow?",
        "Whom did he thank?",
        "Do you know?",
        "Please.",
        "Thank you!",
        "",
    ],
)
def test_what_is_asked_stays(question: str) -> None:
    assert without_courtesies(question) == question


def test_without_a_question_mark_too() -> None:
    assert without_courtesies("who commands the Corps, please").strip() == "who commands the Corps"


def test_what_is_asked_is_recognised_behind_them() -> None:
    asked = without_courtesies("Could you tell me what JNIM stands for?")
    assert asked_abbreviation(asked) == (23, 27)
    two = without_courtesies("Please, who commands the Corps and when was Wagner founded?")
    assert [two[start:end] for start, end in question_clauses(two)] == [
        "who commands the Corps",
        "when was Wagner founded?",
    ]
