"""Reads articles in the XML of news agencies and journals: NITF, NewsML-G2 with NITF or XHTML inside, and JATS."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from lxml import etree

from qa_service.parsing.facts.metadata import as_author, as_date, as_language, as_tags, as_url
from qa_service.parsing.markup.markup import fragment_text
from qa_service.parsing.markup.markup_blocks import local_name
from qa_service.records import ArticleDraft, ArticleMeta, Cleaning
from qa_service.text.basic.spaces import is_blank

__all__ = ["news_articles"]

_Value = TypeVar("_Value")
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_AS_HTML = {
    "title": "h2", "hl1": "h2", "hl2": "h3", "sec": "section", "block": "div", "list": "ul", "list-item": "li",
    "disp-quote": "blockquote", "bq": "blockquote", "table-wrap": "div", "content": "div", "body.content": "div",
}  # fmt: skip
"""Elements that HTML names otherwise."""
_BESIDE = ("media", "fig", "fig-group", "graphic", "fn", "fn-group", "ref-list", "supplementary-material", "body.end")
"""Pictures, notes and lists of references, which are no prose."""
_TAIL = re.compile(r"^\s*(?:by|von|par|por|di)\s+", re.IGNORECASE)


def news_articles(xml: str) -> Iterator[ArticleDraft]:
    """The articles of a document; none if it has another format. The XML must hold no declarations."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        root = etree.fromstring(xml.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return
    if root is None:
        return
    if local_name(root) == "nitf":
        yield from _draft(_nitf_text(root), _nitf(root))
    elif local_name(root) in ("newsitem", "newsmessage", "packageitem"):
        for item in root.iter("{*}newsItem"):
            yield from _draft(_item_text(item), _news_item(item))
    elif local_name(root) == "article" and root.find("{*}front") is not None:
        yield from _draft(_body_text(root.find("{*}body")), _jats(root))


def _draft(text: str, meta: ArticleMeta) -> Iterator[ArticleDraft]:
    if not is_blank(text):
        yield ArticleDraft(text, meta=meta, cleaning=Cleaning.DOCUMENT)


def _nitf_text(root: etree._Element) -> str:
    return _body_text(root.find(".//{*}body.content"))


def _nitf(root: etree._Element) -> ArticleMeta:
    return ArticleMeta(
        title=_line(root, ".//{*}hedline/{*}hl1", ".//{*}hl1", "{*}head/{*}title"),
        outlet=_first(
            [*_values(root, "{*}head//{*}doc.copyright", "holder"), _line(root, ".//{*}distributor")], _plain
        ),
        author=_first([_line(root, ".//{*}byline/{*}person"), _line(root, ".//{*}byline")], as_author),
        published=_first(
            [
                *_values(root, ".//{*}date.issue", "norm"),
                *_values(root, ".//{*}date.release", "norm"),
                *_values(root, ".//{*}story.date", "norm"),
            ],
            as_date,
        ),
        language=_first([root.get(_LANGUAGE)], as_language),
        tags=_first([_values(root, ".//{*}key-list/{*}keyword", "key")], as_tags) or (),
    )


def _item_text(item: etree._Element) -> str:
    inline = item.find(".//{*}inlineXML")
    if inline is None:
        data = item.find(".//{*}inlineData")
        return fragment_text("".join(map(str, data.itertext()))) if data is not None else ""
    nitf = inline.find(".//{*}body.content")
    return _body_text(nitf if nitf is not None else inline.find(".//{*}body"))


def _news_item(item: etree._Element) -> ArticleMeta:
    creators = [_line(one, "{*}name") for one in item.findall("{*}contentMeta/{*}creator")]
    by_line = _line(item, "{*}contentMeta/{*}by")
    published = [_line(item, "{*}contentMeta/{*}contentCreated"), _line(item, "{*}itemMeta/{*}firstCreated")]
    updated = [_line(item, "{*}contentMeta/{*}contentModified")]
    provider = [_line(item, "{*}itemMeta/{*}provider/{*}name"), *_values(item, "{*}itemMeta/{*}provider", "literal")]
    subjects = [_line(one, "{*}name") for one in item.findall("{*}contentMeta/{*}subject")]
    keywords = [*subjects, *(_line(one, ".") for one in item.findall("{*}contentMeta/{*}keyword"))]
    language = [*_values(item, "{*}contentMeta/{*}language", "tag"), item.get(_LANGUAGE)]
    return ArticleMeta(
        title=_line(item, "{*}contentMeta/{*}headline", "{*}itemMeta/{*}title"),
        outlet=_first(provider, _plain),
        author=_first([by_line, list(filter(None, creators))], as_author),
        published=_first([*published, _line(item, "{*}itemMeta/{*}versionCreated")], as_date),
        updated=_first(updated, as_date),
        language=_first(language, as_language),
        url=_first(_values(item, "{*}itemMeta/{*}link", "href"), as_url),
        tags=_first([list(filter(None, keywords))], as_tags) or (),
    )


def _jats(root: etree._Element) -> ArticleMeta:
    people = []
    for person in root.findall("{*}front//{*}contrib[@contrib-type='author']"):
        given, family = _line(person, ".//{*}given-names"), _line(person, ".//{*}surname")
        people.append(" ".join(filter(None, (given, family))) or _line(person, ".//{*}collab") or "")
    days = [
        "-".join(part.zfill(2) for name in ("year", "month", "day") if (part := _line(one, f"{{*}}{name}")))
        for one in root.findall("{*}front//{*}pub-date")
    ]
    keywords = [_line(one, ".") for one in root.findall("{*}front//{*}kwd")]
    return ArticleMeta(
        title=_line(root, "{*}front//{*}article-title"),
        outlet=_line(root, "{*}front//{*}journal-title", "{*}front//{*}publisher-name"),
        author=_first([list(filter(None, people))], as_author),
        published=_first([day for day in days if day.count("-") == 2], as_date),
        language=_first([root.get(_LANGUAGE)], as_language),
        tags=_first([list(filter(None, keywords))], as_tags) or (),
    )


def _body_text(body: etree._Element | None) -> str:
    """The text of a body whose elements have other names than HTML's."""
    if body is None:
        return ""
    for element in list(body.iter("{*}*")):
        name = local_name(element)
        if name in _BESIDE:
            parent = element.getparent()
            if parent is not None and element is not body:
                element.tail, tail = None, element.tail
                before = element.getprevious()
                if tail and before is not None:
                    before.tail = (before.tail or "") + tail
                elif tail:
                    parent.text = (parent.text or "") + tail
                parent.remove(element)
        else:
            element.tag = _AS_HTML.get(name, name)
    return fragment_text(body)


def _line(root: etree._Element, *paths: str) -> str | None:
    for path in paths:
        element = root if path == "." else root.find(path)
        if element is not None and (text := " ".join("".join(map(str, element.itertext())).split())):
            return _TAIL.sub("", text) if local_name(element) in ("byline", "by") else text
    return None


def _values(root: etree._Element, path: str, name: str) -> list[str]:
    return [value for one in root.findall(path) if (value := one.get(name))]


def _plain(value: object) -> str:
    return str(value)


def _first(values: Iterable[object], check: Callable[[object], _Value]) -> _Value | None:
    for value in values:
        try:
            if value:
                return check(value)
        except ValueError:
            continue
    return None
