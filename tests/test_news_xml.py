"""The XML of news agencies and journals, by the way that every file goes."""

from __future__ import annotations

import io
from datetime import date

from qa_service.parsing import read_source
from qa_service.parsing.formats import SourceInfo
from qa_service.records import Article


def read(xml: str) -> list[Article]:
    return list(read_source(io.BytesIO(xml.encode()), SourceInfo("story.xml")))


def test_nitf_is_read() -> None:
    (article,) = read(
        '<?xml version="1.0"?><!DOCTYPE nitf SYSTEM "nitf.dtd"><nitf xml:lang="en"><head><title>slug</title><docdata>'
        '<date.issue norm="20240311T060000Z"/><doc.copyright holder="Skerry Wire"/>'
        '<key-list><keyword key="ships"/></key-list></docdata></head>'
        "<body><body.head><hedline><hl1>Skerry deepens its channel</hl1></hedline>"
        "<byline>By Ingrid Halvorsen</byline></body.head><body.content><p>The board voted on <em>Tuesday</em>.</p>"
        "<media><media-caption>The quay</media-caption></media><hl2>Costs</hl2><p>Nine million crowns.</p>"
        "</body.content>"
        "<body.end><tagline>end</tagline></body.end></body></nitf>"
    )
    meta = article.meta
    assert article.text == "The board voted on Tuesday.\n\nCosts\n\nNine million crowns."
    assert (meta.title, meta.outlet, meta.author) == ("Skerry deepens its channel", "Skerry Wire", "Ingrid Halvorsen")
    assert (meta.published, meta.language, meta.tags) == (date(2024, 3, 11), "en", ("ships",))


def test_news_ml_g2_gives_an_article_for_each_news_item() -> None:
    item = (
        '<newsItem xml:lang="en-GB"><itemMeta><provider literal="SW"><name>Skerry Wire</name></provider>'
        "<versionCreated>2024-03-12T08:00:00Z</versionCreated></itemMeta><contentMeta>"
        "<contentCreated>2024-03-11T06:00:00Z</contentCreated><contentModified>2024-03-12T08:00:00Z</contentModified>"
        "<by>By Olav Tveit</by><headline>{}</headline><subject><name>Ports</name></subject></contentMeta><contentSet>"
        '<inlineXML><html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head>'
        "<body><p>{}</p></body></html></inlineXML></contentSet></newsItem>"
    )
    items = item.format("One", "The first story.") + item.format("Two", "The second story.")
    first, second = read(
        f'<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>{items}</itemSet></newsMessage>'
    )
    assert (first.text, second.text, second.meta.title) == ("The first story.", "The second story.", "Two")
    meta = first.meta
    assert (meta.title, meta.outlet, meta.author, meta.language) == ("One", "Skerry Wire", "Olav Tveit", "en")
    assert (meta.published, meta.updated, meta.tags) == (date(2024, 3, 11), date(2024, 3, 12), ("Ports",))


def test_jats_is_read_without_figures_and_references() -> None:
    (article,) = read(
        '<?xml version="1.0"?><article xml:lang="en"><front>'
        "<journal-meta><journal-title>Ice</journal-title></journal-meta>"
        "<article-meta><title-group><article-title>The Ostra glacier</article-title></title-group><contrib-group>"
        '<contrib contrib-type="author"><name><surname>Brandt</surname><given-names>Eskil</given-names></name>'
        "</contrib>"
        "</contrib-group><pub-date><day>8</day><month>9</month><year>2024</year></pub-date><kwd-group><kwd>ice</kwd>"
        "</kwd-group></article-meta></front><body><sec><title>Results</title><p>It lost 34 percent"
        "<fig><caption><p>A map.</p></caption></fig> of its ice.</p></sec></body>"
        "<back><ref-list><ref>x</ref></ref-list></back>"
        "</article>"
    )
    meta = article.meta
    assert article.text == "Results\n\nIt lost 34 percent of its ice."
    assert (meta.title, meta.outlet, meta.author) == ("The Ostra glacier", "Ice", "Eskil Brandt")
    assert (meta.published, meta.tags) == (date(2024, 9, 8), ("ice",))
