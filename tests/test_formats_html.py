"""Web pages: the article's text without the page around it, and what the page states of it."""

from __future__ import annotations

import io
import json
from datetime import date

import pytest

from qa_service.errors import UnreadableSource
from qa_service.parsing import read_source
from qa_service.parsing.formats import SourceInfo
from qa_service.records import Article

PARAGRAPHS = (
    "The harbour board of Skerry voted on Tuesday to deepen the channel by two metres before the end of next year.",
    "Ships of the new class draw more water than the channel has at low tide, the harbour master told the council.",
    '"We lose one ship in five to the port across the bay," she said, and asked for nine million crowns.',
    "The work begins in March and closes the southern quay for eleven weeks, during which ferries use the old pier.",
)
BODY = "".join(f"<p>{one}</p>" for one in PARAGRAPHS)
NAVIGATION = (
    '<nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li>'
    '<li><a href="/tv">Television</a></li></ul></nav>'
)
ENDING = (
    '<aside class="related"><h3>Most read</h3><ul><li><a href="/a">Bear seen in the park of the old town again'
    "</a></li>"
    '<li><a href="/b">Ten recipes with cabbage that children like</a></li></ul></aside>'
    '<section id="comments"><h3>Comments</h3><p>harry88: This is a waste of money and everybody knows it, sadly.'
    "</p></section>"
    '<footer><p>© 2024 Skerry Courier. All rights reserved. <a href="/privacy">Privacy policy</a></p></footer>'
    '<div class="cookie-banner"><p>We use cookies to improve our service. By using this site you accept them.'
    "</p></div>"
)


def page(body: str = BODY, head: str = "", *, html: str = '<html lang="en">') -> str:
    return (
        f"<!DOCTYPE html>{html}<head><meta charset=utf-8>{head}</head><body>{NAVIGATION}<main><article>"
        f"<h1>Skerry deepens its channel</h1>{body}</article></main>{ENDING}</body></html>"
    )


def read(markup: str | bytes, name: str = "page.html") -> list[Article]:
    raw = markup.encode() if isinstance(markup, str) else markup
    return list(read_source(io.BytesIO(raw), SourceInfo(name)))


def refusal(markup: str | bytes) -> str:
    with pytest.raises(UnreadableSource) as refused:
        read(markup)
    return str(refused.value)


def test_the_text_is_the_article_alone() -> None:
    (article,) = read(page())
    assert article.text == "\n\n".join(("Skerry deepens its channel", *PARAGRAPHS))


def test_json_ld_in_a_graph_states_the_metadata() -> None:
    graph = {
        "@graph": [
            {"@type": "Organization", "@id": "#o", "name": "Skerry Courier"},
            {"@type": "Person", "@id": "#p", "name": "Ingrid Halvorsen"},
            {
                "@type": ["NewsArticle", "Thing"],
                "headline": "Skerry deepens its channel",
                "author": [{"@id": "#p"}, {"@type": "Person", "name": "Olav Tveit"}],
                "publisher": {"@id": "#o"},
                "datePublished": "2024-03-11T23:30:00-08:00",
                "dateModified": "2024-03-13",
                "keywords": ["harbour", "ships"],
                "inLanguage": "en-GB",
                "mainEntityOfPage": "https://news.example/2024/channel",
            },
        ]
    }
    script = f'<script type="application/ld+json">{json.dumps(graph)}</script>'
    (article,) = read(page(head=script, html="<html>"))
    meta = article.meta
    assert (meta.title, meta.outlet, meta.author) == (
        "Skerry deepens its channel",
        "Skerry Courier",
        "Ingrid Halvorsen, Olav Tveit",
    )
    assert (meta.published, meta.updated) == (date(2024, 3, 11), date(2024, 3, 13))
    assert (meta.language, meta.url, meta.tags) == ("en", "https://news.example/2024/channel", ("harbour", "ships"))


