"""The pages of report and comparison: what they hold, that no text gets out of its place, and the plots."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import tracemalloc
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from qa_service.errors import InvalidInput
from qa_service.evaluation.compare.decisions import DECISIONS
from qa_service.evaluation.grade.answer_measures import ANSWER_MEASURES
from qa_service.evaluation.grade.measures import measures_for
from qa_service.evaluation.report import blocks, write_comparison, write_report
from qa_service.evaluation.report import comparison_page as comparison
from qa_service.evaluation.report.comparison_page import p_value, signed
from qa_service.evaluation.report.measure_words import in_order, meaning, number, percent, primary_of, relevance_meaning
from qa_service.evaluation.report.result_folder import outcome
from qa_service.evaluation.sets.gold_kinds import KINDS
from tests.made_reports import write_comparison_input, write_folder

HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!-- <script> -->",
    "<img src=x onerror=alert(1)>",
    "{{ 7 * 7 }} {% raw %}",
    "line\u2028and\u2029ends, \r\n and \t",
    "\N{GRINNING FACE} \N{MATHEMATICAL BOLD CAPITAL A} beyond",
    "نص عربي \u202e turned",
    "\x00\x01\x1b\x7f\x85 controls",
    "\"quotes' & ampersands &lt;",
]


class Page(HTMLParser):
    """Elements with their attributes, the text of scripts and styles, and the text that is seen."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.raw: dict[str, list[str]] = {"script": [], "style": []}
        self.json: dict[str, Any] = {}
        self.seen = ""
        self._within = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.seen += " "
        if tag in self.raw:
            self._within = tag
            self.raw[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "script" and (name := self.elements[-1][1].get("id")):
            self.json[name] = json.loads(self.raw["script"].pop())
        self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within:
            self.raw[self._within][-1] += data
        else:
            self.seen += data

    @property
    def words(self) -> str:
        return " ".join(self.seen.split())


def question(name: str, rank: int | None, **changes: Any) -> dict[str, Any]:
    """A line of per_question.jsonl: two passages, the one at `rank` relevant."""
    return {
        "id": name,
        "question": f"What is {name}?",
        "tags": ["plain"],
        "language": "en",
        "answerable": True,
        "relevance": "article",
        "declined": False,
        "confidence": 0.5,
        "answer": f"It is {name}. [1]",
        "gold": {"articles": {"a1": 1}, "passages": {}, "evidence": [], "answers": ["an answer"]},
        "measures": {"nDCG@10": 1.0 / rank if rank else 0.0, "Success@1": float(rank == 1)},
        "first_relevant": rank,
        "passages": [placed(1, "p1", int(rank == 1)), placed(2, "p2", int(rank == 2))],
        "citations": {"checked": 2, "valid": 2},
    } | changes


def placed(rank: int, passage_id: str, grade: int) -> dict[str, Any]:
    article = f"a{passage_id[1:]}"
    at = {"rank": rank, "passage_id": passage_id, "article_id": article}
    return at | {"score": 1.0 / rank, "grade": grade, "evidence": [[2, 5]]}


def passage(passage_id: str, text: str = "Some text.", **changes: Any) -> dict[str, Any]:
    place = {"passage_id": passage_id, "article_id": f"a{passage_id[1:]}", "start": 0, "end": len(text), "text": text}
    who = {"title": "A title", "outlet": "AFP", "published": "2025-11-21", "language": "en", "source": "1.txt"}
    return place | who | changes


def folder(tmp_path: Path, questions: list[dict[str, Any]], passages: list[dict[str, Any]] | None = None) -> Path:
    """An output folder of these questions."""
    with_gold = [one for one in questions if one["measures"]]
    measure = {"mean": 0.7349, "low": 0.7, "high": 0.7654, "n": 50}
    summary = {
        "name": "small",
        "collection": "news",
        "questions": len(questions),
        "with_gold": len(with_gold),
        "relevance": "article",
        "top_k": 10,
        "overlap": 1.0,
        "measures": {"Success@1": measure, "nDCG@10": measure} if with_gold else {},
        "declining": {},
        "citations": {"checked": 1_000_000, "valid": 999_999, "share": 0.999999},
        "slices": {
            "tag": {
                "plain": {"n": 30, "nDCG@10": 0.25, "low": {"nDCG@10": 0.125}, "high": {"nDCG@10": 0.375}},
                "alone": {"n": 1, "nDCG@10": 0.5, "low": {}, "high": {}},
                "few": {"n": 9, "nDCG@10": 0.5, "low": {"nDCG@10": 0.25}, "high": {"nDCG@10": 0.75}},
                "nobody": {"n": 0, "low": {}, "high": {}},
            },
            "language": {},
            "type": {},
        },
        "times": {},
    }
    manifest = {
        "collection": {"name": "news", "fingerprint": "f00d", "articles": 2, "passages": 1234},
        "settings": {"weight": 0.7, "api_key": "***"},
        "overrides": {"weight": 0.7},
        "changed": ["weight"],
        "question_set": {"path": "set.jsonl", "format": "jsonl", "sha256": "beef", "questions": len(questions)},
    }
    tmp_path.mkdir(parents=True, exist_ok=True)
    write(tmp_path / "summary.json", [summary])
    write(tmp_path / "manifest.json", [manifest])
    write(tmp_path / "per_question.jsonl", questions)
    write(tmp_path / "passages.jsonl", passages if passages is not None else [passage("p1"), passage("p2")])
    return tmp_path


def write(path: Path, values: list[dict[str, Any]]) -> None:
    path.write_bytes("".join(json.dumps(value, sort_keys=True) + "\n" for value in values).encode())


def read(path: Path) -> Page:
    return Page(path.read_bytes().decode())


def test_the_headline_its_interval_and_what_was_measured_can_be_read(tmp_path: Path) -> None:
    page = read(write_report(folder(tmp_path, [question("q1", 1), question("q2", None), question("q3", 2)])))
    assert "small on news" in page.words
    assert "nDCG@10 0.735 95 % interval 0.700 to 0.765" in page.words
    assert "Missed 1 33.3 % of 3 with gold" in page.words
    assert "2 articles, 1 234 passages" in page.words
    assert "Fingerprint f00d" in page.words
    assert "SHA-256 of the set beef" in page.words
    assert "Settings changed weight = 0.7" in page.words
    assert "the question set names its article" in page.words
    assert "plain 30 0.250 0.125 to 0.375" in page.words
    assert "alone 1 0.500 –" in page.words and "few 9 0.500 –" in page.words
    assert "nobody" not in page.words
    assert "A dash means no interval: with less than ten questions, or with equal scores" in page.words
    # One of a million does not hold: that is not 100 %, and it shows.
    assert "Citations valid 99.99 % 999 999 of 1 000 000 checked" in page.words
    assert ("li", {"class": "card broken"}) in page.elements


def test_an_interval_that_says_nothing_is_a_dash_and_declining_has_both_sides(tmp_path: Path) -> None:
    out = folder(tmp_path, [question("q1", 1), question("q2", None)])
    summary = json.loads((out / "summary.json").read_bytes())
    alike = {"mean": 1.0, "low": 1.0, "high": 1.0, "n": 50}
    summary |= {
        "measures": {"nDCG@10": alike, "Success@1": {"mean": 0.5, "low": None, "high": None, "n": 1}},
        "declining": {
            "answerable": 40, "declined_answerable": 0.1, "unanswerable": 20, "declined_unanswerable": 0.85,
            "threshold": 0.3, "reliability": [], "risk_coverage": [],
        },
        "notes": ["Something <b>was</b> left out."],
    }  # fmt: skip
    write(out / "summary.json", [summary])
    words = read(write_report(out)).words
    assert "nDCG@10 1.000 – no interval" in words and "Success@1 0.500 – no interval" in words
    assert "1.000 – 50" in words
    assert "Declined rightly 85 % of 20 unanswerable" in words
    assert "Declined wrongly 10 % of 40 answerable" in words
    assert "Something <b>was</b> left out." in words


def test_settings_that_are_not_the_defaults_are_marked_whatever_gave_them(tmp_path: Path) -> None:
    out = folder(tmp_path, [question("q1", 1)])
    manifest = json.loads((out / "manifest.json").read_bytes())
    manifest |= {"settings": {"a": 1, "b": 2, "c": 3}, "overrides": {"b": 2, "c": 3}, "changed": ["a", "b"]}
    write(out / "manifest.json", [manifest])
    words = read(write_report(out)).words
    assert "Settings changed a = 1, b = 2" in words
    # c was given for this run as it is anyway
    assert "a changed 1 b changed for this run 2 c for this run 3" in words
    write(out / "manifest.json", [manifest | {"changed": []}])
    assert "Settings changed none" in read(write_report(out)).words
    # a folder of before knows what was given, no more
    del manifest["changed"]
    write(out / "manifest.json", [manifest])
    assert "Settings changed b = 2, c = 3" in read(write_report(out)).words


def test_every_figure_is_explained_where_it_stands(tmp_path: Path) -> None:
    write_folder(tmp_path, 60, articles=20)
    words = read(write_report(tmp_path)).words
    for name, what in (
        ("Success@1", "share of questions whose first result is relevant"),
        ("RR@10", "1 divided by the rank of the first relevant result"),
        ("distinct_outlets@5", "number of outlets among the first 5 passages"),
        ("AUROC, right against wrong", "chance that a right question has more confidence than a wrong question"),
        ("Calibration error (ECE)", "distance of confidence from the share of right questions"),
        ("Brier score", "mean squared distance of the confidence from 1 (right) or 0 (wrong)"),
    ):
        assert f"{name} {what}" in words
    assert "95 % have their mean in it (percentile bootstrap)" in words


def test_every_measure_that_is_computed_has_its_line() -> None:
    names = {name for kind in KINDS for k in (1, 5, 10, 100) for name in measures_for(kind, k)}
    ours = {"evidence_hit", "evidence_F1", "answer_in_passages", "answer_in_evidence", "distinct_outlets@5"}
    ours |= {*ANSWER_MEASURES, *DECISIONS}
    assert [name for name in sorted(names | ours) if not meaning(name)] == []
    assert meaning("Success@5") == "share of questions with a relevant result among the first 5"
    assert meaning("P@5") == "share of the first 5 results that are relevant"
    assert meaning("RR").endswith("0 if no result among the returned is relevant")
    assert not [name for name in names if "{" in meaning(name)]
    assert meaning("mine@3") == ""


def test_a_page_needs_nothing_from_outside_and_may_fetch_nothing(tmp_path: Path) -> None:
    report = write_report(folder(tmp_path / "run", [question("q1", 1)]))
    for path in (report, write_comparison(write_comparison_input(10, 4), tmp_path / "comparison.html")):
        page, text = read(path), path.read_text("utf-8")
        policy = next(a["content"] for tag, a in page.elements if a.get("http-equiv") == "Content-Security-Policy")
        (script,), (style,) = page.raw["script"], page.raw["style"]
        assert policy == (
            f"default-src 'none'; script-src '{digest(script)}'; style-src '{digest(style)}'; "
            "base-uri 'none'; form-action 'none'"
        )
        names = [tag for tag, _ in page.elements]
        assert not {"link", "img", "iframe", "object", "embed", "base", "form", "image", "use"} & set(names)
        attributes = [(name, value) for _, found in page.elements for name, value in found.items()]
        assert [value for name, value in attributes if name in ("src", "href", "srcset")] == ["#table-heading"]
        # The policy would refuse these.
        assert [name for name, _ in attributes if name == "style" or name.startswith("on")] == []
        assert not re.search(r"url\(|@import|fetch\(|XMLHttpRequest|innerHTML|eval\(", script + style)
        assert "http" not in re.sub(r"http-equiv", "", text[: text.index("<script")])


def digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_hostile_texts_stay_texts_wherever_they_stand(tmp_path: Path) -> None:
    passages = [passage(f"p{i}", text, title=text, outlet=text, source=text) for i, text in enumerate(HOSTILE)]
    questions = [
        question(
            text, None, question=text, tags=[text], language=text, answer=text,
            gold={"articles": {text: 1}, "passages": {}, "evidence": [], "answers": [text]},
            passages=[placed(1, f"p{i}", 0)],
        )
        for i, text in enumerate(HOSTILE)
    ]  # fmt: skip
    out = folder(tmp_path, questions, passages)
    summary = json.loads((out / "summary.json").read_bytes())
    manifest = json.loads((out / "manifest.json").read_bytes())
    summary |= {"name": HOSTILE[0], "collection": HOSTILE[1]}
    summary["slices"]["tag"] = {text: {"n": 1, "nDCG@10": 0.5} for text in HOSTILE}
    manifest["settings"] = manifest["overrides"] = {text: text for text in HOSTILE}
    manifest["question_set"]["path"] = HOSTILE[0]
    write(out / "summary.json", [summary])
    write(out / "manifest.json", [manifest])
    page = read(write_report(out))
    harmless = write_report(folder(tmp_path / "plain", [question("q", 1)]))
    assert len(page.raw["script"]) == 1
    assert page.raw == read(harmless).raw  # nothing came into our script or style
    assert not [tag for tag, _ in page.elements if tag == "img"]
    rows = page.json["rows"]["rows"]
    assert [row[2] for row in rows] == [row[1] for row in rows] == [row[9] for row in rows] == HOSTILE
    assert [row[10] for row in rows] == [[text] for text in HOSTILE]
    assert page.json["rows"]["tags"] == HOSTILE
    assert [p[4] for p in page.json["passages-0"]] == [p[5] for p in page.json["passages-0"]] == HOSTILE
    assert HOSTILE[0] in page.seen
    assert "\ufffd\ufffd\ufffd\ufffd\ufffd controls" in page.seen
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", page.seen)


def test_half_a_surrogate_pair_is_written_as_json_writes_it(tmp_path: Path) -> None:
    out = folder(tmp_path, [question("q1", 1, question="half \ud83d of one")])
    assert read(write_report(out)).json["rows"]["rows"][0][2] == "half \ud83d of one"


def test_the_misses_come_first_then_what_is_nearly_right(tmp_path: Path) -> None:
    questions = [
        question("right", 1),
        question("second", 2),
        question("declined", 1, declined=True),
        question("rightly-declined", None, answerable=False, declined=True, measures={}),
        question("invented", None, answerable=False, measures={}),
        question("unknown", None, answerable=None, measures={}),
        question("missed", None),
        question("missed-too", None),
    ]
    page = read(write_report(folder(tmp_path, questions)))
    rows = page.json["rows"]["rows"]
    order = ["missed", "missed-too", "invented", "declined", "second", "right", "rightly-declined", "unknown"]
    assert [row[1] for row in rows] == order
    # The number is the place in the set, from 1.
    assert [row[0] for row in rows] == [7, 8, 5, 3, 2, 1, 4, 6]
    names = page.json["rows"]["outcomes"]
    assert [names[row[3]] for row in rows[:5]] == ["missed", "missed", "invented", "withheld", "lower"]
    assert [names[row[3]] for row in rows[5:]] == ["first", "refused", "unjudged"]


def test_an_unanswerable_question_that_was_declined_is_right_even_without_measures() -> None:
    assert outcome(question("q", None, answerable=False, declined=True, measures={})) == "refused"
    assert outcome(question("q", 1, answerable=False)) == "invented"


def test_a_passage_stands_in_the_page_once_and_is_found_by_its_number(tmp_path: Path) -> None:
    text = "written once \N{GRINNING FACE}"
    questions = [question(f"q{i}", 2) for i in range(250)]
    report = write_report(folder(tmp_path, questions, [passage("p2"), passage("p1", text), passage("p3", "unused")]))
    page = read(report)
    assert report.read_text("utf-8").count(text) == 1
    assert "unused" not in report.read_text("utf-8")
    # 250 questions, 100 a block.
    assert [len(page.json[f"details-{i}"]) for i in range(3)] == [100, 100, 50]
    stored = page.json["passages-0"]
    for detail in page.json["details-2"]:
        assert [stored[p[0]][0] for p in detail["passages"]] == ["p1", "p2"]
        assert [p[1] for p in detail["passages"]] == [1, 2]
        assert [p[3] for p in detail["passages"]] == [0, 1]
        assert detail["articles"] == [["a1", 1, "A title"]]


def test_a_passage_that_no_file_has_is_named(tmp_path: Path) -> None:
    out = folder(tmp_path, [question("q1", 1)], [passage("p1")])
    with pytest.raises(InvalidInput, match=r"passages\.jsonl lacks passage 'p2'"):
        write_report(out)
    assert not (out / "report.html").exists()


def test_past_the_limit_the_first_are_kept_and_the_rest_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "MOST_QUESTIONS", 2)
    page = read(write_report(folder(tmp_path, [question("q1", 1), question("q2", None), question("q3", 2)])))
    assert [row[1] for row in page.json["rows"]["rows"]] == ["q2", "q3"]
    assert "The page holds the first 2 questions of this order; 1 more are in per_question.jsonl" in page.words
    assert page.json["about"]["leftOut"] == 1
    # The figures are of all of them.
    assert "3 questions, 3 of them with gold" in page.words


