"""The arithmetic of `benchmarks.pages`, by hand."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from benchmarks.pages import Extracted, main, paired, segments, table

LABEL = {
    "file": "0.html",
    "with": ["the old  quay", "nine million"],
    "without": ["Most read", "cookies"],
    "title": "The Quay",
    "author": "Ada Blum; Bo Falk",
    "date": "2024-03-11",
}


def test_a_segment_is_found_with_white_space_collapsed() -> None:
    # of the wanted segments one of two is there, of the unwanted one of two is not
    assert segments(LABEL, "On the\nold quay.\n\nMost read") == ((1, 2), (1, 2))
    assert segments({}, "text") == ((0, 0), (0, 0))


def test_paired_differences_leave_out_pages_without_segments() -> None:
    # ours 4 of 4, theirs 2 of 4
    ours, theirs = "the old quay costs nine million", "the old quay; Most read"
    assert paired([LABEL, {}], [ours, ""], [theirs, ""]) == [pytest.approx(0.5)]


def test_the_table_counts_fields_and_compares_pages() -> None:
    right = Extracted("the old quay costs nine million", "the quay", "Bo Falk, Ada Blum", "2024-03-11")
    wrong = Extracted("the old quay; Most read", "Quay", "Ada Blum", "2024-03-12")
    shown = table([LABEL], {"qa_service": [(right, 0.03)], "trafilatura": [(wrong, 0.02)]})
    assert "| qa_service | 1.000 | 1.000 | 1.000 | 1.000 | 1.000 | 1.000 | 30 |" in shown
    assert "| trafilatura | 0.500 | 0.500 | 0.500 | 0.000 | 0.000 | 0.000 | 20 |" in shown
    assert "+0.5000" in shown and "1 pages better, 0 worse" in shown


def test_the_command_reads_packed_pages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    prose = "The board voted on Tuesday to repair the old quay for nine million crowns before the winter comes."
    page = f"<html><head><title>The Quay</title></head><body><article><h1>The Quay</h1><p>{prose}</p></article></html>"
    (tmp_path / "0.html.gz").write_bytes(gzip.compress(page.encode()))
    (tmp_path / "labels.jsonl").write_text(json.dumps(LABEL), encoding="utf-8")
    main([str(tmp_path)])
    assert "| qa_service | 1.000 | 1.000 | 1.000 | 1.000 | 0.000 | 0.000 |" in capsys.readouterr().out
