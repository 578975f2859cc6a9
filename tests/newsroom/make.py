"""Makes the files of the newsroom test from `stories.txt`, with LibreOffice, Chromium, pandoc, zip, tar, gzip and iconv.

    python tests/newsroom/make.py FOLDER

It writes the files below FOLDER/files, and FOLDER/manifest.json: for each story its file, the program that made the file
and the metadata that the file states. The repository keeps the result, because CI has none of these programs.
"""

from __future__ import annotations

import csv
import email.message
import email.policy
import html
import io
import json
import mailbox
import shutil
import subprocess
import sys
import tempfile
import textwrap
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import format_datetime
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Story:
    key: str
    title: str
    outlet: str
    author: str
    published: str
    paragraphs: tuple[str, ...]
    questions: tuple[tuple[str, str], ...] = field(default=())

    @property
    def day(self) -> date:
        return date.fromisoformat(self.published)

    @property
    def url(self) -> str:
        return f"https://news.example/{self.published.replace('-', '/')}/{self.key}"

    @property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs)

    @property
    def body(self) -> str:
        return "".join(f"<p>{html.escape(p, quote=False)}</p>\n" for p in self.paragraphs)

    @property
    def at_noon(self) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, 12, 30, tzinfo=UTC)

    def stated(self, *names: str) -> dict[str, str]:
        return {name: getattr(self, name) for name in names}


def stories() -> dict[str, Story]:
    found = {}
    for block in (HERE / "stories.txt").read_text(encoding="utf-8").split("# ")[1:]:
        head, *lines = block.strip().splitlines()
        key, title, outlet, author, published = (part.strip() for part in head.split(" | "))
        asked = [line[2:].split(" = ") for line in lines if line.startswith("? ")]
        prose = tuple(line for line in lines if not line.startswith("? "))
        found[key] = Story(
            key, title, outlet, author, published, prose, tuple((q.strip(), a.strip()) for q, a in asked)
        )
    return found


ALL = ("title", "outlet", "author", "published")
NAVIGATION = """<header><div class="logo"><a href="/">{outlet}</a></div><nav><ul><li><a href="/">Home</a></li>
<li><a href="/world">World</a></li><li><a href="/sport">Sport</a></li><li><a href="/subscribe">Subscribe for 1 € a month</a></li>
</ul></nav></header><div class="cookie-banner" id="cookie"><p>We use cookies to improve your experience. By continuing you
accept our cookie policy.</p><button>Accept all</button> <button>Reject</button></div>"""
FOOTER = """<aside class="related"><h3>Most read</h3><ul><li><a href="/a">Ten holiday homes under 100,000</a></li>
<li><a href="/b">What your star sign says about your tax return</a></li><li><a href="/c">Quiz: how well do you know your
county?</a></li></ul></aside><div class="share"><a href="#">Share on Facebook</a> <a href="#">Tweet</a></div>
<section class="comments"><h3>2 comments</h3><div class="comment"><p>harry88: About time too!</p></div>
<div class="comment"><p>Susan: First.</p></div></section>
<footer><p>© {year} {outlet}. All rights reserved. <a href="/privacy">Privacy policy</a> | <a href="/contact">Contact us</a></p>
<script>window.dataLayer = window.dataLayer || []; function gtag(){{dataLayer.push(arguments);}}</script></footer>"""


def page(story: Story, head: str, main: str, charset: str = "utf-8") -> str:
    return f"""<!DOCTYPE html>
<html lang="en">
<head><meta charset="{charset}"><title>{html.escape(story.title)} | {story.outlet}</title>
{head}
<style>body {{ font-family: serif }}</style></head>
<body>{NAVIGATION.format(outlet=story.outlet)}
{main}
{FOOTER.format(outlet=story.outlet, year=story.day.year)}
</body></html>
"""


