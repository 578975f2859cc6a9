"""A set whose questions have no answer: declining is what can be measured on it."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from builders import draft, fake_service

from qa_service.errors import InvalidInput
from qa_service.evaluation.report.summary_table import summary_lines
from qa_service.evaluation.run.evaluation_run import evaluate
from qa_service.evaluation.sets import open_questions
from qa_service.evaluation.sets.gold_kinds import NONE, choose_kind


def test_what_it_is_judged_by() -> None:
    nothing, answer = {frozenset({NONE}): 3}, {frozenset({"answer"}): 1}
    assert choose_kind(nothing) == choose_kind(nothing, NONE) == NONE
    assert choose_kind(nothing | answer) == "answer"
    for gold, wanted in ((nothing, "article"), (nothing | answer, NONE), ({}, NONE), ({}, None)):
        with pytest.raises(InvalidInput):
            choose_kind(gold, wanted)


def test_declining_is_measured(tmp_path: Path) -> None:
    lines = [{"id": f"q{n}", "question": f"What is {n} times {n}?", "answerable": False} for n in range(3)]
    (tmp_path / "set.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    service = fake_service(tmp_path / "index", answerable_threshold=0.0)
    service.add_article(draft(1))
    summary = evaluate(service, open_questions(tmp_path / "set.jsonl"), tmp_path / "out", workers=1)
    service.close()
    assert (summary["relevance"], summary["measures"], summary["with_gold"]) == ("none", {}, 0)
    assert (summary["declining"]["unanswerable"], summary["declining"]["declined_unanswerable"]) == (3, 0.0)
    assert 'tests="3" failures="3"' in (tmp_path / "out" / "junit.xml").read_text()
    assert "only declining is measured" in (tmp_path / "out" / "report.html").read_text()
    told = list(summary_lines(summary))
    assert told[1] == "all questions are unanswerable, so only declining is measured"
    assert ("", "") not in list(pairwise(told))
