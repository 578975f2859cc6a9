"""What a web page states about its article: in JSON-LD, Open Graph, microdata, meta elements and the byline."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeVar
from urllib.parse import urljoin

from htmldate import find_date as find_marked_date
from lxml import etree

from qa_service.parsing.cleaning.headlines import is_byline
from qa_service.parsing.facts.dates import find_date
from qa_service.parsing.facts.metadata import as_author, as_date, as_language, as_tags, as_url
from qa_service.parsing.markup.markup_blocks import read_blocks
from qa_service.parsing.web.addresses import addresses_in, host_of, place_of
from qa_service.parsing.web.byline import byline_in, byline_of
from qa_service.parsing.web.headline import headline_of, site_of_title
from qa_service.parsing.web.matching import letters
from qa_service.parsing.web.schema_org import Node, is_article, linked_nodes, microdata, names_of
from qa_service.parsing.web.stories import heading_of, link_of
from qa_service.records import ArticleMeta
from qa_service.text.basic.language import detect_language

__all__ = ["page_facts", "story_facts"]

_Value = TypeVar("_Value")


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_TITLE = _names("og:title citation_title dc.title dcterms.title parsely-title sailthru.title twitter:title")
_AUTHOR = _names(
    "author article:author dc.creator dcterms.creator citation_author parsely-author byl sailthru.author"
    " authors dc:creator og:article:author og:author cxenseparse:author"
)
_OUTLET = _names("og:site_name publisher dc.publisher dcterms.publisher citation_journal_title application-name")
_PUBLISHED = _names(
    "article:published_time og:article:published_time datepublished date dc.date pubdate dc.date.issued"
    " dcterms.issued dcterms.created dcterms.date dc.date.created publishdate publish-date publish_date"
    " publication_date citation_publication_date citation_date parsely-pub-date sailthru.date article.published"
    " cxenseparse:recs:publishtime release_date"
)
_UPDATED = _names(
    "article:modified_time og:updated_time og:article:modified_time datemodified dcterms.modified"
    " dc.date.modified last-modified article.updated modified"
)
_LANGUAGE = _names("content-language dc.language dcterms.language og:locale language")
_SAVED = re.compile(r"saved from url=(?:\(\d+\))?\s*(\S+)")
_SITE_ADDRESS = re.compile(r"(?:https?://)?(?:www\.)?[\w-]+(?:\.[\w-]+)+/?", re.IGNORECASE)
_BLOG_NAMES = frozenset({"admin", "administrator", "webmaster", "root", "user", "redaktion", "editor", "guest"})
LONG_ENOUGH = 400
"""Characters of a text whose language is certain enough to correct a page that says "en" as its template did."""
MOST_TAGS = 50
MOST_LINES, LONGEST_LINE = 5, 200
"""Lines below the headline that are searched for a byline, and characters of such a line."""


@dataclass(frozen=True)
class _Head:
    """The page, and its statements by name. All are read once."""

    tree: etree._Element

    @cached_property
    def metas(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for element in self.tree.iter("meta", "{*}meta"):
            name = (
                element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
            )
            if name and (value := " ".join((element.get("content") or "").split())):
                found.setdefault(name.strip().lower(), []).append(value)
        return found

    def meta(self, *names: str) -> Iterator[str]:
        for name in names:
            yield from self.metas.get(name, ())

    @cached_property
    def nodes(self) -> list[Node]:
        return linked_nodes(self.tree)

    @cached_property
    def described(self) -> list[Node]:
        """The nodes about this article, the most exact first: of JSON-LD, of microdata, of the page as a whole."""
        articles = [node for node in self.nodes if is_article(node)]
        if len(articles) > 1:
            page = letters(" ".join([self.title, *self.meta("og:title"), *self.headings[:3]]))
            about = [node for node in articles if (key := letters(_text(node.get("headline")))) and key in page]
            articles = about[:1] or articles[:1]
        pages = [{**node, "headline": None, "name": None} for node in self.nodes if is_article(node, page=True)]
        return [*articles, microdata(self.tree), *pages[:1]]

    def said(self, *names: str) -> Iterator[object]:
        for node in self.described:
            for name in names:
                if node.get(name):
                    yield node[name]

    @cached_property
    def title(self) -> str:
        element = next(self.tree.iter("title", "{*}title"), None)
        return " ".join((element.text or "").split()) if element is not None else ""

    @cached_property
    def headings(self) -> list[str]:
        return [" ".join(" ".join(map(str, one.itertext())).split()) for one in self.tree.iter("h1", "h2")]

    @cached_property
    def main_headings(self) -> list[str]:
        """The headings of level 1 that are no link to the site's front page."""
        return [
            " ".join(" ".join(map(str, one.itertext())).split())
            for one in self.tree.iter("h1")
            if not any(place_of(link.get("href") or "") == "" for link in (*one.iter("a"), *one.iterancestors("a")))
        ]


