"""Follow-up questions, completed from the turns before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from seed_set import load

from qa_service.embedding import FakeEmbedder
from qa_service.records import LONGEST_QUESTION, ArticleDraft, ArticleMeta, Question, Turn
from qa_service.service import Service
from qa_service.settings import Settings
from qa_service.text.question.antecedents import name_spans
from qa_service.text.question.followups import completed

FOLLOWUPS = Path(__file__).parent / "sets" / "followups.jsonl"


def after(*turns: str | tuple[str, str]) -> list[Turn]:
    return [Turn(*turn) if isinstance(turn, tuple) else Turn(turn) for turn in turns]


@pytest.mark.parametrize(
    ("before", "question", "searched"),
    [
        # a date takes the place of the one before, with its preposition
        ("How many attacks were there in 2024?", "And in 2025?", "How many attacks were there in 2025?"),
        ("Were there attacks since May 2024?", "And in June 2025?", "Were there attacks in June 2025?"),
        ("How many attacks were there in Mali?", "And in 2025?", "How many attacks were there in Mali in 2025?"),
        # a name takes the place of the only one, or of that with its preposition
        ("How many soldiers did Mali lose?", "What about Niger?", "How many soldiers did Niger lose?"),
        ("What did France do in Mali?", "And in Niger?", "What did France do in Niger?"),
        ("What did France do in Mali?", "And Niger?", "What did France do in Mali, Niger?"),
        # an abbreviation that of the one asked about, whichever language a name is taken for
        ("What does JNIM stand for?", "And NATO?", "What does NATO stand for?"),
        ("What does JNIM stand for?", "What about the FLA?", "What does FLA stand for?"),
        ("What does JNIM stand for, according to the UN?", "FLA?", "What does FLA stand for, according to the UN?"),
        ("Who leads JNIM?", "And FLA?", "Who leads FLA?"),
        ("what does jnim stand for?", "And NATO?", "what does NATO stand for?"),
        ("What does JNIM stand for?", "and nato?", "What does nato stand for?"),
        ("What does JNIM stand for?", "And in 2025?", "What does JNIM stand for in 2025?"),
        # a source that of the one before
        ("According to AFP, how many died in 2024?", "And according to SouthFront?",
         "According to SouthFront, how many died in 2024?"),
        ("How many died, according to the UN and AFP?",
         "And according to the Carnegie Endowment for International Peace?",
         "How many died, according to the Carnegie Endowment for International Peace?"),
        ("How many died in Mali?", "And according to SouthFront?", "How many died in Mali, according to SouthFront?"),
        # a question word alone
        ("When did Wagner leave Mali?", "Why?", "Why did Wagner leave Mali?"),
        ("Did Wagner leave Mali?", "When exactly?", "When exactly did Wagner leave Mali?"),
        ("Who attacked the base?", "When?", "When: Who attacked the base?"),
        ("Who attacked the base?", "Who else?", "Who else: Who attacked the base?"),
        ("Who attacked the base?", "Tell me more.", "Tell me more: Who attacked the base?"),
        # pronouns
        ("Who controls the Africa Corps?", "When was it founded?", "When was Africa Corps founded?"),
        ("When did Wagner end its mission?", "Where are its men now?", "Where are Wagner's men now?"),
        ("Where does Ulf Laessing work?", "What did he say?", "What did Ulf Laessing say?"),
        ("What did Wagner do in Mali?", "Who fights there now?", "Who fights in Mali now?"),
        # what no rule finds: the question before is added
        ("When was Kidal retaken?", "Who hailed that?", "Who hailed that (When was Kidal retaken)?"),
        ("What is JNIM?", "Whom does that group fight?", "Whom does that group fight (What is JNIM)?"),
        # other languages have no rules of their own
        ("Qui dirige le Mali ?", "Et en 2025 ?", "Qui dirige le Mali ? Et en 2025 ?"),
        ("Кто руководит Мали?", "Когда он приехал?", "Кто руководит Мали? Когда он приехал?"),
    ],
)  # fmt: skip
def test_what_leans_on_the_question_before_is_completed(before: str, question: str, searched: str) -> None:
    assert completed(question, after(before)) == searched


@pytest.mark.parametrize(
    "question",
    [
        "Who commands the Africa Corps?",
        "Is it true that Wagner left Mali?",
        "How long does it take to build a refinery?",
        "How many mercenaries are there in Mali?",
        "Which cities does Wagner say it helped to win back?",
        "Did Goita say that he trusts Putin?",
        "Who said that Mali would leave?",
        "gold refinery capacity",
        "Google antitrust trial",
        "the US economy in 2024",
        "Trump tariffs on China",
        "Did Macron say he would resign?",
        "Did the US say it would leave Niger?",
        "What is IT outsourcing?",
        "Is it raining in Paris?",
        "What time is it in Tokyo?",
        "Thank you!",
        "Wie viele Soldaten starben in Mali im Jahr 2024?",
    ],
)
def test_what_stands_by_itself_stays_as_it_is(question: str) -> None:
    assert completed(question, after("When did Prigozhin found Wagner?")) == question


@pytest.mark.parametrize(
    ("before", "said", "question", "searched"),
    [
        ("Who is Heni Nsaibia?", "“It has participated in far fewer battles,” he said. [1]", "What did he say?",
         "What did Heni Nsaibia say?"),
        ("Who is Dmitry Peskov?", "Wagner left Mali, the Kremlin said. [1]", "What did he say?",
         "What did Dmitry Peskov say?"),
        # whom the question asks for is not known, and the one it names is another
        ("Who leads Wagner?", None, "When did he die?", "When did he die (Who leads Wagner)?"),
        ("What happened in Kidal in 2023?", None, "Who was there?", "Who was in Kidal?"),
        ("When did the fuel blockade start?", None, "Who imposed it?", "Who imposed the fuel blockade?"),
    ],
)  # fmt: skip
def test_names_that_are_not_meant(before: str, said: str | None, question: str, searched: str) -> None:
    assert completed(question, [Turn(before, said)]) == searched


def test_what_an_answer_said_is_not_what_the_next_turn_leans_on() -> None:
    turns = after(
        ("How many mercenaries are in Mali?", "There are around 2,000 mercenaries in Mali. [1]"), "Who said that?"
    )
    assert completed("And in Niger?", turns) == "How many mercenaries are in Niger?"
    turns = after("When was Kidal retaken?", "Who hailed that?")
    assert completed("When exactly?", turns) == "When exactly: Who hailed that?"


def test_without_turns_nothing_changes() -> None:
    assert completed("And why?", []) == "And why?"


def test_who_is_taken_from_the_answer_to_who() -> None:
    turns = after(("Who leads Mali?", "Colonel Assimi Goita leads the junta in Bamako. [1] More follows. [2]"))
    assert completed("When did he take power?", turns) == "When did Colonel Assimi Goita take power?"


def test_who_said_that_means_what_was_answered() -> None:
    turns = after(("Did Wagner succeed?", "The mission is accomplished. [1] Others doubt it. [2]"))
    assert completed("Who said that?", turns) == "Who said “The mission is accomplished”?"


def test_each_turn_is_completed_from_those_before_it() -> None:
    turns = after("How many soldiers did Mali lose in 2024?", "And in 2025?")
    assert completed("What about Niger?", turns) == "How many soldiers did Niger lose in 2025?"


def test_what_would_be_too_long_is_asked_as_it_is() -> None:
    assert completed("Why?", after("Who " + "x" * (LONGEST_QUESTION - 4))) == "Why?"


def test_questions_of_pronouns_do_not_grow_from_turn_to_turn() -> None:
    turns = after(f"When did {'Wagner Group ' * 20}leave?", *["Is " + "it " * 60 + "so?"] * 6)
    assert len(completed("Is it so?", turns)) <= LONGEST_QUESTION


def test_a_long_question_stands_by_itself() -> None:
    question = "When did it end, " + "after all that was said of it in every article of that summer, " * 7 + "at last?"
    assert len(question) > 400
    assert completed(question, after("When did Wagner leave Mali?")) == question


def test_names_by_their_capitals() -> None:
    def names(text: str) -> list[str]:
        return [text[a:b] for a, b in name_spans(text)]

    assert names("When did the Group for the Support of Islam attack Mali's army in March 2022?") == [
        "Group for the Support of Islam",
        "Mali",
    ]
    assert names("Besides Mali, who fights in the Central African Republic?") == ["Mali", "Central African Republic"]


@pytest.fixture
def service(tmp_path: Path) -> Service:
    service = Service.open(Settings(index=tmp_path), FakeEmbedder())
    service.ingest_drafts(
        [ArticleDraft("Wagner left Mali in June. The Africa Corps stayed in Mali.", "a", ArticleMeta("Mali"))]
    )
    return service


def test_the_service_searches_the_completed_question_and_says_so(service: Service) -> None:
    history = (Turn("When did Wagner leave Mali?"),)
    answer = service.ask(Question("Why?", history=history))
    whole = service.ask(Question("Why did Wagner leave Mali?"))
    assert (answer.question, answer.interpretation.searched) == ("Why?", "Why did Wagner leave Mali?")
    assert (answer.passages, answer.confidence) == (whole.passages, whole.confidence)
    assert whole.interpretation.searched is None
    assert service.ask(Question("Why?", history=history, interpret=False)).interpretation.searched is None


def test_the_set_keeps_what_its_readme_promises() -> None:
    lines = [json.loads(line) for line in FOLLOWUPS.read_text(encoding="utf-8").splitlines()]
    questions = {q.id: q for q in load()}
    assert (len(lines), sum(line["depends"] for line in lines)) == (79, 64)
    assert len({line["id"] for line in lines}) == len(lines)
    for line in lines:
        assert line["history"]
        assert (line["of"] is not None) == line["depends"]
        assert not line["depends"] or questions[line["of"]].answerable
        assert line["depends"] or completed(line["question"], after(*line["history"])) == line["question"]
