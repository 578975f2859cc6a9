"""qa_service.text.claims.sentence_kinds."""

from __future__ import annotations

import pytest

from qa_service.text.basic.paragraphs import paragraphs
from qa_service.text.basic.sentences import split_sentences
from qa_service.text.claims.sentence_kinds import echoes, standing, standings


@pytest.mark.parametrize(
    ("kind", "sentences"),
    [
        (
            "statement",
            [
                "Sales rose 5 percent.",
                "The ferry sails at noon.",
                "The council bought the pier.",
                "Both towns want a bridge.",
                "It's closed.",
                "They never pay.",
                "This created a queue.",
                "He asked: “Who has the key?”",
                "the mill was bought in march by a weaver",
            ],
        ),
        ("question", ["Who has the key?", "“Why not?”", "Who has the key?!", "من هو؟", "Ποιος είναι;", "她是谁？"]),
        (
            "fragment",
            [
                "Ines Maro, Chief Engineer, Tollbridge Ltd.",
                "Photo: Ines Maro/Tollbridge News",
                "A picture taken by Ines Maro",
                "New rules for ferries",
                "Updated 5 May 2024",
                "(Reuters)",
                "Tollbridge Harbour, Friday.",
            ],
        ),
    ],
)
def test_kinds_of_english_sentences(kind: str, sentences: list[str]) -> None:
    assert [(s, standing(s).kind) for s in sentences] == [(s, kind) for s in sentences]


def test_a_short_line_without_full_stop_is_a_heading() -> None:
    headline = "Council buys back the pier"
    assert standing(headline, alone=True).kind == "heading"
    assert standing(headline).kind == "statement"
    assert standing(f"{headline}.", alone=True).kind == "statement"


def test_other_languages_have_no_fragments() -> None:
    line = "Neue Regeln für Fähren"
    assert standing(f"{line}.", language="de").kind == standing(f"{line}.", language=None).kind == "statement"
    assert standing(line, alone=True, language="de").kind == "heading"


def test_the_grade_falls_from_statement_to_question() -> None:
    grades = [
        standing(sentence, alone=True).grade
        for sentence in (
            "The ferry sails at noon.",
            "A small ferry with an old engine and no crew.",
            "Ferry sails at noon",
            "Ferry to Tollbridge",
            "Does it sail?",
        )
    ]
    assert grades[0] == 1.0
    assert grades == sorted(set(grades), reverse=True)
    assert grades[-1] > 0


def test_standings_know_lines_and_headings_wherever_the_passage_begins() -> None:
    text = "Harbour news\n\nFerry sails again\nThe ferry sails at noon. It carries mail\n"
    spans = split_sentences(text)
    assert len(paragraphs(text)) == 3
    moved = [(start + 500, end + 500) for start, end in spans]
    kinds = [found.kind for found in standings(text, moved, [True, False, False, False])]
    assert kinds == ["heading", "heading", "statement", "statement"]


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("Who repaired the ferry?", "The ferry was repaired.", True),
        ("Who repaired the ferry?", "Who is repairing ferries?", True),
        ("Who repaired the ferry?", "Ines Maro repaired it.", False),
        ("When was the ferry repaired?", "The ferry was repaired in 2019.", False),
        ("Who repaired the ferry?", "The ferry was not repaired.", False),
        ("Was the ferry repaired?", "The ferry was repaired.", False),
        ("Was the ferry repaired?", "Was the ferry repaired?", True),
    ],
)
def test_an_echo_adds_no_content_word(question: str, sentence: str, expected: bool) -> None:
    assert echoes(question, sentence) is expected


def test_a_yes_no_question_in_another_language_has_no_echo() -> None:
    assert not echoes("Wurde die Fähre repariert?", "Die Fähre wurde repariert.", "de")
    assert echoes("Wurde die Fähre repariert?", "Wurde die Fähre repariert?", "de")
