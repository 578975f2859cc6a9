"""Reads what an EPUB says of itself: metadata, the reading order, and the table of contents."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import etree

from qa_service.parsing.markup.markup import parse_markup
from qa_service.parsing.office.document_meta import document_meta
from qa_service.parsing.office.zip_documents import ZipDocument
from qa_service.records import ArticleMeta
from qa_service.text.lexicon import words

__all__ = ["SKIPPED", "Entry", "Package", "read_package", "words_of"]

SKIPPED = words("cover titlepage title-page halftitlepage toc landmarks loi lot copyright-page index page-list")
"""Kinds of pages that are no text of the publication, by `epub:type` and by the guide."""
_FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_WORD = re.compile(r"\w+")
_ISSUE = re.compile(r"\s*[\[(][^\])]*\d{4}[^\])]*[\])]$")
_PROGRAM = re.compile(r"(?:calibre|pandoc|sigil)\b.*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table of contents that names an article or a group of articles."""

    label: str
    path: str
    anchor: str
    is_group: bool
    """Whether entries below it name other files: a part of a book, or a section of a newspaper."""


@dataclass(frozen=True, slots=True)
class Package:
    """A publication: its metadata, the files in reading order, and the entries of its table of contents."""

    meta: ArticleMeta
    is_book: bool
    """Whether it has an author as a whole. Otherwise its articles have different authors."""
    spine: tuple[str, ...]
    entries: tuple[Entry, ...]
    words: frozenset[str]
    """The words of all metadata in small letters. A title page has no others."""


def read_package(document: ZipDocument) -> Package:
    """
    Raises:
        UnreadableSource: the EPUB is protected, or damaged.
    """
    _refuse_protection(document)
    container = document.xml("META-INF/container.xml")
    opf_path = next((str(one.get("full-path")) for one in container.iter("{*}rootfile") if one.get("full-path")), None)
    if opf_path is None:
        raise document.damaged("META-INF/container.xml names no package")
    opf = document.xml(opf_path)
    items = {str(item.get("id")): item for item in opf.iterfind("{*}manifest/{*}item")}
    path_of = {name: _resolve(opf_path, item.get("href") or "")[0] for name, item in items.items()}
    navigation = {path_of[name] for name, item in items.items() if "nav" in (item.get("properties") or "").split()}
    skipped = navigation | {
        _resolve(opf_path, one.get("href") or "")[0]
        for one in opf.iterfind("{*}guide/{*}reference")
        if one.get("type") in SKIPPED
    }
    spine = [
        path_of[str(one.get("idref"))]
        for one in opf.iterfind("{*}spine/{*}itemref")
        if one.get("idref") in path_of and one.get("linear") != "no"
    ]
    ncx = next((path_of[name] for name, item in items.items() if "dtbncx" in (item.get("media-type") or "")), "")
    entries = _entries(document, next(iter(navigation), ""), ncx)
    kept = tuple(path for path in dict.fromkeys(spine) if path in document and path not in skipped)
    stated = " ".join(str(one.text) for one in opf.iterfind("{*}metadata/*") if one.text)
    return Package(*_metadata(opf), kept, entries, words_of(stated))


def words_of(text: str) -> frozenset[str]:
    """The words of a text in small letters."""
    return frozenset(_WORD.findall(text.casefold()))


def _refuse_protection(document: ZipDocument) -> None:
    encryption = document.optional_xml("META-INF/encryption.xml")
    methods = encryption.iter("{*}EncryptionMethod") if encryption is not None else ()
    if "META-INF/rights.xml" in document or any(one.get("Algorithm") not in _FONTS for one in methods):
        raise document.refuse("is protected against copying (DRM). Only an EPUB without protection can be read.")


def _metadata(opf: etree._Element) -> tuple[ArticleMeta, bool]:
    found = opf.find("{*}metadata")
    if found is None:
        return ArticleMeta(), False

    def values(name: str) -> list[str]:
        return [" ".join((one.text or "").split()) for one in found.iterfind(f".//{{*}}{name}") if one.text]

    stated = {
        str(one.get("property") or one.get("name")): str(one.text or one.get("content") or "")
        for one in found.iterfind(".//{*}meta")
        if not one.get("refines")
    }
    publisher = next((name for name in values("publisher") if not _PROGRAM.fullmatch(name)), None)
    is_periodical = any("periodical" in text for text in (stated.get("calibre:publication_type", ""), *values("type")))
    title = next(iter(values("title")), None)
    meta = document_meta(
        title=title,
        author=None if is_periodical else ", ".join(values("creator")),
        published=_published(found, stated.get("dcterms:modified", "")),
        language=next(iter(values("language")), None),
        tags="; ".join(values("subject")),
        outlet=_ISSUE.sub("", title) if is_periodical and title else publisher,
    )
    return meta, meta.author is not None


def _published(metadata: etree._Element, modified: str) -> str | None:
    """The day of publication. Programs that know none write the moment of the file instead, as `modified`."""
    for one in metadata.iterfind(".//{*}date"):
        event = next((str(value) for name, value in one.attrib.items() if str(name).endswith("event")), "publication")
        if "publication" in event and one.text and one.text.strip() != modified.strip():
            return str(one.text)
    return None


def _entries(document: ZipDocument, nav: str, ncx: str) -> tuple[Entry, ...]:
    if nav in document and (root := parse_markup(document.read(nav))) is not None:
        tables = [one for one in root.iter("nav") if "toc" in (one.get("epub:type") or "toc").split()]
        if tables and (entries := list(_listed(tables[0].find(".//ol"), nav))):
            return tuple(entries)
    root = document.optional_xml(ncx) if ncx else None
    points = root.find(".//{*}navMap") if root is not None else None
    return tuple(_points(points, ncx)) if points is not None else ()


def _listed(items: etree._Element | None, base: str) -> Iterator[Entry]:
    """The entries of a nested list, groups before their entries. Entries inside their parent's file are left out."""
    for item in items.iterchildren("li") if items is not None else ():
        link = next(item.iterchildren("a"), None)
        own = None
        if link is not None:
            label = " ".join("".join(map(str, link.itertext())).split())
            own = (label, *_resolve(base, link.get("href") or ""))
        yield from _with_below(own, list(_listed(item.find("ol"), base)))


def _points(points: etree._Element, base: str) -> Iterator[Entry]:
    for point in points.iterchildren("{*}navPoint"):
        label = " ".join((point.findtext("{*}navLabel/{*}text") or "").split())
        content = point.find("{*}content")
        own = (label, *_resolve(base, content.get("src") or "")) if content is not None else None
        yield from _with_below(own, list(_points(point, base)))


def _with_below(own: tuple[str, str, str] | None, below: list[Entry]) -> Iterator[Entry]:
    if own is None:
        yield from below
        return
    elsewhere = [entry for entry in below if entry.path != own[1]]
    yield Entry(*own, is_group=bool(elsewhere))
    yield from elsewhere


def _resolve(base: str, href: str) -> tuple[str, str]:
    """The path in the archive and the anchor of a link in the file `base`."""
    path, _, anchor = href.partition("#")
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), unquote(path))), unquote(anchor)
