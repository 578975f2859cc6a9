"""Markdown: front matter is metadata, marks are not quoted."""

from __future__ import annotations

import io
from datetime import date

import pytest

from qa_service.parsing import SourceInfo, read_source
from qa_service.records import Article

BODY = "\n# Glass recycling doubles\n\nTarn collected 640 tonnes of glass.\n"


def read(text: str) -> tuple[Article, list[str]]:
    warnings: list[str] = []
    (article,) = read_source(io.BytesIO(text.encode()), SourceInfo("post.md", warn=warnings.append))
    return article, warnings


def test_front_matter_is_metadata_and_not_text() -> None:
    article, warnings = read(
        '---\ntitle: "Glass: a story"\nAuthors:\n  - Wilma Roe\n  - Jo Lind\ndate: 2025-03-14T10:00:00+01:00\nlastmod: '
        "2025-03-15\npublication: Tarn Courier\nlang: en-GB\ncanonical_url: https://example.org/glass\n"
        "tags: [waste, glass]\ncategories: Town\ndraft: false\nsummary: >-\n  The town collected\n  more glass.\n---\n"
        + BODY
    )
    meta = article.meta
    assert (meta.title, meta.author, meta.outlet, meta.language) == (
        "Glass: a story",
        "Wilma Roe, Jo Lind",
        "Tarn Courier",
        "en",
    )
    assert (meta.published, meta.updated) == (date(2025, 3, 14), date(2025, 3, 15))
    assert (meta.url, meta.tags) == ("https://example.org/glass", ("Town", "glass", "waste"))
    assert article.text == "Glass recycling doubles\n\nTarn collected 640 tonnes of glass."
    assert warnings == []


@pytest.mark.parametrize(
    "front",
    [
        '+++\ntitle = "Glass"\nauthor = "Wilma Roe"\ndate = 2025-03-14\n+++\n',
        '{\n  "title": "Glass", "author": "Wilma Roe", "date": "2025-03-14"\n}\n',
        "---\ntitle: Glass\nauthor: Wilma Roe\ndate: 14 March 2025\n...\n",
        "% Glass\n% Wilma Roe\n% 2025-03-14\n",
        "\ufeff---\r\ntitle: Glass\r\nauthor: {name: Wilma Roe}\r\npubDate: 2025-03-14\r\n---\r\n",
    ],
    ids=["TOML", "JSON", "YAML with dots", "pandoc", "Windows"],
)
def test_other_kinds_of_front_matter(front: str) -> None:
    article, _ = read(front + BODY)
    assert (article.meta.title, article.meta.author, article.meta.published) == (
        "Glass",
        "Wilma Roe",
        date(2025, 3, 14),
    )
    assert article.text.startswith("Glass recycling doubles")


@pytest.mark.parametrize(
    ("front", "warning"),
    [
        ("---\ntitle: Glass: a story\nauthor: Wilma Roe\n---\n", "has an error"),
        ("---\ntitle: Glass\n\tauthor: Wilma Roe\n\t- x: [\n---\n", "has an error"),
        ("---\ntitle: Glass\nauthor: Wilma Roe\n", "has no --- at its end"),
        ("---\ntitle: Glass\ntitle: Glass\nauthor: Wilma Roe\n---\n", "'title' twice"),
        ("---\na: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\ntitle: Glass\n---\n", "aliases"),
        ("---\ntitle: Glass\nauthor: Wilma Roe\ndate: soon\n---\n", "'date' must be a date"),
        ("---\ntitle: !!python/object/apply:os.system [x]\nauthor: W\n---\n", "'title' must be"),
    ],
    ids=["colon", "tabs", "no end", "twice", "aliases", "wrong date", "python object"],
)
def test_broken_front_matter_is_a_warning_and_never_text(front: str, warning: str) -> None:
    article, warnings = read(front + BODY)
    assert any(warning in one for one in warnings), warnings
    assert article.text == "Glass recycling doubles\n\nTarn collected 640 tonnes of glass."
    assert article.meta.title is not None and article.meta.title.startswith("Glass")


@pytest.mark.parametrize("url", ["/posts/glass/", "glass"])
def test_a_path_on_the_site_is_no_address(url: str) -> None:
    article, warnings = read(f"---\ntitle: Glass\nurl: {url}\n---\n{BODY}")
    assert article.meta.url is None and warnings == []


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    article, _ = read("---\nThe town is quiet.\n\n---\n\nGlass was collected.\n")
    assert article.text == "The town is quiet.\n\nGlass was collected."


def test_the_first_heading_is_the_title_without_front_matter() -> None:
    article, _ = read(
        "Glass *recycling* doubles\n=========\n\nTarn collected 640 tonnes of glass.\n\n## More\n\nIt was fun.\n"
    )
    assert article.meta.title == "Glass recycling doubles"
    assert article.text.startswith("Glass recycling doubles\n\nTarn")


def test_marks_are_not_quoted() -> None:
    article, _ = read(
        "# Glass\n\n*Twice* as **much** as ~~last~~ in the [waste office](https://example.org/a) of `Tarn`, "
        "<b>he</b> said.[^1]\n\n"
        "![Blue containers](img/a.jpg)\n\n> Nobody expected it,\n> said Hugo.\n\n- [x] glass\n- [ ] paper\n\n"
        "1. one\n2. two\n\n| Year | Tonnes |\n|---|---|\n| 2023 | 320 |\n| 2024 | 640 |\n\n"
        "<script>alert(1)</script>\n\n<!-- note -->\n\n"
        "[^1]: By phone.\n"
    )  # fmt: skip
    assert article.text == (
        "Glass\n\nTwice as much as in the waste office of Tarn, he said.\n\nBlue containers\n\n"
        "Nobody expected it, said Hugo.\n\n- glass\n- paper\n1. one\n2. two\n\n"
        "Year: 2023; Tonnes: 320.\nYear: 2024; Tonnes: 640.\n\n1. By phone."
    )


def test_links_of_a_saved_page_are_left_out() -> None:
    prose = "Tarn collected 640 tonnes of glass last year, twice as much as in the year before."
    article, _ = read(f"# Glass recycling doubles\n\n{prose}\n\n[Read more](https://example.org/more)\n")
    assert article.text == f"Glass recycling doubles\n\n{prose}"


def test_tables_that_only_pandoc_reads() -> None:
    drawn = "  Town        Births\n  ----------- --------\n  **Tarn**    12\n  Dell        15\n"
    code = "```\nTown   Births\nTarn       12\nDell       15\n```\n"
    article, _ = read(f"# Births\n\n{drawn}\n{code}")
    assert article.text == "Births\n\nTown: Tarn; Births: 12.\nTown: Dell; Births: 15.\n\n" + code[4:-5]