def test_open_graph_and_meta_elements_state_the_metadata() -> None:
    head = (
        '<title>Skerry deepens its channel | Skerry Courier</title><link rel="canonical" href="/2024/channel">'
        '<meta property="og:title" content="Skerry deepens its channel | Skerry Courier">'
        '<meta property="og:site_name" content="Skerry Courier"><meta property="og:url"'
        ' content="https://news.example/x?a=1">'
        '<meta property="article:published_time" content="2024-03-11T06:00:00+01:00">'
        '<meta property="article:modified_time" content="Tue, 12 Mar 2024 08:00:00 GMT">'
        '<meta property="article:author" content="https://facebook.example/ingrid"><meta name="author"'
        ' content="By Ingrid Halvorsen">'
        '<meta property="article:tag" content="harbour"><meta property="article:tag" content="ships">'
    )
    (article,) = read(page(head=head))
    meta = article.meta
    assert (meta.title, meta.outlet, meta.author) == (
        "Skerry deepens its channel",
        "Skerry Courier",
        "Ingrid Halvorsen",
    )
    assert (meta.published, meta.updated) == (date(2024, 3, 11), date(2024, 3, 12))
    assert (meta.url, meta.tags) == ("https://news.example/2024/channel", ("harbour", "ships"))


def test_microdata_and_a_byline_state_the_metadata() -> None:
    body = (
        '<div itemscope itemtype="https://schema.org/NewsArticle"><span itemprop="author" itemscope'
        ' itemtype="https://schema.org/Person"><span itemprop="name">Marta Pons</span></span>'
        f'<time itemprop="datePublished" datetime="2022-12-30">30 December</time>{BODY}</div>'
    )
    (article,) = read(page(body))
    assert (article.meta.author, article.meta.published) == ("Marta Pons", date(2022, 12, 30))
    (article,) = read(page(f'<p class="byline">By <a href="/tw">Tom Wetherby</a> | 7 May 2024</p>{BODY}'))
    assert article.meta.author == "Tom Wetherby"


def test_what_a_page_does_not_state_is_unknown() -> None:
    (article,) = read(page(f"{BODY}<p>The last dredging of the channel was on 4 May 1998, when the pier was new.</p>"))
    meta = article.meta
    assert (meta.outlet, meta.author, meta.published, meta.updated, meta.url, meta.tags) == (None,) * 5 + ((),)


def test_the_outlet_in_a_byline_is_no_part_of_the_author() -> None:
    (article,) = read(page(f'<p class="byline">By Leopold Ashby, Alpine Gazette</p>{BODY}'))
    assert article.meta.author == "Leopold Ashby"
    (article,) = read(page(f'<p class="byline">By Leopold Ashby, Ada Brun</p>{BODY}'))
    assert article.meta.author == "Leopold Ashby, Ada Brun"


def test_the_site_as_author_gives_way_to_the_person_in_the_byline() -> None:
    node = {"@type": "NewsArticle", "author": {"name": "Skerry Courier"}, "publisher": {"name": "Skerry Courier"}}
    head = f'<script type="application/ld+json">{json.dumps(node)}</script>'
    (article,) = read(page(f'<span class="author-name">Ingrid Halvorsen</span>{BODY}', head))
    assert article.meta.author == "Ingrid Halvorsen"
    (article,) = read(page(BODY, head))
    assert article.meta.author == "Skerry Courier"


def test_a_language_that_only_the_template_states_is_corrected_by_a_long_text() -> None:
    german = "".join(
        f"<p>Der Hafenrat hat am Dienstag beschlossen, die Rinne um {n} Meter zu vertiefen, und bat um Geld.</p>"
        for n in range(2, 9)
    )
    (article,) = read(page(german))
    assert article.meta.language == "de"


def test_captions_promotions_and_links_are_no_text() -> None:
    body = (
        f"<p>{PARAGRAPHS[0]}</p>"
        '<figure><img src="a.jpg" alt="The quay"><figcaption>The southern quay in May. Photo: AFP</figcaption>'
        "</figure>"
        f"<p>{PARAGRAPHS[1]}</p>"
        '<p><img src="b.jpg"><br><em>(Credit: Olav Tveit)</em></p>'
        '<p class="newsletter-promo">Get our best stories of the week by mail, every Friday morning at seven.</p>'
        f"<p>{PARAGRAPHS[2]}</p>"
        '<p><a href="/old">Read also: Why the old pier still stands after ninety years</a></p>'
        f"<p>{PARAGRAPHS[3]}</p>"
        '<p>To read more, please <a href="/subscribe?x=1">subscribe to the Courier now</a> for four crowns a'
        " week.</p>"
        '<h3>More on this:</h3><p><a href="/c">The ferry that came back after two long years</a></p>'
    )
    (article,) = read(page(body))
    assert article.text == "\n\n".join(("Skerry deepens its channel", *PARAGRAPHS))


