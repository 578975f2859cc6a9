"""The registry of formats, and the page that describes it."""

from __future__ import annotations

import re
from pathlib import Path

from qa_service.parsing.formats import FORMATS, format_of_suffix

PAGE = (Path(__file__).parent.parent / "docs" / "reference" / "formats.md").read_text(encoding="utf-8")


def test_the_page_lists_every_format_with_its_suffixes() -> None:
    rows = dict(re.findall(r"^\| ([^|]+?) \| (\.[.\w ]+?) \|", PAGE, re.MULTILINE))
    assert {one.name: " ".join(one.suffixes) for one in FORMATS} == rows


def test_every_module_has_a_reader() -> None:
    for one in FORMATS:
        assert callable(one.read), one.name


def test_no_suffix_belongs_to_two_formats() -> None:
    suffixes = [suffix for one in FORMATS for suffix in one.suffixes]
    assert len(suffixes) == len(set(suffixes))
    assert format_of_suffix(".HTM") is format_of_suffix(".html")
    assert format_of_suffix(".unknown") is None
