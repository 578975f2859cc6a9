"""The four kinds of relevance, and gold spans at their places."""

from __future__ import annotations

import pytest

from qa_service.errors import ArticleNotFound, InvalidInput
from qa_service.evaluation.grade.gold_spans import resolve_spans
from qa_service.evaluation.grade.grading import falling, grade
from qa_service.evaluation.grade.relevance import covers, relevant_passages
from qa_service.evaluation.sets.evaluation_question import EvaluationQuestion, GoldSpan, Span
from qa_service.evaluation.sets.gold_kinds import choose_kind, has_gold, kinds_of, unmeasured
from qa_service.records import Passage
from tests.asked import answered, ranked

TEXTS = {"a": "Rain  fell\non the town. Rain fell twice.", "b": "Here rain\nfell. Rain fell on a hill."}


def resolve(*gold: GoldSpan) -> tuple[Span, ...]:
    def text(article_id: str) -> str:
        if article_id not in TEXTS:
            raise ArticleNotFound(article_id)
        return TEXTS[article_id]

    question = EvaluationQuestion("q7", "where?", evidence=gold)
    return resolve_spans(question, lambda source: list(TEXTS.items()) if source == "both.txt" else [], text)


def test_a_text_stands_at_all_its_places_white_space_collapsed() -> None:
    found = resolve(GoldSpan("both.txt", "Rain fell"))
    # a: "Rain  fell" is 0 to 10, and the second sentence begins at 24; b: "Rain fell on" begins at 16.
    assert found == (Span("a", 0, 10), Span("a", 24, 33), Span("b", 16, 25))
    assert [TEXTS[span.article_id][span.start : span.end].split() for span in found] == [["Rain", "fell"]] * 3


def test_pattern_characters_in_a_text_mean_themselves() -> None:
    assert resolve(GoldSpan("both.txt", "town."), GoldSpan("both.txt", "town.")) == (Span("a", 18, 23),)
    with pytest.raises(InvalidInput, match=r"question 'q7', evidence\[0\]\.text: 'tow\.\.' does not stand"):
        resolve(GoldSpan("both.txt", "tow.."))


def test_offsets_are_taken_as_they_are() -> None:
    assert resolve(GoldSpan(article_id="b", start=5, end=14)) == (Span("b", 5, 14),)
    assert resolve(GoldSpan(article_id="b", start=5, end=14, text="rain fell")) == (Span("b", 5, 14),)
    assert resolve(GoldSpan(article_id="b", text="rain fell")) == (Span("b", 5, 14),)


@pytest.mark.parametrize(
    ("gold", "complaint"),
    [
        (GoldSpan("gone.txt", "Rain"), "evidence[1].source: no article of the collection was read from 'gone.txt'."),
        (
            GoldSpan("both.txt", "Snow"),
            "evidence[1].text: 'Snow' does not stand in any of the 2 articles read from 'both.txt'.",
        ),
        (GoldSpan(article_id="c", start=0, end=1), "evidence[1].article_id: the collection has no article 'c'."),
        (
            GoldSpan(article_id="a", start=0, end=99),
            "evidence[1].end: code points 0 to 99 do not lie in article 'a', which has 40",
        ),
        (GoldSpan(article_id="a", start=5, end=5), "evidence[1].end: code points 5 to 5 do not lie"),
        (
            GoldSpan(article_id="b", start=0, end=4, text="rain"),
            "evidence[1].text: code points 0 to 4 of article 'b' read 'Here'",
        ),
        (GoldSpan("both.txt", "  "), "does not stand"),
    ],
)
def test_a_span_that_is_nowhere_names_its_question(gold: GoldSpan, complaint: str) -> None:
    with pytest.raises(InvalidInput, match="question 'q7'") as raised:
        resolve(GoldSpan("both.txt", "Rain fell"), gold)
    assert complaint in raised.value.message


def gold(**counts: int) -> dict[frozenset[str], int]:
    """`article_answer=2`: two questions with gold of these two kinds and no other."""
    return {frozenset(kinds.split("_")): number for kinds, number in counts.items()}


def test_the_kind_that_most_questions_have_is_chosen_then_the_most_specific() -> None:
    assert choose_kind(gold(answer_article_evidence=1)) == "evidence"
    assert choose_kind(gold(answer=2, article=1, evidence=1)) == "answer"
    assert choose_kind(gold(answer=2, article=2, none=9)) == "article"
    assert choose_kind(gold(answer=2, article=1, evidence_article=1)) == "article"
    assert choose_kind(gold(answer_article=1), "answer") == "answer"
    with pytest.raises(InvalidInput, match="it has article, answer"):
        choose_kind(gold(answer=1, article=1), "passage")
    with pytest.raises(InvalidInput, match="choose one of passage, evidence, article, answer"):
        choose_kind(gold(answer=1), "document")
    with pytest.raises(InvalidInput, match="says what is relevant"):
        choose_kind({frozenset(): 3})


