"""Questions that ask several things: what is taken for a part, and that each gets its passages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from builders import fake_service

from qa_service.answering.extractive import compose_answer
from qa_service.chat import DECLINED, compose_reply, reply_parts
from qa_service.cli.show import show_answer, understood
from qa_service.options.answer_body import answer_body
from qa_service.ranking.parts import chosen_for, level, with_whole
from qa_service.records import Answer, ArticleDraft, ArticleMeta, Question, Turn
from qa_service.service import Service
from qa_service.text.question.followups import follow_up
from qa_service.text.question.parts import MOST_PARTS, names_it, question_parts, unanswered_lines


def texts(question: str) -> list[str]:
    return [part.text for part in question_parts(question)]


def test_clauses_that_each_ask_are_parts() -> None:
    asked = "When was Wagner founded and who leads the Africa Corps?"
    assert texts(asked) == ["When was Wagner founded", "who leads the Africa Corps?"]
    assert [asked[p.start : p.end] for p in question_parts(asked)] == texts(asked)
    assert texts("Who founded Wagner? When did Prigozhin die?") == ["Who founded Wagner?", "When did Prigozhin die?"]
    assert texts("Is Mali a member of it and is Niger a member?") == ["Is Mali a member of it", "is Niger a member?"]


def test_a_pronoun_gets_the_names_before() -> None:
    assert texts("When was Wagner founded and who leads it?") == ["When was Wagner founded", "who leads it? (Wagner)"]
    assert texts("what happened in Moura; who was accused?")[1] == "who was accused? (Moura)"
    assert texts("When was the group founded and who leads it?") == []  # nothing to put in its place


def test_names_that_are_compared_are_parts() -> None:
    assert texts("How do Mali and Niger differ in their laws?") == [
        "How do Mali differ in their laws?",
        "How do Niger differ in their laws?",
    ]
    asked = "What did the UN and the African Union say about Moura?"
    assert texts(asked) == ["What did the UN say about Moura?", "What did the African Union say about Moura?"]
    assert [asked[p.start : p.end] for p in question_parts(asked)] == ["the UN", "the African Union"]
    assert texts("Compare Wagner with the Africa Corps") == ["Compare Wagner", "Compare the Africa Corps"]


@pytest.mark.parametrize(
    "question",
    [
        "Who leads the Africa Corps?",
        "When and where was Wagner founded?",
        "Who founded Wagner and when?",
        "Who is the man who was born in Ohio and who built it?",
        "Who was president and was the senator of Ohio?",
        "What happened in the war between Russia and Ukraine?",
        "How many medals did Torvill and Dean win?",
        "How many were killed in 2024 and how many in 2025?",
        "Did Nixon resign while Ford was vice president?",
        "Goldenson proposed a merger between UPT and what network?",
        "Quand Wagner a-t-il été fondé et qui dirige Africa Corps ?",
        "Wer gründete Wagner und wer führt das Afrikakorps?",
        "Was ist die Hauptstadt von Mali? Was ist die Hauptstadt von Niger?",
        "متى تأسست فاغنر؟ ومن يقود فيلق أفريقيا؟",
    ],
)
def test_one_thing_stays_whole(question: str) -> None:
    assert question_parts(question) == ()


def test_what_follows_the_last_part_stays_with_it() -> None:
    found = texts("Where is Kidal? Where is Gao? Where is Moura? Where is Sevare?")
    assert len(found) == MOST_PARTS
    assert found[-1] == "Where is Moura? Where is Sevare?"


def test_what_is_not_searched_by_itself_is_said() -> None:
    parts = question_parts("Where is Kidal? Where is Gao? Where is Moura? Where is Sevare? Where is Lere?")
    assert [part.rest for part in parts] == [None, None, "Where is Sevare? Where is Lere?"]
    shown = [replace(part, answerable=True, shown=True) for part in parts]
    assert unanswered_lines(shown) == ["Not searched by itself: Where is Sevare? Where is Lere?"]
    assert unanswered_lines(shown[:2]) == []
    assert [part.rest for part in question_parts("Where is Kidal? Where is Gao? Where is Moura?")] == [None] * 3


def test_a_passage_is_of_the_part_that_scores_it_best_and_each_part_has_its_first() -> None:
    # the second is best for the first part, .6 > .5, and yet the best that the second part has
    by_part = np.array([[0.9, 0.6, 0.1], [0.4, 0.5, 0.3]])
    assert chosen_for(by_part).tolist() == [[True, True, False], [False, True, True]]


def test_parts_are_brought_to_the_level_of_the_weakest() -> None:
    # the first part's best is .8, the second's .4: the first is halved; a part that found nothing changes nothing
    by_part = np.array([[0.8, 0.6], [0.2, 0.4], [0.0, 0.0]])
    assert level(by_part).tolist() == [[0.4, 0.3], [0.2, 0.4], [0.0, 0.0]]


TEXT = "The mayor of Port Vale opened bridge number {n} and thanked its builders for their patience."
ASKED = "What did the mayor of Port Vale open and who sings in Nursling?"


@pytest.fixture
def service(tmp_path: Path) -> Service:
    opened = fake_service(tmp_path, answerable_threshold=0.0)
    drafts = [ArticleDraft(TEXT.format(n=n), f"a{n}", ArticleMeta(language="en")) for n in range(30)]
    opened.ingest_drafts([*drafts, ArticleDraft("Sextons sing in Nursling.", "s", ArticleMeta(language="en"))])
    return opened


def test_each_part_has_a_passage_and_a_sentence(service: Service) -> None:
    answer = service.ask(Question(ASKED, top_k=2))
    assert [part.text for part in answer.interpretation.parts] == texts(ASKED)
    found = [passage.citation.article_id for passage in answer.passages]
    assert sorted(article[0] for article in found) == ["a", "s"]
    assert all(passage.evidence for passage in answer.passages)
    quoted = compose_answer(answer.passages)
    assert quoted is not None
    # in the order of the question, whichever passage is first
    assert [found[a.citation - 1][0] for a in quoted.annotations][:2] == ["a", "s"]


def test_parts_are_shown(service: Service) -> None:
    said = understood(service.ask(Question(ASKED)))
    assert said == [
        "“What did the mayor of Port Vale open” and “who sings in Nursling?”, each asked by itself",
    ]


def test_a_part_without_an_answer_has_no_evidence(service: Service) -> None:
    asked = Question(ASKED, top_k=31)
    alone = [service.ask(Question(text)).confidence for text in texts(ASKED)]
    between = sum(alone) / 2  # the mean: one part is above it, the other below
    assert min(alone) < between < max(alone)
    better, worse = ("a", "s") if alone[0] > alone[1] else ("s", "a")
    (answer,) = service.ask_under(asked, [service.settings.model_copy(update={"answerable_threshold": between})])
    of = {passage.citation.article_id[0] for passage in answer.passages if passage.evidence}
    assert answer.answerable
    assert better in of
    assert worse not in of


def test_parts_are_not_sought_where_nothing_is_interpreted(service: Service) -> None:
    assert service.ask(Question(ASKED, interpret=False)).interpretation.parts == ()
    assert service.ask(Question(ASKED, retriever="lexical")).interpretation.parts == ()


def test_scores_never_rise_and_a_smaller_list_is_the_beginning_of_a_larger(service: Service) -> None:
    longest = service.ask(Question(ASKED, top_k=31))
    order = [(-passage.score, passage.passage.passage_id) for passage in longest.passages]
    assert len(order) == len(set(order)) > 20
    assert order == sorted(order)
    for k in (1, 2, 7):
        shorter = service.ask(Question(ASKED, top_k=k))
        assert [(-p.score, p.passage.passage_id) for p in shorter.passages] == order[:k]
        assert shorter.confidence == longest.confidence


def test_confidence_is_that_of_the_part_that_is_answered_best(service: Service) -> None:
    alone = [service.ask(Question(text)).confidence for text in texts(ASKED)]
    answer = service.ask(Question(ASKED))
    assert answer.confidence == max(alone)
    assert [part.confidence for part in answer.interpretation.parts] == alone


def test_what_answers_the_whole_question_stands_first() -> None:
    # each of two passages answers one part best, the third nearly as well both, and so all of the question
    by_part = np.array([[0.6, 0.1, 0.5], [0.1, 0.6, 0.5]])
    mixed = with_whole(by_part, np.array([0.3, 0.3, 0.7]))
    # .7 * .6 + .3 * .3 = .51 against .7 * .5 + .3 * .7 = .56
    assert mixed.max(axis=0).tolist() == pytest.approx([0.51, 0.51, 0.56])


def half_answered(service: Service, **changes: Any) -> tuple[Answer, str, str]:
    """An answer of which one part is above the threshold and the other below, and the texts of the two."""
    alone = {text: service.ask(Question(text)).confidence for text in texts(ASKED)}
    worse, better = sorted(alone, key=lambda text: alone[text])
    between = sum(alone.values()) / 2
    settings = service.settings.model_copy(update={"answerable_threshold": between})
    (answer,) = service.ask_under(Question(ASKED, **changes), [settings])
    return answer, better, worse


def said_of(text: str) -> str:
    return f"No passage answers: {text.removesuffix('?')}?"


def test_a_part_that_nothing_answers_is_named(service: Service) -> None:
    answer, better, worse = half_answered(service)
    assert {part.text: part.answerable for part in answer.interpretation.parts} == {better: True, worse: False}
    assert answer.answer is not None
    quotes, _, line = answer.answer.text.rpartition("\n")
    assert line == said_of(worse)
    last = answer.answer.annotations[-1]
    assert quotes.endswith(f" [{last.citation}]")
    evidence = {e.text for passage in answer.passages for e in passage.evidence}
    assert all(answer.answer.text[a.start : a.end] in evidence for a in answer.answer.annotations)


@pytest.mark.parametrize("limit", [{"top_k": 1}, {"max_context_tokens": 25}])
def test_a_part_whose_passages_are_cut_off_is_answerable_but_not_shown(service: Service, limit: dict[str, int]) -> None:
    whole = service.ask(Question(ASKED)).interpretation.parts
    answer = service.ask(Question(ASKED, **limit))
    parts = answer.interpretation.parts
    assert [(part.confidence, part.answerable) for part in parts] == [(part.confidence, True) for part in whole]
    assert [part.shown for part in whole] == [True, True]
    (cut,) = (part for part in parts if not part.shown)
    line = f"Not among the passages shown: {cut.text.removesuffix('?')}?"
    assert answer.answer is not None
    assert answer.answer.text.endswith(f"]\n{line}")
    assert f"\n\n{line}\n\n" in compose_reply(reply_parts(answer, base="http://here")).text


def test_a_name_that_is_compared_is_named_alone() -> None:
    first, second = question_parts("How do Wagner and the Africa Corps differ?")
    assert (first.name, second.name) == ("Wagner", "the Africa Corps")
    assert unanswered_lines([first, replace(second, answerable=True)]) == [
        "No passage answers this for Wagner.",
        "Not among the passages shown: the Africa Corps",
    ]
    assert unanswered_lines([replace(first, shown=True)]) == []


def test_what_is_said_of_a_part_has_one_question_mark() -> None:
    _, part = question_parts("Who leads the Africa Corps and what is its budget?")
    assert unanswered_lines([part]) == ["No passage answers: what is its budget (Africa Corps)?"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Unlike its Wagner predecessor, it is cautious.", True),
        ("WAGNER’s men left.", True),
        ("Wagnerians sing.", False),
    ],
)
def test_a_sentence_speaks_of_a_name(text: str, names: bool) -> None:
    assert names_it(text, "the Wagner") is names


def test_evidence_that_speaks_of_both_names_leaves_none_to_be_named(tmp_path: Path) -> None:
    opened = fake_service(tmp_path, answerable_threshold=0.0)
    text = "Unlike Kayes in the west, Gao is far from any railway."
    opened.ingest_drafts([ArticleDraft(text, "a", ArticleMeta(language="en"))])
    asked = Question("How do Kayes and Gao differ?")
    alone = sorted(part.confidence for part in opened.ask(asked).interpretation.parts)
    assert alone[0] < alone[1]
    settings = opened.settings.model_copy(update={"answerable_threshold": sum(alone) / 2})
    (answer,) = opened.ask_under(asked, [settings])
    assert sorted(part.answerable for part in answer.interpretation.parts) == [False, True]
    assert [part.shown for part in answer.interpretation.parts] == [True, True]
    assert answer.answer is not None
    assert answer.answer.text == f"{text} [1]"
    assert understood(answer) == ["“Kayes” and “Gao”, each asked by itself"]


def test_where_every_part_or_none_is_answered_no_part_is_named(service: Service) -> None:
    answer = service.ask(Question(ASKED))
    assert [part.answerable for part in answer.interpretation.parts] == [True, True]
    assert answer.answer is not None
    assert "No passage answers" not in answer.answer.text
    settings = service.settings.model_copy(update={"answerable_threshold": 1.0})
    (declined,) = service.ask_under(Question(ASKED), [settings])
    assert [part.answerable for part in declined.interpretation.parts] == [False, False]
    assert compose_reply(reply_parts(declined, base="http://here")).text == DECLINED


def test_one_sentence_that_answers_both_parts_answers_both(service: Service) -> None:
    asked = "What did the mayor of Port Vale open and whom did the mayor of Port Vale thank?"
    answer = service.ask(Question(asked, top_k=1))
    assert len(answer.interpretation.parts) == 2
    assert len(answer.passages[0].evidence) == 1
    assert [part.answerable for part in answer.interpretation.parts] == [True, True]


def test_a_chat_and_a_terminal_name_the_part_as_well(service: Service, capsys: pytest.CaptureFixture[str]) -> None:
    answer, _, worse = half_answered(service)
    reply = compose_reply(reply_parts(answer, base="http://here"))
    before, _, after = reply.text.partition(f"\n\n{said_of(worse)}\n\n")
    assert before.endswith("]")
    assert after.startswith("**Sources**")
    show_answer(answer, Question(ASKED))
    assert f"\n{said_of(worse)}\nConfidence: " in capsys.readouterr().out


def test_what_is_asked_is_no_markup_in_a_chat(service: Service) -> None:
    answer, *_ = half_answered(service)
    parts = tuple(replace(part, text=f"{part.text} [9] <b>\n# me") for part in answer.interpretation.parts)
    hostile = replace(answer, interpretation=replace(answer.interpretation, parts=parts))
    reply = compose_reply(reply_parts(hostile, base="http://here")).text
    assert r"\[9\] \<b\> # me?" in reply


def test_json_tells_which_part_is_answered(service: Service) -> None:
    answer, better, worse = half_answered(service)
    parts = answer_body(answer, base="", request_id="r", took_ms=1.0)["interpretation"]["parts"]
    assert {part["text"]: part["answerable"] for part in parts} == {better: True, worse: False}


def test_a_follow_up_does_not_lean_on_a_part_that_was_not_answered() -> None:
    # no full stop ends the quotation, so that the line alone keeps the two apart
    said = "The mine has been shut [1]\nNo passage answers: who met Ida Moss in Lima?"
    asked = Turn("Who shut the mine and who met its head in Lima?", said)
    assert follow_up("When did she leave?", [asked]).completed == "When did she leave?"
