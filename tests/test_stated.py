"""What a text states of itself, and what only looks like it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from qa_service.parsing import read_draft
from qa_service.records import ArticleDraft, ArticleMeta, Cleaning

PROSE = (
    "The refinery in the north of the town processes gold that comes from forty small mines, and its owners want to "
    "hire two hundred people more before the end of the summer."
)
HEADLINE = "Gold comes to town"
SEEDS = Path(__file__).parent.parent / "seeds"


def stated(text: str, cleaning: Cleaning = Cleaning.SCRAPED) -> dict[str, object]:
    (article,) = read_draft(ArticleDraft(text, cleaning=cleaning))
    meta = article.meta
    fields = {name: getattr(meta, name) for name in ("outlet", "author", "published", "updated", "url")}
    return {name: value for name, value in fields.items() if value is not None}


@pytest.mark.parametrize(
    ("text", "meta"),
    [
        (f"{HEADLINE}\n\nBy Jane Doe\n\n{PROSE}", {"author": "Jane Doe"}),
        (f"{HEADLINE}\n\nBy Jane Doe and John van Roe, Reuters\n\n{PROSE}", {"author": "Jane Doe and John van Roe"}),
        (f"{HEADLINE}\n\nBy Jane Doe | 5 June 2025\n\n{PROSE}", {"author": "Jane Doe", "published": date(2025, 6, 5)}),
        (
            f"{HEADLINE}\n\nBy Jane Doe, Holm Gazette, June 5, 2025\n\n{PROSE}",
            {"author": "Jane Doe", "outlet": "Holm Gazette", "published": date(2025, 6, 5)},
        ),
        (
            f"{HEADLINE}\n\nBy Jane Doe\nThe Skarn Voice, June 5, 2025\n\n{PROSE}",
            {"author": "Jane Doe", "outlet": "The Skarn Voice", "published": date(2025, 6, 5)},
        ),
        (
            f"{HEADLINE}\n\nBy Jane Doe\nSkarn, June 5, 2025\n\n{PROSE}",
            {"author": "Jane Doe", "published": date(2025, 6, 5)},
        ),
        (f"{HEADLINE}\n\n{PROSE}\n\n© 2025 Reuters. Click for restrictions", {"outlet": "Reuters"}),
        (f"{HEADLINE}\n\n{PROSE}\n\n(c) Copyright Holm Press 2025.", {"outlet": "Holm Press"}),
        (f"{HEADLINE}\n\nBy Jane Doe in Paris\n\n{PROSE}", {"author": "Jane Doe"}),
        (f"{HEADLINE}\n\n3 July 2025\n\n{PROSE}", {"published": date(2025, 7, 3)}),
        (f"{HEADLINE}\n\nUpdated 07 June 2025\n\n{PROSE}", {"updated": date(2025, 6, 7)}),
        (
            f"{HEADLINE}\n\nPublished: July 3, 2025 | Updated: July 5, 2025\n\n{PROSE}",
            {"published": date(2025, 7, 3), "updated": date(2025, 7, 5)},
        ),
        (f"{HEADLINE}\n\nPARIS, June 5, 2025 (AFP) - {PROSE}", {"outlet": "AFP", "published": date(2025, 6, 5)}),
        (f"{HEADLINE}\n\nLONDON, June 5 (Reuters) - {PROSE}", {"outlet": "Reuters"}),
        (f"{HEADLINE}\n\n{PROSE}\n\nSource: AFP", {"outlet": "AFP"}),
        (f"{HEADLINE}\n\n{PROSE}\n\n(AFP)", {"outlet": "AFP"}),
        (f"{HEADLINE}\n\n{PROSE}\n\n© Reuters 2025", {"outlet": "Reuters"}),
        (f"{HEADLINE}\n\n{PROSE}\n\n© 2025 Ormley Gazette. All rights reserved.", {"outlet": "Ormley Gazette"}),
        (f"{HEADLINE}\n\nPARIS (AFP) - {PROSE}\n\n© 2025 Ormley Gazette", {"outlet": "Ormley Gazette"}),
        (f"{HEADLINE}\n\n{PROSE}\n\nURL: https://a.example/gold", {"url": "https://a.example/gold"}),
        (f"date 2025-11-21 A banner at a rally. Photo: J. DOE / AFP\n\n{PROSE}", {"published": date(2025, 11, 21)}),
        (
            f"{HEADLINE}\n\nАвтор: Иван Петров\nДата: 5 июня 2025\n\n{PROSE}",
            {"author": "Иван Петров", "published": date(2025, 6, 5)},
        ),
    ],
)  # fmt: skip
def test_what_is_stated_becomes_metadata(text: str, meta: dict[str, object]) -> None:
    assert stated(text) == meta


@pytest.mark.parametrize(
    "text",
    [
        f"{HEADLINE}\n\nPARIS (Mali) - {PROSE}",
        f"{HEADLINE}\n\n{PROSE}\n\nSource: Ministry of Health figures were published in May.",
        f"{HEADLINE}\n\nA guard at the border. Photo: J. Doe/AFP\n\n{PROSE}",
        f"By Land and Sea\n\n{PROSE}",
        f"Date: 5 May 2025\nPlace: Town hall\nTime: 8 pm\n\n{PROSE}",
        f"{HEADLINE}\n\nBy Jane Doe\n\nBy John Roe\n\n{PROSE}",
        f"{HEADLINE}\n\n5 June 2025\n\n6 June 2025\n\n{PROSE}",
        f"{HEADLINE}\n\n03/07/2025\n\n{PROSE}",
        f"{HEADLINE}\n\n5 June\n\n{PROSE}",
        f"{HEADLINE}\n\n{PROSE}\n\nhttps://a.example/other",
        f"{HEADLINE}\n\n{PROSE}\n\n{PROSE} It was written by Jane Doe on 5 June 2025.",
    ],
)
def test_what_is_uncertain_is_unknown(text: str) -> None:
    assert stated(text) == {}


def test_lines_of_metadata_at_the_head_leave_the_text() -> None:
    head = "Title: Gold comes to town\nAuthor: Jane Doe\nDate: 2025-11-21\nSource: The Ormley Gazette\nURL: https://a.example/x"
    (article,) = read_draft(ArticleDraft(f"{head}\n\n{PROSE}"))
    assert article.text == PROSE
    assert (article.meta.title, article.meta.author, article.meta.published, article.meta.outlet, article.meta.url) == (
        "Gold comes to town", "Jane Doe", date(2025, 11, 21), "The Ormley Gazette", "https://a.example/x",
    )  # fmt: skip
    (below,) = read_draft(ArticleDraft(f"{HEADLINE}\nAuthor: Jane Doe\nSource: AFP\n\n{PROSE}"))
    assert below.text == f"{HEADLINE}\n\n{PROSE}"
    assert (below.meta.title, below.meta.author, below.meta.outlet) == (HEADLINE, "Jane Doe", "AFP")


@pytest.mark.parametrize(
    "head",
    [
        "Date: 5 May 2025\nPlace: Town hall",
        "Date: 03/07/2025",
        "Time: 30 minutes\nServes: 4",
        "Author: he said it twice.",
    ],
)
def test_a_table_at_the_head_stays(head: str) -> None:
    assert read_draft(ArticleDraft(f"{head}\n\n{PROSE}"))[0].text == f"{head}\n\n{PROSE}"


def test_given_metadata_go_before_stated_ones_and_a_corpus_is_not_read() -> None:
    text = f"{HEADLINE}\n\nBy Jane Doe\n\n{PROSE}\n\nSource: AFP"
    (article,) = read_draft(ArticleDraft(text, meta=ArticleMeta(outlet="The Times")))
    assert (article.meta.outlet, article.meta.author) == ("The Times", "Jane Doe")
    assert stated(text, Cleaning.DOCUMENT) == {"outlet": "AFP", "author": "Jane Doe"}
    assert stated(text, Cleaning.NONE) == {}


def test_a_headline_is_the_title_above_a_byline_too() -> None:
    assert read_draft(ArticleDraft(f"{HEADLINE}\nBy Jane Doe\n\n{PROSE}"))[0].meta.title == HEADLINE
    assert read_draft(ArticleDraft(f"{HEADLINE}\n5 June 2025\n\n{PROSE}"))[0].meta.title == HEADLINE


def test_the_seeds_state_what_their_sidecar_says() -> None:
    found = {}
    for path in sorted(SEEDS.glob("*.txt")):
        meta = read_draft(ArticleDraft(path.read_text(encoding="utf-8")))[0].meta
        found[path.name[:3]] = (meta.outlet, meta.author, meta.published, meta.updated)
    assert found == {
        "000": (None, None, None, None),
        "001": (None, None, None, None),
        "002": (None, "Global Watch and AFP", None, None),
        "003": ("AFP", None, date(2025, 11, 21), None),
        "004": (None, None, None, date(2025, 6, 7)),
    }
