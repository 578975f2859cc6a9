"""Answers of another system, judged by the gold answers of an evaluation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from qa_service.cli.app import qa_service
from qa_service.errors import InvalidInput
from qa_service.evaluation.compare.comparison import compare_runs
from qa_service.evaluation.report import write_comparison
from tests.evaluated import write_folder

GOLD = ["21 June 1931", "Ida Moss"]


def folder(path: Path, relevance: str = "answer") -> Path:
    """Three questions with GOLD and one without an answer; ours finds nothing, and declines all but q1."""
    return write_folder(
        path / "ours",
        {"q1": None, "q2": None, "q3": None},
        relevance=relevance,
        gold={"answers": GOLD, "passages": {"d1": 1}},
        answered={"q1": True, "q2": False, "q3": False},
        unanswerable={"u1": False},
        extra={name: {"answer_recall": 0.0, "answer_found@5": 0.0} for name in ("q1", "q2", "q3")},
    )


def theirs(path: Path, *lines: dict[str, Any]) -> Path:
    file = path / "theirs.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return file


ANSWERS: tuple[dict[str, Any], ...] = (
    {"id": "q1", "answer": "It was on June 21st, 1931.", "span": "June 21st", "confidence": 0.9,
     "passages": ["Nothing.", "Ida Moss came."]},
    {"id": "q2", "answer": "I cannot tell.", "passages": [{"text": "Ida-Moss Street", "id": "d1"}]},
    {"id": "u1", "answer": "Of course."},
)  # fmt: skip


def test_they_are_judged_by_text(tmp_path: Path) -> None:
    found = compare_runs([folder(tmp_path), theirs(tmp_path, *ANSWERS)]).as_dict()
    means = {name: (row["mean"], row["n"]) for name, row in found["means"]["B"].items()}
    # q1 holds the gold and its second passage too; q2 only its passage, the first; q3 is missing, so it was declined.
    assert means["answer_recall"] == (pytest.approx(1 / 3), 3)
    assert means["answer_found@5"] == (pytest.approx(2 / 3), 3)
    assert means["RR@5"] == (pytest.approx((1 / 2 + 1) / 3), 3)
    assert means["Success@1"] == (pytest.approx(1 / 3), 3)
    assert means["answered"] == (pytest.approx(2 / 3), 3)
    assert means["declined"] == (0.0, 1)
    assert found["questions"] == 4
    rows = {row["measure"]: row for row in found["differences"]}
    assert (rows["answer_recall"]["wins"], rows["answer_recall"]["losses"]) == (1, 0)
    assert found["warnings"][-1] == "Run A found nothing relevant at all: are its document ids those of the gold?"
    assert "Run B has nothing for 1 of 3 questions; they count as missed." in found["warnings"]


def test_two_systems_are_compared_by_all_measures_of_answers(tmp_path: Path) -> None:
    better = [*ANSWERS[:1], {"id": "q2", "answer": "Ida Moss", "span": "Ida Moss"}, {"id": "q3", "answer": "Ida"}]
    other = tmp_path / "other"
    other.mkdir()
    runs = [theirs(tmp_path, *ANSWERS), folder(tmp_path), theirs(other, *better)]
    found = compare_runs(runs).as_dict()
    means = {label: {name: row["mean"] for name, row in found["means"][label].items()} for label in "AC"}
    # June 21st is two of the three words of the first gold answer: 2 * 2 / (2 + 3). q2 and q3 have no span in A.
    assert means["A"]["span_F1"] == pytest.approx(0.8 / 3, abs=1e-6) and means["A"]["span_EM"] == 0.0
    assert means["C"]["span_EM"] == pytest.approx(1 / 3)
    # A answers q1 rightly, q2 and u1 wrongly; C answers q1 and q2 rightly, q3 wrongly, and nothing for u1.
    assert means["A"]["answer_precision"] == pytest.approx(1 / 3)
    assert means["C"]["answer_precision"] == pytest.approx(2 / 3)
    assert means["C"]["declined"] == 1.0


def test_passages_with_ids_are_judged_by_the_gold_that_names_them(tmp_path: Path) -> None:
    found = compare_runs([folder(tmp_path, "passage"), theirs(tmp_path, *ANSWERS)]).as_dict()
    assert found["means"]["B"]["RR@5"]["mean"] == pytest.approx(1 / 3)  # d1 is first for q2
    assert found["means"]["B"]["answer_recall"]["mean"] == pytest.approx(1 / 3)


def test_passages_without_ids_have_no_figures_by_id(tmp_path: Path) -> None:
    found = compare_runs([folder(tmp_path, "passage"), theirs(tmp_path, ANSWERS[0])]).as_dict()
    assert "RR@5" not in found["means"]["B"] and "answer_recall" in found["means"]["B"]


def test_the_page_shows_their_answers(tmp_path: Path) -> None:
    found = compare_runs([folder(tmp_path), theirs(tmp_path, *ANSWERS)]).as_dict()
    flip = next(flip for flip in found["flips"] if flip["id"] == "q2")
    assert (flip["other"]["answer"], flip["other"]["declined"]) == ("I cannot tell.", False)
    assert flip["other"]["passage"]["text"] == "Ida-Moss Street"
    page = write_comparison(found, tmp_path / "comparison.html")
    assert "I cannot tell." in page.read_text(encoding="utf-8")


WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"answer": "x"}, "id: is missing. Give a text"),
    ({"id": "q1"}, "answer: is missing. Give a text, or null where the system declined"),
    ({"id": "q1", "answer": 5}, "answer: must be a text (got 5)"),
    ({"id": "q1", "answer": None, "span": "x"}, "span: is given, but answer is null"),
    ({"id": "q1", "answer": "x", "confidence": "high"}, "confidence: must be a number from 0 to 1 (got 'high')"),
    ({"id": "q1", "answer": "x", "confidence": 1.1}, "confidence: must be a number from 0 to 1 (got 1.1)"),
    ({"id": "q1", "answer": "x", "passages": "x"}, "passages: must be a list of texts"),
    ({"id": "q1", "answer": "x", "passages": ["a", {"id": "d"}]}, "passages[1].text: is missing"),
    ({"id": "q1", "answer": "x", "passages": [{"id": "d", "text": "a"}] * 2}, "passages: name an id twice"),
    ({"id": "q1", "answer": "x", "text": "y"}, "text: there is no such field. Known are id, answer, span"),
)


@pytest.mark.parametrize(("line", "complaint"), WRONG)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, line: dict[str, Any], complaint: str) -> None:
    file = theirs(tmp_path, {"id": "q0", "answer": None}, line)
    with pytest.raises(InvalidInput) as caught:
        compare_runs([folder(tmp_path), file])
    assert caught.value.message.startswith(f"{file}, line 2, ") and complaint in caught.value.message


def test_an_id_that_stands_twice(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="line 2, id: 'q1' was given already"):
        compare_runs([folder(tmp_path), theirs(tmp_path, ANSWERS[0], ANSWERS[0])])


def test_answers_alone_have_no_gold(tmp_path: Path) -> None:
    file = theirs(tmp_path, *ANSWERS)
    with pytest.raises(InvalidInput, match="give a folder of evaluate too"):
        compare_runs([file, file])
    qrels = tmp_path / "qrels"
    qrels.write_text("q1 0 d1 1\n")
    with pytest.raises(InvalidInput, match="leave out --qrels"):
        compare_runs([folder(tmp_path), file], qrels=qrels)


def test_the_command_prints_them(tmp_path: Path) -> None:
    outcome = CliRunner().invoke(qa_service, ["compare", str(folder(tmp_path)), str(theirs(tmp_path, *ANSWERS))])
    assert outcome.exit_code == 0, outcome.output
    assert "B  theirs.jsonl (3 questions)" in outcome.output and "answer_recall" in outcome.output
