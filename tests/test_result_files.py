"""The files of an evaluation: canonical, well-formed whatever a question holds, no more in them than was measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from qa_service.evaluation.grade.bootstrap import tells
from qa_service.evaluation.grade.slices import Slices, type_of
from qa_service.evaluation.grade.summary import rounded, summarise, times_of
from qa_service.evaluation.report.junit import junit_lines
from qa_service.evaluation.report.summary_table import summary_lines
from qa_service.evaluation.run.result_files import write_files

MANIFEST = {"collection": {"name": "news"}, "relevance": "article", "top_k": 10, "overlap": 1.0, "workers": 2}


def record(**changes: Any) -> dict[str, Any]:
    return {
        "id": "q1",
        "question": "Who governs?",
        "tags": [],
        "language": None,
        "answerable": None,
        "relevance": "article",
        "declined": False,
        "confidence": 0.5,
        "answer": None,
        "answer_right": None,
        "gold": {},
        "measures": {"nDCG@10": 1.0},
        "first_relevant": 1,
        "passages": [],
        "citations": {"checked": 3, "valid": 3},
    } | changes


def journal_line(**changes: Any) -> dict[str, Any]:
    return {"record": record(), "run": [], "passages": [], "took_ms": 1.25, "seconds": 1.0} | changes


def parsed(*records: dict[str, Any]) -> ElementTree.Element:
    return ElementTree.fromstring("\n".join(junit_lines("set", lambda: iter(records))))


def test_junit_says_what_failed_and_why() -> None:
    root = parsed(
        record(),
        record(id="q2", first_relevant=None, passages=[{}, {}]),
        record(id="q3", answerable=False, measures={}, declined=True),
        record(id="q4", answerable=False, measures={}, declined=False, confidence=0.9),
        record(id="q5", measures={}),  # nobody knows
        record(id="q6", citations={"checked": 3, "valid": 2}),
        record(id="q7", declined=True, confidence=0.1),
        record(id="q8", answer="Nobody [1]", answer_right=False),
        record(id="q9", answer="Ann Lee [1]", answer_right=True, measures={}),
        record(id="r1", answerable=True, measures={}, declined=True),
        record(id="r2", answerable=True, measures={}),
    )
    assert [root.get(name) for name in ("tests", "failures", "errors")] == ["10", "5", "1"]
    found = [(case.get("name", "")[:2], *((child.tag, child.get("message")) for child in case)) for case in root[0]]
    assert found == [
        ("q1",),
        ("q2", ("failure", "nothing relevant by article among the 2 passages")),
        ("q3",),
        ("q4", ("failure", "has no answer and was answered, confidence 0.90")),
        ("q6", ("error", "1 of 3 citations do not hold: run qa-service verify")),
        ("q7", ("failure", "has an answer and was declined, confidence 0.10")),
        ("q8", ("failure", "was answered wrongly, confidence 0.50: Nobody [1]")),
        ("q9",),
        ("r1", ("failure", "has an answer and was declined, confidence 0.50")),
        ("r2",),
    ]


@pytest.mark.parametrize("text", ["\x00\x08 <&> \"'", "\ufffe \uffff", "\x1b[31mred", "two\nlines\ttab", "😀 é ع"])
def test_junit_is_xml_whatever_a_question_holds(text: str) -> None:
    case = parsed(record(question=text))[0][0]
    legal = "".join("\N{REPLACEMENT CHARACTER}" if c in "\x00\x08\x1b\ufffe\uffff" else c for c in text)
    assert case.get("name") == f"q1: {legal}"


def test_ids_with_white_space_are_one_column_of_a_trec_run(tmp_path: Path) -> None:
    run = [["a b/c", 2.0], ["100%\u00a0sure", 1.0]]
    write_files([journal_line(record=record(id="q 1"), run=run)], tmp_path)
    # U+00A0 is C2 A0 in UTF-8
    assert (tmp_path / "run.trec").read_text() == (
        "q%201 Q0 a%20b/c 1 2 qa-service\nq%201 Q0 100%25%C2%A0sure 2 1 qa-service\n"
    )


def test_times_stand_in_their_own_file(tmp_path: Path) -> None:
    write_files([journal_line(), journal_line(record=record(id='say "a", b'), took_ms=20.0)], tmp_path)
    assert (tmp_path / "timings.csv").read_text() == 'id,took_ms\nq1,1.250\n"say ""a"", b",20.000\n'
    assert "1.25" not in (tmp_path / "per_question.jsonl").read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "passages.jsonl", "per_question.jsonl", "run.trec", "timings.csv",
    ]  # fmt: skip


def test_lines_are_canonical(tmp_path: Path) -> None:
    write_files([journal_line(record={"b": "é", "id": "q1", "a": 1})], tmp_path)
    assert (tmp_path / "per_question.jsonl").read_text(encoding="utf-8") == '{"a": 1, "b": "é", "id": "q1"}\n'


def test_floats_have_six_decimals_and_no_negative_zero() -> None:
    assert json.dumps(rounded({"a": [0.12345678, -0.0000001], "b": (1, True, None)})) == (
        '{"a": [0.123457, 0.0], "b": [1, true, null]}'
    )


def test_percentiles_are_times_that_were_measured() -> None:
    # of 1 to 200 ms: 50 % is the 100th, 95 % the 190th, 99 % the 198th; 200 questions in 4 s are 50 a second
    assert times_of(map(float, range(200, 0, -1)), 4.0, 2) == {
        "p50_ms": 100.0, "p95_ms": 190.0, "p99_ms": 198.0, "per_second": 50.0, "seconds": 4.0, "workers": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who governs?", "who"),
        ("Whose idea was it?", "who"),
        ("In which year was it founded?", "which"),
        ("From about when?", "when"),
        ("Is it what it seems?", "yes-no"),
        ("Didn't they know?", "yes-no"),
        ("The paper that asked who governs", "other"),
        ("Qui gouverne ?", "other"),
        ("", "other"),
    ],
)
def test_the_type_of_a_question_is_told_by_its_first_words(question: str, kind: str) -> None:
    assert type_of(question) == kind


def test_slices_count_the_questions_with_gold() -> None:
    slices = Slices()
    slices.add(record(tags=["a", "b", "a"], language="en", measures={"RR@10": 1.0, "evidence_F1": 0.5}))
    slices.add(record(question="When?", tags=["a"], measures={"RR@10": 0.5}))
    slices.add(record(tags=["a"], measures={}))
    slices.add(record(question="Why?", measures={}))
    bare: dict[str, dict[str, float]] = {"low": {}, "high": {}}  # of one question
    both = {"RR@10": 1.0, "evidence_F1": 0.5}
    assert slices.means() == {
        # RR@10 of a is (1 + .5) / 2; only one of the two has evidence. A quarter of all draws of two are the lower one
        # twice, and a quarter the higher: far more than the 2.5 % beyond either bound.
        "tag": {
            "a": {"n": 2, "RR@10": 0.75, "evidence_F1": 0.5, "low": {"RR@10": 0.5}, "high": {"RR@10": 1.0}},
            "b": {"n": 1, **both, **bare},
        },
        "language": {"en": {"n": 1, **both, **bare}},
        # of why there is a question, but none with gold
        "type": {"who": {"n": 1, **both, **bare}, "when": {"n": 1, "RR@10": 0.5, **bare}, "why": {"n": 0, **bare}},
    }


def test_a_slice_of_all_questions_has_the_interval_of_all() -> None:
    found = summary_of(*[record(tags=["all"], measures={"RR@10": 1 / place}) for place in range(1, 30)])
    whole, part = found["measures"]["RR@10"], found["slices"]["tag"]["all"]
    assert (part["n"], part["RR@10"], part["low"]["RR@10"], part["high"]["RR@10"]) == (
        29, whole["mean"], whole["low"], whole["high"],
    )  # fmt: skip
    assert part["low"]["RR@10"] < part["RR@10"] < part["high"]["RR@10"]


def summary_of(*records: dict[str, Any]) -> dict[str, Any]:
    return summarise(records, [1.0] * len(records), MANIFEST, name="set", threshold=0.3, seconds=2.0)


def test_a_summary_counts_what_is_known() -> None:
    found = summary_of(
        record(confidence=0.9),
        record(measures={"nDCG@10": 0.5}, first_relevant=7, confidence=0.2, declined=True),
        record(answerable=False, measures={}, first_relevant=None, confidence=0.1, declined=True),
        record(measures={}, first_relevant=None, citations={"checked": 1, "valid": 0}),
    )
    assert (found["questions"], found["with_gold"]) == (4, 2)
    assert found["measures"]["nDCG@10"] | {"low": 0, "high": 0} == {"mean": 0.75, "low": 0, "high": 0, "n": 2}
    assert found["citations"] == {"checked": 10, "valid": 9, "share": 0.9}
    # right: the first one; wrong: the one whose first relevant passage is 7th, and the one without an answer;
    # the last one counts for nothing. Brier: (.1² + .2² + .1²) / 3
    assert found["declining"]["brier"] == 0.02
    assert found["declining"]["declined_unanswerable"] == 1.0


def test_a_summary_of_questions_of_which_nothing_is_known() -> None:
    found = summary_of(record(measures={}, citations={"checked": 0, "valid": 0}))
    assert found["measures"] == {} and found["citations"]["share"] is None
    assert max(map(len, summary_lines(found))) <= 80


def test_the_table_fits_into_80_columns() -> None:
    measures = {"nDCG@10": 0.5, "distinct_outlets@5": 3.0}
    many = [record(answerable=n % 2 == 0, measures={} if n % 2 else measures) for n in range(2000)]
    found = summary_of(*many) | {"name": "a name of a set that somebody took care\nto make long", "relevance": "answer"}
    lines = list(summary_lines(found))
    assert max(map(len, lines)) <= 80
    assert not any("\n" in line for line in lines)
    assert "nDCG@10              0.500   -                  1000" in lines


def test_an_interval_that_says_nothing_is_not_shown() -> None:
    assert tells(10, 0.4, 0.5)
    assert not tells(9, 0.4, 0.5)  # too few
    assert not tells(1000, 0.5, 0.5)  # all alike
    assert not tells(1, None, None) and not tells(None, 0.4, 0.5)
    many = [
        record(measures={"RR@10": 1 / n, "AP": 1.0, **({"evidence_hit": n % 2} if n < 10 else {})})
        for n in range(1, 12)
    ]
    found = summary_of(*many)
    assert found["measures"]["AP"] == {"mean": 1.0, "low": 1.0, "high": 1.0, "n": 11}
    lines = [line.split() for line in summary_lines(found)]
    assert ["AP", "1.000", "-", "11"] in lines
    assert ["evidence_hit", "0.556", "-", "9"] in lines  # 5 of 9
    low, high = (f"{found['measures']['RR@10'][end]:.3f}" for end in ("low", "high"))
    # 1 + 1/2 + … + 1/11 = 3.0199
    assert ["RR@10", "0.275", low, "to", high, "11"] in lines
    assert any(line.startswith("- no interval: with less than ten questions") for line in summary_lines(found))
    spread = [record(measures={"RR@10": 1 / n}) for n in range(1, 12)]
    assert not any(line.startswith("- no interval") for line in summary_lines(summary_of(*spread)))


def test_one_question_has_no_interval() -> None:
    assert summary_of(record())["measures"]["nDCG@10"] == {"mean": 1.0, "low": None, "high": None, "n": 1}
