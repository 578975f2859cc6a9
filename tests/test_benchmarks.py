"""The arithmetic of `benchmarks.evidence`, `against`, `support` and `shared`, by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.against import ratios
from benchmarks.evidence import gold_sentences
from benchmarks.shared import write_section
from qa_service.evaluation.grade.grading import best_f1 as f1
from qa_service.evaluation.report.plots import wilson


def test_f1_is_of_the_best_gold_sentence_by_characters() -> None:
    # 10 to 20 and 30 to 40 are 20 long; of 30 to 60 they have 10: 2 * 10 / (20 + 30)
    assert f1([(10, 20), (30, 40)], [(30, 60)]) == pytest.approx(0.4)
    # of 12 to 18 they have 6: 2 * 6 / (20 + 6) = .46, which is better
    assert f1([(10, 20), (30, 40)], [(30, 60), (12, 18)]) == pytest.approx(12 / 26)
    assert f1([(0, 5)], [(0, 5)]) == 1
    assert f1([], [(0, 5)]) == f1([(0, 5)], []) == 0


def test_a_gold_sentence_holds_an_answer_as_whole_words() -> None:
    text = "Twelve wells were dug. Rain fell on the harbour. The wellsite is closed."
    assert gold_sentences(text, ("wells",)) == ((0, 22),)
    assert gold_sentences(text, ("the harbour", "Closed")) == ((23, 48), (49, 72))
    assert gold_sentences(text, ("bees",)) == ()


def test_ratios_are_of_nearest_ranks() -> None:
    # of four values the median is the second, the 95th percentile the fourth
    expected = "p50  before 2.0 ms, now 3.0 ms, ratio 1.50\np95  before 4.0 ms, now 5.0 ms, ratio 1.25"
    assert ratios([4.0, 1.0, 2.0, 3.0], [2.0, 3.0, 4.0, 5.0]) == expected


def test_wilson() -> None:
    # 8 of 10: Wilson's interval is .4902 to .9433 (Newcombe 1998 gives the formula)
    assert wilson(0.8, 10) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))
    assert wilson(1.0, 10)[1] == pytest.approx(1.0)
    assert wilson(0, 0) == (0.0, 1.0)


def test_a_part_of_a_page_is_written_between_its_two_markers_alone(tmp_path: Path) -> None:
    begin, end = "<!-- Written by `python -m benchmarks.a`. -->", "<!-- Until here: a. -->"
    (tmp_path / "other.md").write_text("other\n")
    page = tmp_path / "how-to" / "page.md"
    page.parent.mkdir()
    page.write_text(f"x\n{begin}\nold\n{end}\ny\n")
    assert write_section("a", "new\n", tmp_path) == page
    assert page.read_text() == f"x\n{begin}\n\nnew\n\n{end}\ny\n"
    assert (tmp_path / "other.md").read_text() == "other\n"
    for broken in (f"{begin}", f"{end}{begin}", f"{begin}{end}{end}"):
        page.write_text(broken)
        with pytest.raises(ValueError, match="once each"):
            write_section("a", "new", tmp_path)
        assert page.read_text() == broken


def test_a_part_must_have_one_page(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="0 have it"):
        write_section("a", "new", tmp_path)
    for name in "xy":
        (tmp_path / f"{name}.md").write_text("<!-- Written by `python -m benchmarks.a`. -->\n<!-- Until here: a. -->")
    with pytest.raises(ValueError, match="2 have it"):
        write_section("a", "new", tmp_path)
