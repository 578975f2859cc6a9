"""What the reader reads of each passage, by hand: shares of the budget, and runs of sentences around the best one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.answering.excerpts import PassageExcerpt, choose_excerpts
from qa_service.records import Passage

TEN = "abcdefghi."
"""Every sentence has 10 characters; with the space, `TEXT` has 54."""
TEXT = " ".join([TEN] * 5)
SPANS = tuple((100 + 11 * at, 110 + 11 * at) for at in range(5))


def passage(tokens: int = 54, start: int = 100) -> Passage:
    """Five sentences; with 54 tokens a character is a token, so a sentence has 10."""
    return Passage("p", "a", start, start + len(TEXT), TEXT, tokens, SPANS, (False,) * 5)


def read_of(matches: tuple[float, ...], tokens: int, of: Passage | None = None) -> tuple[int, int]:
    """First sentence and number of sentences of the excerpt of a single passage."""
    (found,) = choose_excerpts([of or passage()], [None], [matches], tokens)
    return found.first, len(found.excerpt.sentences)


def lengths(sizes: list[int], tokens: int) -> list[int]:
    """Number of sentences read of passages of these tokens, each with the best sentence first."""
    passages = [passage(size) for size in sizes]
    found = choose_excerpts(passages, [None] * len(sizes), [(5.0, 4.0, 3.0, 2.0, 1.0)] * len(sizes), tokens)
    return [len(one.excerpt.sentences) for one in found]


def test_a_passage_that_fits_is_read_whole_with_its_title() -> None:
    (found,) = choose_excerpts([passage()], ["A title"], [(0.0,) * 5], 54)
    assert found.excerpt.title == "A title"
    assert found.excerpt.text == TEXT
    assert found.excerpt.sentences == ((0, 10), (11, 21), (22, 32), (33, 43), (44, 54))
    assert found.first == 0


def test_a_longer_passage_is_cut_around_its_best_sentence_towards_better_neighbours() -> None:
    matches = (0.1, 0.5, 0.9, 0.4, 0.3)
    assert read_of(matches, 50) == (0, 5)  # the spaces between are not counted
    assert read_of(matches, 49) == (1, 4)
    assert read_of(matches, 30) == (1, 3)
    assert read_of(matches, 29) == (1, 2)
    assert read_of(matches, 19) == (2, 1)
    assert read_of((0.9, 0.1, 0.2, 0.8, 0.7), 30) == (0, 3)  # a run, never sentences with a gap
    assert read_of((0.1, 0.2, 0.3, 0.4, 0.9), 20) == (3, 2)


def test_the_first_of_equal_sentences_is_chosen() -> None:
    assert read_of((0.5,) * 5, 10) == (0, 1)
    assert read_of((0.1, 0.5, 0.9, 0.5, 0.1), 20) == (1, 2)


@pytest.mark.parametrize("tokens", [0, 1, 9])
def test_the_best_sentence_is_read_even_if_it_does_not_fit(tokens: int) -> None:
    assert read_of((0.1, 0.2, 0.9, 0.4, 0.3), tokens) == (2, 1)


def test_offsets_of_a_cut_excerpt_count_from_its_beginning() -> None:
    (found,) = choose_excerpts([passage()], [None], [(0.1, 0.2, 0.9, 0.8, 0.3)], 20)
    assert found.first == 2
    assert found.excerpt.text == f"{TEN} {TEN}"
    assert found.excerpt.sentences == ((0, 10), (11, 21))


def test_text_before_the_first_sentence_of_a_passage_is_not_read() -> None:
    early = Passage("p", "a", 98, 154, f"¶ {TEXT}", 56, SPANS, (False,) * 5)
    (found,) = choose_excerpts([early], [None], [(0.0,) * 5], 100)
    assert found.excerpt.text == TEXT
    assert found.excerpt.sentences[0] == (0, 10)


def test_each_passage_gets_half_of_what_is_left_and_the_first_what_others_leave() -> None:
    # A token is a character of 54; a sentence of a passage of 54 tokens has 10.
    assert lengths([54, 54], 80) == [5, 2]  # 40 and 20; of the 20 left, 14 go to the first and 6 to the second
    assert lengths([10, 54], 59) == [5, 4]  # 10, then 49 of the 54: five sentences would need 50
    assert lengths([54, 10], 49) == [3, 5]
    assert lengths([54, 54, 54], 30) == [1, 1, 1]
    assert lengths([54, 54, 54], 162) == [5, 5, 5]


def test_the_first_passages_get_most() -> None:
    # of 59: 30, then 15; the 14 that are left go to the first
    assert lengths([54, 54], 59) == [4, 1]
    # of 80: 40, 20, 10, then 10 that are left go to the first
    assert lengths([54, 54, 54], 80) == [5, 2, 1]


def test_a_passage_without_sentences_gives_an_excerpt_without_sentences() -> None:
    bare = Passage("p", "a", 0, 5, "abcde", 1)
    (found,) = choose_excerpts([bare], ["T"], [()], 0)
    assert (found.excerpt.text, found.excerpt.sentences, found.first) == ("abcde", (), 0)
    assert choose_excerpts([], [], [], 100) == []


@given(
    st.lists(st.tuples(st.integers(1, 300), st.lists(st.integers(0, 9), min_size=5, max_size=5)), max_size=5),
    st.integers(0, 600),
)
def test_excerpts_are_runs_with_the_best_sentence_within_the_budget(
    given_: list[tuple[int, list[int]]], tokens: int
) -> None:
    passages = [passage(size) for size, _ in given_]
    matches = [tuple(float(value) for value in own) for _, own in given_]
    found = choose_excerpts(passages, [None] * len(passages), matches, tokens)
    sizes = [cost(one, own) for one, own in zip(found, passages, strict=True)]
    for one, late in zip(found, matches, strict=True):
        best = late.index(max(late))
        assert one.first <= best < one.first + len(one.excerpt.sentences)
        assert "".join(one.excerpt.text[a:b] for a, b in one.excerpt.sentences) == TEN * len(one.excerpt.sentences)
    # a best sentence that alone is larger than its passage's share is the only excess
    least = sum(size for one, size in zip(found, sizes, strict=True) if len(one.excerpt.sentences) == 1)
    assert sum(sizes) <= tokens + least + 1e-6


def cost(read: PassageExcerpt, of: Passage) -> float:
    """Tokens of the sentences of an excerpt, as shares of its passage's tokens."""
    return sum(end - start for start, end in read.excerpt.sentences) * of.token_count / len(TEXT)
