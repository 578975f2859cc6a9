"""What `tests/sets/binding` promises, and how many of its questions are answered right."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.binding import FOLDER, ask_each, binding_service
from benchmarks.shared import json_lines
from qa_service.parsing import read_beir

QUESTIONS = list(json_lines(FOLDER / "questions.jsonl"))


def test_the_set_is_what_its_readme_says() -> None:
    assert len(list(read_beir(FOLDER))) == 15
    assert len({line["id"] for line in QUESTIONS}) == len(QUESTIONS) == 79
    assert sum(not line["gold"] for line in QUESTIONS) == 15


def test_every_gold_string_stands_in_an_article() -> None:
    texts = " ".join(draft.text for draft in read_beir(FOLDER))
    assert all(gold in texts for line in QUESTIONS for gold in line["gold"])
