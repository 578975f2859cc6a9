"""Marks that Obsidian, Hugo and Jekyll add to Markdown are not quoted. Code keeps them."""

from __future__ import annotations

import io

import pytest

from qa_service.parsing import SourceInfo, read_source
from qa_service.records import Article

PROSE = "Tarn collected 640 tonnes of glass last year."


def read(text: str) -> Article:
    (article,) = read_source(io.BytesIO(text.encode()), SourceInfo("note.md"))
    return article


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("The mayor of [[Places/Tarn|Tarn]] met [[Wilma Roe]] and [[Hugo Bly#Early life]].", None),
        ("A photograph: ![[glass.jpg|300]]", "A photograph:"),
        ("See [[1]](https://example.org/a) for more.", "See [1] for more."),
        ("Twice %%ask her again%% as much.", "Twice as much."),
        ("It was ==very *full*== then, and a == b here.", "It was very full then, and a == b here."),
        ("The glass is green. ^a1-b2", "The glass is green."),
        ('{{< figure src="a.jpg"\n  title="Glass" >}}', ""),
        ("{{% notice %}}\nGlass is *hot*.\n{{% /notice %}}", "Glass is hot."),
        ("{% include share.html %} Glass {{ page.title }} again", "Glass again"),
        ("{% comment %}\nAsk her.\n\nTwice.\n{% endcomment %}", ""),
        ("%%\nAsk her.\n\nTwice.\n%%", ""),
        ("![Blue containers](a.jpg)\n{: .center}", "Blue containers"),
        ("## Glass {#glass}\n\nIt melts.", "Glass\n\nIt melts."),
        (
            "> [!note]- From the *web*\n> It melts.\n\n> [!WARNING]\n> It burns.",
            "From the web\n\nIt melts.\n\nIt burns.",
        ),
        ('::: tip\nIt melts.\n:::\n\n!!! note "From the web"\n    It burns.', "It melts.\n\nFrom the web\n\nIt burns."),
        ("```dataview\nLIST FROM #glass\n```", ""),
        ("[TOC]", ""),
        ("| Town | Mayor |\n|---|---|\n| Tarn | [[Roe\\|Wilma Roe]] |", "Town: Tarn; Mayor: Wilma Roe."),
    ],
)
def test_the_mark_goes_and_the_text_stays(source: str, shown: str | None) -> None:
    shown = "The mayor of Tarn met Wilma Roe and Hugo Bly." if shown is None else shown
    expected = f"{PROSE}\n\n{shown}\n\n{PROSE[:-1]} too." if shown else f"{PROSE}\n\n{PROSE[:-1]} too."
    assert read(f"{PROSE}\n\n{source}\n\n{PROSE[:-1]} too.\n").text == expected


@pytest.mark.parametrize(
    "code",
    ["[[Roe]] {{ x }}", "{% if x %} ==a==", "%% a %%", "{: .center}"],
    ids=["wiki", "liquid", "comment", "kramdown"],
)
def test_code_keeps_its_marks(code: str) -> None:
    assert read(f"{PROSE}\n\n```\n{code}\n```\n\nType `{code}` there.\n").text == (
        f"{PROSE}\n\n{code}\n\nType {code} there."
    )


def test_braces_and_signs_of_prose_stay() -> None:
    text = "The set {1, 2} has two members, 5% of {x}. We are #1, and 2 ^ 3 is 8."
    assert read(f"{PROSE}\n\n{text}\n").text == f"{PROSE}\n\n{text}"


def test_lines_of_tags_are_tags() -> None:
    article = read(
        f"---\ntags: [town]\n---\n#waste #glass/green\n\n# Glass doubles\n\n{PROSE}\n\nTags: #shops, #shops\n"
    )
    assert article.text == f"Glass doubles\n\n{PROSE}"
    assert article.meta.tags == ("glass/green", "shops", "town", "waste")


def test_tags_in_the_text_stay() -> None:
    text = f"{PROSE}\n\nPeople wrote #glass on walls.\n\n#glass #now\n\n{PROSE[:-1]} too."
    assert read(text).text == text


def test_wiki_links_in_front_matter() -> None:
    meta = read(
        '---\nauthor:\n  - "[[people/Roe|Wilma Roe]]"\n  - [[Jo Lind]]\ntags: ["[[Glass]]"]\n'
        'publication: "[[Tarn Courier]]"\n'
        f"source: https://example.org/glass\n---\n{PROSE}\n"
    ).meta
    assert (meta.author, meta.tags, meta.outlet) == ("Wilma Roe, Jo Lind", ("Glass",), "Tarn Courier")
    assert meta.url == "https://example.org/glass"


def test_a_source_that_is_a_name_is_the_outlet() -> None:
    meta = read(f"---\nsource: Tarn Courier\nurl: https://example.org/glass\n---\n{PROSE}\n").meta
    assert (meta.outlet, meta.url) == ("Tarn Courier", "https://example.org/glass")