def test_many_passages_a_question_are_cut_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "MOST_PASSAGES", 11)
    long = [placed(rank, f"p{rank}", 0) for rank in range(1, 31)]
    out = folder(tmp_path, [question("q1", None, passages=long)], [passage(f"p{i}") for i in range(1, 31)])
    page = read(write_report(out))
    assert len(page.json["details-0"][0]["passages"]) == len(page.json["passages-0"]) == 11
    assert page.json["details-0"][0]["more"] == 19


def test_texts_past_the_room_are_left_out_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "MOST_TEXT", 15)
    page = read(write_report(folder(tmp_path, [question("q1", 1)])))
    # "Some text." has 10 code points: the second does not fit.
    assert [p[4] for p in page.json["passages-0"]] == ["Some text.", None]
    assert page.json["about"]["withoutText"] == 1


def test_the_same_files_give_the_same_bytes_and_leave_nothing_else(tmp_path: Path) -> None:
    write_folder(tmp_path / "run", 150, articles=60)
    first = write_report(tmp_path / "run").read_bytes()
    before = sorted(path.name for path in (tmp_path / "run").iterdir())
    assert write_report(tmp_path / "run").read_bytes() == first
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == before
    assert [name for name in before if "unfinished" in name] == []


def test_a_report_with_everything_has_its_plots_and_their_figures(tmp_path: Path) -> None:
    write_folder(tmp_path, 300, articles=60)
    page = read(write_report(tmp_path))
    labels = [a.get("aria-label") or "" for tag, a in page.elements if tag == "svg"]
    assert [label.split(":")[0] for label in labels if label] == [
        "Reliability diagram",
        "Risk-coverage curve",
        "Histogram of the time a question took, table below",
    ]
    assert page.words.count("As a table") == 3
    assert "Questions per second 92.4" in page.words


