"""Fusion, late interaction and selection, by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from builders import features_of, indexes_of, row

from qa_service.embedding.binary_tokens import pack_bits, signs_of, similarities
from qa_service.ranking.fusion import convex_combination
from qa_service.ranking.late_interaction import blend, put_below
from qa_service.ranking.select import Caps, owners, select
from qa_service.records import Filters
from qa_service.storage.features import Features


def test_convex_combination() -> None:
    dense = np.array([0.9, 0.5, 0.1, 0.0], np.float32)
    lexical = np.array([0.0, 8.0, 4.0, 2.0])
    combined = convex_combination(dense, lexical, dense_range=(0.1, 0.9), lexical_best=8.0, weight=0.5)
    # (.9-.1)/.8 = 1; (.5-.1)/.8 = .5; 0; below the range: 0
    assert combined.tolist() == pytest.approx([0.5, 0.25 + 0.5, 0.25, 0.125])


def test_convex_combination_of_equal_scores_and_of_no_matching_word() -> None:
    dense = np.array([0.3, 0.3], np.float32)
    nothing = np.zeros(2)
    combined = convex_combination(dense, nothing, dense_range=(0.3, 0.3), lexical_best=0.0, weight=0.5)
    assert combined.tolist() == [0.5, 0.5]


def test_signs_keep_the_sign_of_every_dimension() -> None:
    vectors = np.array([[0.5, -0.1, 0.0, 2.0, -3.0], [1, 1, 1, 1, 1]], np.float32)
    bits = pack_bits(vectors)
    assert bits.tolist() == [[0b10010000], [0b11111000]]
    assert signs_of(bits, 5).tolist() == [[1, -1, -1, 1, -1], [1, 1, 1, 1, 1]]


def test_max_similarities_are_the_best_match_of_each_token() -> None:
    passage = pack_bits(np.array([[1, 1, 1, 1], [1, -1, 1, -1]], np.float32))
    question = np.array([[0.5, 0.5, 0.5, 0.5], [0.5, -0.5, 0.5, 0.5]], np.float32)
    # with entries +-.5: first token 1 and 0; second .25-.25+.25+.25 = .5 and .25+.25+.25-.25 = .5
    assert np.allclose(similarities(question, passage), [[1, 0], [0.5, 0.5]])


def test_blend_keeps_the_rest_below_the_head() -> None:
    head = blend(np.array([1.0, 0.8]), np.array([0.2, 0.9]), 0.5)
    rest = put_below(np.array([0.6, 0.3]), head, 0.8)
    # .5*.2+.5*1 = .6; .5*.9+.5*.8 = .85; the rest times .6/.8
    assert head.tolist() == pytest.approx([0.6, 0.85])
    assert rest.tolist() == pytest.approx([0.45, 0.225])
    assert rest.max() <= head.min()


def test_blend_never_lifts_the_rest_above_the_head_by_rounding() -> None:
    rng = np.random.default_rng(5)
    for _ in range(3000):
        first = np.sort(rng.random(3))[::-1].copy()
        first[2] = first[1]  # the rest begins with a copy of the head's last
        head = blend(first[:2], rng.random(2), 0.85)
        rest = put_below(first[2:], head, float(first[1]))
        assert rest[0] <= head.min()


def positions(features: Features, top_k: int, caps: Caps | None = None, outlets: tuple[str, ...] = ("A",)) -> list[int]:
    """Of what is selected from five passages with falling scores."""
    chosen = select(features, np.arange(5), np.array([0.9, 0.8, 0.7, 0.6, 0.5]), outlets, top_k=top_k, caps=caps)
    assert [c.score for c in chosen] == [[0.9, 0.8, 0.7, 0.6, 0.5][c.position] for c in chosen]
    return [c.position for c in chosen]


def test_caps_are_greedy_and_a_missing_outlet_is_an_outlet_of_its_own(tmp_path: Path) -> None:
    rows = [
        row(1, article=1, outlet="A", tokens=100),
        row(2, article=1, outlet="A", tokens=100),
        row(3, article=2, outlet="A", tokens=50),
        row(4, article=3, outlet=None, tokens=50),
        row(5, article=4, outlet=None, tokens=60),
    ]
    features = features_of(rows)
    assert positions(features, 3) == [0, 1, 2]
    assert positions(features, 5, Caps(per_article=1)) == [0, 2, 3, 4]
    assert positions(features, 5, Caps(per_outlet=1)) == [0, 3, 4]
    assert positions(features, 5, Caps(tokens=165)) == [0, 2]
    assert positions(features, 5, Caps(tokens=160)) == [0, 2]
    assert positions(features, 5, Caps(tokens=49)) == []


def test_an_outlet_is_one_however_it_is_written(tmp_path: Path) -> None:
    written = ["AFP", "Afp", "afp ", "AP", "Afp"]
    rows, outlets = [row(n, article=n, outlet=o) for n, o in enumerate(written, 1)], tuple(sorted(set(written)))
    features = features_of(rows)
    assert positions(features, 5, Caps(per_outlet=1), outlets) == [0, 3]
    assert positions(features, 5, Caps(per_outlet=2), outlets) == [0, 1, 3]
    first, *others = owners(features, np.arange(5), outlets).tolist()
    assert [other == first for other in others] == [True, True, False, True]
    # a filter takes it as it is written
    admitted = indexes_of(tmp_path, rows).admitted(Filters(outlet=("Afp",)))
    assert admitted.base.tolist() == [False, True, False, False, True]


class Offered:
    """Offers what it is given, and remembers what was taken."""

    def __init__(self, offers: list[tuple[int, float]]) -> None:
        self.left, self.taken = offers, list[int]()

    def offer(self) -> tuple[int, float] | None:
        return self.left[0] if self.left else None

    def answer(self, taken: bool) -> None:
        position, _ = self.left.pop(0)
        self.taken += [position] * taken


def test_scores_fall_in_the_order_in_which_passages_are_offered(tmp_path: Path) -> None:
    features = features_of([row(n, article=n // 3, tokens=10) for n in range(1, 7)])
    scores = np.array([0.9, 0.8, 0.8, 0.7, 0.6, 0.3])
    offers = Offered([(0, 0.9), (2, 0.85), (1, 0.8), (3, 0.4)])
    chosen = select(features, np.arange(6), scores, (), top_k=6, offers=offers)
    # 2 is offered above its own .8; 1 comes level with it, after a higher id, so its score has to be a little lower;
    # what follows the offers is scaled by .4 / .6
    assert [c.position for c in chosen] == [0, 2, 1, 3, 4, 5]
    assert [c.score for c in chosen[:4]] == [0.9, 0.8, np.nextafter(0.8, 0), 0.4]
    assert chosen[4].score == np.nextafter(0.4, 0)
    assert chosen[5].score == pytest.approx(0.2)
    assert offers.taken == [0, 2, 1, 3]


def test_what_the_caps_refuse_is_not_taken(tmp_path: Path) -> None:
    features = features_of([row(1, article=1), row(2, article=1), row(3, article=2)])
    offers = Offered([(0, 0.9), (1, 0.8), (2, 0.7)])
    chosen = select(
        features, np.arange(3), np.array([0.9, 0.8, 0.7]), (), top_k=3, caps=Caps(per_article=1), offers=offers
    )
    assert [c.position for c in chosen] == offers.taken == [0, 2]


def test_equal_scores_stay_as_they_are(tmp_path: Path) -> None:
    features = features_of([row(1), row(2), row(3)])
    scores = np.array([0.5, 0.5, -0.2])  # cosines may be below zero
    assert [c.score for c in select(features, np.arange(3), scores, (), top_k=3)] == [0.5, 0.5, -0.2]
