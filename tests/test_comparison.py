"""Runs held against each other: folders, TREC run files, and what is said where they are not alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from qa_service.cli.app import main, qa_service
from qa_service.errors import InvalidInput
from qa_service.evaluation.compare.common_judging import judge
from qa_service.evaluation.compare.comparison import compare_runs
from qa_service.evaluation.compare.flips import kind_of_flip
from qa_service.evaluation.compare.significance import holm, paired_difference
from qa_service.evaluation.compare.trec_runs import read_run
from qa_service.evaluation.report import write_comparison
from qa_service.evaluation.sets.qrels import trec_id
from tests.evaluated import write_folder

A = {"q1": 1, "q2": 2, "q3": None, "q4": 1, "q5": 3, "q6": 1}
B = {"q1": 1, "q2": 1, "q3": 4, "q4": None, "q5": 3, "q6": 2}


@pytest.fixture
def both(tmp_path: Path) -> list[Path]:
    return [write_folder(tmp_path / "old", A), write_folder(tmp_path / "new", B)]


def test_two_folders(both: list[Path]) -> None:
    found = compare_runs(both).as_dict()
    assert [(run["label"], run["name"], run["questions"]) for run in found["runs"]] == [
        ("A", "old", 6),
        ("B", "new", 6),
    ]
    assert (found["questions"], found["left_out"], found["k"], found["relevance"]) == (6, 0, 5, "passage")
    assert found["warnings"] == []
    assert found["measures"] == ["RR@5", "Success@1"]
    # A: 1, 1/2, 0, 1, 1/3, 1; B: 1, 1, 1/4, 0, 1/3, 1/2.
    assert found["means"]["A"]["RR@5"]["mean"] == pytest.approx((1 + 1 / 2 + 0 + 1 + 1 / 3 + 1) / 6, abs=1e-6)
    row = found["differences"][0]
    assert (row["run"], row["measure"], row["n"]) == ("B", "RR@5", 6)
    assert row["difference"] == pytest.approx((0 + 1 / 2 + 1 / 4 - 1 + 0 - 1 / 2) / 6, abs=1e-6)
    assert (row["wins"], row["losses"], row["ties"]) == (2, 2, 2)
    # Signs of .5, .25, 1, .5, observed |-.75|: the sixteen sums are 0 to 2.25; see them counted.
    sums = [
        abs(s * 0.5 + t * 0.25 + u * 1 + v * 0.5) for s in (1, -1) for t in (1, -1) for u in (1, -1) for v in (1, -1)
    ]
    assert row["p"] == pytest.approx(sum(value >= 0.75 for value in sums) / 16)


def test_p_values_are_corrected_over_measures_and_runs(tmp_path: Path, both: list[Path]) -> None:
    third = write_folder(tmp_path / "third", dict.fromkeys(A, 1))
    found = compare_runs([*both, third]).as_dict()
    assert [(row["run"], row["measure"]) for row in found["differences"]] == [
        ("B", "RR@5"), ("B", "Success@1"), ("C", "RR@5"), ("C", "Success@1"),
    ]  # fmt: skip
    assert [row["p_holm"] for row in found["differences"]] == pytest.approx(
        holm([row["p"] for row in found["differences"]])
    )


def test_a_clear_difference_is_significant(tmp_path: Path) -> None:
    worse = write_folder(tmp_path / "worse", {f"q{n}": 2 for n in range(20)})
    better = write_folder(tmp_path / "better", {f"q{n}": 1 for n in range(20)})
    row = compare_runs([worse, better]).as_dict()["differences"][0]
    assert (row["difference"], row["significant"], row["effect"], row["wins"]) == (0.5, True, None, 20)
    assert not compare_runs([worse, worse]).as_dict()["differences"][0]["significant"]


def test_what_is_no_test_is_not_corrected_for(tmp_path: Path) -> None:
    ranks = {f"q{n}": 1 for n in range(8)}
    more = {q: {"distinct_outlets@5": 1.0, "Judged@5": 1.0, "evidence_hit": 1.0} for q in ranks}
    first = write_folder(tmp_path / "a", ranks, extra=more)
    fewer = {q: {"distinct_outlets@5": 2.0, "Judged@5": 0.0, "evidence_hit": 1.0} for q in ranks}
    second = write_folder(tmp_path / "b", ranks | dict.fromkeys(list(ranks)[:6], 2), extra=fewer)
    found = compare_runs([first, second]).as_dict()
    rows = {row["measure"]: row for row in found["differences"]}
    # Six of six fell: p = 2 / 2**6; two tests, since evidence_hit is everywhere alike and the others are no qualities.
    assert {name: row["p_holm"] for name, row in rows.items()} == {
        "RR@5": 0.0625, "Success@1": 0.0625, "Judged@5": None, "distinct_outlets@5": None, "evidence_hit": None,
    }  # fmt: skip
    assert rows["distinct_outlets@5"]["p"] == pytest.approx(2 / 2**8, abs=1e-6)
    assert not rows["distinct_outlets@5"]["significant"]
    assert found["notes"] == [
        "With 6 questions whose answers differ no difference could be significant: the smallest p that is possible is "
        "0.031 and 0.062 after Holm's correction over 2 tests; more questions, or fewer measures, are needed."
    ]
    # With one measure p = .03 stands.
    assert compare_runs([first, second], measures=["RR@5"]).as_dict()["notes"] == []
    assert compare_runs([first, first]).as_dict()["notes"] == [
        "Nothing is tested: no question has another figure in one run than in the other."
    ]


def test_how_much_of_the_lists_is_the_same(tmp_path: Path) -> None:
    first = write_folder(tmp_path / "a", {"q1": 1, "q2": 2})
    # q1: good 2 3 4 5 against 1 good 3 4 5: four of five. q2: 1 good 3 4 5 against the same.
    second = write_folder(tmp_path / "b", {"q1": 2, "q2": 2})
    assert compare_runs([first, second]).as_dict()["overlap"] == {"B": pytest.approx(0.9)}
    # Of the run file only the first five: good, 2, and three others; nothing for q2.
    run = tmp_path / "run"
    run.write_text(
        "".join(f"q1 Q0 {d} 1 {9 - n} x\n" for n, d in enumerate(["q1/good", "q1/2", "x", "y", "z", "q1/3"]))
    )
    assert compare_runs([first, run]).as_dict()["overlap"] == {"B": pytest.approx((2 / 5 + 0) / 2)}


def test_where_run_files_name_articles_articles_are_compared(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "a", {"q1": 1}, relevance="article")
    run = tmp_path / "run"
    run.write_text("q1 Q0 article%20of%20q1/good 1 2 x\nq1 Q0 none 2 1 x\n")
    # One of five: the folder's list is the longer.
    assert compare_runs([folder, run]).as_dict()["overlap"] == {"B": 0.2}


def test_qrels_of_beir_judge_too(tmp_path: Path, both: list[Path]) -> None:
    (tmp_path / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq2\tq2/good\t1\n")
    found = compare_runs(both, qrels=tmp_path / "test.tsv").as_dict()
    assert (found["questions"], found["relevance"]) == (1, None)
    assert found["means"]["B"]["RR@5"]["mean"] == 1


def test_flips_have_both_answers_and_both_top_passages(both: list[Path]) -> None:
    flips = compare_runs(both).as_dict()["flips"]
    # q4 fell from 1 out of the list (5 places), q6 from 1 to 2; q3 came in at 4 (from 6, 2 places), q2 to the first.
    assert [(flip["id"], flip["kind"], flip["change"], flip["baseline_rank"], flip["rank"]) for flip in flips] == [
        ("q4", "lost", "lost", 1, None),
        ("q6", "lost_first", "lost", 1, 2),
        ("q3", "won", "won", None, 4),
        ("q2", "won_first", "won", 2, 1),
    ]
    lost = flips[0]
    assert (lost["question"], lost["tags"], lost["language"]) == ("What of q4?", ["what"], "en")
    assert lost["gold"]["passages"] == {"q4/good": 1}
    assert lost["baseline"]["answer"] == "old says q4"
    assert lost["other"] == {
        "answer": None,
        "declined": True,
        "confidence": 0.5,
        "passage": {
            "rank": 1, "passage_id": "q4/1", "article_id": "article of q4/1", "score": 1.0, "grade": 0,
            "evidence": [[0, 4]], "start": 0, "end": 9, "text": "text of q4/1", "title": "title of q4/1",
            "outlet": "AFP", "published": None,
        },
    }  # fmt: skip


def test_of_lists_of_different_lengths_the_shorter_counts(tmp_path: Path) -> None:
    shorter = write_folder(tmp_path / "a", {"q1": 5})
    longer = write_folder(tmp_path / "b", {"q1": 6}, top_k=6, extra={"q1": {"RR@5": 0.0}})
    found = compare_runs([longer, shorter]).as_dict()
    assert found["k"] == 5
    assert [(flip["baseline_rank"], flip["rank"], flip["kind"]) for flip in found["flips"]] == [(None, 5, "won")]


def test_of_a_run_file_only_the_first_k_count() -> None:
    documents, qrels = {"q": ["x", "good"], "other": ["y"]}, {"q": {"good": 1}, "gone": {"z": 1}, "none": {"z": 0}}
    assert judge(documents, qrels, ["AP"], 1, {"q"}) == ({"q": {"AP": 0.0}}, {"q": None})
    assert judge(documents, qrels, ["AP"], 2, {"q"}) == ({"q": {"AP": 0.5}}, {"q": 2})
    # asked and without an answer is missed, as with trec_eval's -c
    missed = {"q": {"AP": 0.5}, "gone": {"AP": 0.0}}, {"q": 2, "gone": None}
    assert judge(documents, qrels, ["AP"], 2, {"q", "gone"}) == judge(documents, qrels, ["AP"], 2) == missed


def test_what_counts_as_a_flip() -> None:
    moves = {(1, None): "lost", (3, None): "lost", (1, 2): "lost_first", (None, 1): "won", (None, 4): "won"}
    moves |= {(2, 1): "won_first", (1, 1): None, (2, 3): None, (None, None): None}  # type: ignore[dict-item]
    assert {pair: kind_of_flip(*pair) for pair in moves} == moves


def test_a_run_file_is_judged_with_the_baselines_gold(tmp_path: Path, both: list[Path]) -> None:
    run = tmp_path / "bm25.trec"
    # Scores give the order, not the ranks or the lines: q1/good is second. q2's lies sixth, beyond the first five.
    lines = ["q1 Q0 q1/good 1 7.5 x", "q1 Q0 q1/1 2 9 x", "q5 Q0 q5/good 1 1 x"]
    lines += [f"q2 Q0 q2/{n} 1 {10 - n} x" for n in range(5)] + ["q2 Q0 q2/good 1 1 x", ""]
    run.write_text("\n".join(lines))
    found = compare_runs([both[0], run]).as_dict()
    assert found["runs"][1] == {
        "label": "B", "name": "bm25.trec", "path": str(run), "type": "run", "questions": 3, "collection": None,
        "fingerprint": None, "relevance": None, "top_k": None, "overrides": {}, "changes": [],
    }  # fmt: skip
    assert (found["questions"], found["left_out"]) == (6, 0)
    assert any("B has nothing for 3 of 6" in warning for warning in found["warnings"])
    assert found["measures"] == ["RR@5", "Success@1"]
    # RR of q1, q2, q5: 1/2, 0, 1; the run has nothing for the other three.
    assert found["means"]["B"]["RR@5"]["mean"] == 0.25
    flip = next(flip for flip in found["flips"] if flip["id"] == "q1")
    assert (flip["kind"], flip["rank"]) == ("lost_first", 2)
    assert flip["other"]["answer"] is None
    assert flip["other"]["declined"] is None
    # The baseline has q1/1 nowhere, so nothing but its id is known.
    assert flip["other"]["passage"]["passage_id"] == "q1/1"
    assert flip["other"]["passage"]["text"] is None


def test_our_own_run_file_scores_as_its_folder_does(tmp_path: Path) -> None:
    ranks = {"q 1%": 3, "q2": 1}
    folder = write_folder(tmp_path / "folder", ranks)
    lines = (folder / "run.trec").read_text().replace("q 1%", trec_id("q 1%"))
    (tmp_path / "run").write_text(lines)
    found = compare_runs([folder, tmp_path / "run"]).as_dict()
    assert trec_id("q 1%") == "q%201%25"
    assert found["questions"] == 2
    # 1/3 stands as .333333 in the folder.
    assert [(row["difference"], row["ties"]) for row in found["differences"]] == [(0, 2), (0, 2)]
    assert found["means"]["A"] == found["means"]["B"]


def test_by_article_ranks_count_articles(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "a", {"q1": 3}, relevance="article")
    records = [json.loads(line) for line in (folder / "per_question.jsonl").read_text().splitlines()]
    # The first two passages are of one article, so the relevant one is the second article.
    records[0]["passages"][1]["article_id"] = records[0]["passages"][0]["article_id"]
    (folder / "per_question.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    run = tmp_path / "run"
    run.write_text("q1 Q0 none 1 2 x\nq1 Q0 article%20of%20q1/good 2 1 x\n")
    found = compare_runs([folder, run])
    assert [dict(each.ranks) for each in found.runs.values()] == [{"q1": 2}, {"q1": 2}]


def test_qrels_judge_folders_too(tmp_path: Path, both: list[Path]) -> None:
    qrels = tmp_path / "qrels"
    # Of q1 the baseline's second is relevant instead.
    qrels.write_text("q1 0 q1/2 1\nq1 0 q1/good 0\nq2 0 q2/good 2\n")
    found = compare_runs(both, qrels=qrels).as_dict()
    assert (found["questions"], found["qrels"]) == (2, str(qrels))
    # q1: 1/2 in both; q2: 1/2 in A, 1 in B.
    assert (found["means"]["A"]["RR@5"]["mean"], found["means"]["B"]["RR@5"]["mean"]) == (0.5, 0.75)
    assert "Judged@5" in found["measures"]


def test_run_files_alone_need_qrels(tmp_path: Path) -> None:
    for name in "xy":
        (tmp_path / name).write_text("q1 Q0 d1 1 2 x\nq1 Q0 d2 2 1 x\n")
    with pytest.raises(InvalidInput, match="--qrels"):
        compare_runs([tmp_path / "x", tmp_path / "y"])
    (tmp_path / "qrels").write_text("q1 0 d2 1\n")
    found = compare_runs([tmp_path / "x", tmp_path / "y"], qrels=tmp_path / "qrels").as_dict()
    assert found["means"]["A"]["RR@2"]["mean"] == 0.5


def test_answer_strings_judge_no_run_file(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "a", {"q1": 1}, relevance="answer")
    (tmp_path / "run").write_text("q1 Q0 d1 1 2 x\n")
    with pytest.raises(InvalidInput, match="judged by answer strings"):
        compare_runs([folder, tmp_path / "run"])


def test_what_is_unlike_is_said(tmp_path: Path, both: list[Path]) -> None:
    other = write_folder(
        tmp_path / "other", B | {"q9": 1}, relevance="evidence", fingerprint="e" * 64, top_k=6,
        extra={identity: {"RR@5": 0.5} for identity in (*B, "q9")}, gold={"answers": ["x"]},
    )  # fmt: skip
    with pytest.raises(
        InvalidInput, match=r"unlike relevance \(.*old by passage, .*other by evidence\).*--any-relevance"
    ):
        compare_runs([both[0], other])
    found = compare_runs([both[0], other], any_relevance=True).as_dict()
    assert found["relevance"] is None
    warnings = found["warnings"]
    for part in (
        "different kinds of relevance (A passage, B evidence)", "collections of different content",
        "lists of different lengths (A 5, B 6)", "other words or gold in 6 of 6", "1 questions are left out",
    ):  # fmt: skip
        assert sum(part in warning for warning in warnings) == 1, part


def test_ids_of_another_kind_are_suspected(tmp_path: Path, both: list[Path]) -> None:
    (tmp_path / "run").write_text("".join(f"{identity} Q0 d1 1 2 x\n" for identity in A))
    warnings = compare_runs([both[0], tmp_path / "run"]).as_dict()["warnings"]
    assert warnings == ["Run B found nothing relevant at all: are its document ids those of the gold?"]


def test_questions_without_gold_are_not_compared(tmp_path: Path) -> None:
    folders = [write_folder(tmp_path / name, A, without_gold=["u1", "u2"]) for name in "ab"]
    found = compare_runs(folders).as_dict()
    assert (found["questions"], found["left_out"], found["runs"][0]["questions"]) == (6, 0, 8)
    with pytest.raises(InvalidInput, match="no question with gold in common"):
        compare_runs([folders[0], write_folder(tmp_path / "c", {"z": 1})])


def test_a_measure_that_some_questions_lack_counts_where_both_have_it(tmp_path: Path) -> None:
    first = write_folder(tmp_path / "a", A, extra={"q1": {"evidence_F1": 0.5}, "q2": {"evidence_F1": 0.5}})
    second = write_folder(tmp_path / "b", A, extra={"q1": {"evidence_F1": 1.0}})
    found = compare_runs([first, second]).as_dict()
    row = next(row for row in found["differences"] if row["measure"] == "evidence_F1")
    assert (row["n"], row["difference"]) == (1, 0.5)


def test_measures_may_be_chosen(both: list[Path]) -> None:
    found = compare_runs(both, measures=["Success@1"]).as_dict()
    assert [row["measure"] for row in found["differences"]] == ["Success@1"]
    with pytest.raises(InvalidInput, match=r"no measure 'nDCG@10'; they have RR@5, Success@1"):
        compare_runs(both, measures=["nDCG@10"])


def test_the_same_comparison_is_the_same_bytes(both: list[Path]) -> None:
    first, second = (json.dumps(compare_runs(both).as_dict()) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("q1 Q0 d1 1 2\n", "line 1: 5 columns"),
        ("q1 Q0 d1 1 2 x\n\nq1 Q0 d2 1 high x\n", "line 3, score: 'high' is not a number"),
        ("q1 Q0 d1 1 nan x\n", "line 1, score: 'nan'"),
        ("q1 Q0 d1 1 2 x\nq1 Q0 d1 2 1 x\n", "line 2, document: question 'q1' has 'd1' already"),
        ("\n", "holds no line"),
    ],
)
def test_a_wrong_line_of_a_run_is_named(tmp_path: Path, content: str, complaint: str) -> None:
    (tmp_path / "run").write_text(content)
    with pytest.raises(InvalidInput) as raised:
        read_run(tmp_path / "run")
    assert complaint in raised.value.message
    assert str(tmp_path / "run") in raised.value.message


def test_runs_are_ordered_as_trec_eval_does(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("q 0 a 1 1.0 x\nq 0 c 2 1.0 x\nq 0 b 3 2 x\n")
    assert read_run(tmp_path / "run") == {"q": ["b", "c", "a"]}


def test_a_folder_that_is_not_finished_is_refused(tmp_path: Path, both: list[Path]) -> None:
    (both[1] / "manifest.partial").write_text("{}")
    (both[1] / "journal.partial").write_text("{}\n")
    with pytest.raises(InvalidInput, match=r"new is unfinished: 1 question was asked .* Run the same evaluate command"):
        compare_runs(both)
    (both[1] / "manifest.partial").unlink()
    (both[1] / "summary.json").unlink()
    with pytest.raises(InvalidInput, match=r"has no summary\.json"):
        compare_runs(both)
    with pytest.raises(InvalidInput, match="does not exist"):
        compare_runs([both[0], tmp_path / "gone"])
    with pytest.raises(InvalidInput, match="2 to 26 runs"):
        compare_runs(both[:1])
    broken = write_folder(tmp_path / "broken", A)
    with (broken / "per_question.jsonl").open("a") as lines:
        lines.write("{\n")
    with pytest.raises(InvalidInput, match="line 7: not JSON"):
        compare_runs([both[0], broken])


def cli(*words: object) -> Any:
    return CliRunner().invoke(qa_service, ["compare", *map(str, words)])


def test_the_command_prints_a_table(both: list[Path]) -> None:
    shown = cli(*both)
    assert shown.exit_code == 0
    assert "A  old (6 questions)" in shown.output
    assert "6 questions compared, first 5 of each, relevance by passage" in shown.output
    lines = shown.output.splitlines()
    (line,) = [line for line in lines if line.startswith("RR@5")]
    paired = paired_difference([1, 0.5, 0, 1, 1 / 3, 1], [1, 1, 0.25, 0, 1 / 3, 0.5])
    assert line.split()[:4] == ["RR@5", "0.6389", "0.5139", "-0.1250"]
    assert f"[{paired.low:+.4f}, {paired.high:+.4f}]" in line
    assert line.endswith("2/2/2")
    # The p alone and Holm's beside it.
    rows = compare_runs(both).as_dict()["differences"]
    assert line.split()[6:8] == [f"{rows[0]['p']:.4f}", f"{rows[0]['p_holm']:.4f}"]
    # q4 and q6 have the good one elsewhere: see the passages that write_folder gives.
    assert "of the first 5 are the same, mean over the questions" in shown.output
    assert "significant: p below .05 after Holm's correction over 2 tests" in shown.output
    # RR differs in four questions: 2 / 2**4 = .125, twice .25.
    assert lines[-1].startswith("NOTE: With 4 questions whose answers differ no difference could be significant")
    assert "the smallest p that is possible is 0.12 and 0.25 after Holm's correction over 2 tests" in lines[-1]
    assert "1 -> none  q4  What of q4?" in shown.output


def test_the_command_prints_json(both: list[Path]) -> None:
    shown = cli(*both, "--json", "--measure", "RR@5")
    assert json.loads(shown.output) == compare_runs(both, measures=["RR@5"]).as_dict()


def test_the_command_writes_a_folder(tmp_path: Path, both: list[Path]) -> None:
    assert cli(*both, "--out", tmp_path / "compared").exit_code == 0
    text = (tmp_path / "compared" / "comparison.json").read_text(encoding="utf-8")
    assert json.loads(text) == compare_runs(both).as_dict()
    assert text == json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True) + "\n"
    assert "<html" in (tmp_path / "compared" / "comparison.html").read_text(encoding="utf-8")


def test_the_command_refuses_in_one_line(tmp_path: Path, both: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", str(both[0])]) == 2
    assert "at least two runs" in capsys.readouterr().err
    (tmp_path / "run").write_text("no run\n")
    assert main(["compare", str(both[0]), str(tmp_path / "run")]) == 1
    assert "line 1: 2 columns" in capsys.readouterr().err
    assert main(["compare", *map(str, both), "--measure", "nDCG@10"]) == 2
    assert "share no measure 'nDCG@10'" in capsys.readouterr().err
    other = write_folder(tmp_path / "other", B, relevance="evidence")
    assert main(["compare", str(both[0]), str(other)]) == 1
    assert "unlike relevance" in capsys.readouterr().err
    assert main(["compare", str(both[0]), str(other), "--any-relevance"]) == 0
    printed = capsys.readouterr()
    assert "A  old (6 questions, relevance by passage)" in printed.out
    assert "B  other (6 questions, relevance by evidence)" in printed.out
    assert "6 questions compared, first 5 of each\n" in printed.out
    assert "different kinds of relevance" in printed.err


def test_a_comparison_says_what_was_changed(tmp_path: Path) -> None:
    first, second = (write_folder(tmp_path / name, {"q1": 1, "q2": 2}) for name in ("a", "b"))
    for folder, weight, retriever in ((first, 0.5, "hybrid"), (second, 0.3, "dense")):
        file = folder / "manifest.json"
        made = {"settings": {"dense_weight": weight, "depth": 9}, "retriever": retriever}
        made |= {"overrides": {"dense_weight": weight} if weight == 0.3 else {}}
        file.write_text(json.dumps(json.loads(file.read_text()) | made))
    found = compare_runs([first, second]).as_dict()
    assert [run["overrides"] for run in found["runs"]] == [{}, {"dense_weight": 0.3}]
    assert [run["changes"] for run in found["runs"]] == [
        [],
        ["dense_weight was 0.5, is 0.3", "retriever was hybrid, is dense"],
    ]
    shown = cli(first, second).output.splitlines()
    assert shown[:2] == [
        "A  a (2 questions)",
        "B  b (2 questions): dense_weight was 0.5, is 0.3; retriever was hybrid, is dense",
    ]
    page = write_comparison(found, tmp_path / "page.html").read_text(encoding="utf-8")
    assert "dense_weight = 0.3" in page
