"""What of a file is kept, changed or dropped: the same as in ingestion."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from qa_service.parsing import ExplainedLine, SourceInfo, explain_source, read_source

SEEDS = Path(__file__).parent.parent / "seeds"
PROSE = "The refinery in the north of the town processes gold that comes from forty small mines."


def explained(text: str) -> list[ExplainedLine]:
    return list(explain_source(io.BytesIO(text.encode()), SourceInfo("a.txt")))


def test_each_line_has_its_fate_and_rule() -> None:
    lines = explained(
        "Author: Jane Doe\nSource: AFP\n\nGold comes to the caf&eacute;\n\n"
        f"{PROSE}\nAdvertisement\n{PROSE} It is cus-\ntomers."
    )
    assert [(line.text[:20], line.fate, line.article) for line in lines] == [
        ("Author: Jane Doe", "dropped", 0),
        ("Source: AFP", "dropped", 0),
        ("", "kept", 0),
        ("Gold comes to the ca", "changed", 1),
        ("", "kept", 1),
        (PROSE[:20], "kept", 1),
        ("Advertisement", "dropped", 0),
        (PROSE[:20], "changed", 1),
        ("tomers.", "changed", 1),
    ]
    assert lines[3].became == "Gold comes to the café"
    assert lines[3].rule == "HTML entities such as &eacute; are decoded."
    assert lines[6].rule == 'Removes interface text that no article contains, such as "View all comments".'
    assert lines[7].became == f"{PROSE} It is customers."
    assert lines[8].became is None
    assert {line.title for line in lines if line.article} == {"Gold comes to the café"}


@pytest.mark.parametrize("path", sorted(SEEDS.glob("*.txt")), ids=lambda path: path.name[:3])
def test_the_kept_lines_are_the_articles(path: Path) -> None:
    with path.open("rb") as file:
        lines = list(explain_source(file, SourceInfo(path.name)))
    with path.open("rb") as file:
        articles = list(read_source(file, SourceInfo(path.name)))
    assert [line.text.rstrip() for line in lines] == [
        line.rstrip() for line in path.read_text(encoding="utf-8").splitlines()
    ]
    for number, article in enumerate(articles, 1):
        kept = [line.text.strip() for line in lines if line.article == number and line.text.strip()]
        assert kept == [line.strip() for line in article.text.split("\n") if line]
        assert {line.title for line in lines if line.article == number} == {article.meta.title}
    assert all(line.rule for line in lines if line.fate == "dropped")


def test_a_copy_of_an_article_in_the_file_is_said_to_be_one() -> None:
    whole = (SEEDS / "004_80e15f6e0de5e45f.txt").read_text(encoding="utf-8")
    lines = explained(f"{whole}\n\n\n{whole[: whole.index('Progress for')]}")
    assert {line.rule for line in lines[-20:] if line.text.strip() and line.fate == "dropped"} >= {
        "The whole article is dropped: the same article stands above."
    }
    assert {line.article for line in lines} == {0, 1, 2}


def test_what_the_reader_of_a_page_leaves_out_is_shown_in_its_place() -> None:
    page = (
        "<html><body><nav><a href=/>Home</a></nav><article><h1>Gold</h1><p>" + PROSE + "</p><p>" + PROSE + " Twice.</p>"
        "</article><footer>© Bay Times</footer></body></html>"
    )
    lines = list(explain_source(io.BytesIO(page.encode()), SourceInfo("a.html")))
    rule = "Not part of the article: the reader of web pages leaves out menus, notices, comments and advertisements."
    assert [(line.text[:20], line.fate, line.rule) for line in lines if line.text] == [
        ("Home", "dropped", rule),
        ("Gold", "kept", None),
        (PROSE[:20], "kept", None),
        (PROSE[:20], "kept", None),
        ("© Bay Times", "dropped", rule),
    ]
    assert [line.meta.title for line in lines if line.meta] == ["Gold"]


def test_what_the_reader_of_a_mail_leaves_out_is_shown() -> None:
    mail = f"Subject: Gold\nContent-Type: text/plain\n\n{PROSE}\n\n-- \nAnna Berg\n"
    lines = list(explain_source(io.BytesIO(mail.encode()), SourceInfo("a.eml")))
    assert [(line.text.strip(), line.fate) for line in lines if line.text] == [
        (PROSE, "kept"),
        ("--", "dropped"),
        ("Anna Berg", "dropped"),
    ]
