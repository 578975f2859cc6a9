"""What `tests/sets/support.jsonl` promises, and what the check makes of it."""

from __future__ import annotations

import json

import pytest

from benchmarks.support import SEEDS, SET, Sentence, load_sentences

SENTENCES = load_sentences()
MISSED = {"s42", "s44", "s55", "s65", "s80"}
"""Sentences that a reader keeps and the check drops: the articles are quoted instead."""


def test_the_set_is_what_its_readme_says() -> None:
    assert len(SENTENCES) == 80
    assert [sum(s.half == half for s in SENTENCES) for half in ("development", "held-out")] == [40, 40]
    assert sum(bool(s.kept) for s in SENTENCES) == 37
    assert len({s.id for s in SENTENCES}) == 80


def test_every_passage_stands_in_one_place_of_its_article() -> None:
    for line in SET.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if "passage" in row:
            text = (SEEDS / row["source"]).read_text(encoding="utf-8")
            assert text.count(row["from"]) == 1, row["passage"]
            assert row["to"] in text[text.index(row["from"]) :], row["passage"]


def test_no_citation_is_left_to_a_passage_that_is_not_there() -> None:
    assert all(0 < number <= len(s.passages) for s in SENTENCES for number in s.kept)


@pytest.mark.parametrize("sentence", SENTENCES, ids=lambda s: s.id)
def test_the_check_keeps_what_a_reader_keeps(sentence: Sentence) -> None:
    assert sentence.found == (() if sentence.id in MISSED else sentence.kept), sentence.text
