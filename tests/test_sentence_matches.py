"""Late interaction with the sentences of passages: by hand, and independent of the passages beside."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from qa_service.embedding.binary_tokens import pack_bits, products, unit_of, whole_numbers
from qa_service.embedding.sentence_matches import SentenceMatches, TokenMatcher, sentence_cosines
from qa_service.records.encodings import BinaryTokens, TokenColumns

QUESTION = np.array([[0.5, 0.5, 0.5, 0.5], [0.5, -0.5, 0.5, 0.5]], np.float32)


def tokens(signs: npt.ArrayLike, sentence: npt.ArrayLike, siblings: int = 1) -> BinaryTokens:
    return BinaryTokens(pack_bits(np.array(signs, np.float32)), np.array(sentence, np.int64), siblings)


NOTHING = BinaryTokens(np.empty((0, 1), np.uint8), np.empty(0, np.int64))


def match(
    *passages: BinaryTokens, weights: tuple[float, float] = (0.25, 0.75), title_credit: float = 1.0
) -> SentenceMatches:
    matcher = TokenMatcher(QUESTION, np.array(weights, np.float32))
    return matcher.match(TokenColumns.of(passages), title_credit)


def test_late_interaction_with_the_passage_and_with_its_best_sentence() -> None:
    # tokens: the title's, then one in each of two sentences
    passage = tokens([[-1, -1, 1, 1], [1, 1, 1, 1], [1, -1, 1, 1]], [-1, 0, 2])
    # cosines with (title, 0, 2): first token 0, 1, .5; second .5, .5, 1
    found = match(passage)
    unit = TokenMatcher(QUESTION, np.ones(2, np.float32)).unit
    assert found.sentence.tolist() == [0, 2]
    assert found.matches * unit == pytest.approx(np.array([[1, 0.5], [0.5, 1]]), abs=1e-5)
    # sentence 0: .25 * 1 + .75 * .5 = .625; sentence 2: .25 * .5 + .75 * 1 = .875
    assert found.late == pytest.approx([0.625, 0.875], abs=1e-5)
    # the passage: .25 * 1 + .75 * 1 = 1
    assert (found.passage[0], found.best[0]) == (pytest.approx(1, abs=1e-5), pytest.approx(0.875, abs=1e-5))


def test_the_title_counts_with_each_sentence_over_the_root_of_the_articles_passages() -> None:
    # cosines: the title 1 with the first token and .5 with the second, the sentence .5 and 1
    passage = tokens([[1, 1, 1, 1], [1, -1, 1, 1]], [-1, 0], siblings=4)
    # credit .9 / 2 = .45: the title's match of the first token counts .45, less than the sentence's .5
    assert match(passage, title_credit=0.9).best == pytest.approx([0.25 * 0.5 + 0.75], abs=1e-5)
    alone = tokens([[1, 1, 1, 1], [1, -1, 1, 1]], [-1, 0])
    # credit .9: the first token counts .9
    assert match(alone, title_credit=0.9).best == pytest.approx([0.25 * 0.9 + 0.75], abs=1e-5)
    assert match(alone, title_credit=0.9).late == pytest.approx([0.25 * 0.5 + 0.75], abs=1e-5)


def test_a_passage_without_sentences_counts_as_a_whole_and_one_without_tokens_nothing() -> None:
    title = tokens([[1, 1, 1, 1]], [-1])
    found = match(NOTHING, title, NOTHING)
    assert found.offsets.tolist() == [0, 0, 0, 0]
    assert found.passage == pytest.approx([0, 0.25 + 0.75 * 0.5, 0], abs=1e-5)
    assert found.best.tolist() == found.passage.tolist()
    assert match().passage.tolist() == []
    assert match(NOTHING).best.tolist() == [0]


def test_a_token_without_a_place_does_not_divide_a_sentence() -> None:
    found = match(tokens([[1, 1, 1, 1], [-1, -1, -1, -1], [1, -1, 1, 1]], [0, -1, 0]))
    assert (found.sentence.tolist(), found.offsets.tolist()) == ([0], [0, 1])
    assert found.late == pytest.approx([1], abs=1e-5)


def test_sentence_cosines_are_with_the_mean_of_a_sentences_tokens() -> None:
    first = pack_bits(np.array([[1, 1, 1, 1], [1, 1, -1, -1]], np.float32))
    second = pack_bits(np.array([[-1, 1, 1, 1]], np.float32))
    # (1,1,1,1) + (1,1,-1,-1) = (2,2,0,0), of length sqrt(8); (-1,1,1,1), of length 2
    vector = np.array([1, 0, 0, 0], np.float32)
    found = sentence_cosines(vector, [first, second])
    assert found == pytest.approx([1 / np.sqrt(2), -0.5], abs=1e-5)
    assert sentence_cosines(vector, [second]).tolist() == [found[1]]
    assert sentence_cosines(vector, []).tolist() == []


def test_the_sums_of_whole_numbers_are_exact() -> None:
    rng = np.random.default_rng(1)
    for dimension in (3, 64, 384, 1024):
        even = np.full((1, dimension), dimension**-0.5, np.float32)  # the highest sum of entries
        vectors = np.concatenate([even, rng.normal(size=(9, dimension)).astype(np.float32)])
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        whole = whole_numbers(vectors)
        assert np.abs(whole).sum(axis=1, dtype=np.float64).max() < 2**24
        assert np.abs(whole / unit_of(dimension) - vectors).max() < 2e-6
        signs = np.sign(rng.normal(size=(300, dimension)))
        exact = signs.astype(np.int64) @ whole.T.astype(np.int64)
        assert (products(whole, pack_bits(signs.astype(np.float32))) == exact).all()


def test_a_passages_results_do_not_depend_on_the_passages_beside() -> None:
    rng = np.random.default_rng(2)
    for asked, dimension in ((1, 384), (7, 384), (12, 64), (40, 100)):
        question = rng.normal(size=(asked, dimension)).astype(np.float32)
        question /= np.linalg.norm(question, axis=1, keepdims=True)
        weights = rng.random(asked).astype(np.float32)
        matcher = TokenMatcher(question, weights / weights.sum())
        passages = [
            tokens(rng.normal(size=(n, dimension)), np.sort(rng.integers(-1, 6, n)), int(rng.integers(1, 9)))
            for n in (0, 1, 3, 90, 127, 128, 129, 200, 300, 512)
        ]

        def results(passages: list[BinaryTokens], matcher: TokenMatcher = matcher) -> list[list[list[float]]]:
            found = matcher.match(TokenColumns.of(passages), 0.9)
            assert len(found.offsets) == len(passages) + 1
            each = [found.of(at) for at in range(len(passages))]
            return [[c.tolist() for c in (one.matches, one.late, one.passage, one.best)] for one in each]

        alone = [results([passage])[0] for passage in passages]
        assert results(passages) == alone
        for _ in range(5):
            some = rng.permutation(len(passages))[: rng.integers(1, len(passages))].tolist()
            assert results([passages[at] for at in some]) == [alone[at] for at in some]
