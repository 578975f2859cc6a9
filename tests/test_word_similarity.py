"""qa_service.text.basic.word_similarity and qa_service.ranking.word_match, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.ranking.late_interaction import word_parts
from qa_service.records import Passage
from qa_service.text.basic.word_similarity import WordMatcher, trigrams


def matcher(*words: str) -> WordMatcher:
    return WordMatcher(words, np.full(len(words), 1 / len(words)))


def test_trigrams_of_a_word_with_its_ends_marked() -> None:
    assert trigrams("mali") == {"_ma", "mal", "ali", "li_"}
    assert trigrams("a") == {"_a_"}


def test_a_number_is_like_itself_alone() -> None:
    assert trigrams("2024") == {"2024"}
    assert "199" in trigrams("1990م")  # an Arabic year with its letter is a word


def test_similarity_is_dice_over_sets_of_trigrams() -> None:
    # _сто сто тол оли лиц ица ца_ (7 with _ст) and _ст сто тол оли лиц ицы цы_: 5 shared of 7 and 7
    assert matcher("столица").matches(["в столицы"]).tolist() == [[pytest.approx(2 * 5 / (7 + 7))]]


def test_each_word_of_the_question_takes_its_best_in_each_text() -> None:
    found = matcher("mali", "2024").matches(["In Mali, Mali.", "malian 2025", "", "2024"])
    # mali and malian: _ma mal ali of 4 and 6
    assert found.tolist() == [[1, 0], [pytest.approx(2 * 3 / (4 + 6)), 0], [0, 0], [0, 1]]


def test_scores_are_weighted_means() -> None:
    of = WordMatcher(("mali", "2024"), np.array([0.75, 0.25]))
    assert of.scores(of.matches(["Mali", "2024", "neither"])).tolist() == [0.75, 0.25, 0]


def test_letters_of_unspaced_scripts_match_in_exact_pairs() -> None:
    of = matcher("北京", "东京")
    assert of.matches(["我们去北京", "京北"]).tolist() == [[1, 0], [0, 0]]


def test_the_whole_passage_includes_its_title_and_the_best_sentence_does_not() -> None:
    text = "Бамако велик. Мали бедна."
    passage = Passage("p", "a", 7, 7 + len(text), text, 9, ((7, 20), (21, 32)), (False, False))
    assert word_parts(matcher("мали", "бамако", "2024"), passage, "2024") == (1.0, pytest.approx(1 / 3))
    assert word_parts(matcher("мали"), Passage("p", "a", 0, 0, "", 0), None) == (0.0, 0.0)


@given(st.lists(st.text(max_size=30), min_size=1, max_size=5), st.lists(st.text(max_size=8), min_size=1, max_size=4))
def test_any_text_gives_scores_from_0_to_1_whatever_was_compared_before(texts: list[str], words: list[str]) -> None:
    words = list(dict.fromkeys(words))
    together, alone = matcher(*words), [matcher(*words).matches([text])[0].tolist() for text in texts]
    assert together.matches(texts).tolist() == alone
    scores = together.scores(together.matches(texts))
    assert ((scores >= 0) & (scores <= 1)).all()
