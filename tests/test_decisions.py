"""Declining held against declining: a run that declines nothing, or everything, is seen to be worse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from qa_service.cli.app import qa_service
from qa_service.errors import InvalidInput
from qa_service.evaluation.compare.comparison import compare_runs
from qa_service.evaluation.compare.decisions import decision_of, flip_of
from qa_service.evaluation.compare.regression_gate import no_worse_than
from qa_service.evaluation.report import write_comparison
from tests.evaluated import write_folder

RANKS = {f"q{n}": 1 for n in range(10)}
HALF = {f"u{n}": n < 2 for n in range(20)}
"""Of twenty that nothing answers, the first two are answered."""


@pytest.fixture
def pair(tmp_path: Path) -> list[Path]:
    """The second run declines nothing; two questions that the first one declined are answered now."""
    careful = write_folder(
        tmp_path / "careful", RANKS, answered={q: q not in ("q0", "q1") for q in RANKS}, unanswerable=HALF
    )
    rash = write_folder(
        tmp_path / "rash", RANKS, answered=dict.fromkeys(RANKS, True), unanswerable=dict.fromkeys(HALF, True)
    )
    return [careful, rash]


def test_what_a_question_says_of_declining() -> None:
    assert decision_of({"answerable": True, "declined": False}) == {"answered": 1.0}
    assert decision_of({"answerable": True, "declined": True}) == {"answered": 0.0}
    assert decision_of({"answerable": False, "declined": True}) == {"declined": 1.0}
    assert decision_of({"answerable": False, "declined": False}) == {"declined": 0.0}
    assert decision_of({"answerable": None, "declined": True}) == {}
    right = {"answer_right": True, "declined": False}
    assert decision_of({"answerable": None} | right) == {"answer_precision": 1.0}
    assert decision_of({"answerable": True} | right | {"answer_right": False}) == {
        "answered": 1.0, "answer_precision": 0.0,
    }  # fmt: skip
    assert flip_of({"answered": 1.0}, {"answered": 0.0}) == "withheld"
    assert flip_of({"answered": 0.0}, {"answered": 1.0}) == "given"
    assert flip_of({"declined": 1.0}, {"declined": 0.0}) == "invented"
    assert flip_of({"declined": 0.0}, {"declined": 1.0}) == "refused"
    assert flip_of({"declined": 0.0}, {"declined": 0.0}) is flip_of({}, {"declined": 0.0}) is None


def test_a_run_that_declines_nothing_is_worse_though_it_ranks_alike(pair: list[Path]) -> None:
    found = compare_runs(pair).as_dict()
    assert (found["questions"], found["unanswerable"]) == (30, 20)
    assert found["measures"] == ["RR@5", "Success@1", "answered", "declined"]
    rows = {row["measure"]: row for row in found["differences"]}
    # 8 of 10 were answered, now all; 18 of 20 were declined, now none.
    assert (rows["answered"]["difference"], rows["answered"]["wins"], rows["answered"]["n"]) == (0.2, 2, 10)
    assert (rows["declined"]["difference"], rows["declined"]["losses"], rows["declined"]["ties"]) == (-0.9, 18, 2)
    assert rows["declined"]["significant"] and not rows["answered"]["significant"]
    # Two tests: in RR and Success nothing differs. p of two that differ is 2 / 2**2.
    assert [row["p_holm"] for row in rows.values()] == [None, None, 0.5, pytest.approx(2 / 10001, abs=1e-4)]
    # The lists of the questions with gold are the same; there are none of the others.
    assert found["overlap"] == {"B": 1.0}


def test_no_worse_than_fails_where_declining_is_lost(pair: list[Path]) -> None:
    found = no_worse_than(*pair)
    assert not found.passed
    assert {check.condition.split()[0]: check.passed for check in found.checks} == {
        "RR@5": True, "Success@1": True, "answered": True, "declined": False,
    }  # fmt: skip
    assert no_worse_than(pair[1], pair[0]).passed


def test_unanswerable_questions_cannot_be_dropped(tmp_path: Path, pair: list[Path]) -> None:
    without = write_folder(tmp_path / "without", RANKS, answered=dict.fromkeys(RANKS, True))
    with pytest.raises(InvalidInput, match="20 of 30 are gone, such as 'u0'"):
        no_worse_than(pair[0], without)


def test_flips_have_what_is_declined_or_answered_now(pair: list[Path]) -> None:
    flips = compare_runs(pair).as_dict()["flips"]
    assert [(flip["id"], flip["kind"], flip["change"]) for flip in flips[:2]] == [
        ("u2", "invented", "lost"), ("u3", "invented", "lost"),
    ]  # fmt: skip
    assert [(flip["id"], flip["kind"], flip["decision"]) for flip in flips[18:]] == [
        ("q0", "given", "given"), ("q1", "given", "given"),
    ]  # fmt: skip
    back = compare_runs([pair[1], pair[0]]).as_dict()["flips"]
    assert {flip["kind"]: flip["change"] for flip in back} == {"withheld": "lost", "refused": "won"}


def test_a_flip_of_the_ranks_tells_the_decision_too(tmp_path: Path) -> None:
    first = write_folder(tmp_path / "a", {"q": 1, "r": 1}, answered={"q": True, "r": True})
    second = write_folder(tmp_path / "b", {"q": 2, "r": 1}, answered={"q": False, "r": True})
    (flip,) = compare_runs([first, second]).as_dict()["flips"]
    assert (flip["kind"], flip["decision"], flip["rank"]) == ("lost_first", "withheld", 2)


def test_sets_that_have_no_answers_compare(tmp_path: Path) -> None:
    folders = [
        write_folder(tmp_path / name, {}, relevance="none", unanswerable=dict.fromkeys(HALF, given))
        for name, given in (("a", False), ("b", True))
    ]
    found = compare_runs(folders).as_dict()
    assert (found["questions"], found["measures"], found["overlap"], found["warnings"]) == (20, ["declined"], {}, [])
    assert "compared, 20 of them unanswerable" in CliRunner().invoke(qa_service, ["compare", *map(str, folders)]).output


def test_a_run_file_says_nothing_of_declining(tmp_path: Path, pair: list[Path]) -> None:
    found = compare_runs([pair[0], pair[0] / "run.trec"]).as_dict()
    assert (found["questions"], found["left_out"], found["measures"]) == (30, 0, ["RR@5", "Success@1"])
    assert {flip["kind"] for flip in found["flips"]} == set()
    # Judged by a file, folders still declined what they declined.
    qrels = tmp_path / "qrels"
    qrels.write_text("q1 0 q1/good 1\n")
    found = compare_runs(pair, qrels=qrels).as_dict()
    rows = {row["measure"]: row for row in found["differences"]}
    assert (rows["declined"]["n"], rows["declined"]["losses"], rows["RR@5"]["n"]) == (20, 18, 1)


def test_other_words_on_whether_there_is_an_answer_are_said(tmp_path: Path) -> None:
    first = write_folder(tmp_path / "a", {"q": 1}, answered={"q": True})
    second = write_folder(tmp_path / "b", {"q": 1})
    assert "other words or gold in 1 of 1" in compare_runs([first, second]).as_dict()["warnings"][0]


def test_it_is_shown(tmp_path: Path, pair: list[Path]) -> None:
    out = tmp_path / "out"
    shown = CliRunner().invoke(qa_service, ["compare", *map(str, pair), "--out", str(out)]).output.splitlines()
    assert "30 questions compared, 20 of them unanswerable, first 5 of each, relevance by passage" in shown
    assert any(line.split()[:4] == ["declined", "0.9000", "0.0000", "-0.9000"] for line in shown)
    assert "18 questions declined or answered wrongly, and not before:" in shown
    assert "  declined -> answered  u2  Why u2?" in shown
    assert "2 questions declined or answered rightly, and not before:" in shown
    page = (out / "comparison.html").read_text(encoding="utf-8")
    assert "30 questions common to all runs, 20 of them unanswerable" in page
    assert "share of the unanswerable questions that were declined" in page
    assert json.loads((out / "comparison.json").read_text())["unanswerable"] == 20
    write_comparison(compare_runs(pair).as_dict(), tmp_path / "again.html")


def test_a_folder_of_format_1_is_compared_under_the_present_names(tmp_path: Path) -> None:
    old, new = (
        write_folder(tmp_path / name, RANKS, extra={q: {measure: 0.5} for q in RANKS})
        for name, measure in (("old", "answer_recall"), ("new", "answer_in_passages"))
    )
    for folder, number in ((old, 1), (new, 2)):
        (folder / "manifest.json").write_text(json.dumps({"format": number}), encoding="utf-8")
    found = compare_runs([old, new])
    assert "answer_in_passages" in found.measures and "answer_recall" not in found.measures
    assert "The runs have results of different formats (A 1, B 2), which find gold answers by other rules." in (
        found.warnings
    )
