"""What kind of thing a question asks for."""

from __future__ import annotations

import pytest

from qa_service.text.answer_type import asked_kind, holds_kind


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many soldiers did Wagner lose?", "number"),
        ("What is the population of Bamako?", "number"),
        ("When did Wagner leave Mali?", "time"),
        ("In what year was the coup?", "time"),
        ("Who leads the Africa Corps?", "person"),
        ("Where is Kidal?", "place"),
        ("Which country hired Wagner?", "place"),
        ("Why did Wagner leave?", None),
        ("Сколько солдат погибло?", None),
        ("Did the whole column burn?", None),  # `who` within another word
    ],
)
def test_the_words_give_it_away(question: str, kind: str | None) -> None:
    assert asked_kind(question) == kind


@pytest.mark.parametrize(
    ("sentence", "kind", "question", "holds"),
    [
        ("It lost 84 men.", "number", "How many?", True),
        ("It lost dozens of men.", "number", "How many?", True),
        ("It lost men.", "number", "How many?", False),
        ("It left in June.", "time", "When?", True),
        ("It left at last.", "time", "When?", False),
        ("Prigozhin founded Wagner.", "person", "Who founded Wagner?", False),  # its first word may be any word
        ("The group was founded by Prigozhin.", "person", "Who founded Wagner?", True),
        ("The group Wagner was founded then.", "person", "Who founded Wagner?", False),
        ("They met in Kidal.", "place", "Where did they meet?", True),
        ("They met.", None, "Why did they meet?", True),
    ],
)
def test_a_sentence_holds_it_or_not(sentence: str, kind: str | None, question: str, holds: bool) -> None:
    assert holds_kind(sentence, kind, question) is holds
