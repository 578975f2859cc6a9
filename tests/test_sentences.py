"""qa_service.text.basic.sentences, .paragraphs and .headings."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_service.text.basic.headings import heading_flags
from qa_service.text.basic.long_sentences import sentence_parts
from qa_service.text.basic.sentences import paragraphs, split_sentences

ODD = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "ab A.B?!… \n\r\t\"'”’»)(;؟۔。！।\u0301\u064b\u200b\u200d\u200f\u00a0\ufeff\u2028👍🏽👩ابمDr中"
        ),
    ),
    max_size=80,
)


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Dr. Smith met U.S. troops on Dec. 31 at 5 p.m. in St. Petersburg.",
        "Gen. Goita said No. 5 was hit.",
        "He met Sgt. York, Lt. Col. Smith, Rep. John Lewis and Maj. Gen. X in Jan. 2024.",
        "Sen. Rand Paul (R-Ky.) voted against the $2.5 million bill at 10.30 a.m. Monday.",
        "In a Dec. 31 address, Macron said that allies would “make concrete commitments” at the summit.",
        "Five priorities: ways to monitor a ceasefire; support for forces; Commitments in case of war.",
        "“Private Military Company Wagner returns home,” the group announced via its channel.",
        "See https://www.Example.Com/News.Article?x=Foo.Bar now.",
        "Gov. The-Anh spoke.",
        "Two Pa. Republicans voted no.",
        "Next. \u0301Foo went.",
        "J. K. Rowling et al. wrote it.",
        "Bake it at approx. 85 deg. Celsius, or 185 deg. F., for an hour.",
        "In E . coli it works . . . and in yeast too.",
        "Mr . smith and e.g. john went.",
    ],
)
def test_one_sentence_stays_whole(sentence: str) -> None:
    assert sentences(sentence) == [sentence]
    assert sentences(f"It began. {sentence} It ended.") == ["It began.", sentence, "It ended."]


@pytest.mark.parametrize(
    "parts",
    [
        ["He lives in the U.S.", "He left at 5 a.m. Monday."],
        ["It was 5 p.m.", "The U.S. Army came."],
        ["“If not, it is not a ‘coalition of the willing.’”", "Then he left."],
        ['He said: "Go."', '"Why?" she asked.'],
        ["Wait…", "What?", "Really?!", "Yes."],
        ["“His gestures showed how kind he is to us….", "I leave.”"],
        ["هل هذا صحيح؟", "نعم.", "اردو جملہ۔", "دوسرا۔"],
        ["यह पहला वाक्य है।", "यह दूसरा है॥"],
        ["Ποιος είναι;", "Αυτός."],
        ["« Bonjour. »", "Il part."],
        ["Il part.", "« Au revoir », dit-il."],
        ["The town of Kidal fell 👍.", "The army fled."],
        ["It ended in Sept.", "The army left."],
        ["We warmed it to 85 deg. C.", "Water ran off.", "It fell to 37 °C.", "Cells grew in 2 mL.", "None died."],
        ["Two groups were asked [7] .", "e first group left .", "nobody else did ."],
        ["the mill was sold on jan. 5 to mr. hale.", "he paid little!", "the u.s. firm was angry.", "who was not?"],
    ],
)
def test_sentences_are_told_apart(parts: list[str]) -> None:
    assert sentences(" ".join(parts)) == parts


def parts_of(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_parts(text, 0, len(text))]


def test_a_list_is_cut_at_its_semicolons_and_bullets() -> None:
    items = [f"number {n} goes to a family of four from the upper end of the valley" for n in range(1, 9)]
    assert parts_of("; ".join(items)) == [*(f"{item};" for item in items[:-1]), items[-1]]
    assert parts_of(" - ".join(items)) == [items[0], *(f"- {item}" for item in items[1:])]
    assert parts_of("; ".join(items[:5])) == ["; ".join(items[:5])]  # 344 characters
    colours = "; ".join(["light blue"] * 60)
    assert min(len(part) for part in parts_of(colours)) > 50
    assert all(part.endswith("blue;") for part in parts_of(colours)[:-1])


def test_what_is_in_brackets_stays_together() -> None:
    inside = f"({'; '.join(['a share of 12, or 13, percent'] * 6)})"
    text = f"{'The first half of it is long enough to be cut off here ' * 4}{inside}, {'and so on for the rest ' * 10}"
    assert any(inside in part for part in parts_of(text.strip()))


def test_a_long_sentence_is_cut_at_a_comma_else_before_a_conjunction_else_between_words() -> None:
    words = ("mill " * 60).strip()
    assert parts_of(f"{words}, {words}") == [f"{words},", words]
    assert parts_of(f"{words} and {words}.") == [words, f"and {words}."]
    short = ("mill " * 37).strip()  # speech without punctuation is cut to 200 code points
    assert parts_of(f"{short} and {short} and {short}") == [short, f"and {short}", f"and {short}"]
    assert {*" ".join(parts_of(" ".join([words] * 9))).split()} == {"mill"}
    chinese = "水" * 300
    assert parts_of(f"{chinese}，{chinese}") == [f"{chinese}，", chinese]
    assert parts_of("水" * 900) == ["水" * 900]


@settings(deadline=None)
@given(st.text(st.sampled_from("ab ;,，、-•(）)[]\n\u0301中"), min_size=400, max_size=2500))
def test_parts_cover_every_character_but_white_space(text: str) -> None:
    text = text.strip()
    spans = sentence_parts(text, 0, len(text))
    covered = {i for s, e in spans for i in range(s, e)}
    assert all(text[i].isspace() for i in range(len(text)) if i not in covered)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))
    assert all(s < e and text[s:e] == text[s:e].strip() for s, e in spans)


def test_full_stops_that_no_space_follows() -> None:
    assert sentences("这是第一句。这是第二句！真的吗？「是的。」他说。") == [
        "这是第一句。",
        "这是第二句！",
        "真的吗？",
        "「是的。」",
        "他说。",
    ]
    assert sentences("هل هذا صحيح؟نعم") == ["هل هذا صحيح؟", "نعم"]


def test_offsets_count_code_points_whatever_stands_before() -> None:
    text = "👩\u200d👩 e\u0301te\u0301\u200b.\r\n\r\nDon't go. They won't."
    assert [(s, text[s:e]) for s, e in split_sentences(text)][1:] == [(15, "Don't go."), (25, "They won't.")]


def test_each_line_is_a_paragraph() -> None:
    text = "Wagner retreat\nThe militia had left.\r\n\r\n  Last line "
    assert [text[s:e] for s, e in paragraphs(text)] == ["Wagner retreat", "The militia had left.", "Last line"]


def test_hard_wrapped_prose_is_one_paragraph() -> None:
    wrapped = (
        "The army has struggled to secure the roads, costing the lives of\n"
        "drivers and soldiers alike, and it has been unable to stem the fuel\n"
        "shortage that is suffocating the country.\n"
        "On Tuesday a new paragraph began, after a line that had room to spare\n"
        "for its first word."
    )
    text = f"A headline\n\n{wrapped}\n- an item\n"
    assert [text[s:e][:12] for s, e in paragraphs(text)] == ["A headline", "The army has", "On Tuesday a", "- an item"]
    assert sentences(text)[1].endswith("the fuel\nshortage that is suffocating the country.")


def test_a_short_block_beside_wrapped_prose_is_wrapped_at_the_width_of_the_text() -> None:
    wrapped = "The harbour board said on Monday that the ferry will\nsail again from April."
    short = "The letter was written by a soldier with the name\nHope."
    assert len(paragraphs(short)) == 2
    assert len(paragraphs(f"{wrapped}\n\n{short}")) == 2
    assert len(paragraphs(f"{wrapped}\n\n{short} He lived in Carden.\nHe was tall.")) == 4  # "He" would have fitted
    wide = "The harbour board said on Monday evening that the ferry\nwill sail again from April."
    assert len(paragraphs(f"{wide}\n\n{short}")) == 3  # "Hope." would have fitted


def test_lines_that_are_no_wrapped_prose_stay_apart() -> None:
    listing = "The first headline of the day is this one here\nAnother headline follows it in the list of them"
    assert len(paragraphs(listing)) == 2
    assert len(paragraphs("roses are red\nviolets are blue\nsugar is sweet")) == 3


def test_a_list_item_begins_a_paragraph_however_full_the_line_before() -> None:
    text = (
        "- an item that fills its line up to the very last column of it\n"
        "and goes on, with so much to say that it needs another full line\n"
        "- another item"
    )
    assert [text[s:e][:13] for s, e in paragraphs(text)] == ["- an item tha", "- another ite"]


def test_one_full_line_among_many_short_ones_wraps_nothing() -> None:
    names = (
        "Bamako\nGao\nKidal\nTimbuktu\nA line that is as wide as any of this list of towns can be\nand its end\nMopti"
    )
    assert len(paragraphs(names)) == 7


def test_blank_texts_have_neither() -> None:
    for text in ("", " \n\t\r\n", "\u200b\n\ufeff \u200f"):
        assert paragraphs(text) == split_sentences(text) == []


def test_what_does_not_show_belongs_to_what_stands_before_it() -> None:
    assert paragraphs("\u200b\nOne\n\u200b\n\nTwo\u200f") == [(0, 7), (9, 13)]


@given(ODD)
def test_spans_cover_every_character_but_white_space(text: str) -> None:
    for spans in (paragraphs(text), split_sentences(text)):
        assert all(text[s:e] == text[s:e].strip() != "" for s, e in spans)
        assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))
        if spans:
            uncovered = set(range(len(text))) - {i for s, e in spans for i in range(s, e)}
            assert all(text[i].isspace() for i in uncovered)


@given(ODD)
def test_a_sentence_never_crosses_a_paragraph(text: str) -> None:
    blocks = paragraphs(text)
    assert all(any(s <= a and b <= e for s, e in blocks) for a, b in split_sentences(text))


@given(ODD)
def test_a_sentence_never_begins_within_a_letter(text: str) -> None:
    starts = [s for s, _ in split_sentences(text)]
    assert all(
        text[s] not in "\u0301\u064b\u200d🏽" or s == 0 or text[s - 1].isspace() or text[s - 1] == "\u200b"
        for s in starts[1:]
    )


def test_a_long_line_takes_seconds_at_most() -> None:
    assert len(split_sentences("The army fled north. " * 20_000)) == 20_000
    assert len(split_sentences("a.b" * 100_000)) == 1


def flags(lines: list[str], title: str | None = None) -> list[bool]:
    text = "\n\n".join(lines)
    return heading_flags(text, paragraphs(text), title)


BODY = "The militia had released a video last Friday in which it said goodbye."


def test_a_short_line_before_a_text_is_a_heading() -> None:
    assert (
        flags(["Wagner retreat", BODY, "'Largely absent' from south", BODY, "Key points:", BODY]) == [True, False] * 3
    )


def test_no_headings() -> None:
    assert flags(["He left.", BODY, "and then", BODY, "- an item", BODY, "1. one", BODY, "* * *", BODY]) == [False] * 10
    assert flags([BODY, "Source: AFP"]) == [False, False]
    assert flags(["A " * 41, BODY]) == [False, False]


def test_of_short_lines_in_a_row_only_the_last_is_a_heading() -> None:
    assert flags(["Bamako 2 million", "Gao 90 thousand", "Kidal 25 thousand", BODY]) == [False, False, True, False]


def test_the_title_again_is_a_heading_wherever_it_stands() -> None:
    title = "Wagner’s legacy in Mali, three and a half years on, is told by those who were there and saw it all."
    assert flags([title.upper(), BODY, title.replace("’", "'")], title) == [True, False, True]


def test_an_article_of_headings_has_none() -> None:
    assert flags(["Wagner leaves Mali"], "Wagner leaves Mali") == [False]


def test_time_stamps_and_speakers_are_boundaries() -> None:
    text = "[00:12:03] so welcome back [00:12:09] today we talk about the mill [00:12:15] and the choir"
    assert [text[s:e] for s, e in split_sentences(text)] == [
        "[00:12:03] so welcome back",
        "[00:12:09] today we talk about the mill",
        "[00:12:15] and the choir",
    ]
    bare = "00:12:03 so welcome back 00:12:09 today we talk"
    assert [bare[s:e] for s, e in split_sentences(bare)] == ["00:12:03 so welcome back", "00:12:09 today we talk"]
    assert len(split_sentences("The shop opens (08:30) and closes at night.")) == 1
    turns = (
        "Anna: we bought the mill in March and the roof will cost more than the\n"
        "mill itself and nobody in the town believes it but that is how it goes\n"
        "Ben: and the water wheel is repaired by the students of the school who\n"
        "start in May and think that it turns again by Christmas of this year or"
    )
    assert [turns[s:e].split(":")[0] for s, e in split_sentences(turns)] == ["Anna", "Ben"]
