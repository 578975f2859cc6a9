"""Sentences against a passage, each of its parts by itself."""

from __future__ import annotations

import pytest

from qa_service.chat.checking import CheckedSentence, Fault, Passages
from qa_service.chat.sentence_stream import SentenceStream
from qa_service.chat.written import read_written
from qa_service.text.claims.figures import figures_of
from qa_service.text.claims.name_matching import NamedText, names_of
from tests.test_prose import answer

PASSAGE = (
    "About 2,400 troops left Mali on 5 March 2022, the United Nations said. The refinery of Yadran is expected to cost "
    "$3.5 million and to open in June. Nobody was hurt in northern Gao. General Assimi Goita met Vladimir Putin. "
    "The troops had not stayed for over three years. A third of the rebels attacked the convoy of the army."
)


@pytest.mark.parametrize(
    "said",
    [
        "About 2,400 troops left Mali on March 5, 2022.",
        "About 2400 troops left Mali.",
        "In March 2022 about 2,400 troops left Mali, according to the UN.",
        "The Yadran refinery is expected to cost $3.5 million.",
        "The Yadran refinery is expected to open in June.",
        "Nobody was hurt in northern Gao.",
        "Goita met Putin.",
        "A third of the rebels attacked the army's convoy.",
    ],
)
def test_what_the_passage_says_passes(said: str) -> None:
    assert Passages(answer(PASSAGE)).check(read_written(f"{said} [1]")) == CheckedSentence(said, (1,))


@pytest.mark.parametrize(
    "said",
    [
        "About 2,500 troops left Mali on March 5, 2022.",
        "More than 2,400 troops left Mali.",
        "About 2,400 civilians left Mali.",
        "About 2,400 troops left Mali on March 6, 2022.",
        "About 2,400 troops left Mali on March 5, 2023.",
        "About 2,400 troops left Mali before March 2022.",
        "About 2,400 troops left Niger.",
        "About 2,400 troops arrived in Mali.",
        "The Yadran refinery is expected to cost €3.5 million.",
        "The Yadran refinery is expected to cost $3.5 billion.",
        "The Yadran refinery costs $3.5 million.",
        "The Yadran refinery is expected to open in June 2024.",
        "The Yadran refinery is expected to open in June 2025.",
        "Nobody was hurt in southern Gao.",
        "Many were hurt in northern Gao.",
        "Assimi Putin met Goita.",
        "Vladimir Goita met Putin.",
        "Two thirds of the rebels attacked the army's convoy.",
        "Half of the rebels attacked the army's convoy.",
        "The troops had stayed for over three years.",
        "The troops had not stayed for over thirty years.",
        "Ten.",
        "…",
        f"The troops {'really ' * 100}left Mali.",
    ],
)
def test_what_it_does_not_say_is_dropped(said: str) -> None:
    assert Passages(answer(PASSAGE)).check(read_written(f"{said} [1]")) is Fault.UNSUPPORTED


def test_each_citation_is_held_to_its_own_passage() -> None:
    passages = Passages(answer("Rain fell in Gao on Monday.", "Snow fell in Paris on Monday."))
    assert passages.check(read_written("Rain fell in Gao [1][2].")) == CheckedSentence("Rain fell in Gao.", (1,))
    assert passages.check(read_written("Rain fell in Gao [2].")) == CheckedSentence(
        "Rain fell in Gao.", (1,), repointed=True
    )
    assert passages.check(read_written("Rain fell in Gao.")) is Fault.UNCITED
    assert passages.check(read_written("Rain fell in Paris [1][2].")) is Fault.UNSUPPORTED


@pytest.mark.parametrize(
    ("sentence", "text", "citations"),
    [
        ("Rain fell [1].", "Rain fell.", (1,)),
        ("Rain fell. [1][3]", "Rain fell.", (1, 3)),
        ("**Rain** fell [1, 2; 3].", "Rain fell.", (1, 2, 3)),
        ("* Rain fell【4†source】.", "Rain fell.", (4,)),
        ("1. Rain fell [^2].", "Rain fell.", (2,)),
        ("Rain fell in 2024 (1).", "Rain fell in 2024 (1).", ()),
        ("Rain [sic] fell [1] and\nsnow [1].", "Rain [sic] fell and snow.", (1,)),
        ("Ra\u202ein fell\u200b [1].", "Rain fell.", (1,)),
    ],
)
def test_markers_and_markdown_are_told_from_the_text(sentence: str, text: str, citations: tuple[int, ...]) -> None:
    written = read_written(sentence)
    assert (written.text, written.citations, written.active) == (text, citations, False)


