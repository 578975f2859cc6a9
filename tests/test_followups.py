"""Follow-up questions, completed from the turns before."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from seed_set import load

from qa_service.embedding import FakeEmbedder
from qa_service.records import LONGEST_QUESTION, ArticleDraft, ArticleMeta, Question, Turn
from qa_service.service import Service
from qa_service.settings import Settings
from qa_service.text.question.antecedents import name_spans
from qa_service.text.question.followups import FollowUp, follow_up

SETS = Path(__file__).parent / "sets"


def after(*turns: str | tuple[str, str]) -> list[Turn]:
    return [Turn(*turn) if isinstance(turn, tuple) else Turn(turn) for turn in turns]


def forms(question: str, *turns: str | tuple[str, str]) -> FollowUp:
    return follow_up(question, after(*turns))


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
        ("Who attacked the base?", "Tell me more.", "Tell me more: Who attacked the base?"),
    ],
)  # fmt: skip
def test_what_takes_the_place_of_a_part_of_the_question_before(before: str, question: str, searched: str) -> None:
    assert forms(question, before) == FollowUp(question, searched)


@pytest.mark.parametrize(
    ("before", "question", "searched"),
    [
        ("Who controls the Africa Corps?", "When was it founded?", "When was Africa Corps founded?"),
        ("When did Wagner end its mission?", "Where are its men now?", "Where are Wagner's men now?"),
        ("Where does Ulf Laessing work?", "What did he say?", "What did Ulf Laessing say?"),
        ("What did Wagner do in Mali?", "And who fights there now?", "who fights in Mali now?"),
        ("What happened in Kidal in 2023?", "Who was there?", "Who was in Kidal?"),
        # the verb after a subject is no part of its name
        ("When did the fuel blockade start?", "Who imposed it?", "Who imposed the fuel blockade?"),
        ("How much ore will the smelter process per month?", "Who owns it?", "Who owns the smelter?"),
        ("What was the death toll among miners?", "Who counted it?", "Who counted the death toll?"),
        ("What made the Danish fleet leave Malta?", "Who led it?", "Who led the Danish fleet?"),
    ],
)
def test_the_antecedent_takes_the_place_of_a_pronoun(before: str, question: str, searched: str) -> None:
    found = forms(question, before)
    assert found.completed == searched
    assert found.with_topic is not None


@pytest.mark.parametrize(
    ("turns", "question", "searched"),
    [
        (["Is a smelter being built in Chad?"], "And who is the owner?", "who is the owner (smelter built in Chad)?"),
        (["Is a smelter being built in Chad?"], "How much per year?", "How much per year (smelter built in Chad)?"),
        (["Who attacked the base?"], "When?", "When (attacked base)?"),
        (["When was Kidal retaken?"], "Who hailed that?", "Who hailed that (Kidal retaken)?"),
        (["Qui dirige le Mali ?"], "Et en 2025 ?", "Et en 2025 (Qui dirige le Mali)?"),
        # a question of few words shares the topic of those before it
        (["Is a smelter being built in Chad?", "And who is the owner?"], "Since when?",
         "Since when (smelter built in Chad owner)?"),
        (["Is a smelter being built in Chad?", "Who is Ada Okello?"], "Since when?", "Since when (Ada Okello)?"),
    ],
)  # fmt: skip
def test_a_question_can_be_searched_with_the_words_of_those_before(
    turns: list[str], question: str, searched: str
) -> None:
    assert forms(question, *turns).with_topic == searched


@pytest.mark.parametrize("question", ["Which company?", "And who is the owner?", "Who said that?", "Since when?"])
def test_a_question_leans_if_it_says_little_by_itself(question: str) -> None:
    assert forms(question, "Who attacked the base?").leans


@pytest.mark.parametrize(
    "question",
    [
        "Who commands the Africa Corps?",
        "Who leads the junta of Mali?",
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
        "¿Qué he de saber?",
    ],
)
def test_no_rule_changes_what_stands_by_itself(question: str) -> None:
    assert forms(question, "When did Prigozhin found Wagner?").completed == question


@pytest.mark.parametrize(
    ("before", "said", "question", "searched"),
    [
        ("Who is Heni Nsaibia?", "“It has participated in far fewer battles,” he said. [1]", "What did he say?",
         "What did Heni Nsaibia say?"),
        ("Who is Dmitry Peskov?", "Wagner left Mali, the Kremlin said. [1]", "What did he say?",
         "What did Dmitry Peskov say?"),
        ("Who leads Mali?", "Colonel Assimi Goita leads the junta in Bamako. [1] More follows. [2]",
         "When did he take power?", "When did Colonel Assimi Goita take power?"),
        # whom the question asks for is not known, and the one it names is another
        ("Who leads Wagner?", None, "When did he die?", "When did he die?"),
    ],
)  # fmt: skip
def test_who_is_meant(before: str, said: str | None, question: str, searched: str) -> None:
    assert follow_up(question, [Turn(before, said)]).completed == searched


def test_without_turns_nothing_changes() -> None:
    assert forms("And why?") == FollowUp("And why?", "And why?")


def test_each_turn_is_completed_from_those_before_it() -> None:
    turns = ("How many soldiers did Mali lose in 2024?", "And in 2025?")
    assert forms("What about Niger?", *turns).completed == "How many soldiers did Niger lose in 2025?"


def test_what_would_be_too_long_is_asked_as_it_is() -> None:
    assert forms("Tell me more.", "Who " + "x" * (LONGEST_QUESTION - 4)).completed == "Tell me more."


def test_questions_of_pronouns_do_not_grow_from_turn_to_turn() -> None:
    found = forms("Is it so?", f"When did {'Wagner Group ' * 20}leave?", *["Is " + "it " * 60 + "so?"] * 6)
    assert max(len(found.completed), len(found.with_topic or "")) <= LONGEST_QUESTION


def test_a_long_question_stands_by_itself() -> None:
    question = "When did it end, " + "after all that was said of it in every article of that summer, " * 7 + "at last?"
    assert len(question) > 400
    assert forms(question, "When did Wagner leave Mali?") == FollowUp(question, question)


def test_names_by_their_capitals() -> None:
    def names(text: str) -> list[str]:
        return [text[a:b] for a, b in name_spans(text)]

    assert names("When did the Group for the Support of Islam attack Mali's army in March 2022?") == [
        "Group for the Support of Islam",
        "Mali",
    ]
    assert names("Besides Mali, who fights in the Central African Republic?") == ["Mali", "Central African Republic"]


TEXTS = {
    "smelter": "A smelter is being built in Chad. The partner of the smelter is the firm Holm.",
    "railway": "A railway is being built in Kenya. The partner of the railway is the firm Brand.",
    "harbour": "A harbour is being built in Ghana. The partner of the harbour is the firm Dorn.",
    "library": "The library of Marrowby opens in May. The mayor Judith Oxley opens it.",
    "drought": "A drought has ruined the harvest. Farmers ask for help.",
    "election": "The election was won by the party of the farmers.",
}


@pytest.fixture
def service(tmp_path: Path) -> Service:
    service = Service.open(Settings(index=tmp_path, reader="none"), FakeEmbedder())
    service.ingest_drafts([ArticleDraft(text, name, ArticleMeta()) for name, text in TEXTS.items()])
    return service


def test_the_service_searches_the_completed_question_and_says_so(service: Service) -> None:
    history = (Turn("When will the library open?"),)
    answer = service.ask(Question("Why?", history=history))
    whole = service.ask(Question("Why will the library open?"))
    assert (answer.question, answer.interpretation.searched) == ("Why?", "Why will the library open?")
    assert (answer.passages, answer.confidence) == (whole.passages, whole.confidence)
    assert whole.interpretation.searched is None
    assert service.ask(Question("Why?", history=history, interpret=False)).interpretation.searched is None


@pytest.mark.parametrize("name", ["smelter", "railway", "harbour"])
def test_a_follow_up_that_finds_more_with_the_question_before_is_searched_with_it(service: Service, name: str) -> None:
    history = (Turn(f"Is a {name} being built?"),)
    answer = service.ask(Question("And which firm?", history=history))
    assert answer.interpretation.searched == f"which firm ({name} built)?"
    assert answer.passages[0].passage.article_id == name


@pytest.mark.parametrize("name", ["smelter", "railway", "harbour"])
def test_a_question_that_finds_its_answer_alone_is_searched_alone(service: Service, name: str) -> None:
    question = "Who opens the library of Marrowby?"
    answer = service.ask(Question(question, history=(Turn(f"Is a {name} being built?"),)))
    assert answer == service.ask(question)


def test_each_setting_chooses_by_itself(service: Service) -> None:
    question = Question("And which firm?", history=(Turn("Is a railway being built?"),))
    variants = [service.settings, service.settings.model_copy(update={"late_interaction": False})]
    assert service.ask_under(question, variants) == [service.ask_under(question, [one])[0] for one in variants]


@pytest.mark.parametrize(
    ("name", "counts"), [("followups", {True: 64, False: 15}), ("followups_unseen", {True: 65, False: 14})]
)
def test_the_sets_keep_what_their_readme_promises(name: str, counts: dict[bool, int]) -> None:
    lines = [json.loads(line) for line in (SETS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    questions = {q.id for q in load()}
    assert Counter(line["depends"] for line in lines) == counts
    assert len({line["id"] for line in lines}) == len(lines)
    assert all(line["history"] and line["of"] in questions for line in lines)
