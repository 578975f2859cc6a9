"""Page headers, footers and page numbers of PDF are dropped, and no line of the article."""

from __future__ import annotations

import pytest
from made_pdf import Placed, article, body, column, made_pdf, sentence

PAGES = 40


def with_edges(page: int, lines: list[Placed]) -> list[Placed]:
    return [(60, 36, 9, "Register of the harbour"), *lines, (280, 815, 9, f"Page {page} of {PAGES}")]


def of_rows(page: int) -> list[str]:
    """A list whose lines are alike, in the same place on each page."""
    return [f"Line {row} of page {page}" for row in range(1, 58)]


def of_records(page: int) -> list[str]:
    """Numbered records of three lines with an empty line between them; the page's first is numbered as the page."""
    return [
        line
        for row in range(14)
        for line in (f"Record {page + row * PAGES}", "Kind: boat", f"Licence fee: {20 + row} euros", "")
    ]


def of_a_form(page: int) -> list[str]:
    """A filled form: the labels are the same on each page."""
    fields = ("Kind of vessel", "Home port", "Length in metres", "Crew")
    return ["Application for a berth", "Part one", "", *(f"{name}: {page * 7}" for name in fields), "", "Signed"]


def of_prices(page: int) -> list[str]:
    """A price list that repeats its first line."""
    return ["Article and price", *(f"Rope no. {page * 100 + row} costs {row + 3} euros" for row in range(55))]


@pytest.mark.parametrize("lines_of", [of_rows, of_records, of_a_form, of_prices])
@pytest.mark.parametrize("edges", [True, False])
def test_pages_of_lines_that_are_alike_lose_only_their_header_and_footer(lines_of, edges) -> None:  # type: ignore[no-untyped-def]
    pages = [column(60, 70, lines_of(page), pitch=13) for page in range(1, PAGES + 1)]
    text = article(made_pdf([with_edges(at, one) for at, one in enumerate(pages, 1)] if edges else pages)).text
    joined = " ".join(text.split())
    for page in range(1, PAGES + 1):
        for line in filter(None, lines_of(page)):
            assert line in joined
    assert sum(joined.count(line) for line in {"Kind: boat", "Part one", "Article and price"}) == sum(
        lines_of(page).count(line)
        for page in range(1, PAGES + 1)
        for line in ("Kind: boat", "Part one", "Article and price")
    )
    assert "Register of the harbour" not in text and "of 40" not in text


def test_a_line_in_the_place_of_the_header_is_a_header_if_it_occurs_once() -> None:
    heads = ("The Harbour Review", "Ministry of the Sea", "The Harbour Review")
    pages = [[(60, 40, 8, head), *body(page)] for page, head in enumerate(heads, 1)]
    assert article(made_pdf(pages)).text.split("\n\n") == [sentence(page) for page in (1, 2, 3)]


def test_a_number_alone_at_the_edge_is_the_page_number() -> None:
    assert article(made_pdf([[*body(1), (290, 810, 9, "47")]])).text == sentence(1)
    assert article(made_pdf([[*body(1), (290, 810, 9, "- 47 -")], [*body(2), (290, 810, 9, "48")]])).text == (
        f"{sentence(1)}\n\n{sentence(2)}"
    )


def test_numbered_headings_and_dates_at_the_top_of_each_page_stay() -> None:
    large = article(made_pdf([[(60, 50, 16, f"Article {page}"), *body(page)] for page in range(1, 9)])).text
    days = article(made_pdf([[(60, 50, 10, f"{page} July 2023"), *body(page)] for page in range(1, 9)])).text
    for page in range(1, 9):
        assert f"Article {page}\n" in large
        assert f"{page} July 2023" in days


def test_a_header_of_two_lines_is_dropped_where_its_second_line_differs() -> None:
    parts = ("Fog", "Ferries", "Radar", "Whales", "Ropes", "Buoys")
    pages: list[list[Placed]] = [
        [(60, 36, 8, "The Harbour Review, 4 July 2023"), (60, 46, 8, part), *column(60, 80, [sentence(1 + at)] * 9)]
        for at, part in enumerate(parts)
    ]
    assert "Harbour Review" not in article(made_pdf(pages)).text


def test_a_page_number_with_a_title_that_changes_is_a_header() -> None:
    titles = ("Politics", "Economy", "Sport", "Culture")
    pages = [[(60, 36, 9, f"{at + 4}   {title}"), *body(at + 1)] for at, title in enumerate(titles)]
    assert article(made_pdf(pages)).text.split("\n\n") == [sentence(page) for page in (1, 2, 3, 4)]


def test_the_last_line_of_a_page_that_is_an_entry_does_not_go_on() -> None:
    pages = [column(60, 100, [f"Statement no. {page}", "", "", f"Account holder: {name}"]) for page, name in
             enumerate(("Lind", "Falk", "Reuss"), 100)]  # fmt: skip
    text = article(made_pdf(pages)).text
    assert "Lind\n\nStatement no. 101" in text
