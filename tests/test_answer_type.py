"""What kind of thing a question asks for."""

from __future__ import annotations

import pytest

from qa_service.text.question.answer_type import asked_kind, asks_for_what_is_not, holds_kind, negates


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


@pytest.mark.parametrize(
    ("question", "negated"),
    [
        ("Which region did not invent the gun?", True),
        ("Who wasn’t given land?", True),
        ("What law did the empire never have?", True),
        ("Which region invented the gun?", False),
        ("Aspirin does not thin the blood.", False),  # a claim: what says otherwise answers it too
        ("Who, of those that did not vote, was fined?", False),  # its main clause is not negated
        ("Who is noted for knots?", False),  # `not` within other words
    ],
)
def test_a_question_for_what_is_not_has_a_question_word_and_a_negated_main_clause(question: str, negated: bool) -> None:
    assert asks_for_what_is_not(question) is negated


@pytest.mark.parametrize(
    ("sentence", "negated"),
    [
        ("It can't vote.", True),
        ("No one voted.", True),
        ("They voted without haste.", True),
        ("A notable vote.", False),
    ],
)
def test_a_sentence_negates(sentence: str, negated: bool) -> None:
    assert negates(sentence) is negated