def page_facts(tree: etree._Element, text: str, location: str | None = None) -> ArticleMeta:
    """The metadata that a page states. `text` is its article; `location` is the address that it was saved from.

    What it does not state stays None: the domain is no outlet, and a date somewhere in the text is no publication date.
    """
    head = _Head(tree)
    lines = [line for line in text.split("\n") if line]
    url = _url(head, location)
    outlet = _outlet(head, url)
    below = _below_headline(tree)
    published = (
        _first(_dates(head, "datePublished", _PUBLISHED), as_date)
        or _marked_date(head, url)
        or next((day for line in (*below, *lines[:4]) if is_byline(line) and (day := find_date(line))), None)
    )
    updated = _first(_dates(head, "dateModified", _UPDATED), as_date)
    if updated and published and updated < published:
        updated = None
    headlines = [name for one in head.said("headline") for name in names_of(one)]
    site_names = [*head.meta("og:site_name"), outlet or "", host_of(url), host_of(url).removeprefix("www.")]
    return ArticleMeta(
        title=headline_of(
            [*headlines, *head.meta(*_TITLE), head.title], lines[:3], head.headings, head.main_headings, site_names
        ),
        outlet=outlet,
        author=_author(head, outlet, [*lines[:6], *below, *lines[-3:]]),
        published=published,
        updated=updated,
        language=_language(head, text),
        url=url,
        tags=_tags(head),
    )


def _below_headline(tree: etree._Element) -> list[str]:
    """The short lines between the first main heading and the text, where the byline stands."""
    heading = next(tree.iter("h1"), None)
    lines: list[str] = []
    for block in read_blocks(tree, whole_page=True) if heading is not None else ():
        if lines or block.element is heading:
            lines.extend(block.text.split("\n"))
        if len(lines) > MOST_LINES:
            break
    return [line for line in lines[1:] if len(line) < LONGEST_LINE]


def story_facts(story: etree._Element, page: ArticleMeta, text: str) -> ArticleMeta:
    """The metadata of a story among others.

    The page speaks for its outlet and language. It also speaks for the story that has the page's title.
    """
    head = _Head(story)
    lines = [line for line in text.split("\n") if line]
    times = [one.get("datetime") or " ".join(map(str, one.itertext())) for one in story.iter("time")]
    title = heading_of(story)
    own = page if letters(title) == letters(page.title or "") else ArticleMeta()
    return ArticleMeta(
        title=title,
        outlet=page.outlet,
        author=_author(head, page.outlet, [*lines[:6], *lines[-3:]]) or own.author,
        published=_first([*_dates(head, "datePublished", ()), *times], as_date) or own.published,
        updated=_first(_dates(head, "dateModified", ()), as_date) or own.updated,
        language=page.language or _language(head, text),
        url=_first(filter(None, [link_of(story, page.url), own.url]), as_url),
        tags=own.tags,
    )


def _first(values: Iterable[object], check: Callable[[object], _Value]) -> _Value | None:
    """The first value that passes the check."""
    for value in values:
        try:
            return check(value)
        except ValueError:
            continue
    return None