def test_no_question_at_all_is_still_a_page(tmp_path: Path) -> None:
    page = read(write_report(folder(tmp_path, [], [])))
    assert page.json["rows"]["rows"] == []
    assert "0 questions" in page.words


@pytest.mark.parametrize("name", ["summary.json", "manifest.json", "per_question.jsonl", "passages.jsonl"])
def test_a_file_that_is_not_there_is_named(tmp_path: Path, name: str) -> None:
    out = folder(tmp_path, [question("q1", 1)])
    (out / name).unlink()
    with pytest.raises(InvalidInput, match=f"{re.escape(name)} does not exist") as caught:
        write_report(out)
    assert caught.value.param == name


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    out = folder(tmp_path, [question("q1", 1)])
    with (out / "per_question.jsonl").open("a") as file:
        file.write('{"id": "q2", "ques')
    with pytest.raises(InvalidInput, match=r"per_question\.jsonl, line 2: not JSON"):
        write_report(out)
    (out / "timings.csv").write_text("id,took_ms\nq1,soon\n")
    write(out / "per_question.jsonl", [question("q1", 1)])
    with pytest.raises(InvalidInput, match=r"timings\.csv, line 2: took_ms is not a number"):
        write_report(out)


@pytest.mark.slow
def test_texts_are_not_held_together_in_memory(tmp_path: Path) -> None:
    # 1500 passages of 20 000 letters are 30 MB; a block of 200, with its JSON, some 12.
    questions = [question(f"q{i}", None, passages=[placed(1, f"p{i}", 0)]) for i in range(1500)]
    out = folder(tmp_path, questions, [passage(f"p{i}", "x" * 20_000) for i in range(1500)])
    tracemalloc.start()
    report = write_report(out)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert report.stat().st_size > 30_000_000
    assert peak < 22_000_000


