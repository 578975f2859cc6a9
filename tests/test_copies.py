from __future__ import annotations

from collections.abc import Sequence

import pytest

from qa_service.ranking.copies import is_copy
from qa_service.text.basic.wording import Wording

REPORT = [
    "The army said on Friday that 12 soldiers were killed near Kidal.",
    "Fighters of a group linked to Al-Qaeda attacked a fuel convoy at dawn.",
    "The road to the north has been closed ever since.",
    "Nobody has spoken of peace talks.",
]
BEFORE = "Drivers have stayed at home for a week, and petrol is sold in bottles."
AFTER = "The mayor of the town asked for help from the capital."


def copied(
    sentences: Sequence[str], *, shown: Sequence[str] = REPORT, headings: Sequence[str] = (), best: int = 0
) -> bool:
    """Whether a passage of `sentences` is a copy of one that says `shown`, whose article says more before and after."""
    article = " ".join([BEFORE, *shown, AFTER])
    return is_copy(sentences, headings, Wording(" ".join(shown)), lambda: Wording(article), lambda: best)


def replaced(number: int, sentence: str) -> list[str]:
    return [*REPORT[:number], sentence, *REPORT[number + 1 :]]


def test_the_same_text_is_a_copy_under_another_dateline_and_headline() -> None:
    assert copied(REPORT)
    assert copied([f"BAMAKO (AFP) - {REPORT[0]}", *REPORT[1:]], headings=["Attack in the north"])
    assert copied(REPORT[:2])


def test_passages_cut_elsewhere_are_copies_while_the_other_article_says_all_of_them() -> None:
    # three sentences of the four, and one that stands before them in the other article
    assert copied([BEFORE, *REPORT[:3]], best=1)
    assert copied([*REPORT[1:], AFTER])
    # but what answers must be in the passage that is shown, and so must half of the words
    assert not copied([BEFORE, *REPORT[:3]], best=0)
    assert not copied([BEFORE, AFTER, REPORT[2]], best=2)


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (0, "The army said on Friday that 14 soldiers were killed near Kidal."),
        (0, "The army said on Friday that 12 soldiers were killed near Gao."),
        (0, "The army said on Friday that twelve soldiers were killed near Kidal."),
        (1, "Fighters of a group linked to Islamic State attacked a fuel convoy at dawn."),
        (2, "The road to the south has been closed ever since."),
        (2, "The road to the north has not been closed ever since."),
        (3, "Everybody has spoken of peace talks."),
    ],
)
def test_an_update_is_no_copy(number: int, sentence: str) -> None:
    assert not copied(replaced(number, sentence), best=2 if number != 2 else 1)


def test_a_light_edit_is_a_copy_but_not_where_it_is_what_answers() -> None:
    edited = replaced(1, "Fighters of a group linked to Al-Qaeda attacked a fuel convoy at daybreak.")
    assert copied(edited, best=0)
    assert not copied(edited, best=1)


def test_a_passage_may_have_a_little_of_its_own_but_no_number_and_no_denial() -> None:
    assert copied([*REPORT, "Our desk shortened this."])  # 4 words of 45
    assert not copied([*REPORT, "Two reporters contributed."])
    assert not copied([*REPORT, "The rebels deny it."])
    assert not copied(
        [*REPORT, "Our desk shortened this report, which reached us by telephone from our correspondent."]
    )
    assert not copied(REPORT, headings=["Death toll rises to 20"])


def test_a_handful_of_words_is_no_copy_of_anything() -> None:
    assert not copied(["Nobody has spoken of peace talks."], best=0)
    assert not copied([])


def test_where_no_sentence_is_shared_the_other_article_is_not_read() -> None:
    def read() -> Wording:
        raise AssertionError("read")

    edited = [sentence.replace(".", " today.") for sentence in REPORT]
    assert not is_copy(edited, (), Wording(" ".join(REPORT)), read, lambda: 0)
