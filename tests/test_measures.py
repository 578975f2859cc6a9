"""Measures against trec_eval's published figures and pytrec_eval itself; our own against arithmetic by hand."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest
import pytrec_eval

from qa_service.errors import ArticleNotFound, InvalidInput
from qa_service.evaluation.grade.grading import Graded, falling, grade
from qa_service.evaluation.grade.measures import measures_for, per_questions, valid_citations
from qa_service.evaluation.sets.evaluation_question import Span
from qa_service.records import Annotation, AnswerSpan, AnswerText, Article
from tests.asked import answered, ranked

TREC_EVAL: dict[str, tuple[int, int, set[int], dict[str, float]]] = {
    # trec_eval's own test (github.com/usnistgov/trec_eval, test/qrels.test and results.test; TREC-6 topics). Topic 303
    # whole: 10 relevant documents, and the ranks at which the run has them; figures as in test/out.test.aq.
    "303": (
        500,
        10,
        {19, 37, 41, 43, 44, 65, 67, 89, 99, 107},
        {
            "AP": 0.0858, "RR": 0.0526, "P@5": 0.0, "P@20": 0.05, "P@30": 0.0333, "P@100": 0.09, "P@200": 0.05,
            "P@500": 0.02, "R@15": 0.0, "R@20": 0.1, "R@100": 0.9, "R@200": 1.0, "nDCG": 0.3862, "nDCG@10": 0.0,
            "nDCG@20": 0.0509, "nDCG@100": 0.3537, "nDCG@200": 0.3862, "AP@100": 0.0764, "Success@1": 0.0,
            "Success@10": 0.0,
        },
    ),
    # Of the others the first ten, which the same file gives as relstring 1101110110 and 0000011000.
    "302": (
        10,
        77,
        {1, 2, 4, 5, 6, 8, 9},
        {
            "RR": 1.0, "P@5": 0.8, "P@10": 0.7, "R@5": 0.0519, "R@10": 0.0909, "nDCG@5": 0.8304, "nDCG@10": 0.7530,
            "AP@5": 0.0461, "AP@10": 0.0768, "Success@1": 1.0, "Success@5": 1.0,
        },
    ),
    "301": (
        10,
        474,
        {6, 7},
        {
            "RR": 0.1667, "P@5": 0.0, "P@10": 0.2, "R@5": 0.0, "R@10": 0.0042, "nDCG@5": 0.0, "nDCG@10": 0.1518,
            "AP@10": 0.0010, "Success@1": 0.0, "Success@5": 0.0, "Success@10": 1.0,
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("topic", TREC_EVAL)
def test_figures_are_those_that_trec_eval_publishes(topic: str) -> None:
    returned, relevant, ranks, wanted = TREC_EVAL[topic]
    qrels = {f"d{rank}": int(rank in ranks) for rank in range(1, returned + 1)}
    qrels |= {f"missed{number}": 1 for number in range(relevant - len(ranks))}
    graded = Graded(falling([f"d{rank}" for rank in range(1, returned + 1)]), qrels, (), min(ranks))
    assert {name: round(value, 4) for name, value in per_questions([graded], list(wanted))[0].items()} == wanted


def test_figures_are_pytrec_evals_on_any_run() -> None:
    rng = random.Random(3)
    batch = []
    for _ in range(60):
        documents = [f"d{number}" for number in rng.sample(range(40), rng.randint(1, 20))]
        qrels = {f"d{number}": rng.choice([0, 0, 1, 2]) for number in rng.sample(range(40), 12)} | {"d1": 1}
        batch.append(Graded(falling(documents), qrels, (), None))
    called = {
        "nDCG@10": "ndcg_cut_10", "RR": "recip_rank", "AP": "map", "P@5": "P_5", "R@10": "recall_10",
        "Success@5": "success_5",
    }  # fmt: skip
    evaluator = pytrec_eval.RelevanceEvaluator(
        {str(n): dict(g.qrels) for n, g in enumerate(batch)}, set(called.values())
    )
    wanted = evaluator.evaluate({str(n): dict(g.run) for n, g in enumerate(batch)})
    for number, found in enumerate(per_questions(batch, list(called))):
        assert found == {name: wanted[str(number)][theirs] for name, theirs in called.items()}


def test_one_by_one_is_the_same_as_a_batch() -> None:
    batch = [
        Graded(falling(["a", "b", "c"]), {"b": 1}, (0, 1, 0), 2, {"evidence_hit": 1.0}),
        Graded({}, {"b": 1}, (), None),
        Graded(falling(["a"]), {}, (0,), None),
        Graded(falling(["b", "a"]), {"b": 2, "a": 0, "z": 1}, (2, 0), 1),
    ]
    names = measures_for("passage", 10)
    together = per_questions(batch, names)
    assert [per_questions([graded], names)[0] for graded in batch] == together
    # RR@10: 1/2. Nothing returned, or nothing relevant known: 0, not left out.
    assert [found["RR@10"] for found in together] == [0.5, 0.0, 0.0, 1.0]
    # nDCG of the last: gains 2, 0 against an ideal 2, 1: 2 / (2 + 1/log2(3)).
    assert together[3]["nDCG@10"] == pytest.approx(2 / (2 + 1 / math.log2(3)))
    assert together[0]["Judged@10"] == pytest.approx(1 / 3)
    assert together[3]["Judged@10"] == 1.0
    assert together[0]["evidence_hit"] == 1.0


def test_reciprocal_rank_stops_at_its_depth() -> None:
    graded = Graded(falling([f"d{n}" for n in range(1, 13)]), {"d11": 1}, (), 11)
    assert per_questions([graded], ["RR@10", "RR"])[0] == {"RR@10": 0.0, "RR": pytest.approx(1 / 11)}


def test_names_follow_kind_and_length() -> None:
    assert measures_for("article", 100) == (
        "nDCG@10", "RR@10", "AP", "Success@1", "Success@5", "Success@10", "P@5", "R@5", "R@10", "R@100", "Judged@10",
    )  # fmt: skip
    assert measures_for("evidence", 5) == ("nDCG@5", "RR@5", "AP", "Success@1", "Success@5", "P@5", "R@5")
    assert measures_for("answer", 10) == ("RR@10", "Success@1", "Success@5", "Success@10", "P@5")


def test_an_unknown_measure_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no measure 'nDGC@10'"):
        per_questions([Graded({"a": 1.0}, {"a": 1}, (1,), 1)], ["nDGC@10"])[0]


def test_evidence_is_held_against_gold_by_code_points() -> None:
    passages = [
        ranked("a", "x" * 100, evidence=[(0, 20)]),
        ranked("a", "x" * 100, start=100, evidence=[(120, 150), (140, 160)]),
    ]
    # The second passage's evidence is 120 to 160, 40 long; of the gold 130 to 150 it has all 20: 2*20 / (40+20).
    own = grade(answered(passages), "evidence", [Span("a", 130, 150), Span("b", 0, 20)]).own
    assert own["evidence_hit"] == 1.0
    assert own["evidence_F1"] == pytest.approx(40 / 60)
    missed = grade(answered(passages), "evidence", [Span("a", 20, 40)]).own
    assert (missed["evidence_hit"], missed["evidence_F1"]) == (0.0, 0.0)
    assert grade(answered([]), "evidence", [Span("a", 20, 40)]).own["evidence_F1"] == 0.0


def test_answer_strings_are_counted_in_passages_and_in_evidence() -> None:
    text = "The mayor is Anna Kovac. Rain fell."
    asked = answered([ranked("a", text, evidence=[(25, 35)])], answers=("Anna Kovač", "anna kovac", "rain", "Kova"))
    own = grade(asked, "answer").own
    # Found: both ways to write Anna Kovac, and "rain"; "kova" is no whole word. In the evidence only "rain".
    assert own["answer_in_passages"] == 0.75
    assert own["answer_in_evidence"] == 0.25


WELL = "Rain fell. Ida Moss dug the well in 1931. Others came."


def shown(*sentences: tuple[int, int], span: tuple[int, int] | None = None, **gold: Any) -> Graded:
    """The grades of an answer that quotes these places of a passage of WELL, with this span."""
    passages = [ranked("a", "Nothing."), ranked("b", WELL, start=100, number=2, article="." * 100 + WELL)]
    text, annotations = "", []
    for start, end in sentences:
        annotations.append(Annotation(len(text), len(text) + end - start, 2))
        text += f"{WELL[start:end]} [2] "
    words = None if span is None else AnswerSpan(100 + span[0], 100 + span[1], WELL[slice(*span)], 2)
    answer = AnswerText(text.strip(), tuple(annotations), words) if sentences else None
    return grade(answered(passages, answer=answer, **gold), "answer", gold.get("spans", ()))


def test_an_answer_that_holds_the_gold_in_its_second_sentence() -> None:
    graded = shown((0, 10), (11, 41), span=(11, 19), answers=("Miss Ida Moss", "Moss"))
    own = graded.own
    assert (own["answer_recall"], own["first_sentence_recall"], own["answer_found@5"]) == (1.0, 0.0, 1.0)
    assert (own["answer_recall_of_found@5"], own["first_sentence_recall_of_found@5"]) == (1.0, 0.0)
    # The span "Ida Moss": two of the three words of the first answer, 2 * 2 / (2 + 3); with "Moss" 2 * 1 / (2 + 1).
    assert [own["span_EM"], own["span_F1"]] == pytest.approx([0.0, 0.8])
    assert own["answer_characters"] == len("Rain fell. [2] Ida Moss dug the well in 1931. [2]")
    assert graded.right is True


def test_an_answer_that_misses_what_is_found() -> None:
    graded = shown((0, 10), answers=("1931",))
    assert graded.own["answer_recall"] == graded.own["answer_recall_of_found@5"] == graded.own["span_F1"] == 0.0
    assert graded.own["answer_found@5"] == 1.0 and graded.right is False


def test_the_number_of_a_citation_is_no_answer() -> None:
    assert shown((0, 10), answers=("2",)).own["answer_recall"] == 0.0


def test_of_what_is_not_found_nothing_is_read() -> None:
    own = shown((0, 10), answers=("Agnes",)).own
    assert own["answer_found@5"] == own["answer_recall"] == 0.0
    assert "answer_recall_of_found@5" not in own and "first_sentence_recall_of_found@5" not in own


def test_a_declined_question_has_no_right_and_no_length() -> None:
    graded = shown(answers=("1931",))
    assert graded.own["answer_recall"] == graded.own["first_sentence_recall"] == graded.own["span_EM"] == 0.0
    assert graded.own["answer_found@5"] == 1.0
    assert "answer_characters" not in graded.own and graded.right is None


def test_an_answer_is_right_by_gold_evidence_too() -> None:
    def of(*spans: Span, **gold: Any) -> Graded:
        passages = [ranked("b", WELL, start=100)]
        answer = AnswerText(f"{WELL[11:40]} [1]", (Annotation(0, 29, 1),))
        return grade(answered(passages, answer=answer, **gold), "evidence", spans)

    # The quoted sentence is 111 to 140 of article b.
    hit, beside = of(Span("b", 139, 150)), of(Span("b", 140, 150), Span("a", 111, 140))
    assert (hit.own["answer_hit"], hit.right, beside.own["answer_hit"], beside.right) == (1.0, True, 0.0, False)
    assert of(Span("b", 139, 150), answers=("a lady",)).right is True  # in other words than the gold
    assert of().right is None and of(answerable=False).right is False


def test_outlets_among_the_first_five() -> None:
    outlets = ["AFP", "Afp", None, None, "DW", "BBC"]
    passages = [ranked(f"a{n % 4}", "text", outlet=outlet, passage_id=str(n)) for n, outlet in enumerate(outlets)]
    # AFP, DW, and the articles a2 and a3, which count by themselves; BBC is sixth.
    assert grade(answered(passages, articles={"a1": 1}), "article").own["distinct_outlets@5"] == 4.0
    assert grade(answered(passages), "article").own == {}


def test_citations_are_checked_against_the_article() -> None:
    text = "Rain fell on the town. The mayor left."
    right = ranked("a", text[23:], start=23, evidence=[(23, 38)], article=text)
    moved = ranked("a", text[23:], start=22, evidence=[(22, 30)], article=text)
    other = ranked("a", "Rain", article="Rain, another text")
    gone = ranked("gone", "Rain")

    def article(article_id: str) -> Article:
        if article_id == "gone":
            raise ArticleNotFound("gone")
        return Article(article_id, text)

    assert valid_citations(answered([right]).answer, article) == (2, 2)
    assert valid_citations(answered([moved]).answer, article) == (2, 0)
    assert valid_citations(answered([right, other, gone]).answer, article) == (4, 2)
