"""Reads EPUB: an article for each entry of the table of contents that names a file.

A newspaper or magazine has no author as a whole. Its articles have their own titles, and the publication is the outlet.
A book has an author. Its chapters are articles with the title "Book: Chapter". A text with an author that is shorter
than a book is one article, as is an EPUB with one text.
Covers, title pages, tables of contents and pages of links are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import BinaryIO

from lxml import etree

from qa_service.errors import UnreadableSource
from qa_service.parsing.formats import SourceInfo
from qa_service.parsing.markup.markup import fragment_text, parse_markup
from qa_service.parsing.office.epub_package import SKIPPED, Entry, Package, read_package, words_of
from qa_service.parsing.office.zip_documents import ZipDocument, open_document
from qa_service.records import ArticleDraft, ArticleMeta, Cleaning

__all__ = ["read"]

MOST_LINKED = 0.6
"""A page with a larger share of its text in links is a list of contents."""
SHORTEST_GROUP = 200
"""Characters of a page that names a group of articles: a shorter one only has the group's title."""
LONGEST_TITLE_PAGE = 500
SHORTEST_BOOK = 20_000
"""Characters. A shorter text with an author is one article with sections, not a book."""
MOST_JOINED = 1_000
_FIRST_MARK = 0x100000
_MARK = re.compile("[\U00100000-\U0010fffd]")


@dataclass
class _Piece:
    """A part of the publication that becomes an article."""

    label: str | None
    texts: list[str] = field(default_factory=list)
    url: str | None = None


def read(file: BinaryIO, source: SourceInfo) -> Iterator[ArticleDraft]:
    """An article for each piece, in the reading order."""
    with open_document(file, source, "EPUB") as document:
        package = read_package(document)
        pieces = (piece for piece in _pieces(document, package) if "".join(piece.texts).strip())
        first = list(islice(_while_short(pieces, package), MOST_JOINED))
        if not first:
            raise UnreadableSource(f"{source.name}: the EPUB holds no text.", param=source.name)
        rest = list(islice(pieces, 1))
        if not rest and (len(first) == 1 or package.is_book):
            texts = [text for piece in first for text in piece.texts]
            yield _draft(_Piece(None, texts, first[0].url), _with_title(package.meta, first[0].label))
            return
        for piece in chain(first, rest, pieces):
            yield _draft(piece, _meta(package, piece))


def _while_short(pieces: Iterator[_Piece], package: Package) -> Iterator[_Piece]:
    """The first pieces of a book until they have `SHORTEST_BOOK` characters; of another publication two."""
    size = 0
    for number, piece in enumerate(pieces):
        yield piece
        size += sum(map(len, piece.texts))
        if size >= SHORTEST_BOOK or (number and not package.is_book):
            return


def _with_title(meta: ArticleMeta, label: str | None) -> ArticleMeta:
    return replace(meta, title=meta.title or label)


def _draft(piece: _Piece, meta: ArticleMeta) -> ArticleDraft:
    text = "\n\n".join(text for text in piece.texts if text.strip())
    return ArticleDraft(text, meta=replace(meta, url=piece.url), cleaning=Cleaning.DOCUMENT)


def _meta(package: Package, piece: _Piece) -> ArticleMeta:
    whole = package.meta.title
    if not package.is_book:
        return replace(package.meta, title=piece.label, outlet=package.meta.outlet or whole)
    named = f"{whole}: {piece.label}" if whole and piece.label and piece.label != whole else piece.label or whole
    return replace(package.meta, title=named)


def _pieces(document: ZipDocument, package: Package) -> Iterator[_Piece]:
    entries: dict[str, list[Entry]] = {}
    for entry in package.entries:
        entries.setdefault(entry.path, []).append(entry)
    current: _Piece | None = None
    is_single = len(package.spine) == 1
    for path in package.spine:
        root = parse_markup(document.read(path))
        body = root.find(".//body") if root is not None else None
        if body is None or _is_skipped(body, package):
            continue
        url = _take_origin(body)
        here = entries.get(path, [])
        if any(entry.is_group for entry in here) and len(fragment_text(body)) < SHORTEST_GROUP:
            continue
        begins = bool(here) or (not package.entries and _heading(body) is not None)
        if current is None or begins:
            if current is not None:
                yield current
            current = _Piece(here[0].label if here and not is_single else _heading(body))
        *complete, current = _cut(body, current, [] if is_single else here)
        current.url = current.url or url
        yield from complete
    if current is not None:
        yield current


def _cut(body: etree._Element, current: _Piece, here: list[Entry]) -> list[_Piece]:
    """The pieces in a file: `current` goes on, and each further entry with an anchor begins a new one."""
    marked: dict[int, Entry] = {}
    by_id = {str(one.get("id")): one for one in body.iter() if isinstance(one.tag, str) and one.get("id")}
    for number, entry in enumerate(here[1:]):
        element = by_id.get(entry.anchor)
        if element is not None and number < 0xFFFD:
            element.text = chr(_FIRST_MARK + number) + (element.text or "")
            marked[number] = entry
    text = fragment_text(body)
    pieces = [current]
    position = 0
    for mark in _MARK.finditer(text):
        pieces[-1].texts.append(text[position : mark.start()].strip())
        position = mark.end()
        number = ord(mark[0]) - _FIRST_MARK
        if number in marked:
            pieces.append(_Piece(marked.pop(number).label))
    pieces[-1].texts.append(text[position:].strip())
    return pieces


def _is_skipped(body: etree._Element, package: Package) -> bool:
    """Whether a page is no text of the publication: a cover, a page that repeats the metadata, a list of links."""
    kinds = {kind for one in (body, *body) if isinstance(one.tag, str) for kind in (one.get("epub:type") or "").split()}
    if kinds & SKIPPED:
        return True
    text = fragment_text(body)
    linked = sum(len(_content(link)) for link in body.iter("a") if link.get("href"))
    beside = len(_content(body)) - sum(len(_content(heading)) for heading in body.iter("h1", "h2", "h3"))
    return linked > MOST_LINKED * beside or (len(text) < LONGEST_TITLE_PAGE and words_of(text) <= package.words)


def _content(element: etree._Element) -> str:
    return "".join("".join(map(str, element.itertext())).split())


def _take_origin(body: etree._Element) -> str | None:
    """Removes calibre's bars of links, and returns the address that an article was fetched from."""
    origin = body.find(".//a[@rel='calibre-downloaded-from']")
    bars = [one for one in body.iter("div", "table") if "calibre_navbar" in (one.get("class") or "").split()]
    for bar in bars:
        if (parent := bar.getparent()) is not None:
            parent.remove(bar)
    address = origin.get("href") if origin is not None else None
    return str(address) if address else None


def _heading(body: etree._Element) -> str | None:
    found = next(body.iter("h1", "h2"), None)
    return " ".join(fragment_text(found).split()) or None if found is not None else None