def test_the_path_to_the_page_is_no_text() -> None:
    path = '<ul class="path"><li><a href="/">Home</a></li><li><a href="/harbour">Harbour</a></li></ul>'
    markup = page().replace("<h1>", f"{path}<h1>")
    (article,) = read(markup)
    assert article.text == "\n\n".join(("Skerry deepens its channel", *PARAGRAPHS))


def test_the_lead_that_the_page_describes_itself_with_is_kept() -> None:
    lead = "Nine million crowns for two metres: what the largest dredging in ninety years means for the ferries"
    " and for you."
    head = f'<meta name="description" content="{lead}">'
    body = f'<div class="teaser"><div class="teaser-text">{lead}</div></div>{BODY}'
    (article,) = read(page(body, head))
    assert lead in article.text
    assert article.text.index(lead) < article.text.index(PARAGRAPHS[0])


def test_lists_tables_headings_and_quotes_are_kept() -> None:
    body = (
        f"{BODY}<h2>What it costs</h2><ul><li>Dredging the channel: six million crowns</li><li>The old pier:"
        f" three million crowns</li></ul>"
        "<blockquote><p>The bay belongs to all of us, and it was never as quiet as it is on this day in March."
        "</p></blockquote>"
        "<table><tr><th>Year</th><th>Ships</th></tr><tr><td>2021</td><td>412</td></tr><tr><td>2022</td><td>377"
        "</td></tr></table>"
        f"<p>{PARAGRAPHS[0].replace('Tuesday', 'Monday')}</p>"
    )
    (article,) = read(page(body))
    assert (
        "What it costs\n\n- Dredging the channel: six million crowns\n- The old pier: three million crowns\n\n"
        "The bay belongs to all of us, and it was never as quiet as it is on this day in March.\n\n"
        "Year: 2021; Ships: 412.\nYear: 2022; Ships: 377."
    ) in article.text


def test_a_page_of_whole_stories_gives_each_its_article() -> None:
    other = [one.replace("harbour", "theatre").replace("channel", "stage") for one in PARAGRAPHS]
    stories = (
        f'<article><h2><a href="/1">Skerry deepens its channel</a></h2><time datetime="2024-03-11">11 March'
        f"</time>{BODY}{BODY}</article>"
        f'<article><h2><a href="/2">Skerry lifts its stage</a></h2><span class="author">Olav Tveit</span>'
        f'{"".join(f"<p>{one}</p>" for one in other * 2)}<div class="comments"><p>harry88: A waste of money, as'
        " everybody knows who has been there.</p></div></article>"
    )
    markup = (
        '<html lang="en"><head><meta property="og:site_name" content="Skerry Courier">'
        f'<meta property="og:url" content="https://news.example/all"></head><body>{NAVIGATION}{stories}{ENDING}'
        f"</body></html>"
    )
    first, second = read(markup)
    assert (first.meta.title, first.meta.published, first.meta.url) == (
        "Skerry deepens its channel",
        date(2024, 3, 11),
        "https://news.example/1",
    )
    assert (second.meta.title, second.meta.author, second.meta.outlet) == (
        "Skerry lifts its stage",
        "Olav Tveit",
        "Skerry Courier",
    )
    assert PARAGRAPHS[0] in first.text and PARAGRAPHS[0] not in second.text and other[0] in second.text
    assert "harry88" not in second.text


def test_links_around_and_between_the_paragraphs_of_a_story_are_no_text() -> None:
    link = '<p><a href="/c">The ferry that came back after two long years</a></p>'
    path = '<ul><li><a href="/">Home</a></li><li><a href="/harbour">Harbour</a></li></ul>'
    first = f"{path}<h2>Skerry deepens</h2><p>{PARAGRAPHS[0]}</p>{link}<p>{PARAGRAPHS[1]}</p>" + BODY
    second = (
        f"<h2>Skerry waits</h2>{BODY}{BODY}<h3>More of this</h3><ul><li><a href='/d'>The old pier at last</a></li></ul>"
    )
    stories = read(f"<html><body><article>{first}</article><article>{second}</article></body></html>")
    assert [one.text for one in stories] == [
        "\n\n".join(("Skerry deepens", *PARAGRAPHS[:2], *PARAGRAPHS)),
        "\n\n".join(("Skerry waits", *PARAGRAPHS, *PARAGRAPHS)),
    ]


