"""Reads feeds: RSS of all versions and Atom. Each entry becomes an article. Other XML of news goes to `news_xml`."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from html import escape
from html.entities import html5
from typing import Any, BinaryIO, TypeVar

import feedparser

from qa_service.errors import UnreadableSource
from qa_service.parsing.cleaning.lines import word_count
from qa_service.parsing.facts.metadata import as_author, as_date, as_language, as_tags, as_url
from qa_service.parsing.formats import SourceInfo
from qa_service.parsing.markup.charset import decode_markup
from qa_service.parsing.markup.markup import fragment_text, parse_markup
from qa_service.parsing.markup.markup_blocks import join_blocks, read_blocks
from qa_service.parsing.web.news_xml import news_articles
from qa_service.records import ArticleDraft, ArticleMeta, Cleaning
from qa_service.text.basic.spaces import is_blank

__all__ = ["read"]

MOST_BYTES = 64 * 1024 * 1024
LONGEST_POINTER = 30
"""Words of the longest last line that only points to the entry's own page, such as "Continue reading"."""

MOST_ENTITY = 200
"""Characters of an entity that a feed declares."""

_Value = TypeVar("_Value")
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,300}\?>")
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)
_INVALID = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ENTITY = re.compile(r"<!ENTITY\s+(?P<kind>%\s+)?(?P<name>[\w:.-]+)\s+(?:\"(?P<a>[^\"]*)\"|'(?P<b>[^']*)'|\w+)")
_AMPERSAND = re.compile(r"<!\[CDATA\[.*?\]\]>|&(?:(?P<code>#\d+|#[xX][0-9a-fA-F]+)|(?P<name>\w+)(?=;))?;?", re.DOTALL)
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
_NAME_OF_ADDRESS = re.compile(r"@\S+\s*\(([^()]+)\)")
_ROOT = re.compile(r"<(?![?!])([^\s/>]{1,100})")


def read(file: BinaryIO, source: SourceInfo) -> Iterator[ArticleDraft]:
    """Yields an article for each entry that holds a text: its full content if the feed has it, else its summary.

    Entities that could grow without end, or that name other files, are refused.
    """
    raw = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise _unreadable(source, f"is larger than {MOST_BYTES >> 20} MB, too large for a feed. Split it")
    text = _well_formed(_INVALID.sub("", decode_markup(raw, source.name).lstrip("\ufeff")), source)
    parsed = feedparser.parse(
        io.BytesIO(text.encode("utf-8", "replace")), response_headers={"content-type": "application/xml; charset=utf-8"}
    )
    if not parsed.entries:
        articles = list(news_articles(text))
        if articles:
            yield from articles
            return
        raise _unreadable(source, _no_feed(text, str(parsed.version)))
    empty = 0
    for entry in parsed.entries:
        draft = _draft(entry, parsed.feed, has_dates=str(parsed.version).startswith("atom"))
        if draft is None:
            empty += 1
        else:
            yield draft
    if empty == len(parsed.entries):
        raise _unreadable(source, f"is a feed of {empty} entries without text, only titles")
    if empty:
        source.warn(f"{empty} of {len(parsed.entries)} entries hold no text and are left out.")


def _well_formed(text: str, source: SourceInfo) -> str:
    """The XML without declarations, with each entity as its character. Ampersands that begin no entity are escaped."""
    entities: dict[str, str] = {}
    for found in _ENTITY.finditer(text[: text.find("]>") + 1] if "<!ENTITY" in text else ""):
        value = found["a"] if found["a"] is not None else found["b"]
        if value is None or found["kind"] or "&" in value.replace("&#", ""):
            raise _unreadable(source, "declares entities that can grow or that name other files. Remove its DOCTYPE")
        entities[found["name"]] = value[:MOST_ENTITY]

    def plain(found: re.Match[str]) -> str:
        name = found["name"]
        if found[0].startswith("<") or found["code"] or name in _OF_XML:
            return found[0]
        if name is None:
            return "&amp;" + found[0][1:]
        return escape(entities.get(name) or html5.get(f"{name};") or f"&{name};")

    text = _DOCTYPE.sub("", _DECLARATION.sub("", text, count=1), count=1)
    return _AMPERSAND.sub(plain, text)


