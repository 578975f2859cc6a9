"""Questions that ask several things: what is taken for a part, and that each gets its passages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from builders import fake_service

from qa_service.answering.extractive import compose_answer
from qa_service.cli.show import understood
from qa_service.ranking.parts import chosen_for, level, with_whole
from qa_service.records import ArticleDraft, Question
from qa_service.service import Service
from qa_service.text.parts import MOST_PARTS, question_parts


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
    drafts = [ArticleDraft(TEXT.format(n=n), article_id=f"a{n}", language="en") for n in range(30)]
    opened.ingest_drafts([*drafts, ArticleDraft("Sextons sing in Nursling.", article_id="s", language="en")])
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
