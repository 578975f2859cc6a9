"""Words that only say whose word is asked for."""

from __future__ import annotations

import pytest

from qa_service.text.question.framing import without_frames


def left(question: str, *names: str) -> str:
    spans = [(question.index(name), question.index(name) + len(name)) for name in names]
    found = without_frames(question, spans)
    assert len(found) == len(question)
    return " ".join(found.split())


@pytest.mark.parametrize(
    ("question", "names", "wanted"),
    [
        ("According to AFP, who commands the Africa Corps?", ["AFP"], "who commands the Africa Corps?"),
        ("Why did Wagner leave, according to the SouthFront?", ["SouthFront"], "Why did Wagner leave ?"),
        ("Who, according to 'The Age', won?", ["The Age"], "Who won?"),
        ("Who won, according to articles from both Fortune and TechCrunch?", ["Fortune", "TechCrunch"], "Who won ?"),
        ("According to AFP's report, who won?", ["AFP"], "who won?"),
        ("What did AFP report about the Africa Corps?", ["AFP"], "the Africa Corps?"),
        ("What do AFP and SouthFront say on fuel?", ["AFP", "SouthFront"], "fuel?"),
        ("Does SouthFront agree with AFP that Wagner left?", ["SouthFront", "AFP"], "Wagner left?"),
        ("Do AFP and SouthFront agree on why Wagner left?", ["AFP", "SouthFront"], "why Wagner left?"),
        ("How do AFP and SouthFront differ on fuel?", ["AFP", "SouthFront"], "fuel?"),
        ("Compare AFP with SouthFront on fuel.", ["AFP", "SouthFront"], "fuel."),
    ],
)
def test_what_only_says_whose_word_is_asked_for_is_left_out(question: str, names: list[str], wanted: str) -> None:
    assert left(question, *names) == wanted


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Did the Africa Corps answer AFP?", ["AFP"]),  # the name is what is asked about
        ("According to ACLED data, how many died?", []),  # no source of the collection
        ("What did AFP say?", ["AFP"]),
        ("What does AFP say about it that SouthFront denies?", ["SouthFront"]),
    ],
)
def test_a_name_anywhere_else_stays(question: str, names: list[str]) -> None:
    assert left(question, *names) == question


def test_a_question_of_nothing_else_stays() -> None:
    assert left("According to AFP?", "AFP") == "According to AFP?"


def test_other_words_keep_their_places() -> None:
    question = "According to AFP, who won?"
    assert without_frames(question, [(13, 16)]).index("who") == question.index("who") == 18
