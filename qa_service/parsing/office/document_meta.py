"""Metadata that office programs write into documents. They also fill fields by themselves, which say nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

from lxml import etree

from qa_service.errors import UnreadableSource
from qa_service.parsing.facts.metadata import as_author, as_date, as_language, as_tags, as_url
from qa_service.parsing.formats import SourceInfo
from qa_service.parsing.markup.markup import fragment_text
from qa_service.records import ArticleDraft, ArticleMeta, Cleaning

__all__ = ["document_draft", "document_meta"]

_FILLED_TITLE = re.compile(
    r"(?:untitled|unbenannt|document|dokument|presentation|microsoft (?:word|powerpoint)|title|normal)[\s\d]*(?:- .*)?"
    r"|\w+[ -]pr[äée]sentation|.*\.(?:docx?|odt|rtf|pptx?|txt|dotx?|indd|pdf)",
    re.IGNORECASE,
)
"""Titles that programs fill in: the name of the file or of the template."""
_FILLED_AUTHOR = re.compile(
    r"(?:python-(?:docx|pptx)|microsoft office|windows user|user|admin|administrator|author|unknown|owner|root"
    r"|(?:libreoffice|openoffice|apache poi|calibre)\b).*|.*@.*",
    re.IGNORECASE,
)
"""Authors that programs fill in, and accounts."""

_Value = TypeVar("_Value")


def document_meta(
    *,
    title: str | None = None,
    author: str | None = None,
    published: str | None = None,
    language: str | None = None,
    tags: str | None = None,
    outlet: str | None = None,
    url: str | None = None,
) -> ArticleMeta:
    """The metadata that say something. A value that can't be read is left out, since a program wrote it."""
    names = " ".join((author or "").split())
    return ArticleMeta(
        title=_stated(title),
        author=_read(as_author, names) if names and not _FILLED_AUTHOR.fullmatch(names) else None,
        published=_read(as_date, published),
        language=_read(as_language, language),
        tags=_read(as_tags, tags) or (),
        outlet=" ".join((outlet or "").split()) or None,
        url=_read(as_url, url),
    )


def document_draft(root: etree._Element, meta: ArticleMeta, source: SourceInfo, kind: str) -> ArticleDraft:
    """The draft of a document that was written as HTML elements, with its properties `meta`.

    Raises:
        UnreadableSource: the document holds no text.
    """
    meta = _take_stated(meta, root)
    text = fragment_text(root)
    if not text.strip():
        raise UnreadableSource(f"{source.name}: the {kind} holds no text.", param=source.name)
    return ArticleDraft(text, meta=meta, cleaning=Cleaning.DOCUMENT)


def _take_stated(meta: ArticleMeta, root: etree._Element) -> ArticleMeta:
    """`meta` with what the text states in HTML elements of the classes title, author and date.

    The title is the paragraph of the style Title, or the only heading of level 1 if it begins the text; else that of
    `meta`, else the first heading. Removes the author, the date, and a heading that repeats the title from `root`.
    """
    author, date = ([one for one in root.iterfind(".//p") if one.get("class") == name] for name in ("author", "date"))
    stated = document_meta(author=", ".join(map(fragment_text, author)), published="".join(map(fragment_text, date)))
    title = _title(root, meta.title)
    repeated = [one for one in root.findall(".//h1")[1:] if _key(fragment_text(one)) == _key(title or "")]
    for one in (*(author if stated.author else ()), *(date if stated.published else ()), *repeated):
        if (parent := one.getparent()) is not None:
            parent.remove(one)
    return replace(
        meta,
        title=title,
        author=stated.author or meta.author,
        published=stated.published or meta.published,
    )


def _key(text: str) -> list[str]:
    return text.casefold().split()


def _title(root: etree._Element, property_: str | None) -> str | None:
    headings = root.findall(".//h1")
    shown = next((one for one in headings if one.get("class") == "title"), None)
    if shown is None and len(headings) == 1 and headings[0] is next(iter(root), None):
        shown = headings[0]
    candidates = [shown, *headings[:1]]
    texts = [_stated(fragment_text(one)) if one is not None else None for one in candidates]
    return texts[0] or property_ or (texts[1] if headings else None)


def _stated(title: str | None) -> str | None:
    """The title on one line; None if a program filled it in."""
    shown = " ".join((title or "").split())
    return None if not shown or _FILLED_TITLE.fullmatch(shown) else shown


def _read(read: Callable[[str], _Value], value: str | None) -> _Value | None:
    if value and value.strip():
        with suppress(ValueError):
            return read(value)
    return None