class Newsroom:
    """The files that are made so far."""

    def __init__(self, folder: Path) -> None:
        self.files = folder / "files"
        shutil.rmtree(self.files, ignore_errors=True)
        self.files.mkdir(parents=True)
        self.entries: list[dict[str, object]] = []
        self.stories = stories()
        self.left = list(self.stories)
        self.work = Path(tempfile.mkdtemp())

    def take(self) -> Story:
        return self.stories[self.left.pop(0)]

    def add(
        self,
        name: str,
        told: Story | list[Story],
        program: str,
        stated: tuple[str, ...],
        content: bytes | str | None = None,
    ) -> Path:
        path = self.files / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is not None:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        for story in told if isinstance(told, list) else [told]:
            self.entries.append(
                {
                    "file": name,
                    "made_by": program,
                    "story": story.key,
                    "stated": story.stated(*stated),
                    "sentences": [story.paragraphs[0], story.paragraphs[-1]],
                    "questions": story.questions,
                }
            )
        return path

    def run(self, *command: str | Path, **more: object) -> bytes:
        return subprocess.run([str(c) for c in command], check=True, capture_output=True, **more).stdout  # type: ignore[call-overload,no-any-return]

    def office(self, source: str, suffix: str, kind: str, name: str, infilter: str | None = None) -> None:
        """Convert an HTML or other document with LibreOffice to `name`."""
        given = self.work / f"given{suffix}"
        given.write_text(source, encoding="utf-8")
        extra = [f"--infilter={infilter}"] if infilter else []
        self.run(
            "soffice",
            f"-env:UserInstallation=file://{self.work}/profile",
            "--headless",
            *extra,
            "--convert-to",
            kind,
            "--outdir",
            self.work / "out",
            given,
        )
        made = next((self.work / "out").iterdir())
        target = self.files / name
        target.parent.mkdir(parents=True, exist_ok=True)
        made.replace(target)

    def chromium(self, source: str, name: str, *extra: str) -> None:
        (self.files / name).parent.mkdir(parents=True, exist_ok=True)
        given = self.work / "page.html"
        given.write_text(source, encoding="utf-8")
        flags = "--headless --no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run"
        self.run(
            "chromium",
            *flags.split(),
            f"--user-data-dir={self.work}/chromium",
            *extra,
            f"--print-to-pdf={self.files / name}",
            given.as_uri(),
        )

    def pandoc(self, story: Story, name: str, *extra: str) -> None:
        front = f"---\ntitle: {json.dumps(story.title)}\nauthor: {json.dumps(story.author)}\ndate: {story.published}\nlang: en\n---\n\n"
        self.run(
            "pandoc", "-f", "markdown-smart", "-s", "-o", self.files / name, *extra, input=(front + story.text).encode()
        )


