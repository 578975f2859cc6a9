"""Boxes inside an article, last lines, headlines and addresses of web pages."""

from __future__ import annotations

import io
from datetime import date

import pytest

from qa_service.parsing import SourceInfo, read_source
from qa_service.records import Article

FIRST = "The ferry between Tarn and Dell will not sail again, because nobody will pay for a new engine, its owner said."
SECOND = "Some 300 people used it every day to go to work, and they now need two hours by bus to reach the town."
THIRD = "The council will discuss on Monday whether it buys the ship, which was built in a yard at Pellworth in 1961."


def read(markup: str, name: str = "page.html") -> list[Article]:
    return list(read_source(io.BytesIO(markup.encode()), SourceInfo(name)))


def page(inside: str, head: str = "<title>Ferry stops for good after storm</title>") -> Article:
    (article,) = read(
        f"<html lang=en><head><meta charset=utf-8>{head}</head><body>"
        f"<article><p>{FIRST}</p><p>{SECOND}</p>{inside}</article></body></html>"
    )
    return article


@pytest.mark.parametrize(
    "box",
    [
        "<div class=m4><h3>The Courier for you</h3><p>Sign up for our weekly newsletter and miss nothing.</p>"
        "<form><input type=email><button>Go</button></form></div>",
        "<div class=k><h3>Tarn in your pocket</h3><p>Start the day with 9,000 others.</p>"
        "<button>Subscribe now</button></div>",
        "<div data-component=cta><p>Follow Tarn Radio on WhatsApp for the latest news</p></div>",
        "<div class=x><p><strong>Jetzt Newsletter abonnieren und nichts verpassen</strong></p></div>",
        "<section><h2>Read on with us</h2><p>You have read 3 of 3 free articles this month.</p>"
        "<button>Subscribe</button></section>",
    ],
    ids=["form", "button", "words", "German", "paywall"],
)
def test_a_call_to_the_reader_goes_with_its_heading(box: str) -> None:
    assert page(f"{box}<p>{THIRD}</p>").text == f"{FIRST}\n\n{SECOND}\n\n{THIRD}"


def test_a_form_does_not_take_the_text_around_it() -> None:
    text = page(f"<div><p>{THIRD}</p><form><input type=email></form></div>").text
    assert text == f"{FIRST}\n\n{SECOND}\n\n{THIRD}"


def test_a_subheading_stays_also_if_a_picture_says_the_same() -> None:
    inside = f'<h2>What will be next</h2><img src=a.jpg alt="What will be next"><p>{THIRD}</p>'
    assert page(inside).text == f"{FIRST}\n\n{SECOND}\n\nWhat will be next\n\n{THIRD}"


@pytest.mark.parametrize(
    "line",
    [
        "© Tarn Courier – all rights reserved",
        "« Previous article | Next article »",
        "This page will update automatically.",
        "-30-",
        "Click for restrictions",
        "Topics: Ferries, Tarn",
    ],
)
def test_last_lines(line: str) -> None:
    assert page(f"<p>{THIRD}</p><p>{line}</p>").text == f"{FIRST}\n\n{SECOND}\n\n{THIRD}"


def test_topics_below_the_text() -> None:
    inside = f"<p>{THIRD}</p><section><h2>Related Topics</h2><ul><li>Ferries</li><li>Tarn</li></ul></section>"
    assert page(inside).text == f"{FIRST}\n\n{SECOND}\n\n{THIRD}"


def test_a_list_of_words_in_the_text_stays() -> None:
    inside = f"<p>{THIRD}</p><p>Three towns have a ferry:</p><ul><li>Tarn</li><li>Dell</li></ul>"
    assert page(inside).text.endswith("Three towns have a ferry:\n\n- Tarn\n- Dell")


@pytest.mark.parametrize("title", ["News", "Tarn Courier", "Home | Tarn Courier"])
def test_a_title_that_names_the_site_gives_way_to_the_headline(title: str) -> None:
    head = f'<title>{title}</title><meta property="og:site_name" content="Tarn Courier">'
    assert page(f"<p>{THIRD}</p><h1>Ferry stops for good</h1>", head).meta.title == "Ferry stops for good"


def test_a_short_title_that_the_headline_says_too_stays() -> None:
    assert page(f"<p>{THIRD}</p><h1>Ferry stops</h1>", "<title>Ferry stops</title>").meta.title == "Ferry stops"


def test_a_page_without_title() -> None:
    (article,) = read(
        f"<html><body><h1>Ferry stops for good</h1><p class=m>By Jo Lind, July 3, 2023</p>"
        f"<p>{FIRST}</p><p>{SECOND}</p></body></html>"
    )
    meta = article.meta
    assert (meta.title, meta.author, meta.published) == ("Ferry stops for good", "Jo Lind", date(2023, 7, 3))


@pytest.mark.parametrize(
    "mark",
    [
        "<link itemprop=url href='https://tarn.example/ferry'>",
        "<meta itemprop=mainEntityOfPage itemscope itemid='https://tarn.example/ferry'>",
        '<script type="application/ld+json">{"@type": "NewsArticle", "mainEntityOfPage": {"@id": "https://tarn.example/ferry"}}</script>',
    ],
    ids=["url", "mainEntityOfPage", "JSON-LD"],
)
def test_the_address_that_a_page_states(mark: str) -> None:
    (article,) = read(
        "<html><head><title>Ferry stops for good</title></head><body><div itemscope itemtype='https://schema.org/NewsArticle'>"
        f"<span itemprop=author itemscope itemtype='https://schema.org/Person'><link itemprop=url href='https://tarn.example/jo'></span>"
        f"{mark}<p>{FIRST}</p><p>{SECOND}</p></div></body></html>"
    )
    assert article.meta.url == "https://tarn.example/ferry"


def test_the_story_that_a_page_is_named_after_has_its_address() -> None:
    story = (
        "<article{}><h1>{}</h1>" + f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p><p>{FIRST}</p><p>{SECOND}</p></article>"
    )
    stories = story.format("", "Ferry stops for good") + story.format(" data-url=/dam", "Dam bursts at Dell")
    found = read(
        "<html><head><title>Ferry stops for good</title><link rel=canonical href='https://tarn.example/ferry'></head>"
        f"<body>{stories}</body></html>"
    )
    assert [one.meta.url for one in found] == ["https://tarn.example/ferry", "https://tarn.example/dam"]


@pytest.mark.parametrize("markup", [f"<p>{FIRST}</p>", f"<p>{FIRST}", f"{FIRST}<br>", "<p>The ferry stops.</p>"])
def test_a_fragment_is_html_by_its_name(markup: str) -> None:
    (article,) = read(markup, "fragment.htm")
    assert "<" not in article.text and article.text.endswith(".")
