"""Gates: conditions on a summary, and no measure significantly worse than before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qa_service.errors import InvalidInput
from qa_service.evaluation.gate import check_gate, no_worse_than
from tests.evaluated import write_folder

SUMMARY: dict[str, Any] = {
    "name": "set",
    "questions": 12,
    "measures": {"nDCG@10": {"mean": 0.72, "low": 0.69, "high": 0.75, "n": 10}},
    "declining": {"ece": 0.04, "auroc_right": None, "risk_coverage": [[1.0, 0.2]]},
    "slices": {"tag": {"who": {"n": 3, "nDCG@10": 0.5}}},
    "times": {"p95_ms": 49.5},
}


@pytest.mark.parametrize(
    ("condition", "passed"),
    [
        ("nDCG@10>=0.72", True),
        ("nDCG@10 > 0.72", False),
        ("nDCG@10<=.72", True),
        ("nDCG@10<0.72", False),
        ("nDCG@10==0.72", True),
        ("nDCG@10==0.721", False),
        ("nDCG@10.low>=0.7", False),
        ("declining.ece<=0.05", True),
        ("times.p95_ms<50", True),
        ("slices.tag.who.nDCG@10>=.6", False),
        ("questions==12", True),
        ("declining.auroc_right>=0.5", False),
        ("declining.auroc_right<=0.5", False),
    ],
)
def test_a_condition(condition: str, passed: bool) -> None:
    found = check_gate(condition, SUMMARY)
    assert found.passed is passed
    assert len(found.checks) == 1


def test_several_conditions_pass_together() -> None:
    found = check_gate("nDCG@10>=0.7, declining.ece<=0.01", SUMMARY)
    assert [check.passed for check in found.checks] == [True, False]
    assert not found.passed
    assert found.lines() == (
        "pass  nDCG@10 is 0.72, wanted >= 0.7",
        "FAIL  declining.ece is 0.04, wanted <= 0.01",
    )
    assert found.as_dict()["passed"] is False
    assert "has no value in this run" in check_gate("declining.auroc_right>0", SUMMARY).lines()[0]


@pytest.mark.parametrize("condition", ["nDCG@10", "nDCG@10=0.7", "nDCG@10>=high", "nDCG@10>=nan", ">=1", "", "a>1<2"])
def test_what_is_no_condition_is_refused(condition: str) -> None:
    with pytest.raises(InvalidInput, match="is no condition"):
        check_gate(condition, SUMMARY)


def test_an_unknown_name_lists_what_there_is() -> None:
    with pytest.raises(InvalidInput, match=r"no figure 'nDCG@5'; it has nDCG@10, nDCG@10\.low") as raised:
        check_gate("nDCG@5>=0.7", SUMMARY)
    assert "times.p95_ms" in raised.value.message
    assert "name" not in raised.value.message.split(", ")


def test_a_significant_fall_fails_and_chance_does_not(tmp_path: Path) -> None:
    before = write_folder(tmp_path / "before", {f"q{n}": 1 for n in range(30)})
    # Two of thirty worse: the sign flips of two differences give p = .5.
    same = write_folder(tmp_path / "same", {f"q{n}": 2 if n < 2 else 1 for n in range(30)})
    worse = write_folder(tmp_path / "worse", {f"q{n}": 2 if n < 20 else 1 for n in range(30)})
    assert no_worse_than(before, same).passed
    assert no_worse_than(worse, before).passed
    found = no_worse_than(before, worse)
    assert [check.passed for check in found.checks] == [True, False, False]
    # RR falls by 1/2 in 20 of 30 questions.
    assert "RR@5 -0.3333" in found.checks[1].line
    assert "significantly worse" in found.checks[1].line


def test_a_run_that_lost_questions_does_not_pass(tmp_path: Path) -> None:
    before = write_folder(tmp_path / "before", {f"q{n}": 1 for n in range(8)})
    fewer = write_folder(tmp_path / "fewer", {f"q{n}": 1 for n in range(4)})
    found = no_worse_than(before, fewer)
    assert [check.passed for check in found.checks] == [False, True, True]
    assert "4 of 8 questions" in found.checks[0].line
    assert no_worse_than(fewer, before).passed


def test_fewer_outlets_are_not_worse(tmp_path: Path) -> None:
    ranks = {f"q{n}": 1 for n in range(30)}
    first, second = (
        write_folder(tmp_path / name, ranks, extra={q: {"distinct_outlets@5": value} for q in ranks})
        for name, value in (("a", 5.0), ("b", 1.0))
    )
    found = no_worse_than(first, second)
    assert found.passed
    assert len(found.checks) == 3  # the questions are all there, RR@5, Success@1


def test_alpha_is_what_is_asked(tmp_path: Path) -> None:
    before = write_folder(tmp_path / "before", {f"q{n}": 1 for n in range(8)})
    after = write_folder(tmp_path / "after", {f"q{n}": 2 if n < 6 else 1 for n in range(8)})
    # Six of six fell: p = 2 / 2**6 = .03125 for both measures, .0625 after Holm's correction.
    assert no_worse_than(before, after).passed
    assert not no_worse_than(before, after, alpha=0.07).passed


def test_folders_that_do_not_compare(tmp_path: Path) -> None:
    before = write_folder(tmp_path / "before", {"q": 1})
    other = write_folder(tmp_path / "other", {"q": 1}, relevance="article")
    with pytest.raises(InvalidInput, match="judged by passage"):
        no_worse_than(before, other)
    moved = write_folder(tmp_path / "moved", {"q": 1}, fingerprint="e" * 64)
    assert "different content" in no_worse_than(before, moved).warnings[0]


def test_a_gate_that_compares_nothing_does_not_pass(tmp_path: Path) -> None:
    folders = [write_folder(tmp_path / name, {"q": 1}) for name in "ab"]
    for folder in folders:
        (record,) = map(json.loads, (folder / "per_question.jsonl").read_text().splitlines())
        record["measures"] = {"Judged@5": 1.0}
        (folder / "per_question.jsonl").write_text(json.dumps(record) + "\n")
    with pytest.raises(InvalidInput, match="share no measure of which more is better"):
        no_worse_than(*folders)