def web_pages(room: Newsroom) -> None:
    one = room.take()
    json_ld = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": one.title,
        "datePublished": f"{one.published}T06:15:00+01:00",
        "author": [{"@type": "Person", "name": one.author}],
        "publisher": {"@type": "Organization", "name": one.outlet},
        "url": one.url,
    }
    main = f"<main><article><h1>{one.title}</h1>{one.body}</article></main>"
    room.add(
        "web/json-ld.html",
        one,
        "hand",
        (*ALL, "url"),
        page(one, f'<script type="application/ld+json">{json.dumps(json_ld)}</script>', main),
    )
    one = room.take()
    graph = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "WebSite", "name": one.outlet},
            {"@type": "Person", "@id": "#a", "name": one.author},
            {
                "@type": ["Article", "NewsArticle"],
                "headline": one.title,
                "author": {"@id": "#a", "name": one.author},
                "datePublished": one.published,
                "publisher": {"@type": "Organization", "name": one.outlet},
            },
        ],
    }
    room.add(
        "web/json-ld-graph.htm",
        one,
        "hand",
        ALL,
        page(
            one,
            f'<script type="application/ld+json">{json.dumps(graph)}</script>',
            f"<div id='content'><h1>{one.title}</h1><div class='entry-content'>{one.body}</div></div>",
        ),
    )
    one = room.take()
    tags = {
        "og:title": one.title,
        "og:type": "article",
        "og:site_name": one.outlet,
        "og:url": one.url,
        "article:published_time": f"{one.published}T08:00:00Z",
        "article:author": one.author,
    }
    head = "\n".join(f'<meta property="{k}" content="{html.escape(v)}">' for k, v in tags.items())
    room.add(
        "web/open-graph.html",
        one,
        "hand",
        (*ALL, "url"),
        page(one, head, f"<div class='post'><h1>{one.title}</h1>{one.body}</div>"),
    )
    one = room.take()
    main = f"""<div itemscope itemtype="http://schema.org/NewsArticle"><h1 itemprop="headline">{one.title}</h1>
<span itemprop="author" itemscope itemtype="http://schema.org/Person">By <span itemprop="name">{one.author}</span></span>
<time itemprop="datePublished" datetime="{one.published}">{one.day:%d %B %Y}</time><div itemprop="articleBody">{one.body}</div>
<span itemprop="publisher" itemscope itemtype="http://schema.org/Organization"><meta itemprop="name" content="{one.outlet}"></span></div>"""
    room.add("web/microdata.html", one, "hand", ALL, page(one, "", main))
    one = room.take()
    head = f'<meta name="author" content="{one.author}"><meta name="date" content="{one.published}"><link rel="canonical" href="{one.url}">'
    room.add(
        "web/meta-latin1.html",
        one,
        "hand",
        ("title", "author", "published", "url"),
        page(one, head, f"<article><h1>{one.title}</h1>{one.body}</article>", "iso-8859-1").encode(
            "iso-8859-1", "xmlcharrefreplace"
        ),
    )
    one = room.take()
    main = (
        f"<article><h1>{one.title}</h1><p class='byline'>By {one.author}, {one.day:%-d %B %Y}</p>{one.body}</article>"
    )
    room.add(
        "web/byline.html",
        one,
        "hand",
        ("title", "author", "published"),
        page(one, f'<meta property="og:site_name" content="{one.outlet}">', main),
    )
    one = room.take()
    main = f"<table width='100%'><tr><td width='20%'><a href='/'>Home</a><br><a href='/x'>Archive</a></td><td><font size='5'><b>{one.title}</b></font><br><br>{one.body}</td></tr></table>"
    room.add(
        "web/table-layout.html",
        one,
        "hand",
        ("title",),
        page(one, f'<meta name="dc.date" content="{one.published}">', main),
    )
    one = room.take()
    script = f"<script>document.addEventListener('DOMContentLoaded', () => {{ document.getElementById('app').innerHTML = {json.dumps(f'<article><h1>{one.title}</h1>' + one.body + '</article>')}; }});</script>"
    source = page(
        one,
        f'<meta property="og:site_name" content="{one.outlet}"><meta property="article:published_time" content="{one.published}">'
        + script,
        "<div id='app'></div>",
    )
    given = room.work / "page.html"
    given.write_text(source, encoding="utf-8")
    flags = "--headless --no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run"
    dom = room.run("chromium", *flags.split(), f"--user-data-dir={room.work}/chromium", "--dump-dom", given.as_uri())
    room.add("web/rendered.html", one, "Chromium --dump-dom", ("title", "outlet", "published"), dom)
    one = room.take()
    room.run(
        "pandoc",
        "-f",
        "markdown-smart",
        "-t",
        "html5",
        "-s",
        "-o",
        room.files / "web/pandoc.xhtml",
        "--metadata",
        f"title={one.title}",
        "--metadata",
        f"author-meta={one.author}",
        "--metadata",
        f"date-meta={one.published}",
        input=one.text.encode(),
    )
    room.add("web/pandoc.xhtml", one, "pandoc", ("title", "author", "published"))
    one = room.take()
    room.office(
        page(one, "", f"<h1>{one.title}</h1>{one.body}")
        .replace(NAVIGATION.format(outlet=one.outlet), "")
        .replace(FOOTER.format(outlet=one.outlet, year=one.day.year), ""),
        ".html",
        "html:XHTML Writer File",
        "web/office.html",
        "HTML (StarWriter)",
    )
    room.add("web/office.html", one, "LibreOffice", ())


