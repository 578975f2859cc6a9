"""qa_service.text.basic.terms and .words."""

from __future__ import annotations

import itertools
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.text.basic import terms as terms_module
from qa_service.text.basic.terms import normal_words, question_terms, terms, word_spans, word_terms
from qa_service.text.lexicon.stop_words import listed_stop_words

ODD = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "aeé'’.,-_ 0123٣中文カ한ภาษา\u0301\u0323\u0640\u064b\u200b\u200c\u200d\u200f\u00ad\ufeff\0👍🏽ß½ﬁﷺİ\ud800"
        ),
    ),
    max_size=60,
)


def test_english_is_stemmed_without_stop_words() -> None:
    assert terms("Who controls the Africa Corps?", "en") == ["control", "africa", "corp"]
    assert terms("What did the generals say?", "en") == ["general", "say"]


def test_without_a_known_language_words_are_only_folded() -> None:
    expected = ["the", "generals", "of", "cote", "divoire"]
    assert terms("The Generals of Côte d'Ivoire", None) == expected
    assert terms("The Generals of Côte d'Ivoire", "xx") == expected


def test_region_and_case_of_a_language_code_do_not_matter() -> None:
    assert terms("The generals", "en-US") == terms("The generals", "EN") == ["general"]


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("Tinzaouatene", "Tinzaouaténe", "en"),
        ("Goita", "Goïta", "en"),
        ("cliche", "cliché", "en"),
        ("Goita", "Goi\u0308ta", None),
        ("Goita", "Goïta", "fr"),
        ("Mali's", "Mali’s", "en"),
        ("Mali", "Mali’s", "en"),
        ("Mali", "Mali's", None),
        ("Jama'at", "Jama’at", "en"),
        ("Jamaat", "Jamaʿat", "en"),
        ("US", "U.S.", "en"),
        ("2400", "2,400", "en"),
        ("cooperation", "co\u00adoperation", "en"),
        ("STRASSE", "Straße", "de"),
        ("Istanbul", "İstanbul", "tr"),
        ("مُتَمَرِّد", "متمرد", "ar"),
        ("أحمد", "احمد", "ar"),
        ("أحمد", "احمد", None),
        ("٢٠٢٥", "2025", "ar"),
        ("ещё", "еще", None),
        ("Αθήνα", "Αθηνα", "el"),
        ("armée", "l’armée", "fr"),
        ("sécurité", "se\u0301curite\u0301", "fr"),
    ],
)
def test_spellings_that_must_meet(one: str, other: str, language: str | None) -> None:
    assert terms(one, language) == terms(other, language) != []


def test_accents_reach_the_french_stemmer() -> None:
    # Snowball's French takes -ité off "sécurité"; without its accents the word would keep "it".
    assert terms("sécurité", "fr") == ["secur"]


def test_runs_of_unspaced_scripts_give_overlapping_pairs() -> None:
    assert terms("中文字 a中b カタカナ", None) == ["中文", "文字", "a", "中", "b", "カタ", "タカ", "カナ"]
    assert word_terms("中文字。", [None]) == [(0, 2, ("中文",)), (1, 3, ("文字",))]


def test_question_terms_are_distinct_and_in_order() -> None:
    assert question_terms("Mali and Niger and Mali's army", ["en"]) == ["mali", "niger", "armi"]


def test_a_question_meets_articles_of_each_language() -> None:
    found = question_terms("opérations à Bamako", ["fr", "en", None])
    for language in ("fr", "en", None):
        assert terms("opérations", language)[0] in found


def test_stop_words_of_the_questions_language_leave_every_analysis() -> None:
    # German knows "die" and "war" as stop words; English, which recognises five words here, does not.
    assert word_terms("How did he die in the war?", ["en", "de", None]) == [
        (0, 3, ()), (4, 7, ()), (8, 10, ()), (11, 14, ("die",)), (15, 17, ()), (18, 21, ()), (22, 25, ("war",)),
    ]  # fmt: skip


def test_a_question_of_stop_words_keeps_them() -> None:
    assert question_terms("Who is it?", ["en"]) == ["who", "is", "it"]
    assert question_terms("?!", ["en"]) == []