def _text(value: object) -> str:
    return next(iter(names_of(value)), "")


def _dates(head: _Head, name: str, metas: tuple[str, ...]) -> Iterator[object]:
    yield from (one for one in head.said(name) if isinstance(one, str))
    yield from head.meta(*metas)


def _marked_date(head: _Head, url: str | None) -> date | None:
    """A date that the page marks up as its own: in a `time` element, a class or its address."""
    try:
        found = find_marked_date(deepcopy(head.tree), extensive_search=False, original_date=True, url=url)
        return as_date(found) if found else None
    except (ValueError, TypeError, AttributeError):
        return None


def _author(head: _Head, outlet: str | None, lines: list[str]) -> str | None:
    """The persons before the house: many templates give the outlet as the author of everything."""
    candidates = [
        *(names_of(one) for one in head.said("author")),
        byline_of(head.tree),
        byline_in(lines),
        *([name] for name in head.meta(*_AUTHOR)),
    ]
    house = {letters(name) for name in (outlet, *head.meta("og:site_name")) if name}
    stated = [good for names in candidates if (good := [name for name in names if _is_name(name)])]
    persons = [names for names in stated if not any(letters(name) in house for name in names)]
    return _first([*persons, *stated], as_author)


def _is_name(name: str) -> bool:
    return "://" not in name and "@" not in name and letters(name) not in _BLOG_NAMES and 1 < len(name) <= 200


def _outlet(head: _Head, url: str | None) -> str | None:
    """The outlet's name, or the host only where the page gives that as the site's name."""
    publishers = [name for one in head.said("publisher") for name in names_of(one)]
    sites = [name for node in head.nodes if node.get("@type") == "WebSite" for name in names_of(node.get("name"))]
    names = [*head.meta("og:site_name"), *publishers, *head.meta(*_OUTLET[1:]), *sites]
    names = [name for name in names if "://" not in name and len(name) <= 100]
    proper = [name for name in names if not _SITE_ADDRESS.fullmatch(name)]
    return next(iter([*proper, *names]), None) or site_of_title(head.title, host_of(url))


def _url(head: _Head, location: str | None) -> str | None:
    links = [
        one.get("href") or ""
        for one in head.tree.iter("link", "{*}link")
        if "canonical" in (one.get("rel") or "").lower()
    ]
    comments = [*head.tree.itersiblings(preceding=True), *head.tree.iter(etree.Comment)]
    saved = [match[1] for one in comments if (match := _SAVED.search(str(one.text or "")))]
    absolute = [*head.meta("og:url"), *filter(None, [location]), *saved[:1]]
    base = next((one for one in absolute if "://" in one), "")
    found = [urljoin(base, one.strip()) if base else one.strip() for one in links]
    nodes = [urljoin(base, one) for one in addresses_in(head.said("url", "mainEntityOfPage", "@id"))]
    candidates = [one for one in [*found, *absolute, *nodes] if place_of(one)]
    return _first([*candidates, *found, *absolute], as_url)


def _language(head: _Head, text: str) -> str | None:
    root = head.tree
    stated = _first(
        filter(None, [root.get("lang"), root.get("{http://www.w3.org/XML/1998/namespace}lang"), root.get("xml:lang")]),
        as_language,
    ) or _first(
        [*(one for one in head.said("inLanguage") if isinstance(one, str)), *head.meta(*_LANGUAGE)], as_language
    )
    if stated in (None, "en") and len(text) >= LONG_ENOUGH:
        return detect_language(text) or stated
    return stated


def _tags(head: _Head) -> tuple[str, ...]:
    stated: list[object] = [*head.meta("article:tag", "og:article:tag"), *head.said("keywords")]
    for values in (stated, list(head.meta("news_keywords")), list(head.meta("keywords", "dc.subject", "parsely-tags"))):
        tags: set[str] = set()
        for value in values:
            tags.update(_first([value], as_tags) or ())
        if tags:
            return tuple(sorted(tags)[:MOST_TAGS])
    return ()
