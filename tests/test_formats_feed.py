"""Feeds: each entry an article with what the feed states of it; XML that is dangerous or no feed is refused."""

from __future__ import annotations

import io
from datetime import date

import pytest

from qa_service.errors import UnreadableSource
from qa_service.parsing import read_source
from qa_service.parsing.formats import SourceInfo
from qa_service.records import Article

HEAD = (
    '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Skerry Courier</title><language>en-GB</language>'
)
FULL = (
    "<p>The harbour board votes to <b>deepen</b> the channel.</p><ul><li>six million</li></ul>"
    '<p>The post <a href="https://news.example/1">Channel</a> appeared first on <a href="https://news.example">Courier</a>.</p>'
)


def read(xml: str | bytes, name: str = "feed.xml", warnings: list[str] | None = None) -> list[Article]:
    raw = xml.encode() if isinstance(xml, str) else xml
    return list(read_source(io.BytesIO(raw), SourceInfo(name, warn=(warnings if warnings is not None else []).append)))


def rss(*items: str) -> str:
    return f"{HEAD}{''.join(f'<item>{one}</item>' for one in items)}</channel></rss>"


def test_an_entry_of_rss_is_an_article_with_its_full_content() -> None:
    first, second = read(
        rss(
            "<title>Channel &amp; <![CDATA[<i>quay</i>]]></title><link>https://news.example/1</link>"
            "<pubDate>Mon, 11 Mar 2024 23:30:00 -0800</pubDate><dc:creator>Ingrid Halvorsen</dc:creator>"
            "<category>harbour</category><category>ships</category><description>Short.</description>"
            f"<content:encoded><![CDATA[{FULL}]]></content:encoded>",
            "<title>Second</title><description>Only a summary here.</description>"
            "<author>desk@news.example (Olav Tveit)</author>"
            "<source url='https://afp.example/feed'>AFP</source>",
        )
    )
    assert first.text == "The harbour board votes to deepen the channel.\n\n- six million"
    meta = first.meta
    assert (meta.title, meta.outlet, meta.author) == ("Channel & quay", "Skerry Courier", "Ingrid Halvorsen")
    assert (meta.published, meta.updated) == (date(2024, 3, 11), None)
    assert (meta.language, meta.url, meta.tags) == ("en", "https://news.example/1", ("harbour", "ships"))
    assert (second.text, second.meta.outlet, second.meta.author) == ("Only a summary here.", "AFP", "Olav Tveit")


def test_an_entry_of_atom_is_an_article() -> None:
    (article,) = read(
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Hafenblatt</title>'
        "<author><name>Redaktion</name></author>"
        "<entry><title>Neue Rinne</title><link rel='alternate' href='https://news.example/2'/><id>tag:x</id>"
        "<published>2024-03-11T07:00:00Z</published><updated>2024-03-12T07:00:00Z</updated>"
        "<author><name>Ada Blum</name></author><author><name>Bo Falk</name></author>"
        "<category term='h' label='Hafen'/>"
        "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>Die Rinne wird tiefer.</p>"
        "<p>Ab März.</p></div>"
        "</content></entry></feed>"
    )
    meta = article.meta
    assert article.text == "Die Rinne wird tiefer.\n\nAb März."
    assert (meta.title, meta.outlet, meta.author, meta.language) == (
        "Neue Rinne",
        "Hafenblatt",
        "Ada Blum, Bo Falk",
        "de",
    )
    assert (meta.published, meta.updated, meta.tags) == (date(2024, 3, 11), date(2024, 3, 12), ("Hafen",))


def test_the_one_date_of_rss_1_is_the_publication_date() -> None:
    (article,) = read(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Notes</title></channel>'
        "<item><title>Tax</title><dc:date>2025-05-08</dc:date><description>The island has no tax now.</description>"
        "</item></rdf:RDF>"
    )
    assert (article.meta.published, article.meta.updated, article.meta.outlet) == (date(2025, 5, 8), None, "Notes")


def test_equal_entries_of_two_feeds_get_ids_of_their_own_sources() -> None:
    feed = rss("<title>A</title><description>The same text in two feeds.</description>")
    assert read(feed, "a.xml")[0].article_id != read(feed, "b.xml")[0].article_id


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("Undeclared&nbsp;entities &eacute; &mdash; &foo; read", "Undeclared entities é — &foo read"),
        ("A bare & sign, and x &lt; y", "A bare & sign, and x < y"),
        ("An undeclared prefix</description><media:text>x</media:text><description>", "An undeclared prefix"),
        ("A control\x0b character inside", "A control character inside"),
    ],
)
def test_feeds_with_usual_mistakes_are_read(description: str, expected: str) -> None:
    (article,) = read(rss(f"<title>A</title><description>{description}</description>"))
    assert article.text == expected


def test_a_title_with_a_bare_ampersand_is_whole() -> None:
    (article,) = read(rss("<title>AT&T buys Q&A</title><description>Some words.</description>"))
    assert article.meta.title == "AT&T buys Q&A"


def test_a_feed_in_an_encoding_that_it_declares_wrongly_is_read() -> None:
    feed = rss("<title>Été</title><description>Déjà vu à la plage</description>").replace("utf-8", "iso-8859-1")
    assert read(feed)[0].text == "Déjà vu à la plage"
    assert read(feed.encode("latin-1"))[0].text == "Déjà vu à la plage"


def test_a_feed_that_is_cut_off_gives_its_whole_entries() -> None:
    feed = rss("<title>A</title><description>The whole entry.</description>", "<title>B</title><description>Cut")
    assert read(feed[: feed.index("Cut")])[0].text == "The whole entry."


def test_entries_without_text_are_left_out_and_said() -> None:
    warnings: list[str] = []
    articles = read(
        rss("<title>Only a title</title>", "<title>A</title><description>Words.</description>"), warnings=warnings
    )
    assert [one.text for one in articles] == ["Words."]
    assert warnings == ["1 of 2 entries hold no text and are left out."]


GROWING = '<!ENTITY a "ha">' + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(10))


ITEM = '<rss version="2.0"><channel><item><description>{}</description></item></channel></rss>'


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (f"<!DOCTYPE rss [{GROWING}]>{ITEM.format('&k;')}", "can grow"),
        (f"<!DOCTYPE lolz [{GROWING}]><lolz>&k;</lolz>", "can grow"),
        (f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>{ITEM.format("&x;")}', "other files"),
        (f'<!DOCTYPE rss [<!ENTITY % x PUBLIC "a" "http://news.example/x.dtd"> %x;]>{ITEM.format("x")}', "other files"),
        ('<urlset xmlns="x"><url/></urlset>', "whose root element is <urlset>; of XML, RSS, Atom, "),
        ('<rss version="2.0"><channel><title>T</title></channel></rss>', "is a feed without entries"),
        ('<rss version="2.0"><channel><item><title>A</title></item></channel></rss>', "only titles"),
    ],
)
def test_dangerous_xml_and_xml_that_is_no_feed_are_refused_in_one_line(xml: str, reason: str) -> None:
    with pytest.raises(UnreadableSource) as refused:
        read(f'<?xml version="1.0"?>{xml}', "a/feed.xml")
    message = str(refused.value)
    assert message.startswith("a/feed.xml: ") and reason in message and "\n" not in message


def test_simple_entities_that_a_feed_declares_are_read() -> None:
    feed = rss("<title>A</title><description>&courier; writes.</description>").replace(
        "<rss", '<!DOCTYPE rss [<!ENTITY courier "The &#83;kerry Courier">]><rss', 1
    )
    assert read(feed)[0].text == "The Skerry Courier writes."
