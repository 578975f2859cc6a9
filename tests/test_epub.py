"""EPUB: an article for each entry of the table of contents. Pandoc made tests/formats/book*.epub."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from test_office_documents import reason, zipped

from qa_service.parsing import SourceInfo, read_source
from qa_service.records import Article

FORMATS = Path(__file__).parent / "formats"
CONTAINER = '<container><rootfiles><rootfile full-path="OPS/a.opf"/></rootfiles></container>'


def read(raw: bytes) -> list[Article]:
    return list(read_source(io.BytesIO(raw), SourceInfo("a.epub")))


def epub(metadata: str, pages: dict[str, str], toc: str = "", **more: str) -> bytes:
    items = "".join(
        f'<item id="i{n}" href="{name}" media-type="application/xhtml+xml"/>' for n, name in enumerate(pages)
    )
    spine = "".join(f'<itemref idref="i{n}"/>' for n in range(len(pages)))
    if toc:
        items += '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
    opf = f"<package><metadata>{metadata}</metadata><manifest>{items}</manifest><spine>{spine}</spine></package>"
    parts = {"META-INF/container.xml": CONTAINER, "OPS/a.opf": opf, "OPS/toc.ncx": f"<ncx><navMap>{toc}</navMap></ncx>"}
    chapters = {f"OPS/{name}": f"<html><body>{page}</body></html>" for name, page in pages.items()}
    return zipped(parts | chapters | more, first="application/epub+zip")


def point(label: str, src: str, below: str = "") -> str:
    return f'<navPoint><navLabel><text>{label}</text></navLabel><content src="{src}"/>{below}</navPoint>'


@pytest.mark.parametrize("name", ["book.epub", "book-2.epub"])
def test_a_short_text_with_an_author_is_one_article(name: str) -> None:
    (article,) = read((FORMATS / name).read_bytes())
    assert (article.meta.title, article.meta.author) == ("The Lamp of Skarn", "Ada Marsh")
    assert (article.meta.outlet, article.meta.published) == ("Orrin Press", date(2021, 3, 4))
    assert article.text.startswith("Chapter 1\n\nThe keeper Jonas Pell climbed")
    assert "A visit\n\nHis sister Mo came in a boat with four oars.\n\nChapter 2\n\nIn the second" in article.text


def test_the_chapters_of_a_book_are_articles() -> None:
    story = "<p>The keeper climbed the tower of Skarn each evening at six.</p>" * 200
    pages = {f"{n}.html": f"<h1>Chapter {n}</h1>{story}" for n in (1, 2, 3)}
    toc = "".join(point(f"Chapter {n}", f"{n}.html") for n in (1, 2, 3))
    articles = read(epub("<title>Skarn</title><creator>Ada Marsh</creator>", pages, toc))
    assert [one.meta.title for one in articles] == ["Skarn: Chapter 1", "Skarn: Chapter 2", "Skarn: Chapter 3"]
    assert {one.meta.author for one in articles} == {"Ada Marsh"}


def test_a_newspaper_of_calibre_has_an_article_for_each_story() -> None:
    bar = '<div class="calibre_navbar"><a href="../x">Next</a> | <a href="../y">Section menu</a></div>'
    origin = '<a rel="calibre-downloaded-from" href="https://news.example/mill">x</a>'
    end = f'<div class="calibre_navbar">This article was downloaded by calibre from {origin}</div>'
    pages = {
        "index.html": '<h1>Daily Post</h1><ul><li><a href="feed_0/index.html">Town</a></li></ul>',
        "feed_0/index.html": '<h2>Town</h2><p><a href="a.html">Mill burns</a></p><p><a href="c.html">Fair</a></p>',
        "feed_0/a.html": f"{bar}<h2>Mill burns</h2><p>The mill of Orne burned on Monday.</p>",
        "feed_0/a_split_001.html": f"<p>Nobody was hurt, the fire brigade said.</p>{end}",
        "feed_0/c.html": f"{bar}<h2>Fair opens</h2><p>The fair of Brack opens in May.</p>",
    }
    toc = point("Town", "feed_0/index.html", point("Mill burns", "feed_0/a.html") + point("Fair", "feed_0/c.html"))
    metadata = (
        "<title>Daily Post [Tue, 05 Mar 2024]</title><creator>calibre</creator>"
        "<publisher>calibre</publisher><date>2024-03-05T06:00:00+00:00</date>"
        '<language>en</language><meta name="calibre:publication_type" content="periodical:unknown:Daily Post"/>'
    )
    mill, fair = read(epub(metadata, pages, toc))
    assert mill.text == "Mill burns\n\nThe mill of Orne burned on Monday.\n\nNobody was hurt, the fire brigade said."
    assert (mill.meta.title, mill.meta.outlet, mill.meta.author) == ("Mill burns", "Daily Post", None)
    assert (mill.meta.published, mill.meta.url, fair.meta.url) == (date(2024, 3, 5), "https://news.example/mill", None)
    assert fair.text == "Fair opens\n\nThe fair of Brack opens in May."


def test_chapters_in_one_file_are_cut_at_their_anchors() -> None:
    pages = {
        "cover.html": '<img src="c.jpg" alt=""/>',
        "one.html": '<p id="a">I</p><p>The keeper climbed.</p><h2 id="b">II</h2><p>The lamp broke.</p>',
        "two.html": "<p>It stayed dark.</p>",
        "three.html": "<h2>III</h2><p>Spring came.</p>",
    }
    toc = point("I", "one.html#a") + point("II", "one.html#b") + point("III", "three.html")
    articles = read(epub("<title>Skarn</title>", pages, toc))
    assert [one.meta.title for one in articles] == ["I", "II", "III"]
    assert [one.text for one in articles] == [
        "I\n\nThe keeper climbed.", "II\n\nThe lamp broke.\n\nIt stayed dark.", "III\n\nSpring came.",
    ]  # fmt: skip


def test_without_a_table_of_contents_a_heading_begins_an_article() -> None:
    pages = {
        "a.html": "<h1>Mill</h1><p>It burned.</p>",
        "b.html": "<p>Nobody was hurt.</p>",
        "c.html": "<h1>Fair</h1><p>It opens.</p>",
    }
    articles = read(epub("<title>Post</title>", pages))
    assert [(one.meta.title, one.meta.outlet, one.text) for one in articles] == [
        ("Mill", "Post", "Mill\n\nIt burned.\n\nNobody was hurt."), ("Fair", "Post", "Fair\n\nIt opens."),
    ]  # fmt: skip


def test_the_moment_of_the_file_is_no_publication_day() -> None:
    moment = "2026-12-01T15:46:50Z"
    metadata = f'<title>Mill burns</title><date>{moment}</date><meta property="dcterms:modified">{moment}</meta>'
    (article,) = read(epub(metadata, {"a.html": "<h1>Mill</h1><p>It burned.</p>"}))
    assert (article.meta.title, article.meta.published) == ("Mill burns", None)


def test_protected_and_damaged_files_are_one_clear_line() -> None:
    page = {"a.html": "<p>Text.</p>"}
    method = '<EncryptionMethod Algorithm="{}"/>'
    drm = {
        "META-INF/encryption.xml": f"<encryption>{method.format('http://www.w3.org/2001/04/xmlenc#aes128-cbc')}</encryption>"
    }
    fonts = {
        "META-INF/encryption.xml": f"<encryption>{method.format('http://www.idpf.org/2008/embedding')}</encryption>"
    }
    assert "DRM" in reason(epub("", page, **drm), "a.epub")
    assert read(epub("", page, **fonts))[0].text == "Text."
    assert "holds no text" in reason(epub("", {"a.html": "<p> </p>"}), "a.epub")
    assert "container.xml is missing" in reason(zipped({"x": "y"}, first="application/epub+zip"), "a.epub")