def printed(room: Newsroom) -> None:
    style = "<style>@page { size: A5; margin: 18mm } h1 { font-size: 20pt } p { text-align: justify; hyphens: auto }</style>"
    one = room.take()
    room.chromium(
        f"<html lang=en><head><title>{one.title}</title>{style}</head><body><h1>{one.title}</h1><p>By {one.author}</p>{one.body}</body></html>",
        "pdf/chromium.pdf",
        "--no-pdf-header-footer",
    )
    room.add("pdf/chromium.pdf", one, "Chromium print", ("title",))
    one = room.take()
    columns = (
        "<style>.c { column-count: 2; column-gap: 8mm; font-size: 10pt; hyphens: auto; text-align: justify }</style>"
    )
    room.chromium(
        f"<html lang=en><head><title>{one.title}</title>{style}{columns}</head><body><h1>{one.title}</h1><div class=c>{one.body}</div></body></html>",
        "pdf/two-columns.pdf",
        "--no-pdf-header-footer",
    )
    room.add("pdf/two-columns.pdf", one, "Chromium print", ("title",))
    one = room.take()
    room.chromium(
        f"<html lang=en><head><title>{one.title}</title>{style}</head><body><h1>{one.title}</h1>{one.body}</body></html>",
        "pdf/with-header.pdf",
    )
    room.add("pdf/with-header.pdf", one, "Chromium print with header and footer", ("title",))
    pages = [room.take() for _ in range(2)]
    for one, name in zip(pages, ("pdf/office.pdf", "pdf/office-pages.pdf"), strict=True):
        body = one.body
        if "pages" in name:  # the third paragraph begins the second page
            body = body.replace("<p>", "<p style='page-break-before: always'>").replace(
                "<p style='page-break-before: always'>", "<p>", 2
            )
        room.office(
            f"<html><head><title>{one.title}</title><meta name=author content='{one.author}'></head><body><h1>{one.title}</h1>{body}</body></html>",
            ".html",
            "pdf:writer_pdf_Export",
            name,
            "HTML (StarWriter)",
        )
        room.add(name, one, "LibreOffice", ("title",))
    one = room.take()
    room.pandoc(one, "pdf/from.odt")
    room.run(
        "soffice",
        f"-env:UserInstallation=file://{room.work}/profile",
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        room.files / "pdf",
        room.files / "pdf/from.odt",
    )
    (room.files / "pdf/from.odt").unlink()
    (room.files / "pdf/from.pdf").rename(room.files / "pdf/pandoc-office.pdf")
    room.add("pdf/pandoc-office.pdf", one, "pandoc, LibreOffice", ("title",))


def documents(room: Newsroom) -> None:
    for suffix, kind in (("docx", "docx:MS Word 2007 XML"), ("odt", "odt"), ("rtf", "rtf")):
        one = room.take()
        source = f"<html><head><title>{one.title}</title><meta name=author content='{one.author}'></head><body><h1>{one.title}</h1><p>By {one.author}</p>{one.body}</body></html>"
        room.office(source, ".html", kind, f"office/office.{suffix}", "HTML (StarWriter)")
        room.add(f"office/office.{suffix}", one, "LibreOffice", ("title",))
    for suffix in ("docx", "odt", "rtf"):
        one = room.take()
        room.pandoc(one, f"office/pandoc.{suffix}")
        room.add(f"office/pandoc.{suffix}", one, "pandoc", ("title",) if suffix == "rtf" else ("title", "author"))
    one = room.take()
    room.office(
        f"<html><head><title>{one.title}</title></head><body><h1>{one.title}</h1>{one.body}</body></html>",
        ".html",
        "epub",
        "office/office.epub",
        "HTML (StarWriter)",
    )
    room.add("office/office.epub", one, "LibreOffice", ("title",))
    three = [room.take() for _ in range(3)]
    magazine = "---\ntitle: The Week in Stories\npublisher: Weekly Reader\nlang: en\n---\n\n" + "\n\n".join(
        f"# {s.title}\n\n{s.text}" for s in three
    )
    room.run("pandoc", "-f", "markdown-smart", "-o", room.files / "office/magazine.epub", input=magazine.encode())
    room.add("office/magazine.epub", three, "pandoc", ("title",))