def test_the_comparison_says_warnings_differences_and_flips(tmp_path: Path) -> None:
    made = write_comparison_input(8000, 250)
    made["warnings"] = [HOSTILE[0]]
    row = {"run": "B", "measure": "nDCG@10", "n": 8000, "difference": -0.0204, "low": -0.03, "high": -0.01, "p": 0.0002,
           "p_holm": 0.002, "significant": True, "effect": -0.25, "wins": 100, "losses": 1300,
           "ties": 6600}  # fmt: skip
    made["differences"][0] = row
    outlets = next(other for other in made["differences"] if other["measure"] == "distinct_outlets@5")
    outlets |= {"difference": 0.4, "p": 0.0021, "p_holm": None}
    made["runs"][1] |= {"overrides": {"late_interaction": False}, "changes": ["depth was 5, is 7", HOSTILE[3]]}
    made |= {"notes": [HOSTILE[2]], "overlap": {"B": 0.625, "C": 0.5}}
    made["flips"][249]["question"] = HOSTILE[1]
    page = read(write_comparison(made, tmp_path / "comparison.html"))
    assert f"Read this first {HOSTILE[0]}" in page.words
    assert "dense-only, bm25.trec against hybrid" in page.words
    assert (
        "nDCG@10 worse how near the top the relevant results are, compared with the best possible order: 1 is that "
        "order 0.700 0.700 −0.020 −0.030 to −0.010 < 0.001 0.002 −0.25 100, 1 300, 6 600"
    ) in page.words
    assert "distinct_outlets@5 number of outlets among the first 5" in page.words
    assert "0.002 – not tested" in page.words
    # Two runs by five measures, of which the outlets are no test.
    assert "testing 8 of these rows together" in page.words
    assert "2 rows are not tested" in page.words
    assert HOSTILE[2] in page.words
    assert "late_interaction = false" in page.words
    assert f"Changed: depth was 5, is 7; {HOSTILE[3]}." in page.words
    assert "Both runs share 62.5 % of their first 10 results" in page.words
    assert "Both runs share 50 % of their first 10 results" in page.words
    assert len(page.raw["script"]) == 1
    rows = page.json["flips"]["flips"]
    assert len(rows) == 250
    assert rows[249][2] == HOSTILE[1]
    assert [len(page.json[f"flips-{i}"]) for i in range(3)] == [100, 100, 50]
    assert page.json["flips-2"][49]["baseline"] == made["flips"][249]["baseline"]
    span = made["flips"][249]["gold"]["evidence"][0]
    assert page.json["flips-2"][49]["gold"]["evidence"] == [[span["article_id"], span["start"], span["end"]]]


