"""Dense search of a base that is too large to compare all its vectors in half precision."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from builders import draft, fake_service, indexes_of, row, store_of

from qa_service.records import Filters, Question
from qa_service.storage.features import cosines
from qa_service.storage.local import dense, vector_index
from qa_service.storage.local.dense import dense_search
from qa_service.storage.local.indexes import Indexes

DIMENSION, SIZE = 32, 3000


@pytest.fixture
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_index, "LARGEST_EXHAUSTIVE", 0)
    monkeypatch.setattr(dense, "FEWEST_REFINED", 600)
    monkeypatch.setattr(dense, "FEW_ROWS", 100)


def vectors(seed: int, count: int) -> npt.NDArray[np.float32]:
    made = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def large(folder: Path) -> Indexes:
    """Rows 0 to 2989 are in the base, the others in the tail. `seq` 1 is deleted; every 100th row is of outlet A, every
    second row is in German."""
    made = [
        row(i, vector=v, outlet="A" if i % 100 == 0 else "B", language="de" if i % 2 else "en")  # type: ignore[arg-type]
        for i, v in enumerate(vectors(1, SIZE), 1)
    ]
    return indexes_of(folder, made[:-10], tail=made[-10:], dead=[1])


@pytest.mark.usefixtures("small_limits")
@pytest.mark.parametrize("filters", [Filters(), Filters(language=("de",)), Filters(outlet=("A",))])
def test_nearly_all_of_the_nearest_are_found(tmp_path: Path, filters: Filters) -> None:
    indexes = large(tmp_path)
    assert not indexes.info.exact
    live_vectors = indexes.column("vectors", np.arange(1, SIZE))
    admitted = indexes.admitted(filters)
    live = np.flatnonzero(np.concatenate([admitted.base, admitted.tail]))
    missed = 0
    for query in vectors(2, 20):
        everything = cosines(live_vectors, query)  # they begin with row 1
        best = live[np.argsort(-everything[live - 1], kind="stable")[:10]]
        rows, scores = dense_search(indexes, query, 10, admitted)
        assert scores.tolist() == everything[rows - 1].tolist()
        assert set(rows.tolist()) <= set(live.tolist())
        missed += len(set(best.tolist()) - set(rows.tolist()))
    assert missed == 0 if filters.outlet else missed <= 2  # 30 passages of outlet A are all scored; recall is .99


@pytest.mark.usefixtures("small_limits")
def test_a_filter_that_lies_far_from_the_question_still_returns_its_passages(tmp_path: Path) -> None:
    near, far = np.eye(DIMENSION, dtype=np.float32)[:2]
    rng = np.random.default_rng(3)
    noise = rng.normal(size=(2000, DIMENSION)) / 50
    made = [
        row(i, vector=(far if i % 4 == 0 else near) + noise[i - 1], language="de" if i % 4 == 0 else "en")
        for i in range(1, 2001)
    ]
    indexes = indexes_of(tmp_path, made)
    rows, _ = dense_search(indexes, near, 40, indexes.admitted(Filters(language=("de",))))
    assert len(rows) == 40
    assert all((found + 1) % 4 == 0 for found in rows.tolist())


@pytest.mark.usefixtures("small_limits")
def test_equal_vectors_give_equal_indexes(tmp_path: Path) -> None:
    for name in ("first", "second"):
        vector_index.write_vectors(tmp_path / name, vectors(4, 500))
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_a_collection_says_that_it_is_approximate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service = fake_service(tmp_path)
    service.add_article(draft(1))
    assert service.status().exact
    monkeypatch.setattr(vector_index, "LARGEST_EXHAUSTIVE", 0)
    store = store_of(service)
    store.rebuild()
    assert not store.snapshot().exact
    assert not service.status().exact
    assert not service.ask(Question("wells")).collection.exact
    assert not store.verify().problems
    index = store.indexes.base.vectors
    assert vector_index.check_vectors(index, -store.indexes.base.segment.vectors[:])
    service.close()