def test_what_is_not_measured_is_said() -> None:
    assert unmeasured(gold(evidence=1, evidence_answer=2, none=4), "evidence") == []
    assert unmeasured({frozenset(): 3, **gold(evidence=1)}, "evidence") == []
    # 12 questions: 8 + 1 without evidence, of which 8 + 1 have answers and 1 an article.
    assert unmeasured(gold(evidence=1, answer=8, answer_article=1, none=2), "evidence") == [
        "Not measured, as they have gold but none by evidence: 9 of 12 questions; relevance `answer` would measure 9 "
        "of them, relevance `article` would measure 1 of them."
    ]


def test_which_gold_a_question_has() -> None:
    assert kinds_of(EvaluationQuestion("q", "?", articles={"a": 0}, answers=("x",))) == {"answer"}
    assert kinds_of(EvaluationQuestion("q", "?", articles={"a": 0}, answerable=False)) == {"none"}
    assert kinds_of(EvaluationQuestion("q", "?")) == frozenset()


def test_gold_is_what_the_kind_needs() -> None:
    question = EvaluationQuestion("q", "?", articles={"a": 1}, passages={"p": 0}, answers=("x",))
    assert [has_gold(question, kind) for kind in ("article", "passage", "evidence", "answer")] == [
        True, False, False, True,
    ]  # fmt: skip
    assert not has_gold(EvaluationQuestion("q", "?", answers=("x",), answerable=False), "answer")


def test_a_passage_must_cover_its_share_of_one_span() -> None:
    span = Span("a", 10, 20)
    assert covers(10, 20, span)
    assert covers(0, 30, span)
    assert not covers(11, 30, span)
    # 11 to 20 are nine of ten code points.
    assert covers(11, 30, span, 0.9)
    assert not covers(12, 30, span, 0.9)
    assert not covers(20, 30, span, 0.0)


def test_qrels_by_evidence_are_all_passages_that_cover_a_span() -> None:
    passages = [Passage(name, "a", start, end, "", 1) for name, start, end in [("p", 0, 50), ("q", 40, 90)]]
    spans = [Span("a", 42, 48), Span("a", 85, 95), Span("b", 0, 5)]
    found = relevant_passages(spans, lambda article: passages if article == "a" else [])
    # 42 to 48 lies in both; 85 to 95 reaches beyond q.
    assert found == {"p": 1, "q": 1}
    assert relevant_passages(spans[1:], lambda article: passages if article == "a" else []) == {}


def test_by_article_the_run_lists_each_once_and_passages_keep_their_grades() -> None:
    passages = [ranked(article, "t", passage_id=str(n)) for n, article in enumerate("xaxba")]
    graded = grade(answered(passages, articles={"a": 2, "b": -1, "z": 1}), "article")
    assert dict(graded.run) == {"x": 3.0, "a": 2.0, "b": 1.0}
    assert graded.qrels == {"a": 2, "b": 0, "z": 1}
    assert graded.grades == (0, 2, 0, 0, 2)
    assert graded.first_relevant == 2


def test_by_passage() -> None:
    passages = [ranked("a", "t", passage_id=name) for name in "pq"]
    graded = grade(answered(passages, passages={"q": 1}), "passage")
    assert (graded.grades, graded.first_relevant, dict(graded.qrels)) == ((0, 1), 2, {"q": 1})
    assert list(graded.run) == ["p", "q"]


def test_by_evidence_the_qrels_know_what_was_not_returned() -> None:
    passages = [ranked("a", "x" * 10, passage_id="p"), ranked("b", "x" * 10, passage_id="q")]
    graded = grade(answered(passages), "evidence", [Span("b", 2, 8)], {"r": 1})
    assert graded.grades == (0, 1)
    assert graded.qrels == {"r": 1, "q": 1}
    assert grade(answered(passages), "evidence", [Span("b", 5, 15)]).grades == (0, 0)
    assert grade(answered(passages), "evidence", [Span("b", 5, 15)], overlap=0.5).grades == (0, 1)


def test_by_answer() -> None:
    passages = [ranked("a", "Nothing here.", passage_id="p"), ranked("a", "It was the  Mayor!", passage_id="q")]
    graded = grade(answered(passages, answers=("a mayor", "a king")), "answer")
    assert (graded.grades, graded.first_relevant, dict(graded.qrels)) == ((0, 1), 2, {"p": 0, "q": 1})


def test_nothing_relevant_and_nothing_returned() -> None:
    assert grade(answered([ranked("a", "t")], articles={"b": 1}), "article").first_relevant is None
    assert grade(answered([], answers=("x",)), "answer").run == {}
    with pytest.raises(ValueError, match="no relevance by 'rank'"):
        grade(answered([]), "rank")


def test_scores_fall_strictly() -> None:
    assert falling(["b", "a", "b", "c"]) == {"b": 3.0, "a": 2.0, "c": 1.0}