def test_a_comparison_of_before_notes_overlap_and_a_p_of_every_row_is_still_a_page(tmp_path: Path) -> None:
    made = write_comparison_input(50, 1)
    for key in ("notes", "overlap"):
        made.pop(key, None)
    for row in made["differences"]:
        del row["p_holm"], row["significant"]
    page = read(write_comparison(made, tmp_path / "comparison.html"))
    assert "Both runs share" not in page.words
    assert "10 rows are not tested" in page.words


def test_a_comparison_counts_flips_that_it_leaves_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "MOST_FLIPS", 3)
    page = read(write_comparison(write_comparison_input(50, 5), tmp_path / "comparison.html"))
    assert len(page.json["flips"]["flips"]) == 3
    assert "2 more are in comparison.json" in page.words


def test_a_flip_of_a_trec_run_has_only_ids(tmp_path: Path) -> None:
    made = write_comparison_input(50, 1)
    bare = dict.fromkeys(["start", "end", "text", "title", "outlet", "published", "evidence", "grade"])
    found = {"rank": 1, "passage_id": None, "article_id": "d7", "score": 3.5} | bare
    made["flips"][0] |= {
        "gold": None,
        "baseline": {"answer": None, "declined": True, "confidence": 0.1, "passage": None},
        "other": {"answer": None, "declined": None, "confidence": None, "passage": found},
    }
    page = read(write_comparison(made, tmp_path / "comparison.html"))
    row = page.json["flips"]["flips"][0]
    assert (row[8], row[9], row[10]) == ("(declined)", "d7", [])
    assert page.json["flips-0"][0]["gold"] == {"articles": {}, "passages": {}, "evidence": [], "answers": []}


