from __future__ import annotations

from datetime import date
from math import log
from pathlib import Path

import numpy as np
import pytest
from builders import indexes_of, info, row

from qa_service.records import Filters
from qa_service.storage.features import bm25, hash_terms
from qa_service.storage.local import lexical_index
from qa_service.storage.local.indexes import next_indexes
from qa_service.storage.local.lexical import lexical_search
from qa_service.storage.local.segment import Segment


def test_bm25_by_hand(tmp_path: Path) -> None:
    # N = 3, lengths 2, 4, 6: mean 4. "gold" is in 2 passages: idf = ln(1 + (3 - 2 + .5) / 2.5) = ln 1.6
    indexes = indexes_of(tmp_path, [row(1, "gold mine"), row(2, "gold gold sand salt")], tail=[row(3, "a b c d e f")])
    terms = hash_terms(["gold"])
    scores = bm25(indexes.terms(np.array([1, 2, 3])), terms, indexes.statistics(terms))
    # f = 1, |p| = 2: 2.2 / (1 + 1.2 * (.25 + .75 * 2 / 4)) = 2.2 / 1.75
    # f = 2, |p| = 4: 2 * 2.2 / (2 + 1.2 * 1) = 4.4 / 3.2
    assert scores.tolist() == pytest.approx([log(1.6) * 2.2 / 1.75, log(1.6) * 4.4 / 3.2, 0.0])


def test_statistics_count_live_passages_only(tmp_path: Path) -> None:
    fresh = indexes_of(tmp_path / "fresh", [row(1, "gold mine"), row(3, "salt")])
    rows = [row(1, "gold mine"), row(2, "gold gold gold sea sea")]
    used = indexes_of(tmp_path / "used", rows, tail=[row(3, "salt"), row(4, "gold x")], dead=[2, 4])
    terms = hash_terms(["gold", "salt"])
    assert fresh.document_frequency(terms).tolist() == used.document_frequency(terms).tolist() == [1, 1]
    expected = lexical_search(fresh, terms, 10, fresh.admitted(Filters()), Filters())[1]
    assert lexical_search(used, terms, 10, used.admitted(Filters()), Filters())[1].tolist() == expected.tolist()


def test_statistics_after_many_small_changes(tmp_path: Path) -> None:
    """Commit i adds a passage with "gold" and "w<i>"; every third commit deletes the passage before."""
    indexes = indexes_of(tmp_path, [row(1, "gold salt")])
    for i in range(2, 40):
        dead = np.array([i - 1] if i % 3 == 0 else [], np.int64)
        indexes = next_indexes(indexes, info(i), dead, Segment.of([row(i, f"gold w{i}")], 2))
    # of 39 passages, the commits 3, 6, ..., 39 deleted 13: 2, 5, ..., 38
    terms = hash_terms(["gold", "salt", "w37", "w38"])
    assert indexes.size == 26
    assert indexes.document_frequency(terms).tolist() == [26, 1, 1, 0]
    assert len(indexes.frequency_change.layers) < 8


def test_search_equals_scoring_everything_after_many_deletes(tmp_path: Path) -> None:
    """The base's statistics are then far off: the search must widen until nothing better can be left out."""
    rng = np.random.default_rng(3)
    words = [f"w{i}" for i in range(12)]
    rows = [row(i, " ".join(rng.choice(words, size=rng.integers(2, 60)))) for i in range(1, 900)]
    dead = [i for i in range(1, 900) if i % 3]
    indexes = indexes_of(tmp_path, rows[:800], tail=rows[800:], dead=dead)
    terms = hash_terms(["w1", "w5", "w7"])
    live = indexes.features(np.array([i for i in range(1, 900) if i not in dead]))
    everything = bm25(indexes.terms(live.ids), terms, indexes.statistics(terms))
    order = np.argsort(-everything, kind="stable")[:25]
    found, scores = lexical_search(indexes, terms, 25, indexes.admitted(Filters()), Filters())
    assert indexes.column("ids", found).tolist() == live.ids[order].tolist()
    assert scores.tolist() == everything[order].tolist()


def test_filters_are_applied_inside(tmp_path: Path) -> None:
    """200 better passages of another outlet must not crowd out the one that the filter admits."""
    base = [row(i, "gold", outlet="A", published=date(2025, 1, 1)) for i in range(1, 201)]
    base.append(row(201, "gold and so many other words here", outlet="B", language="fr", published=date(2025, 6, 1)))
    indexes = indexes_of(tmp_path, base)
    for filters in (
        Filters(outlet=("B",)),
        Filters(language=("fr", "de")),
        Filters(article_id=("a201",)),
        Filters(published_from=date(2025, 5, 31)),
        Filters(published_from=date(2025, 6, 1), published_to=date(2025, 6, 1), outlet=("B", "C")),
    ):
        found, _ = lexical_search(indexes, hash_terms(["gold"]), 10, indexes.admitted(filters), filters)
        assert found.tolist() == [200], filters


def test_a_passage_without_a_date_matches_no_date_filter(tmp_path: Path) -> None:
    indexes = indexes_of(tmp_path, [row(1, "gold"), row(2, "gold", published=date(2025, 1, 1))], tail=[row(3, "gold")])
    filters = Filters(published_to=date(2030, 1, 1))
    assert lexical_search(indexes, hash_terms(["gold"]), 10, indexes.admitted(filters), filters)[0].tolist() == [1]


def test_unknown_words_find_nothing(tmp_path: Path) -> None:
    indexes = indexes_of(tmp_path, [row(1, "gold")])
    rows, scores = lexical_search(indexes, hash_terms(["zinc"]), 10, indexes.admitted(Filters()), Filters())
    assert len(rows) == len(scores) == 0


def test_a_process_of_its_own_writes_the_same_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row(i, f"gold w{i % 7}", outlet="A" if i % 2 else None) for i in range(1, 60)]
    terms, filters = hash_terms(["gold", "w3"]), Filters(outlet=("A",))
    found = []
    for name in ("here", "there"):
        indexes = indexes_of(tmp_path / name, rows)
        found.append([part.tolist() for part in lexical_search(indexes, terms, 20, indexes.admitted(filters), filters)])
        monkeypatch.setattr(lexical_index, "LARGEST_INLINE", 0)
    assert found[0] == found[1]
    (tmp_path / "empty").mkdir()
    with pytest.raises(OSError, match=r"the lexical index cannot be written: .*term_offsets"):
        lexical_index.write_lexical(tmp_path / "empty", 1)
