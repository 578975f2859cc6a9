"""`benchmarks.variants`: each change by hand, and that without one the ranking is the service's."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from benchmarks.retrieval_tables import END
from benchmarks.variant_changes import (
    article,
    at_best,
    best_sentence,
    by_length,
    carried,
    feedback,
    mixed,
    pairs,
    powered,
    smoothed,
    two_best,
    window,
)
from benchmarks.variant_ranking import Change, Head, Matches, VariedRanker, matches_of
from benchmarks.variants import BEGIN, Measured, main, ndcg, table
from qa_service.embedding.binary_tokens import pack_bits
from qa_service.ranking.interpretation import interpret
from qa_service.ranking.query import Query, prepare_query
from qa_service.ranking.token_signs import TokenSignReader
from qa_service.records import Question
from qa_service.records.encodings import QueryEncoding
from qa_service.storage.local.rows import TokenSigns
from tests.builders import fake_service
from tests.test_bench_retrieval import tiny

MATCHES = Matches(
    sentences=np.array([[0.8, 0.2, 0.2], [0.0, 0.6, 0.2]]),
    whole=np.array([0.8, 0.6]),
    title=np.array([0.0, 0.0]),
    pairs=np.array([[0.1, 0.3, 0.2]]),
    covered=np.array([0.5, 0.25, 0.0]),
    pooled=np.array([0.0, 0.0, 0.0]),
)
EVEN = np.array([0.5, 0.5])
"""Sentences then score .4, .4 and .2."""


def test_ndcg_takes_an_article_where_its_best_passage_stands() -> None:
    # Articles 7, 8, 9 in this order; grades 0, 1, 2: 1 / log2(3) + 2 / log2(4) over 2 / log2(2) + 1 / log2(3).
    third = 1 / np.log2(3)
    assert ndcg([7, 7, 8, 7, 9], {8: 1, 9: 2}) == pytest.approx((third + 1) / (2 + third))
    assert ndcg([*range(10), 99], {99: 1}) == 0


def test_matches_elsewhere_in_the_passage_count_for_each_sentence() -> None:
    # Half of .8 and of .6 stand in for less: (.8 + .3) / 2, (.4 + .6) / 2 and (.4 + .3) / 2.
    assert carried(0.5)(MATCHES, EVEN) == pytest.approx(0.55)
    assert carried(0.0)(MATCHES, EVEN) == pytest.approx(best_sentence(MATCHES, EVEN))
    assert carried(1.0)(MATCHES, EVEN) == pytest.approx(0.7)


def test_matches_of_a_passage() -> None:
    tokens = np.eye(2, 4, dtype=np.float32)
    encoding = QueryEncoding(tokens[0], tokens, np.zeros((2, 2), np.int32))
    query = Query("", encoding, np.empty(0, np.int64), np.empty(0), np.array([0.5, 0.5], np.float32))
    # Only the first two of four dimensions meet the question, each with +-1/2: the title, then two sentences.
    vectors = np.array([[1, -1, 1, 1], [-1, 1, 1, 1], [1, 1, 1, 1], [-1, 1, 1, 1], [-1, -1, 1, 1]], np.float32)
    signs = TokenSigns(pack_bits(vectors), np.zeros((5, 2), np.int32), np.array([-1, 0, 0, 1, 1]), siblings=4)
    found = matches_of(query, signs)
    assert found is not None
    # The title's .5 counts .9 / sqrt(4) of itself with each sentence: .225.
    assert found.sentences == pytest.approx(np.array([[0.5, 0.225], [0.5, 0.5]]))
    assert found.whole.tolist() == [0.5, 0.5]
    # (-.5 + .5) / 2 and (-.5 - .5) / 2; the .5 of the pair across the two sentences does not count.
    assert found.pairs.tolist() == [[0.0, -0.5]]
    assert found.covered.tolist() == [0.5, 0.0]


def test_what_is_made_of_matches() -> None:
    assert best_sentence(MATCHES, EVEN) == pytest.approx(0.4)
    assert window(2)(MATCHES, EVEN) == pytest.approx(0.7)  # (.8 + .6) / 2
    assert window(5)(MATCHES, EVEN) == pytest.approx(0.7)
    assert two_best(MATCHES, np.array([0.75, 0.25])) == pytest.approx(0.45)  # .6, .3 and .2
    assert pairs(MATCHES, EVEN) == pytest.approx(0.3)
    assert at_best(lambda m: m.covered)(MATCHES, np.array([0.25, 0.75])) == 0.25  # .2, .5 and .2: the second
    assert mixed(0.25, pairs)(MATCHES, EVEN) == pytest.approx(0.375)  # 3/4 of .4 and 1/4 of .3
    # .64 and .36 squared are .4096 and .1296: shares .7596 and .2404.
    assert powered(2)(MATCHES, np.array([0.64, 0.36])) == pytest.approx(0.8 * 0.4096 / 0.5392)


def test_long_questions_take_more_of_the_whole() -> None:
    long = Matches(*(np.repeat(column, 9, axis=0) for column in (MATCHES.sentences, MATCHES.whole)), *[EVEN] * 4)
    # 18 tokens: a quarter of the whole's .7 and three quarters of the sentence's .4.
    assert by_length(long, np.full(18, 1 / 18)) == pytest.approx(0.475)


def test_what_is_made_of_the_first_scores() -> None:
    head = Head(np.array([0.8, 0.6, 0.4]), np.array([1, 2, 1]), np.array([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]]))
    # .4 is beside .8 and .8 beside .4; article 2 has no other passage, so the lowest score stands for it.
    changed = article(0.5, lambda scores: float(scores.max()))(head)
    assert changed == pytest.approx(np.array([0.6, 0.5, 0.6]))
    # Of the first alone, .2 above the median: its own vector.
    assert feedback(0.5, 1)(head) == pytest.approx(np.array([0.8 + 0.5, 0.6 + 0.3, 0.4]))
    # Nearest: the second (.6), the third (.8), the second (.8).
    assert smoothed(0.5, 1)(head) == pytest.approx(np.array([0.7, 0.5, 0.5]))


@pytest.mark.parametrize("text", ["Where are wells dug?", "What does AFP say of rain on the harbour?"])
def test_without_a_change_it_is_what_is_served(tmp_path: Path, text: str) -> None:
    with closing(fake_service(tmp_path / "index")) as service:
        service.ingest_beir(tiny(tmp_path) / "tiny", "tiny")
        collection = service.collection("tiny")
        snapshot = collection.snapshot
        query = prepare_query(text, snapshot, service.embedder, interpret(text, snapshot.info, snapshot.days))
        ranker = VariedRanker(query, snapshot, TokenSignReader(collection.catalogue, snapshot))
        answer = service.ask(Question(text, top_k=10, collection="tiny", max_per_article=1))
        served = [int(passage.passage.passage_id, 16) for passage in answer.passages]
        for change in (Change("none"), Change("the same again", parts=best_sentence)):
            rows = ranker.order(change, service.settings)
            assert snapshot.column("key", rows).tolist() == served
        reverse = ranker.order(Change("the other way round", again=lambda head: -head.scores), service.settings)
        assert snapshot.column("key", reverse).tolist() == served[::-1]


def test_the_table_says_which_differences_leave_out_nothing() -> None:
    measured = [Measured("a", [0.5, 0.5], {"x": [0.75, 0.75]}), Measured("b", [1.0, 0.0], {"x": [1.0, 0.0]})]
    assert table(measured, "0123456789abcdef").splitlines() == [
        "| ranking | `a` (2) | `b` (2) | mean |",
        "|---|---|---|---|",
        "| as it is served | .500 | .500 | .500 |",
        "| x | **+.250 (+.250 to +.250)** | 0 (0 to 0) | +.1250 |",
        "",
        "Code (SHA-256): `0123456789ab`.",
    ]


def test_a_run_writes_its_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_MODEL", "fake")
    page = tmp_path / "page.md"
    page.write_text(f"# Before\n\n{BEGIN}\nold\n{END}\n\nAfter\n", encoding="utf-8")
    root = str(tiny(tmp_path))
    assert main([root, "--sets", "tiny", "--index", str(tmp_path / "index"), "--page", str(page), "--write"]) == 0
    written = page.read_text(encoding="utf-8")
    assert written.startswith("# Before\n") and written.endswith("After\n") and "old" not in written
    assert "| ranking | `tiny` (3) | mean |" in written and "| `sentence_share` 0.5 | " in written