def test_figures_in_words() -> None:
    assert number(None) == "–"
    assert number(1234567) == "1\u202f234\u202f567"
    assert number(-0.5, 1) == "−0.5"
    assert percent(0.5) == "50\u202f%"
    assert percent(0.99999) == "99.9\u202f%"
    assert percent(1.0) == "100\u202f%"
    assert (signed(0.02), signed(-0.02), signed(-0.0001), signed(0.0)) == ("+0.020", "−0.020", "0.000", "0.000")
    assert (p_value(0.0009), p_value(0.04)) == ("<\u202f0.001", "0.040")


def test_measures_have_one_order_and_one_that_leads() -> None:
    names = ["AP", "P@5", "R@100", "R@10", "RR@10", "Success@5", "Success@1", "distinct_outlets@5", "mine", "nDCG@10"]
    assert in_order(names) == [
        "nDCG@10", "RR@10", "AP", "Success@1", "Success@5", "P@5", "R@10", "R@100", "distinct_outlets@5", "mine",
    ]  # fmt: skip
    assert primary_of(["nDCG@5", "nDCG@10", "RR@10"]) == "nDCG@10"
    assert primary_of(["Success@1", "RR@3"]) == "RR@3"
    assert primary_of([]) is None


def test_relevance_is_said() -> None:
    assert "covers all of the characters" in relevance_meaning("evidence", 1.0)
    assert "covers at least 50\u202f% of the characters" in relevance_meaning("evidence", 0.5)
    assert "nDCG, AP and R are left out" in relevance_meaning("answer", 1.0)
    assert relevance_meaning(None, None) == ""