def test_comments_and_teasers_in_article_elements_are_no_stories() -> None:
    comments = "".join(f'<article class="comment"><h3>User {n}</h3>{BODY}</article>' for n in range(3))
    teasers = "".join(f"<article><h3>Story {n}</h3><p>{PARAGRAPHS[0]}</p></article>" for n in range(3))
    (article,) = read(page().replace("</main>", f"</main>{comments}{teasers}"))
    assert article.meta.title == "Skerry deepens its channel"


def test_text_that_only_the_json_ld_holds_is_read() -> None:
    body = {"@type": "NewsArticle", "headline": "Skerry deepens its channel", "articleBody": "\n\n".join(PARAGRAPHS)}
    markup = (
        f'<html><head><script type="application/ld+json">{json.dumps(body)}</script></head>'
        "<body><div id=root></div><p>Loading the story, please wait for a moment.</p></body></html>"
    )
    (article,) = read(markup)
    assert article.text == "\n\n".join(PARAGRAPHS)


def test_a_page_saved_as_one_file_is_read_with_its_address() -> None:
    part = page().replace("=", "=3D").replace("bay", "b=\r\nay")
    mhtml = (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://news.example/2024/channel\r\n"
        "Subject: =?utf-8?Q?Skerry?=\r\nDate: Mon, 11 Mar 2024 10:00:00 -0000\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="----B"\r\n\r\n'
        "------B\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n"
        f"Content-Location: https://news.example/2024/channel\r\n\r\n{part}\r\n"
        "------B\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n------B--\r\n"
    )
    for name in ("page.mhtml", "page"):
        (article,) = read(mhtml, name)
        assert article.text == "\n\n".join(("Skerry deepens its channel", *PARAGRAPHS))
        assert article.meta.url == "https://news.example/2024/channel"
        assert article.meta.published is None  # the date of the file is the day when it was saved


def test_a_page_saved_with_its_folder_names_its_address_in_a_comment() -> None:
    (article,) = read("<!-- saved from url=(0034)https://news.example/2024/channel -->\n" + page())
    assert article.meta.url == "https://news.example/2024/channel"


def test_pictures_inside_a_page_cost_no_work() -> None:
    picture = "data:image/png;base64," + "QUJD" * 5_100_000  # more characters than a page may have
    (article,) = read(page(f'<img src="{picture}">{BODY}'))
    assert article.text == "\n\n".join(("Skerry deepens its channel", *PARAGRAPHS))


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        (f"<html><body>{NAVIGATION}</body></html>", "holds no article, only navigation or a program"),
        (
            "<html><body><div id=root></div><noscript>You need to enable JavaScript.</noscript></body></html>",
            "holds no article",
        ),
        (
            f'<html><body>{NAVIGATION}<form><p>Log in to read on.</p><input name=p type="password"></form>'
            f"</body></html>",
            "asks for a login and holds no article",
        ),
        ("<html></html>", "holds no"),
        (
            "From: x\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\nSubject: <html>\n\n--b--\n",
            "without an HTML part",
        ),
    ],
)
def test_a_page_without_an_article_is_refused_in_one_line(markup: str, reason: str) -> None:
    name = "page.mhtml" if markup.startswith("From") else "page.html"
    with pytest.raises(UnreadableSource) as refused:
        read(markup, name)
    message = str(refused.value)
    assert message.startswith(f"{name}: ") and reason in message and "\n" not in message


def test_a_page_that_is_too_large_is_refused() -> None:
    assert "too many for a web page" in refusal("<html><body>" + "<p>word word</p>\n" * 1_300_000)


@pytest.mark.slow
def test_a_book_in_one_page_is_read_whole() -> None:
    chapters = "".join(f"<p>{n}: {PARAGRAPHS[n % 4]}</p>" for n in range(20_000))
    (article,) = read(f"<html><body>{NAVIGATION}{chapters}</body></html>")
    assert article.text.startswith("0: ") and article.text.endswith(PARAGRAPHS[3]) and "Television" not in article.text
