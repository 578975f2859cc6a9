"""Gates: conditions on a summary, and no measure significantly worse than before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qa_service.errors import InvalidInput
from qa_service.evaluation.compare.regression_gate import GateBasis, no_worse_than, refuse_unlike
from qa_service.evaluation.compare.summary_gate import check_gate, refuse_unknown_figures
from qa_service.evaluation.grade.planned_summary import planned_summary
from qa_service.evaluation.sets import QuestionSet, open_questions
from tests.evaluated import write_folder

SUMMARY: dict[str, Any] = {
    "name": "set",
    "questions": 12,
    "measures": {"nDCG@10": {"mean": 0.72, "low": 0.69, "high": 0.75, "n": 10}},
    "declining": {"ece": 0.04, "auroc_right": None, "risk_coverage": [[1.0, 0.2]]},
    "slices": {
        "tag": {
            "who": {
                "n": 30,
                "nDCG@10": 0.5,
                "AP": 1.0,
                "low": {"nDCG@10": 0.4, "AP": 1.0},
                "high": {"nDCG@10": 0.6, "AP": 1.0},
            },
            "few": {"n": 3, "nDCG@10": 0.5, "low": {"nDCG@10": 0.4}, "high": {"nDCG@10": 0.6}},
            "none": {"n": 0, "low": {}, "high": {}},
        }
    },
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
        ("slices.tag.who.nDCG@10.low>=.4", True),
        ("slices.tag.who.nDCG@10.high<.6", False),
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
    with pytest.raises(InvalidInput, match=r"no figure 'nDCG@1'; did you mean nDCG@10\? There are nDCG@10, ") as raised:
        check_gate("nDCG@1>=0.7", SUMMARY)
    assert "times.p95_ms" in raised.value.message
    assert "name" not in raised.value.message.split(", ")
    assert raised.value.param == "gate"


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("ndcg@10", "did you mean nDCG@10?"),
        ("NDCG@10.LOW", "did you mean nDCG@10.low?"),
        ("slices.tag.Who.ndcg@10", "did you mean slices.tag.who.nDCG@10?"),
        ("slices.tag.who.low.nDCG@10", "did you mean slices.tag.who.nDCG@10?"),
        ("slices.tag.none.nDCG@10", "questions of slices.tag.none, but none of them has gold that is measured"),
    ],
)
def test_what_is_meant_is_suggested(name: str, complaint: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        check_gate(f"{name}>0", SUMMARY)
    assert complaint in raised.value.message


def test_a_bound_that_says_nothing_is_warned_of() -> None:
    assert check_gate("nDCG@10.low>0, slices.tag.who.nDCG@10.low>0, slices.tag.few.nDCG@10>0", SUMMARY).warnings == ()
    assert check_gate("slices.tag.few.nDCG@10.low>0, slices.tag.who.AP.high>0", SUMMARY).warnings == (
        "slices.tag.few.nDCG@10.low is a bound of an interval that says nothing: it rests on less than 10 questions. "
        "Hold the mean instead.",
        "slices.tag.who.AP.high is a bound of an interval that says nothing: all its questions score alike. "
        "Hold the mean instead.",
    )


def test_a_significant_fall_fails_and_chance_does_not(tmp_path: Path) -> None:
    before = write_folder(tmp_path / "before", {f"q{n}": 1 for n in range(30)})
    # Two of thirty worse: the sign flips of two differences give p = .5.
    same = write_folder(tmp_path / "same", {f"q{n}": 2 if n < 2 else 1 for n in range(30)})
    worse = write_folder(tmp_path / "worse", {f"q{n}": 2 if n < 20 else 1 for n in range(30)})
    assert no_worse_than(before, same).passed
    assert no_worse_than(worse, before).passed
    found = no_worse_than(before, worse)
    assert [check.passed for check in found.checks] == [False, False]
    # RR falls by 1/2 in 20 of 30 questions.
    assert "RR@5 -0.3333" in found.checks[0].line
    assert "significantly worse" in found.checks[0].line
    assert found.warnings == ()
    # p = .5 of two questions, and two tests: nothing there could have failed the gate, and it says so.
    assert (
        "With 2 questions whose answers differ no difference could be significant"
        in no_worse_than(before, same).warnings[0]
    )


def test_the_same_figures_are_no_worse_and_no_test(tmp_path: Path) -> None:
    folders = [write_folder(tmp_path / name, {f"q{n}": 1 for n in range(8)}) for name in "ab"]
    found = no_worse_than(*folders)
    assert found.passed
    assert found.warnings == ()
    assert found.checks[0].line == "RR@5 is the same in all 8 questions"


def test_a_run_that_lost_questions_cannot_be_held_against_all(tmp_path: Path) -> None:
    before = write_folder(tmp_path / "before", {f"q{n}": 1 for n in range(8)})
    fewer = write_folder(tmp_path / "fewer", {f"q{n}": 1 for n in range(4)})
    with pytest.raises(InvalidInput, match="not the same questions: 4 of 8 are gone, such as 'q4'"):
        no_worse_than(before, fewer)
    assert no_worse_than(fewer, before).passed


def test_fewer_outlets_are_not_worse(tmp_path: Path) -> None:
    ranks = {f"q{n}": 1 for n in range(30)}
    first, second = (
        write_folder(tmp_path / name, ranks, extra={q: {"distinct_outlets@5": value} for q in ranks})
        for name, value in (("a", 5.0), ("b", 1.0))
    )
    found = no_worse_than(first, second)
    assert found.passed
    assert [check.condition.split()[0] for check in found.checks] == ["RR@5", "Success@1"]


def test_alpha_is_what_is_asked(tmp_path: Path) -> None:
    before = write_folder(tmp_path / "before", {f"q{n}": 1 for n in range(8)})
    after = write_folder(tmp_path / "after", {f"q{n}": 2 if n < 6 else 1 for n in range(8)})
    # Six of six fell: p = 2 / 2**6 = .03125 for both measures, .0625 after Holm's correction.
    assert no_worse_than(before, after).passed
    assert not no_worse_than(before, after, alpha=0.07).passed


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"relevance": "article"}, "another relevance (passage and article); evaluate with --relevance passage"),
        ({"top_k": 6}, "another k (5 and 6); evaluate with --top-k 5"),
        ({"prefix": "How of"}, "other words in 2 of the 2 questions that have the same id"),
    ],
)
def test_folders_that_do_not_compare(tmp_path: Path, changes: dict[str, Any], complaint: str) -> None:
    before = write_folder(tmp_path / "before", {"q": 1, "r": 2})
    prefix = changes.pop("prefix", None)
    other = write_folder(tmp_path / "other", {"q": 1, "r": 2}, **changes)
    if prefix:
        file = other / "per_question.jsonl"
        file.write_text(file.read_text().replace("What of", prefix))
    with pytest.raises(InvalidInput) as raised:
        no_worse_than(before, other)
    assert raised.value.message == f"{other} cannot be held against {before}: {complaint}."


def test_another_overlap_is_another_relevance_by_evidence(tmp_path: Path) -> None:
    for relevance in ("article", "evidence"):
        folders = [write_folder(tmp_path / f"{name} {relevance}", {"q": 1}, relevance=relevance) for name in "ab"]
        summary = json.loads((folders[1] / "summary.json").read_text())
        (folders[1] / "summary.json").write_text(json.dumps(summary | {"overlap": 0.5}))
        if relevance == "article":
            assert no_worse_than(*folders).passed
        else:
            with pytest.raises(InvalidInput, match="evaluate with --overlap 1"):
                no_worse_than(*folders)


def test_other_questions_or_an_unfinished_folder_do_not_compare(tmp_path: Path) -> None:
    before = write_folder(tmp_path / "before", {"q": 1})
    with pytest.raises(InvalidInput, match="no question with gold in common"):
        no_worse_than(before, write_folder(tmp_path / "other", {"r": 1}))
    moved = write_folder(tmp_path / "moved", {"q": 1}, fingerprint="e" * 64)
    assert "different content" in no_worse_than(before, moved).warnings[0]
    for name, text in (("manifest.partial", "{}"), ("journal.partial", "{}\n{}\n")):
        (moved / name).write_text(text)
    with pytest.raises(InvalidInput, match=r"moved is unfinished: 2 questions were asked .* Run the same evaluate"):
        no_worse_than(before, moved)


def test_a_gate_that_compares_nothing_does_not_pass(tmp_path: Path) -> None:
    folders = [write_folder(tmp_path / name, {"q": 1}) for name in "ab"]
    for folder in folders:
        (record,) = map(json.loads, (folder / "per_question.jsonl").read_text().splitlines())
        record["measures"] = {"Judged@5": 1.0}
        (folder / "per_question.jsonl").write_text(json.dumps(record) + "\n")
    with pytest.raises(InvalidInput, match="share no measure of which more is better"):
        no_worse_than(*folders)


QUESTIONS: tuple[dict[str, Any], ...] = (
    {"id": "a", "question": "Who rules?", "articles": ["x"], "answerable": True, "tags": ["old"], "language": "en"},
    {"id": "b", "question": "When was it?", "articles": ["y"], "answers": ["now"]},
    {"id": "c", "question": "Why not?"},
)


def question_set(folder: Path, *questions: dict[str, Any]) -> QuestionSet:
    path = folder / "set.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in questions), encoding="utf-8")
    return open_questions(path)


@pytest.mark.parametrize(
    ("condition", "complaint"),
    [
        ("nDCG@10>=.5, AP.low>0, R@20>0, answer_recall>0, citations.share==1, times.p95_ms<9", None),
        (
            "slices.tag.old.AP>0, slices.type.when.answer_recall>0, declining.ece<1, declining.declined_answerable<1",
            None,
        ),
        ("nDCG@5>=.5", "no figure 'nDCG@5'; did you mean nDCG@10?"),
        ("R@10.mean>=.5", "no figure 'R@10.mean'"),
        ("evidence_hit>0", "no figure 'evidence_hit'"),
        ("slices.tag.new.AP>0", "no figure 'slices.tag.new.AP'"),
        ("slices.type.why.AP>0", "slices.type.why, but none of them has gold"),  # c has none
        ("declining.auroc_answerable>.5", "declining.auroc_answerable has no value on this question set"),
        ("nDCG@10", "is no condition"),
    ],
)
def test_figures_are_known_before_anything_is_asked(tmp_path: Path, condition: str, complaint: str | None) -> None:
    planned = planned_summary(question_set(tmp_path, *QUESTIONS), "article", 20)
    if complaint is None:
        refuse_unknown_figures([condition], planned)
        return
    with pytest.raises(InvalidInput) as raised:
        refuse_unknown_figures([condition], planned)
    assert complaint in raised.value.message
    assert raised.value.param == "gate"


def test_a_set_is_held_against_an_earlier_run_before_it_is_asked(tmp_path: Path) -> None:
    before = write_folder(tmp_path / "before", {"a": 1, "b": 2}, relevance="article")
    words = [{"id": one, "question": f"What of {one}?", "articles": ["x"]} for one in "abc"]
    refuse_unlike(before, GateBasis.planned(question_set(tmp_path, *words), "article", 1.0, 5, 0))
    # Of the time when a list by article held several passages of one: now it holds each once.
    with pytest.raises(InvalidInput, match=r"of one article \(0 and 1\); evaluate with --max-per-article 0"):
        refuse_unlike(before, GateBasis.planned(question_set(tmp_path, *words), "article", 1.0, 5))
    with pytest.raises(
        InvalidInput, match=r"set\.jsonl cannot be held against .*before: not the same questions: 1 of 2"
    ):
        refuse_unlike(before, GateBasis.planned(question_set(tmp_path, words[0]), "article", 1.0, 5, 0))
    with pytest.raises(InvalidInput, match=r"other words in 2 of the 2"):
        refuse_unlike(before, GateBasis.planned(question_set(tmp_path, *QUESTIONS), "article", 1.0, 5, 0))
    with pytest.raises(InvalidInput, match="--top-k 5"):
        refuse_unlike(before, GateBasis.planned(question_set(tmp_path, *words), "article", 1.0, 10))