def texts(room: Newsroom) -> None:
    one = room.take()
    room.add("text/utf8.txt", one, "hand", ("title",), f"{one.title}\n\n{one.text}\n")
    one = room.take()
    room.add(
        "text/cp1252.txt",
        one,
        "iconv",
        ("title",),
        room.run(
            "iconv", "-f", "utf-8", "-t", "cp1252", input=f"{one.title}\n\n{one.text}\n".replace('"', "\u201c").encode()
        ),
    )
    one = room.take()
    room.add(
        "text/utf16.txt",
        one,
        "iconv",
        ("title",),
        room.run("iconv", "-f", "utf-8", "-t", "utf-16", input=f"{one.title}\r\n\r\n{one.text}\r\n".encode()),
    )
    one = room.take()
    room.add(
        "text/wrapped.txt",
        one,
        "fold",
        ("title",),
        f"{one.title}\n\n" + "\n\n".join(textwrap.fill(p, 60) for p in one.paragraphs) + "\n",
    )
    one = room.take()
    room.add(
        "text/head.txt",
        one,
        "hand",
        ALL,
        f"Title: {one.title}\nSource: {one.outlet}\nAuthor: {one.author}\nDate: {one.published}\n\n{one.text}\n",
    )
    one = room.take()
    room.add(
        "text/entities.txt",
        one,
        "hand",
        ("title",),
        f"{one.title}\n\n" + one.text.replace("'", "&#8217;").replace('"', "&quot;").replace(" & ", " &amp; "),
    )
    one = room.take()
    room.add("text/sidecar.txt", one, "hand", ALL, one.text + "\n")
    (room.files / "text/sources.toml").write_text(
        f'["sidecar.txt"]\ntitle = {json.dumps(one.title)}\noutlet = {json.dumps(one.outlet)}\nauthor = {json.dumps(one.author)}\npublished = {one.published}\n',
        encoding="utf-8",
    )
    one = room.take()
    room.add(
        "text/post.md",
        one,
        "hand",
        ALL,
        f"---\ntitle: {json.dumps(one.title)}\nauthor: {one.author}\ndate: {one.published}\noutlet: {one.outlet}\n---\n\n{one.paragraphs[0].replace(' the ', ' *the* ', 1)}\n\n"
        + "\n\n".join(one.paragraphs[1:])
        + "\n\n[Read more](https://news.example/more)\n",
    )
    one = room.take()
    room.add(
        "text/plain.md",
        one,
        "hand",
        ("title",),
        f"# {one.title}\n\n{one.paragraphs[0]}\n\n## Details\n\n" + "\n\n".join(one.paragraphs[1:]) + "\n",
    )
    one = room.take()
    cues = [p for paragraph in one.paragraphs for p in textwrap.wrap(paragraph, 40)]
    vtt = "WEBVTT\n\n" + "\n".join(
        f"{i + 1}\n00:00:{i * 3 % 60:02}.000 --> 00:00:{i * 3 % 60 + 2:02}.900\n{cue}\n"
        for i, cue in enumerate(cues[:19])
    )
    room.add("text/talk.vtt", one, "hand", (), vtt)
    one = room.take()
    cues = [p for paragraph in one.paragraphs for p in textwrap.wrap(paragraph, 40)]
    srt = "\n".join(
        f"{i + 1}\n00:0{i // 20}:{i * 3 % 60:02},000 --> 00:0{i // 20}:{i * 3 % 60 + 2:02},900\n<i>{cue}</i>\n"
        for i, cue in enumerate(cues)
    )
    room.add("text/talk.srt", one, "hand", (), srt)