def test_why_a_question_failed_is_in_its_details_and_the_answers_have_their_figures(tmp_path: Path) -> None:
    place = {"article_id": "a", "passage_id": "0" * 16, "title": HOSTILE[0], "sentence": HOSTILE[1], "marked": False}
    why = {"lost": "sentence", "why": "The sentence was lost.", "gold": [place | {"ranks": {"dense": 3}}]}
    wrong = question("q1", 1) | {"failure": why, "answer_right": False}
    out = folder(tmp_path / "run", [wrong, question("q2", 1)])
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    summary["answers"] = {
        "given": 2, "judged": 2, "precision": 0.5, "median_characters": 120.0, "auroc_right": 1.0, "brier": 0.1,
        "ece": 0.2, "reliability": [{"low": 0.1, "high": 0.9, "n": 2, "confidence": 0.5, "right": 0.5}],
    }  # fmt: skip
    (out / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    page = read(write_report(out))
    assert [one["failure"] for one in page.json["details-0"]] == [why, None]
    assert [page.json["rows"]["outcomes"][row[3]] for row in page.json["rows"]["rows"]] == ["wrong", "first"]
    words = " ".join(page.seen.split())
    assert "Right, of the answers given share of the given answers that hold a gold answer" in words
    assert "Answered rightly 50" in words and "length of a given answer, median 120" in words