@pytest.mark.parametrize(
    "sentence",
    [
        "![x](https://h/x.png) [1]", "[x](//h) [1]", "see <https://h> [1]", "https://h [1]", "www.h.org [1]",
        "<img src=x> [1]", "</p> [1]", "<!-- x --> [1]", "&lt;b [1]", "&#60;b [1]", "javascript:alert(1) [1]",
        "a@h.org [1]", "[1]: //h/x", "data:text/html,x [1]", "[1](https://h)",
    ],
)  # fmt: skip
def test_what_may_be_a_link_is_active(sentence: str) -> None:
    assert read_written(sentence).active


def test_a_host_passes_only_where_the_passage_names_it() -> None:
    passages = Passages(answer("The outlet example.org reported rain in Gao.", "The outlet reported rain in Gao."))
    assert passages.check(read_written("The outlet example.org reported rain in Gao [1].")) == CheckedSentence(
        "The outlet example.org reported rain in Gao.", (1,)
    )
    assert passages.check(read_written("The outlet evil.com reported rain in Gao [2].")) is Fault.UNSUPPORTED


@pytest.mark.parametrize(
    ("own", "other", "stands"),
    [
        ("2,000 men", "two thousand men", True),
        ("2,000 men", "2000 women", False),
        ("2 million men", "2,000,000 men", True),
        ("3.50 km", "3.5 kilometres", True),
        ("3.5 km", "3.5 miles", False),
        ("at least 5 men", "5 men", False),
        ("5 men", "up to 5 men", False),
        ("the 21st day", "the 22nd day", False),
        ("the second man", "the first man", False),
        ("the second man", "the second man and the first", True),
        ("in 2024", "in the year 2024", True),
        ("2024", "in 2023", False),
        ("½ of it", "1 of 2", True),
        ("½ of it", "some of it", False),
        ("dozens of men", "several dozen men", True),
        ("dozens of men", "hundreds of men", False),
    ],
)
def test_figures(own: str, other: str, stands: bool) -> None:
    assert figures_of(own).stand_in(figures_of(other)) is stands


@pytest.mark.parametrize(
    ("own", "text", "has"),
    [
        ("In Mali it rained", "Malian rain", True),
        ("In Niger it rained", "Nigerian rain", False),
        ("In Nigeria it rained", "Nigerian rain", True),
        ("The UN met", "the United Nations met", True),
        ("The EU met", "the United Nations met", False),
        ("Then Dmitry Peskov spoke", "the spokesman Dmitry S. Peskov", True),
        ("Then Peskov Dmitry spoke", "the spokesman Dmitry Peskov", False),
        ("Then Dmitry Utkin spoke", "Dmitry Peskov, a spokesman, and for the army a man called Utkin", False),
        ("Macron spoke", "the president spoke", False),
        ("Soldiers spoke", "the president spoke", True),
    ],
)
def test_names(own: str, text: str, has: bool) -> None:
    assert NamedText([text]).has(names_of(own)) is has


TEXT = (
    "Mr. Smith paid 2.5 million in the U.S. on Friday [1]. He left. [2] He came back.[1][2]\n"
    "- “It works.” [1]\n- Second item. And more [2].\n\nIs it [1]? Gen. Goita spoke【3】. End"
)
CUT = [
    ("Mr. Smith paid 2.5 million in the U.S. on Friday [1].", 0),
    ("He left. [2]", 0),
    ("He came back.[1][2]", 0),
    ("- “It works.” [1]", 1),
    ("- Second item.", 2),
    ("And more [2].", 2),
    ("Is it [1]?", 4),
    ("Gen. Goita spoke【3】.", 4),
    ("End", 4),
]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 20, 33, 1000])
def test_sentences_are_the_same_however_the_text_comes(size: int) -> None:
    stream = SentenceStream()
    found = [s for i in range(0, len(TEXT), size) for s in stream.feed(TEXT[i : i + size])]
    assert [(s.text, s.line) for s in (*found, *stream.finish())] == CUT


def test_a_sentence_comes_before_the_next_is_whole() -> None:
    stream = SentenceStream()
    assert list(stream.feed("Rain fell in Gao [1]. Snow fell, as it ")) == []
    assert [s.text for s in stream.feed("seldom does in ")] == ["Rain fell in Gao [1]."]


@pytest.mark.parametrize(
    "invented",
    [
        "France withdrew a quarter of its troops from Mali in 2022.",
        "France withdrew its trio of troops from Mali in 2022.",
        "France withdrew its troops sixfold from Mali in 2022.",
        "France withdrew its 五千 troops from Mali in 2022.",
        "France refrained from withdrawing its troops from Mali in 2022.",
        "It is false that France withdrew its troops from Mali in 2022.",
    ],
)
def test_what_a_reviewer_got_past_the_check(invented: str) -> None:
    said = "France withdrew its troops from Mali in 2022."
    passages = Passages(answer(said))
    assert isinstance(passages.check(read_written(f"{said} [1]")), CheckedSentence)
    assert isinstance(passages.check(read_written(f"{invented} [1]")), Fault)