def rows(room: Newsroom) -> None:
    three = [room.take() for _ in range(2)]
    records = [
        {
            "headline": s.title,
            "body": s.text,
            "source": s.outlet,
            "author": s.author,
            "published_at": f"{s.published}T10:00:00Z",
            "link": s.url,
        }
        for s in three
    ]
    room.add("rows/stories.jsonl", three, "Python", (*ALL, "url"), "\n".join(json.dumps(r) for r in records) + "\n")
    two = [room.take() for _ in range(2)]
    records = [
        {"title": s.title, "content": s.body, "publisher": s.outlet, "byline": s.author, "date": s.published}
        for s in two
    ]
    room.add("rows/stories.json", two, "Python", ALL, json.dumps({"articles": records}, indent=1))
    two = [room.take() for _ in range(2)]
    table = io.StringIO()
    writer = csv.writer(table, delimiter=";")
    writer.writerow(["Title", "Outlet", "Author", "Publication date", "Full text"])
    writer.writerows([s.title, s.outlet, s.author, f"{s.day:%d.%m.%Y}", s.text] for s in two)
    room.add("rows/semicolon.csv", two, "Python csv", ALL, table.getvalue().encode("cp1252"))
    two = [room.take() for _ in range(1)]
    table = io.StringIO()
    csv.writer(table).writerows(
        [
            ["Title", "Outlet", "Author", "Published", "Text"],
            *[[s.title, s.outlet, s.author, s.published, s.text] for s in two],
        ]
    )
    room.office(table.getvalue(), ".csv", "xlsx:Calc MS Excel 2007 XML", "rows/sheet.xlsx", "CSV:44,34,76")
    room.add("rows/sheet.xlsx", two, "LibreOffice", ALL)


def messages(room: Newsroom) -> None:
    def message(story: Story, as_html: bool) -> email.message.EmailMessage:
        made = email.message.EmailMessage(policy=email.policy.SMTP)
        made["From"], made["To"], made["Subject"] = (
            f"{story.author} <desk@news.example>",
            "list@news.example",
            story.title,
        )
        made["Date"], made["Message-ID"] = format_datetime(story.at_noon), f"<{story.key}@news.example>"
        made.set_content(
            story.text + "\n\n-- \nThe desk\nUnsubscribe: https://news.example/u\n", cte="quoted-printable"
        )
        if as_html:
            made.add_alternative(
                f"<html><body><table><tr><td>{story.body}</td></tr></table></body></html>", subtype="html", cte="base64"
            )
        return made

    for name, as_html in (("mail/plain.eml", False), ("mail/newsletter.eml", True)):
        one = room.take()
        room.add(name, one, "Python email", ("title", "published"), message(one, as_html).as_bytes())
    two = [room.take() for _ in range(2)]
    path = room.add("mail/list.mbox", two, "Python mailbox", ("title", "published"))
    box = mailbox.mbox(str(path))
    for one in two:
        box.add(mailbox.mboxMessage(message(one, False)))
    box.close()
    two = [room.take() for _ in range(2)]
    items = "".join(
        f"<item><title>{html.escape(s.title)}</title><link>{s.url}</link><dc:creator>{s.author}</dc:creator><pubDate>{format_datetime(s.at_noon)}</pubDate><content:encoded><![CDATA[{s.body}]]></content:encoded></item>"
        for s in two
    )
    room.add(
        "feeds/rss.xml",
        two,
        "hand",
        ("title", "author", "published", "url"),
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>News Example</title><link>https://news.example</link><language>en</language>{items}</channel></rss>',
    )
    one = room.take()
    room.add(
        "feeds/atom.xml",
        one,
        "hand",
        ("title", "author", "published", "url"),
        f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>{html.escape(one.outlet)}</title><entry><title>{html.escape(one.title)}</title><link href="{one.url}"/><author><name>{one.author}</name></author><published>{one.published}T07:00:00Z</published><updated>{one.published}T09:00:00Z</updated><content type="html">{html.escape(one.body)}</content></entry></feed>',
    )


def archives(room: Newsroom) -> None:
    folder = room.work / "packed"
    folder.mkdir()
    one, two, three = room.take(), room.take(), room.take()
    (folder / "a.txt").write_text(f"{one.title}\n\n{one.text}\n", encoding="utf-8")
    room.files.joinpath("archives").mkdir()
    room.run("zip", "-q", room.files / "archives/stories.zip", "a.txt", cwd=folder)
    room.add("archives/stories.zip", one, "zip", ("title",))
    (folder / "b.txt").write_text(f"{two.title}\n\n{two.text}\n", encoding="utf-8")
    room.run("tar", "czf", room.files / "archives/stories.tar.gz", "b.txt", cwd=folder)
    room.add("archives/stories.tar.gz", two, "tar", ("title",))
    (folder / "c.txt").write_text(f"{three.title}\n\n{three.text}\n", encoding="utf-8")
    room.run("gzip", "-n", "c.txt", cwd=folder)
    (folder / "c.txt.gz").rename(room.files / "archives/c.txt.gz")
    room.add("archives/c.txt.gz", three, "gzip", ("title",))