def test_languages_without_a_list_of_tantivys_lose_stop_words_in_questions_alone() -> None:
    assert terms("متى ولد", "ar") == ["متي", "ولد"]
    assert word_terms("متى ولد", ["ar"]) == [(0, 3, ()), (4, 7, ("ولد",))]
    assert word_terms("ce este orașul", ["ro"]) == [(0, 2, ()), (3, 7, ()), (8, 14, ("oras",))]
    assert word_terms("چه کسی", ["fa"]) == [(0, 2, ()), (3, 6, ())]  # no stemmer either
    assert question_terms("چه کسی", ["fa"]) == ["چه", "كسي"]
    assert word_terms("什么城市", ["zh"]) == [(0, 2, ()), (1, 3, ("么城",)), (2, 4, ("城市",))]


def test_listed_stop_words_are_single_words_as_questions_have_them() -> None:
    assert {"متى", "كيف"} <= listed_stop_words("ar")
    assert not {"", "0", "."} & listed_stop_words("zh")
    assert not any(" " in word for word in listed_stop_words("vi"))
    assert listed_stop_words("xx") == frozenset()


def test_words_of_a_text_are_normalised_and_unstemmed() -> None:
    assert normal_words("Mali’s ARMIES, 中文字") == [
        (0, 6, "mali"),
        (7, 13, "armies"),
        (15, 17, "中文"),
        (16, 18, "文字"),
    ]


def test_no_language_is_as_none() -> None:
    assert question_terms("The generals", []) == ["the", "generals"]


def test_words_have_exact_spans() -> None:
    text = "“Mali’s” U.S. al-Qaeda: 2,400 x.y fell.The e\u0301te\u0301 👍"
    assert [text[s:e] for s, e in word_spans(text)] == [
        "Mali’s", "U.S", "al", "Qaeda", "2,400", "x.y", "fell", "The", "e\u0301te\u0301",
    ]  # fmt: skip


@given(ODD, st.sampled_from([None, "en", "fr", "ar", "it", "zh"]))
def test_one_analysis_serves_articles_and_questions(text: str, language: str | None) -> None:
    found = terms(text, language)
    by_word = word_terms(text, [language])
    assert all(term and not term.isspace() for term in found)
    asked = set(question_terms(text, [language]))
    if language in {"ar", "zh"}:  # whose stop words articles keep
        assert asked <= set(found)
    else:
        assert asked == (set(found) or asked)
    assert {t for _, _, own in by_word for t in own} <= set(found)


@given(ODD)
def test_word_spans_are_ordered_and_hold_letters_or_digits(text: str) -> None:
    spans = word_spans(text)
    assert all(s < e for s, e in spans)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))
    covered = {i for s, e in spans for i in range(s, e)}
    apostrophes = set("ʼʻʾʿ")
    assert all(
        i in covered or c in apostrophes or unicodedata.category(c)[0] not in "LN"
        for i, c in enumerate(text)
        if c != "ـ"
    )


def test_analysis_is_the_same_from_many_threads() -> None:
    terms_module._analyse.cache_clear()
    words = [f"operations{i}s running" for i in range(200)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda w: [terms(x, "en") for x in words], range(8)))
    assert found == [found[0]] * 8


@pytest.mark.parametrize("unit", ["a.", "1,", "a'", "中", "e\u0301", "\u0301"])
def test_long_texts_without_spaces_take_linear_time(unit: str) -> None:
    assert len(terms(unit * 200_000 + "bc", "en")) <= 200_001


def test_words_beyond_reason_are_no_terms() -> None:
    assert terms("a" * 255 + " b", None) == ["a" * 255, "b"]
    assert terms("a" * 256 + " b", None) == ["b"]


def test_a_digit_of_a_script_that_python_does_not_know_yet_stays_as_it_is() -> None:
    # Garay digits came with Unicode 16: regex knows them, the unicodedata of Python 3.11 does not
    assert terms("\U00010d41\U00010d42", "en") == ["\U00010d41\U00010d42"]
