"""Plain text that was printed page by page, with form feeds."""

from __future__ import annotations

import io

from qa_service.parsing import SourceInfo, read_source
from qa_service.records import Article

PROSE = "The ferry was cancelled on Tuesday because an otter had built\nits den in the engine room of the ship."

SECOND = (
    "The mayor of Holm asked the keeper of the zoo for his advice on\nFriday, and he told her that otters leave in May."
)
THIRD = "Tickets stay valid until then, a spokesman of the company said,\nand may be used on the bus to Skarn as well."


def read(text: str) -> Article:
    (article,) = read_source(io.BytesIO(text.encode()), SourceInfo("a.txt"))
    return article


def printed(*pages: str) -> str:
    return "\f".join(
        f"HOLM POST - MORNING EDITION        5 June 2025\n\n{page}\n\n          - {number} -\n"
        for number, page in enumerate(pages, 1)
    )


def test_running_lines_are_dropped_and_pages_are_known() -> None:
    article = read(printed(f"Otter stops the ferry\n\nBy Mo Tait\n\n{PROSE}", SECOND, THIRD) + "\f")
    head = "Otter stops the ferry\n\nBy Mo Tait\n\n"
    assert article.text == f"{head}{PROSE}\n\n{SECOND}\n\n{THIRD}"
    second, third = len(head) + len(PROSE) + 2, len(head) + len(PROSE) + len(SECOND) + 4
    assert article.pages == ((0, 1), (second, 2), (third, 3))
    assert (article.meta.title, article.meta.author) == ("Otter stops the ferry", "Mo Tait")


def test_a_paragraph_goes_on_over_the_page() -> None:
    first, second = PROSE.split("\n")
    article = read(printed(first, f"{second}\n\n{SECOND}"))
    assert article.text == f"{PROSE}\n\n{SECOND}"
    assert article.pages == ((0, 1), (len(first) + 1, 2))


def test_the_headline_stays_where_further_pages_repeat_it() -> None:
    title = "Otter stops the ferry to Holm"
    article = read(f"{title}\n\n{PROSE}\f{title}\n\n{SECOND}\f{title}\n\n{THIRD}")
    assert article.text == f"{title}\n\n{PROSE}\n\n{SECOND}\n\n{THIRD}"
    assert article.meta.title == title


def test_lines_that_do_not_return_stay() -> None:
    article = read(f"Ada Brun spoke first.\n\n{PROSE}\fSven Aas spoke next.\n\n{SECOND}")
    assert article.text == f"Ada Brun spoke first.\n\n{PROSE}\n\nSven Aas spoke next.\n\n{SECOND}"


def test_a_text_without_form_feeds_has_no_pages() -> None:
    assert read(PROSE).pages == ()