def more(room: Newsroom) -> None:
    one = room.take()
    room.add(
        "web/utf16.html",
        one,
        "iconv",
        ("title",),
        room.run(
            "iconv",
            "-f",
            "utf-8",
            "-t",
            "utf-16",
            input=page(one, "", f"<article><h1>{one.title}</h1>{one.body}</article>", "utf-16").encode(),
        ),
    )
    one = room.take()
    room.pandoc(one, "office/step.odt")
    room.run(
        "soffice",
        f"-env:UserInstallation=file://{room.work}/profile",
        "--headless",
        "--convert-to",
        "docx:MS Word 2007 XML",
        "--outdir",
        room.files / "office",
        room.files / "office/step.odt",
    )
    (room.files / "office/step.odt").unlink()
    (room.files / "office/step.docx").rename(room.files / "office/pandoc-office.docx")
    room.add("office/pandoc-office.docx", one, "pandoc, LibreOffice", ("title",))
    one = room.take()
    rdf = f'<?xml version="1.0" encoding="ISO-8859-1"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel rdf:about="https://news.example/"><title>{one.outlet}</title><link>https://news.example/</link></channel><item rdf:about="{one.url}"><title>{one.title}</title><link>{one.url}</link><dc:date>{one.published}T05:00:00+02:00</dc:date><dc:creator>{one.author}</dc:creator><content:encoded><![CDATA[{one.body}]]></content:encoded></item></rdf:RDF>'
    room.add("feeds/rdf.rdf", one, "hand", ("title", "author", "published", "url"), rdf.encode("iso-8859-1"))
    one = room.take()
    room.add("text/cr-only.txt", one, "tr", ("title",), f"{one.title}\n\n{one.text}\n".replace("\n", "\r"))
    one = room.take()
    made = email.message.EmailMessage(policy=email.policy.SMTP)
    made["From"], made["To"], made["Subject"] = (
        f"{one.outlet} <news@courier.example>",
        "reader@news.example",
        f"{one.title} – Übersicht",
    )
    made["Date"], made["Message-ID"] = format_datetime(one.at_noon), f"<{one.key}@news.example>"
    made.set_content(one.text, charset="iso-8859-1", cte="quoted-printable")
    room.add("mail/latin1.eml", one, "Python email", ("published",), made.as_bytes())
    one = room.take()
    for agency in ("AFP", "Reuters"):
        source = json.dumps(
            {"title": one.title, "text": one.text, "outlet": agency, "author": one.author, "published": one.published}
        )
        room.add(f"rows/{agency.lower()}.json", one, "Python", ("title", "author", "published"), source)


def last(room: Newsroom) -> None:
    one = room.take()
    inner = room.work / "nested"
    (inner / "deep").mkdir(parents=True)
    (inner / "deep/page.html").write_text(
        page(one, "", f"<article><h1>{one.title}</h1>{one.body}</article>"), encoding="utf-8"
    )
    room.run("zip", "-qr", "inner.zip", "deep", cwd=inner)
    room.run("zip", "-q", room.files / "archives/nested.zip", "inner.zip", cwd=inner)
    room.add("archives/nested.zip", one, "zip", ("title",))
    one = room.take()
    room.run(
        "pandoc",
        "-f",
        "markdown-smart",
        "-t",
        "plain",
        "--columns=66",
        "-s",
        "-o",
        room.files / "text/plain.text",
        input=f"{one.title}\n\n{one.text}".encode(),
    )
    room.add("text/plain.text", one, "pandoc", ("title",))
    one = room.take()
    room.run(
        "pandoc",
        "-f",
        "markdown-smart",
        "-t",
        "markdown",
        "-s",
        "-o",
        room.files / "text/pandoc.markdown",
        "--metadata",
        f"title={one.title}",
        "--metadata",
        f"author={one.author}",
        "--metadata",
        f"date={one.published}",
        input=one.text.encode(),
    )
    room.add("text/pandoc.markdown", one, "pandoc", ("title", "author", "published"))


