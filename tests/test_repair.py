"""What is repaired in a raw text, and what only looks broken."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qa_service.parsing.articles import clean_texts, read_draft
from qa_service.parsing.cleaning.repair import repair
from qa_service.parsing.page_marks import page_mark, take_page_marks
from qa_service.records import ArticleDraft, Cleaning

# Characters


@pytest.mark.parametrize(
    ("raw", "right"),
    [
        ("Caf&eacute; &#233; &#xE9; &mdash; &rsquo;", "Café é é — ’"),
        ("R&amp;eacute;gion &amp;amp;amp;lt;b&gt;", "Région <b>"),
        ("5&nbsp;%", "5\u00a0%"),
        ("a&shy;b&#8203;c", "abc"),
        ("one&#10;two", "one two"),
        ("the landlordâ€™s â€œvictoryâ€\x9d, JosÃ© PeÃ±alver", "the landlord’s “victory”, José Peñalver"),
        ("GrÃ¼ÃŸe aus KÃ¶ln", "Grüße aus Köln"),
        ("ÐŸÑ€Ð¸Ð²ÐµÑ‚ Ð¼Ð¸Ñ€", "Привет мир"),
        ("the o\ufb03ce \ufb01nds a \ufb02at", "the office finds a flat"),
        ("desali\u00adnation", "desalination"),
        ("a\u200bb\ufeffc\u2060d\u202ae\u202c\u200ef", "abcdef"),
        ("x\0y\x07z \x1b[31mred\x1b[0m", "xyz red"),
        ("a\ufe0f b", "a b"),
        ("Latin\u200dletters", "Latinletters"),
    ],
)
def test_what_is_broken_is_repaired(raw: str, right: str) -> None:
    assert repair(raw) == right


@pytest.mark.parametrize(
    "text",
    [
        "“Yes”, he said – it’s 'so' … №5 ＡＢＣ ½ ² ㎡ e\u0301",
        "AT&T; R&D; Q&A; a && b; &unknown; x &y; fish & chips",
        "Write `&amp;` for an ampersand, and '&lt;' for <.",
        "if a < b and c > d: <name>",
        "IL Y A MARQUÉ… À côté, « déjà » — Ã is a letter of Portuguese: SÃO PAULO, AMANHÃ",
        "👨\u200d👩\u200d👧 ❤\ufe0f 1\ufe0f\u20e3 🏴\U000e0067\U000e0062\U000e007f 👍🏽",
        "می\u200cخواهم क्\u200dष",
        "葛\U000e0100城",
        "ไทย\u200bไทย",
        "No\u00a0break",
    ],
)
def test_what_only_looks_broken_stays(text: str) -> None:
    assert repair(text) == text


def test_an_entity_makes_no_page_mark() -> None:
    assert repair(f"a&#{0xF0000};b") == "ab"


# Words that are split at the end of a line


@pytest.mark.parametrize(
    ("raw", "right"),
    [
        ("built by Carden-\nbrook in 1971", "built by Cardenbrook\nin 1971"),
        ("built by Carden\u00ad\nbrook in 1971", "built by Cardenbrook\nin 1971"),
        ("most custom-\ners were glad about the news", "most customers\nwere glad about the news"),
        ("the well-\nknown singer has left the town", "the well-known\nsinger has left the town"),
        (
            "they say that the self-\nstyled king of the town has left",
            "they say that the self-styled\nking of the town has left",
        ),
        ("the US-\nled talks ended in the town", "the US-led\ntalks ended in the town"),
        ("they sent an e-\nmail to all of us", "they sent an e-mail\nto all of us"),
        ("a painter from the London-\nbased club of the town", "a painter from the London-based\nclub of the town"),
        ("the Africa-\nCorps came", "the Africa-\nCorps came"),
        ("from 1990-\n1995 on", "from 1990-\n1995 on"),
        ("short-\nand long-term plans", "short-\nand long-term plans"),
        ("Hydro-\nnova sells. Nobody but Hydronova does.", "Hydronova\nsells. Nobody but Hydronova does."),
        ("a sea-\ntoad, which is no sea-toad but a frog", "a sea-toad,\nwhich is no sea-toad but a frog"),
        ("the last word is cus-\ntomers\nor not", "the last word is customers\nor not"),
        ("she is the editor-\nin-chief of a paper in town", "she is the editor-in-chief\nof a paper in town"),
        ("uphill-\nand-down tours of the town", "uphill-and-down\ntours of the town"),
        ("see https://a.example/news-fra-\nmyndigheder/1 now", "see https://a.example/news-fra-myndigheder/1\nnow"),
        ("a dash -\nand a line", "a dash -\nand a line"),
        ("over-\n\nand out", "over-\n\nand out"),
    ],
)
def test_a_hyphen_goes_if_it_splits_a_word(raw: str, right: str) -> None:
    assert repair(raw).replace("\n", " ") == right.replace("\n", " ")


WRAPPED = """\
The council of the town has agreed to buy back the water works
from Hydronova, the company that has run the pumps since 1996,
and pays for a filtration hall that was built long ago by Carden-
brook in 1971. The mayor said that most of the town's well-
known customers would see their bills fall from next Septem-
ber on, as soon as the contract has been signed by the town.
"""


def test_a_wrapped_paragraph_with_split_words_becomes_one_line() -> None:
    assert repair(f"Headline\n\n{WRAPPED}\nSource: AFP") == (
        "Headline\n\nThe council of the town has agreed to buy back the water works from Hydronova, the company that "
        "has run the pumps since 1996, and pays for a filtration hall that was built long ago "
        "by Cardenbrook in 1971. The "
        "mayor said that most of the town's well-known customers would see their bills fall from next September on, as "
        "soon as the contract has been signed by the town.\n\nSource: AFP"
    )


def test_page_marks_move_with_the_text() -> None:
    text = f"{page_mark(1)}Caf&eacute; Carden-\n{page_mark(2)}brook is\n\n{page_mark(3)}JosÃ© a\u200bb"
    (article,) = read_draft_with_marks(text)
    assert article == ("Café Cardenbrook\nis\n\nJosé ab", ((0, 1), (11, 2), (21, 3)))


def read_draft_with_marks(text: str) -> list[tuple[str, tuple[tuple[int, int], ...]]]:
    return [take_page_marks(one) for one in clean_texts(text)]


def test_a_document_is_repaired_but_keeps_its_lines() -> None:
    draft = ArticleDraft("Share\nCaf&eacute; of Carden-\nbrook here", cleaning=Cleaning.DOCUMENT)
    assert read_draft(draft)[0].text == "Share\nCafé of Cardenbrook\nhere"
    corpus = ArticleDraft("Caf&eacute; Carden-\nbrook", cleaning=Cleaning.NONE)
    assert read_draft(corpus)[0].text == "Caf&eacute; Carden-\nbrook"


# Columns

LEFT = [
    "The council of the town has agreed",
    "to buy back the water works from",
    "Hydronova, the company that has run",
    "the pumps since 1996, and will pay",
    "for the pipes and the Carden-",
    "brook hall of the town.",
]
RIGHT = [
    "The mayor, Judith Oxley, said that",
    "most customers would see their bills",
    "fall by six percent from next spring",
    "on, as soon as the contract has been",
    "signed by the governor of the town",
    "and its people.",
]


def test_two_columns_are_read_one_after_the_other() -> None:
    rows = "\n".join(f"{a:<40}{b}" for a, b in zip(LEFT, RIGHT, strict=True))
    text = repair(f"Town buys back its water works\n\n{rows}\n\nSource: AFP")
    assert text.startswith(
        "Town buys back its water works\n\nThe council of the town has agreed to buy back the water works"
    )
    assert "Cardenbrook hall of the town.\nThe mayor, Judith Oxley, said that\nmost customers would see" in text
    assert text.endswith("and its people.\n\nSource: AFP")


def test_a_table_is_no_text_in_columns() -> None:
    rows = [("Lions", "three goals", "won at home"), ("Bears", "one goal", "lost again"), ("Wolves", "none", "drew")]
    table = "\n".join(f"{a:<20}{b:<20}{c}" for a, b, c in rows * 3)
    assert repair(table) == table


# Properties

PIECES = st.sampled_from(
    [
        "well",
        "known",
        "Carden",
        "brook",
        "ers",
        "custom",
        "1990",
        "Corps",
        "and",
        "by the",
        "Author: Jane",
        "    ",
        "-",
        "-\n",
        "\xad",
        "\xad\n",
        "\n",
        "\n\n",
        " ",
        "  ",
        "\x85",
        "\u2028",
        "\r\n",
        page_mark(1),
        page_mark(2),
        "&",
        "amp;",
        "eacute;",
        "&#38;",
        "#",
        "lt;",
        "Ã",
        "©",
        "â€",
        "™",
        "\x9d",
        "ﬁ",
        "\u200b",
        "\u200d",
        "👨",
        "️",
        "\ufeff",
        "\x00",
        "The mayor said that the town",
        "most of its customers would",
        "Date: 2025-01-02",
    ]
)
TEXTS = st.one_of(st.lists(PIECES, max_size=60).map("".join), st.text(max_size=100))


@settings(max_examples=300, deadline=None)
@given(TEXTS)
@example("Car-\nden-\nbrook")
@example("a\u00ad\n\u00ad\nb")
def test_repairing_twice_is_repairing_once(text: str) -> None:
    once = repair(text)
    assert repair(once) == once


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    for one in clean_texts(text):
        assert clean_texts(one) == [one]
