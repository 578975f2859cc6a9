"""Tests of law 3: the history of a collection does not show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from qa_service.storage.conformance.articles import CONTENT, DIMENSION, FILTERS, ORIGIN, encoded_article, passage_ids
from qa_service.storage.conformance.fixtures import EngineFixtures
from qa_service.storage.features import hash_terms
from qa_service.storage.port import Engine, Store

__all__ = ["HistoryTests"]


class HistoryTests(EngineFixtures):
    """Law 3: the history of a collection does not show."""

    def test_another_order_gives_the_same_collection(self, engine: Engine, filled: Store) -> None:
        other = engine.open("fresh", ORIGIN)
        for number in np.random.default_rng(3).permutation(len(CONTENT)).tolist():
            other.write([CONTENT[number]])
        used, fresh = filled.snapshot(), other.snapshot()
        assert replace(used.info, name="", generation=0) == replace(fresh.info, name="", generation=0)
        vector = np.full(DIMENSION, 0.25, np.float32)
        terms = hash_terms(["wb2", "wc3", "wd4", "we5"])
        for filters in FILTERS:
            for one, two in (
                (used.nearest(vector, 50, filters), fresh.nearest(vector, 50, filters)),
                (used.matching(terms, 50, filters), fresh.matching(terms, 50, filters)),
            ):
                assert one.scores.tolist() == two.scores.tolist()
                assert passage_ids(used, one.ids) == passage_ids(fresh, two.ids)
        other.close()

    def test_a_change_and_its_opposite_restore_the_fingerprint(self, writable: Store) -> None:
        before = writable.snapshot().info
        writable.write([encoded_article(77)])
        assert writable.snapshot().info.fingerprint != before.fingerprint
        writable.write(deleted=["article/77"])
        after = writable.snapshot().info
        assert (after.fingerprint, after.generation) == (before.fingerprint, before.generation + 2)