TOWNS = (
    "Arnmouth",
    "Belkirk",
    "Cotterby",
    "Dunmere",
    "Eastlow",
    "Fernhill",
    "Garsdale",
    "Hexby",
    "Inverlow",
    "Jarrowby",
)


def tables(room: Newsroom) -> None:
    """Six tables of figures, whose rows are asked for."""
    subjects = (
        ("xlsx", "Parking spaces in the county", ("Town", "Car parks", "Parking spaces", "Price per hour"), 17),
        (
            "csv",
            "Public swimming pools",
            ("Town", "Visitors in 2023", "Length of the pool in metres", "Year of opening"),
            29,
        ),
        ("md", "Births and deaths in 2022", ("Town", "Births", "Deaths", "Marriages"), 41),
        ("html", "Harvest of apples in tonnes", ("Town", "Harvest in 2021", "Harvest in 2022", "Harvest in 2023"), 53),
        ("docx", "Street lamps by town", ("Town", "Gas lamps", "Electric lamps", "LED lamps"), 67),
        ("ods", "Stray dogs by town", ("Town", "Dogs caught", "Dogs returned", "Dogs adopted"), 71),
    )
    for kind, title, header, seed in subjects:
        body = [
            (town, *((seed * (r + 3) * (c + 5) * 7919 // 13) % 900 + 37 for c in range(len(header) - 1)))
            for r, town in enumerate(TOWNS)
        ]
        cells = [header, *([str(v) for v in row] for row in body)]
        name = f"tables/{kind}-table.{kind}"
        table = io.StringIO()
        csv.writer(table).writerows(cells)
        rows_html = "".join(
            "<tr>" + "".join(f"<{tag}>{c}</{tag}>" for c in row) + "</tr>"
            for tag, row in [("th", header), *(("td", r) for r in cells[1:])]
        )
        markup = f"<html><head><title>{title}</title></head><body><h1>{title}</h1><p>The county council published these figures on Tuesday. They cover its ten towns.</p><table border=1>{rows_html}</table></body></html>"
        (room.files / "tables").mkdir(exist_ok=True)
        if kind in ("xlsx", "ods"):
            room.office(
                table.getvalue(),
                ".csv",
                {"xlsx": "xlsx:Calc MS Excel 2007 XML", "ods": "ods"}[kind],
                name,
                "CSV:44,34,76",
            )
        elif kind == "docx":
            room.office(markup, ".html", "docx:MS Word 2007 XML", name, "HTML (StarWriter)")
        else:
            lines = ["| " + " | ".join(row) + " |" for row in cells]
            lines.insert(1, "|---" * len(header) + "|")
            text = {
                "csv": table.getvalue(),
                "html": markup,
                "md": f"# {title}\n\nThe county council published these figures on Tuesday.\n\n"
                + "\n".join(lines)
                + "\n",
            }[kind]
            (room.files / name).write_text(text, encoding="utf-8")
        asked = [
            (
                f"{header[column]}: how many in {body[r][0]}?"
                if kind != "html"
                else f"What was the {header[column].lower()} of apples in {body[r][0]}?",
                str(body[r][column]),
            )
            for r, column in ((2, 1), (7, 2))
        ]
        room.entries.append(
            {
                "file": name,
                "made_by": "LibreOffice" if kind in ("xlsx", "ods", "docx") else "hand",
                "story": f"table-{kind}",
                "stated": {},
                "sentences": [],
                "questions": asked,
            }
        )


def main() -> None:
    folder = Path(sys.argv[1]).resolve()
    room = Newsroom(folder)
    for make in (web_pages, printed, documents, texts, rows, messages, archives, more, last, tables):
        make(room)
    (folder / "manifest.json").write_text(json.dumps(room.entries, indent=1) + "\n", encoding="utf-8")
    shutil.rmtree(room.work)
    sys.stdout.write(
        f"{len({e['file'] for e in room.entries})} files, {len(room.entries)} stories, left: {room.left}\n"
    )


if __name__ == "__main__":
    main()