def _draft(entry: Mapping[str, Any], feed: Mapping[str, Any], *, has_dates: bool) -> ArticleDraft | None:
    url = _first([entry.get("link"), entry.get("id")], as_url)
    text = max((_text(one, url) for one in _bodies(entry)), key=len, default="")
    if is_blank(text):
        return None
    outlet = _first(
        [entry.get("source", {}).get("title"), entry.get("publisher"), feed.get("publisher"), feed.get("title")], _line
    )
    author = _first([_authors(entry), _authors(feed)], as_author)
    published = _date(entry, "published") or _date(entry, "created")
    updated = _date(entry, "updated")
    if published is None and not has_dates:
        published, updated = updated, None  # RSS has one date, and feedparser calls dc:date the last update
    meta = ArticleMeta(
        title=_first([entry.get("title")], _line),
        outlet=outlet,
        author=author,
        published=published,
        updated=updated if updated and (published is None or updated >= published) else None,
        language=_first([*_languages(entry), feed.get("language")], as_language),
        url=url,
        tags=_tags(entry),
    )
    return ArticleDraft(text, meta=meta, cleaning=Cleaning.ROW)


def _bodies(entry: Mapping[str, Any]) -> Iterator[str]:
    """The full content, or the summary of an entry without it."""
    contents = [str(one.get("value") or "") for one in entry.get("content", ())]
    if any(not is_blank(one) for one in contents):
        yield from contents
    else:
        yield str(entry.get("summary") or entry.get("subtitle") or "")


def _text(body: str, url: str | None) -> str:
    """The text of a body in HTML, without a last line that only points to the entry's page."""
    tree = parse_markup(body)
    if tree is None:
        return ""
    blocks = read_blocks(tree)
    if len(blocks) > 1 and url and word_count(blocks[-1].text) <= LONGEST_POINTER:
        addresses = {(link.get("href") or "").split("?")[0].rstrip("/") for link in blocks[-1].element.iter("a")}
        if url.split("?")[0].rstrip("/") in addresses:
            blocks = blocks[:-1]
    return join_blocks(blocks)


def _first(values: Iterable[object], check: Callable[[object], _Value]) -> _Value | None:
    for value in values:
        try:
            if value:
                return check(value)
        except ValueError:
            continue
    return None


def _line(value: object) -> str:
    line = " ".join(fragment_text(str(value)).split())
    if not line:
        raise ValueError("holds no text")
    return line


def _authors(one: Mapping[str, Any]) -> list[str]:
    """The names of the authors of an entry or feed. A mail address is none, as in "desk@news.example (Olav Tveit)"."""
    stated = str(one.get("author") or "")
    if "@" in stated:
        found = _NAME_OF_ADDRESS.search(stated)
        return [found[1]] if found else []
    names = [author.get("name") for author in one.get("authors", ())]
    return [_line(name) for name in names or [stated] if name and not is_blank(name)]


def _date(entry: Mapping[str, Any], name: str) -> date | None:
    """The day as written. feedparser's own value is in UTC, which can be another day."""
    if name not in entry.keys():  # noqa: SIM118 - feedparser answers `in` for other names too
        return None
    parsed = entry.get(f"{name}_parsed")
    written = _first([entry.get(name)], as_date)
    return written or (date(*parsed[:3]) if parsed else None)


def _languages(entry: Mapping[str, Any]) -> Iterator[object]:
    yield entry.get("language")
    for one in (*entry.get("content", ()), entry.get("summary_detail") or {}, entry.get("title_detail") or {}):
        yield one.get("language")


def _tags(entry: Mapping[str, Any]) -> tuple[str, ...]:
    names = [_line(name) for one in entry.get("tags", ()) if (name := one.get("label") or one.get("term"))]
    return _first([names], as_tags) or ()


def _no_feed(text: str, version: str) -> str:
    if version:
        return "is a feed without entries"
    root = _ROOT.search(re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL))
    name = f"whose root element is <{root[1]}>" if root else "without elements"
    return f"is an XML file {name}; of XML, RSS, Atom, NITF, NewsML-G2 and JATS are read. Save it as HTML or plain text"


def _unreadable(source: SourceInfo, reason: str) -> UnreadableSource:
    return UnreadableSource(f"{source.name}: {reason}.", param=source.name)
