"""Tests of both searches, against the scores of all passages."""

from __future__ import annotations

import math
from datetime import timedelta
from itertools import product

import numpy as np
import numpy.typing as npt
import pytest

from qa_service.records import Filters
from qa_service.storage.conformance.articles import (
    DIMENSION,
    EVERYTHING,
    FILTERS,
    FIRST_DAY,
    PASSAGES,
    WORDS,
    admits,
    all_ids,
    passage_ids,
    terms_of,
)
from qa_service.storage.conformance.fixtures import EngineFixtures
from qa_service.storage.features import bm25, cosines, hash_terms
from qa_service.storage.port import NO_FILTERS, Snapshot, Store

__all__ = ["SearchTests"]

DEPTHS = (1, 7, 40, EVERYTHING)


class SearchTests(EngineFixtures):
    """Both searches against the scores of all passages."""

    def test_nearest_is_exact(self, filled: Store) -> None:
        snapshot = filled.snapshot()
        for query in (np.ones(DIMENSION), np.random.default_rng(5).normal(size=DIMENSION)):
            vector = (query / np.linalg.norm(query)).astype(np.float32)
            scores = cosines(snapshot.vectors(all_ids(snapshot)), vector)
            for filters, depth in product(FILTERS, DEPTHS):
                expected = best(snapshot, scores, filters, depth)
                found = snapshot.nearest(vector, depth, filters)
                assert (found.ids.tolist(), found.scores.tolist()) == expected, (filters, depth)
                assert found.scores.dtype == np.float32

    def test_matching_is_exact(self, filled: Store) -> None:
        snapshot = filled.snapshot()
        for words in (["wb2"], ["wc3", "wd4", "afp"], ["nothing"], WORDS[:30]):
            terms = hash_terms(words)
            scores = bm25(snapshot.terms(all_ids(snapshot)), terms, snapshot.statistics(terms))
            for filters, depth in product(FILTERS, DEPTHS):
                expected = best(snapshot, np.where(scores > 0, scores, -np.inf), filters, depth)
                found = snapshot.matching(terms, depth, filters)
                assert (found.ids.tolist(), found.scores.tolist()) == expected, (words, filters, depth)
                assert found.scores.dtype == np.float64

    def test_bm25_is_that_of_the_formula(self, filled: Store) -> None:
        snapshot, words = filled.snapshot(), ["wb2", "wc3", "afp"]
        terms = hash_terms(words)
        statistics, found = snapshot.statistics(terms), snapshot.matching(terms, EVERYTHING, NO_FILTERS)
        ids = passage_ids(snapshot, found.ids)
        for passage_id, score in zip(ids, found.scores.tolist(), strict=True):
            bag, by_hand = terms_of(*PASSAGES[passage_id]), 0.0
            norm = 1.2 * (0.25 + 0.75 * sum(bag.values()) / statistics.mean_length)
            for term, n in zip(words, statistics.document_frequency.tolist(), strict=True):
                idf = math.log(1 + (len(PASSAGES) - n + 0.5) / (n + 0.5))
                by_hand += idf * bag.get(term, 0) * 2.2 / (bag.get(term, 0) + norm)
            assert score == pytest.approx(by_hand)
        assert set(ids) == {key for key, place in PASSAGES.items() if not terms_of(*place).keys().isdisjoint(words)}

    def test_statistics_count_what_is_stored(self, filled: Store) -> None:
        terms = ["wb2", "wc3", "titl", "afp", "nothing"]
        found = filled.snapshot().statistics(hash_terms(terms))
        bags = [terms_of(one, at) for one, at in PASSAGES.values()]
        assert found.passages == len(bags)
        assert found.document_frequency.tolist() == [sum(term in bag for bag in bags) for term in terms]
        assert found.mean_length == pytest.approx(sum(sum(bag.values()) for bag in bags) / len(bags))

    def test_counting(self, filled: Store) -> None:
        for filters in FILTERS:
            expected = sum(admits(filters, one.article) for one, _ in PASSAGES.values())
            assert filled.snapshot().count(filters) == expected, filters

    def test_published_within(self, filled: Store) -> None:
        snapshot = filled.snapshot()
        day = FIRST_DAY + timedelta(days=7)
        assert snapshot.published_within([(day, day)])
        assert not snapshot.published_within([(FIRST_DAY, FIRST_DAY)])  # 0 has no date
        assert snapshot.published_within([(FIRST_DAY, FIRST_DAY), (day, day)])
        assert not snapshot.published_within([])
        assert not snapshot.published_within([(None, FIRST_DAY)])
        assert snapshot.published_within([(FIRST_DAY + timedelta(days=58), None)])
        assert not snapshot.published_within([(FIRST_DAY + timedelta(days=60), None)])
        gone = FIRST_DAY + timedelta(days=13)
        assert not snapshot.published_within([(gone, gone)])  # 13 was deleted
        assert snapshot.published_within([(day, day)], Filters(article_id=("article/7",)))
        assert not snapshot.published_within([(day, day)], Filters(article_id=("article/9",)))
        assert not snapshot.published_within([(None, None)], Filters(outlet=("nobody",)))


def best(
    snapshot: Snapshot, scores: npt.NDArray[np.floating], filters: Filters, depth: int
) -> tuple[list[int], list[float]]:
    """The keys and scores of the first `depth` admitted passages, by score and then passage id. `scores` are of all
    passages, in the order of ids; a passage with the score -inf is left out."""
    features = snapshot.features(all_ids(snapshot))
    articles = [PASSAGES[f"{key:016x}"][0].article for key in features.key.tolist()]
    order = [
        at
        for at in np.argsort(-scores, kind="stable").tolist()
        if np.isfinite(scores[at]) and admits(filters, articles[at])
    ][:depth]
    return features.ids[order].tolist(), scores[order].tolist()
