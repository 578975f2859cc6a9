"""`qa-service evaluate` as it is typed: what it prints, refuses and returns, and that `kill -9` loses nothing."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from builders import draft, fake_service

from qa_service.cli.app import main
from qa_service.cli.evaluate import EvaluationDisplay, describe
from qa_service.evaluation.grade.planned_summary import planned_summary
from qa_service.evaluation.report.summary_table import summary_lines
from qa_service.evaluation.run.evaluation_run import EvaluationProgress
from qa_service.evaluation.sets import open_questions
from qa_service.service import Service

COMMAND = [sys.executable, "-m", "qa_service"]
PATIENCE = 90.0
MANY = 400
"""Questions that take some seconds, so that a signal comes while they are being asked."""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("index")
    with closing(fake_service(folder)) as service:
        service.ingest_drafts([draft(number, source=f"{number}.txt", outlet="AFP") for number in range(1, 21)])
    return folder


def line(number: int, **changes: Any) -> dict[str, Any]:
    name = number % 20 + 1
    gold = [{"source": f"{name}.txt", "text": f"The town of Place{name} has {name} wells."}]
    question = f"How many wells has the town of Place{name}, asked {number}?"
    return {"id": f"q{number}", "question": question, "evidence": gold} | changes


def write_set(folder: Path, number: int) -> Path:
    path = folder / "wells.jsonl"
    path.write_text("".join(json.dumps(line(n)) + "\n" for n in range(number)), encoding="utf-8")
    return path


@pytest.fixture
def few(tmp_path: Path, index: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QA_MODEL", "fake")
    monkeypatch.setenv("QA_INDEX", str(index))
    return write_set(tmp_path, 20)


def evaluate(*arguments: object) -> int:
    return main(["evaluate", *map(str, arguments)])


def test_it_prints_a_table_and_says_where_the_report_is(
    few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(few, "--out", tmp_path / "out") == 0
    printed = capsys.readouterr().out
    assert "wells on collection default: 20 questions, 20 with gold" in printed
    assert ["Success@10", "1.000", "-", "20"] in [one.split() for one in printed.splitlines()]
    assert str(tmp_path / "out" / "report.html") in printed


def test_json_is_the_summary(few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert evaluate(few, "--out", out, "--json") == 0
    assert json.loads(capsys.readouterr().out) == json.loads((out / "summary.json").read_text())


@pytest.mark.slow
def test_a_gate_decides_the_exit_code(few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate(few, "--out", tmp_path / "a", "--gate", "Success@10>=0.99") == 0
    assert evaluate(few, "--out", tmp_path / "b", "--gate", "Success@10>=0.99", "--gate", "nDCG@10>1,RR@10>0") == 1
    printed = capsys.readouterr().out
    assert "FAIL  nDCG@10" in printed and "pass  RR@10" in printed
    # the same run again is no worse
    assert evaluate(few, "--out", tmp_path / "c", "--no-worse-than", tmp_path / "a") == 0


@pytest.mark.slow
def test_a_run_that_is_worse_fails(few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate(few, "--out", tmp_path / "a") == 0
    worse = few.with_name("worse.jsonl")
    # The same questions, whose gold is now what they do not find first.
    lines = [line(n, evidence=line(n + 7)["evidence"]) for n in range(20)]
    worse.write_text("".join(json.dumps(one) + "\n" for one in lines), encoding="utf-8")
    assert evaluate(worse, "--out", tmp_path / "b", "--no-worse-than", tmp_path / "a") == 1
    assert "significantly worse" in capsys.readouterr().out


def test_what_cannot_be_held_against_the_baseline_is_said_before_anything_is_asked(
    few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tmp_path / "a"
    assert evaluate(few, "--out", before) == 0
    monkeypatch.setattr(Service, "ask", lambda self, question: pytest.fail("asked"))
    monkeypatch.setattr(Service, "ask_all", lambda self, questions: pytest.fail("asked"), raising=False)
    out = tmp_path / "b"
    for arguments, complaint in (
        (["--no-worse-than", before, "--top-k", "5"], "evaluate with --top-k 10"),
        (["--no-worse-than", before, "--overlap", "0.5"], "evaluate with --overlap 1.0"),
        (["--no-worse-than", tmp_path], "is not the finished output of evaluate"),
    ):
        assert evaluate(few, "--out", out, *arguments) == 1
        assert complaint in capsys.readouterr().err
    few.write_text("".join(json.dumps(line(n)) + "\n" for n in range(12)), encoding="utf-8")
    assert evaluate(few, "--out", out, "--no-worse-than", before) == 1
    assert "8 of 20 are gone, such as 'q12'" in capsys.readouterr().err
    (before / "manifest.partial").write_text("{}")
    assert evaluate(few, "--out", out, "--no-worse-than", before) == 1
    assert "is unfinished" in capsys.readouterr().err
    assert not out.exists()


def test_the_figures_foreseen_are_those_that_come(few: Path, tmp_path: Path) -> None:
    lines = [line(n, tags=["odd"] if n % 2 else [], answers=["wells"] if n < 9 else []) for n in range(18)]
    lines += [{"id": "u", "question": "Why was it so?", "answerable": False}, {"id": "v", "question": "And who?"}]
    few.write_text("".join(json.dumps(one) + "\n" for one in lines), encoding="utf-8")
    assert evaluate(few, "--out", tmp_path / "out") == 0
    came = json.loads((tmp_path / "out" / "summary.json").read_text())
    foreseen = planned_summary(open_questions(few), "evidence", 10, reader=False)

    def names(tree: dict[str, Any], before: str = "") -> set[str]:
        found = {before + name for name in tree}
        return found.union(*(names(each, f"{before}{name}.") for name, each in tree.items() if isinstance(each, dict)))

    # One question of a sort is asked and three answers are made up, so bounds of small slices may be foreseen too many.
    assert names(came) <= names(foreseen)
    assert {one for one in names(foreseen) - names(came) if not re.search(r"slices\..*\.(low|high)\.", one)} == set()


def test_a_set_without_gold_has_a_table_about_declining(tmp_path: Path) -> None:
    path = tmp_path / "none.jsonl"
    path.write_text('{"id": "u", "question": "Who is on Mars?", "answerable": false}\n')
    shown = list(summary_lines(planned_summary(open_questions(path), "none", 10)))
    assert shown[1:3] == ["all questions are unanswerable, so only declining is measured", ""]
    assert shown[3].startswith("declined    33.3% of 3 unanswerable")


@pytest.mark.slow
def test_a_finished_folder_is_held_against_gates(few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a, b = str(tmp_path / "a"), str(tmp_path / "b")
    assert evaluate(few, "--out", a) == evaluate(few, "--out", b) == 0
    capsys.readouterr()
    assert main(["gate", a, "--gate", "Success@10>=0.99", "--no-worse-than", b]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == [
        "pass  Success@10 is 1, wanted >= 0.99",
        "pass  nDCG@10 is the same in all 20 questions",
    ]
    assert main(["gate", a, "--gate", "Success@10>=0.99, RR@10>1"]) == 1
    assert "FAIL  RR@10" in capsys.readouterr().out
    assert main(["gate", a, "--gate", "RR@10>1", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["gates"][0]["passed"] is False
    for words, complaint in (
        (["--gate", "RR@9>1"], "There is no figure 'RR@9'"),
        (["--gate", "RR@10"], "'RR@10' is no condition"),
        ([], "give at least one --gate, or --no-worse-than"),
    ):
        assert main(["gate", a, *words]) == 2
        assert complaint in capsys.readouterr().err
    (tmp_path / "a" / "manifest.partial").write_text("{}")
    assert main(["gate", a, "--gate", "RR@10>0"]) == 1
    assert "is unfinished" in capsys.readouterr().err


def test_a_wrong_question_set_is_no_wrong_command_line(
    few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few.write_text('{"id": "a"}\n')
    assert evaluate(few, "--out", tmp_path / "out") == 1
    assert "line 1" in capsys.readouterr().err
    assert main(["tune", str(few), "--out", str(tmp_path / "out")]) == 1
    few.write_text(json.dumps(line(1, evidence=[{"source": "2.txt", "text": "written by nobody"}])) + "\n")
    assert evaluate(few, "--out", tmp_path / "out") == 1
    assert "'written by nobody'" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_several_mistakes_have_a_line_each_behind_the_file(
    few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few.write_text("".join(json.dumps({"id": f"q{n}", "question": n}) + "\n" for n in range(22)))
    assert evaluate(few, "--out", tmp_path / "out") == 1
    told = capsys.readouterr().err.splitlines()
    assert told[:3] == [
        f"error: {few}:",
        "  line 1, question: must be a text (got 0). Put it in quotes.",
        "  line 2, question: must be a text (got 1). Put it in quotes.",
    ]
    assert told[-1] == "  … and 2 more." and len(told) == 22
    # judgements are another file than the questions
    topics, qrels = tmp_path / "topics", tmp_path / "qrels"
    topics.write_text("1\tWho?\n1\tWhere?\n3\n")
    qrels.write_text("1 0 d 1\n")
    assert evaluate(topics, "--qrels", qrels, "--out", tmp_path / "out") == 1
    told = capsys.readouterr().err.splitlines()
    assert told[0] == f"error: {topics}:" and len(told) == 3


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--gate", "nDCG@10"], "'nDCG@10' is no condition"),
        (["--set", "depth"], "'depth' is not of the form key=value"),
        (["--set", "depht=10"], "depht: there is no such setting; did you mean depth?"),
        (["--set", "dense_wight=0"], "dense_wight: there is no such setting; did you mean dense_weight?"),
        (["--set", "depth=many"], "depth: Input should be a valid integer"),
        (["--set", "depth=20", "--set", "depth=30"], "depth is given twice"),
        (["--overlap", "0"], "not in the range"),
        (["--relevance", "article"], "No question of the set has gold for relevance by article"),
        (["--format", "odd"], "'odd' is unknown"),
        (["--gate", "nDCG@5>=0.7"], "There is no figure 'nDCG@5'; did you mean nDCG@10? There are "),
        (["--gate", "declining.auroc_answerable>=0.7"], "has no value on this question set"),
        (["--no-worse-than", "gone"], "Directory 'gone' does not exist"),
    ],
)
def test_what_is_asked_wrongly_is_refused(
    few: Path, tmp_path: Path, arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(few, "--out", tmp_path / "out", *arguments) == 2
    printed = capsys.readouterr()
    assert complaint in printed.err and not printed.out
    assert not (tmp_path / "out").exists()


def test_settings_given_here_are_in_the_manifest(few: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert evaluate(few, "--out", out, "--set", "depth=20", "--set", "allowed_hosts=a.example, b.example") == 0
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["overrides"] == {"depth": 20, "allowed_hosts": ["a.example", "b.example"]}
    assert manifest["settings"]["depth"] == 20


def test_what_needs_another_ingest_is_a_mismatch(few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate(few, "--out", tmp_path / "out", "--set", "max_tokens=100") == 1
    assert "was built with chunking" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_collection_that_is_not_there(few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate(few, "--out", tmp_path / "out", "--collection", "other") == 1
    assert "There is no collection 'other'" in capsys.readouterr().err


def test_a_finished_folder_is_refused(few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate(few, "--out", tmp_path / "out") == 0
    assert evaluate(few, "--out", tmp_path / "out") == 1
    printed = capsys.readouterr().err
    assert "--restart" in printed and "qa-service gate" in printed
    assert evaluate(few, "--out", tmp_path / "out", "--restart") == 0


def test_progress_in_plain_lines() -> None:
    stream = io.StringIO()
    moments = iter([0.0, 1.0, 6.0, 6.0, 7.0])
    with EvaluationDisplay(stream=stream, clock=lambda: next(moments)) as progress:
        progress(EvaluationProgress(110, 400, 100, 1.0))  # 1 s after the start: too soon for a line
        progress(EvaluationProgress(160, 400, 100, 6.0))
        progress(EvaluationProgress(400, 400, 100, 30.0))  # the end is the table's to say
    # 60 in 6 s are 10 a second, so the 240 that are left take 24 s
    assert stream.getvalue().splitlines() == [
        "going on after 100 of 400 questions",
        "160 of 400 questions, 10.0 questions/s, about 24 s left",
    ]
    assert describe(EvaluationProgress(100, 400, 100, 0.0)) == "100 of 400 questions"


def environment(index: Path) -> dict[str, str]:
    return {**os.environ, "QA_MODEL": "fake", "QA_INDEX": str(index), "PYTHONWARNINGS": "ignore"}


def start(index: Path, questions: Path, out: Path) -> subprocess.Popen[bytes]:
    with out.with_suffix(".log").open("wb") as log:
        return subprocess.Popen(
            [*COMMAND, "evaluate", str(questions), "--out", str(out), "--workers", "2"],
            env=environment(index),
            stdout=subprocess.DEVNULL,
            stderr=log,
            start_new_session=True,
        )


def wait_for(condition: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in text.split()]


def results(out: Path) -> dict[str, bytes]:
    names = ("per_question.jsonl", "passages.jsonl", "run.trec", "junit.xml")
    return {name: (out / name).read_bytes() for name in names}


@pytest.fixture(scope="module")
def whole(index: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The results of an evaluation that nothing interrupts."""
    folder = tmp_path_factory.mktemp("whole")
    assert start(index, write_set(folder, MANY), folder / "out").wait(PATIENCE) == 0
    return results(folder / "out")


@pytest.mark.slow
@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT])
def test_killed_again_and_again_it_ends_with_the_same_files(
    index: Path, tmp_path: Path, whole: dict[str, bytes], sent: signal.Signals
) -> None:
    questions, out = write_set(tmp_path, MANY), tmp_path / "out"
    journal = out / "journal.partial"
    for lines in (MANY // 10, MANY // 2):
        process = start(index, questions, out)
        wait_for(lambda at_least=lines: journal.exists() and journal.read_bytes().count(b"\n") >= at_least)
        workers = children(process.pid)
        process.send_signal(sent)
        assert process.wait(PATIENCE) == (-9 if sent == signal.SIGKILL else 130)
        assert not (out / "summary.json").exists()
        wait_for(lambda left=workers: not any(Path(f"/proc/{pid}/cmdline").exists() for pid in left))
    before = journal.read_bytes().count(b"\n")
    assert MANY // 2 <= before < MANY
    assert start(index, questions, out).wait(PATIENCE) == 0
    assert "going on after" in out.with_suffix(".log").read_text()
    assert results(out) == whole
