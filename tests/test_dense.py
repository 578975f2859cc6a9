from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
from builders import indexes_of, row

from qa_service.records import Filters
from qa_service.storage.features import cosines
from qa_service.storage.local.dense import dense_search


def test_scores_are_inner_products_and_ties_go_by_passage_id(tmp_path: Path) -> None:
    base = [row(1, vector=(1, 0)), row(2, vector=(3, 4)), row(3, vector=(1, 0))]
    indexes = indexes_of(tmp_path, base, tail=[row(4, vector=(0, 1))])
    rows, scores = dense_search(indexes, np.array([1, 0], np.float32), 10, indexes.admitted(Filters()))
    # <(1,0),(1,0)> = 1 twice, <(1,0),(3,4)/5> = .6, <(1,0),(0,1)> = 0
    assert rows.tolist() == [0, 2, 1, 3]
    assert np.allclose(scores, [1, 1, 0.6, 0])


def test_deleted_and_filtered_passages_are_not_found(tmp_path: Path) -> None:
    base = [row(1, outlet="A"), row(2, outlet="B"), row(3, outlet="A")]
    indexes = indexes_of(tmp_path, base, tail=[row(4, outlet="A"), row(5, outlet=None)], dead=[3])
    query = np.array([1, 0], np.float32)
    assert dense_search(indexes, query, 10, indexes.admitted(Filters()))[0].tolist() == [0, 1, 3, 4]
    assert dense_search(indexes, query, 10, indexes.admitted(Filters(outlet=("A",))))[0].tolist() == [0, 3]


def test_search_is_exact_where_half_precision_cannot_tell_vectors_apart(tmp_path: Path) -> None:
    """Vectors that round to the same fp16 are proposed in arbitrary order: the search must widen to get them right."""
    rng = np.random.default_rng(7)
    centre = rng.normal(size=16)
    rows = [row(i, vector=tuple(centre + 1e-5 * rng.normal(size=16))) for i in range(1, 1200)]
    indexes = indexes_of(tmp_path, rows[:1000], tail=rows[1000:])
    query = (centre / np.linalg.norm(centre)).astype(np.float32)
    found, scores = dense_search(indexes, query, 20, indexes.admitted(Filters()))
    everything = cosines(indexes.column("vectors", np.arange(1199)), query)
    order = np.lexsort((np.arange(1199), -everything))[:20]
    assert found.tolist() == order.tolist()
    assert scores.tolist() == everything[order].tolist()


def test_a_rows_score_does_not_depend_on_its_neighbours(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    indexes = indexes_of(tmp_path, [row(i, vector=tuple(rng.normal(size=384))) for i in range(1, 60)])
    query = rng.normal(size=384).astype(np.float32)
    vectors = indexes.column("vectors", np.arange(59))
    together = cosines(vectors, query)
    assert [cosines(vectors[[i]], query)[0] for i in range(59)] == together.tolist()


def test_an_open_base_serves_after_another_process_removed_its_folder(tmp_path: Path) -> None:
    indexes = indexes_of(tmp_path, [row(i, vector=(1, i)) for i in range(1, 50)])
    query = np.array([0, 1], np.float32)
    before = dense_search(indexes, query, 10, indexes.admitted(Filters()))
    shutil.rmtree(tmp_path / "base")
    after = dense_search(indexes, query, 10, indexes.admitted(Filters()))
    assert [part.tolist() for part in after] == [part.tolist() for part in before]
