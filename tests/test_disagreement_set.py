"""What tests/sets/README.md promises of the labelled pairs, and how well the rules do on them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from benchmarks.disagreements import PAIRS, ROOT, load_pairs, wilson

from qa_service.answering.differences import KINDS

ROWS = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]


def test_the_counts_in_the_readme() -> None:
    assert Counter(row["group"] for row in ROWS) == {"seeds": 50, "multihoprag_facts500": 55, "constructed": 208}
    assert Counter(row["label"] for row in ROWS) == {"disagree": 107, "agree": 72, "unrelated": 134}
    parts = Counter(row["part"] for row in ROWS)
    assert parts == {"development": 100, "held-out": 98, "second": 42, "third": 32, "fourth": 41}


def test_every_pair_has_its_fields() -> None:
    assert len({row["id"] for row in ROWS}) == len(ROWS)
    for row in ROWS:
        assert set(row) == {"id", "part", "group", "label", "kind", "a", "b", "note"}
        assert (row["kind"] in (*KINDS, "other")) == (row["label"] == "disagree")
        assert row["note"]


def test_what_is_quoted_from_the_seeds_stands_there() -> None:
    for row in ROWS:
        for side in (row["a"], row["b"]):
            if "source" in side:
                text = (ROOT / "seeds" / side["source"]).read_text(encoding="utf-8-sig")
                assert " ".join(side["text"].split()) in " ".join(text.split()), row["id"]


def test_of_the_set_that_is_not_ours_there_are_places_and_no_text() -> None:
    for row in ROWS:
        if row["group"] == "multihoprag_facts500":
            assert all(set(row[side]) == {"article_id", "start", "end"} for side in "ab")


def test_sides_are_of_different_sources() -> None:
    for row in ROWS:
        assert row["a"] != row["b"]
        if row["group"] == "seeds":
            assert row["a"]["source"] != row["b"]["source"] or row["a"]["source"].startswith("004")


def test_the_rules_find_what_the_docs_say_and_nothing_wrong() -> None:
    pairs = load_pairs()
    assert len(pairs) == 258  # without those whose text lies elsewhere
    wrong = [pair.id for pair in pairs if pair.found - ({pair.kind} if pair.label == "disagree" else set())]
    assert wrong == []
    assert sum(pair.label == "disagree" and pair.kind in pair.found for pair in pairs) == 71


def test_the_benchmark_reads_the_other_set_where_it_is(tmp_path: Path) -> None:
    row = {"text": "x" * 2000, "metadata": {"published_at": "2023-10-04T00:00:00+00:00"}}
    names = {r[side]["article_id"] for r in ROWS if r["group"] == "multihoprag_facts500" for side in "ab"}
    (tmp_path / "corpus.jsonl").write_text("\n".join(json.dumps({"_id": name, **row}) for name in names))
    assert len(load_pairs(tmp_path)) == len(ROWS)


def test_wilson() -> None:
    # 8 of 10: Wilson's interval is .4902 to .9433 (Newcombe 1998 gives the formula)
    assert wilson(8, 10) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))
    assert wilson(10, 10)[1] == pytest.approx(1.0)
    assert wilson(0, 0) == (0.0, 1.0)
