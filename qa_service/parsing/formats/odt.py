"""Reads OpenDocument texts, zipped (.odt) or flat (.fodt): the content as HTML elements, and from there as other pages.

Deleted text of tracked changes, comments, tables of contents, headers and footers are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from lxml import etree

from qa_service.errors import UnreadableSource
from qa_service.parsing.formats import SourceInfo
from qa_service.parsing.markup.elements import append_text, make_element
from qa_service.parsing.office.document_meta import document_draft, document_meta
from qa_service.parsing.office.zip_documents import LARGEST_PART, open_document, parse_xml
from qa_service.records import ArticleDraft, ArticleMeta
from qa_service.text.lexicon import words

__all__ = ["read"]

_DROPPED = words(
    "tracked-changes annotation annotation-end table-of-content illustration-index table-index object-index user-index"
    " alphabetical-index bibliography forms sequence-decls variable-decls user-field-decls script event-listeners title"
    " desc ruby-text hidden-text hidden-paragraph page-number page-count sender-company bookmark reference-mark"
)
_BLOCKS = words("section text-box")
MOST_REPEATED = 100
"""Copies of a repeated cell or row that are written. A spreadsheet repeats its empty rows a million times."""
_PARAGRAPHS = ("Title", "Author", "Authors", "Date")


def read(file: BinaryIO, source: SourceInfo) -> Iterator[ArticleDraft]:
    """One draft."""
    if file.read(2) == b"PK":
        file.seek(0)
        with open_document(file, source, "OpenDocument") as document:
            manifest = document.optional_xml("META-INF/manifest.xml")
            if manifest is not None and manifest.find(".//{*}encryption-data") is not None:
                raise document.refuse("is encrypted. Save it without password.")
            content, meta = document.xml("content.xml"), document.optional_xml("meta.xml")
            styles = document.optional_xml("styles.xml")
    else:
        file.seek(0)
        content = meta = styles = _flat(file, source)
    writer = _Writer(_parents(content, styles), _numbered(content, styles))
    body = content.find(".//{*}body/{*}text")
    root = make_element("div")
    if body is not None:
        writer.children(body, root)
        root.extend(writer.notes)
    yield document_draft(root, _properties(meta), source, "OpenDocument text")


def _flat(file: BinaryIO, source: SourceInfo) -> etree._Element:
    raw = file.read(LARGEST_PART + 1)
    try:
        if len(raw) > LARGEST_PART:
            raise ValueError(f"more than {LARGEST_PART >> 20} MB")
        return parse_xml(raw)
    except ValueError as error:
        raise UnreadableSource(
            f"{source.name}: is a damaged OpenDocument file ({error}). Open and save it again.", param=source.name
        ) from error


def _name(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _get(element: etree._Element, name: str) -> str | None:
    """An attribute by its local name: the formats' namespaces have no two of one name that matter here."""
    return next((str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), None)


def _count(element: etree._Element, name: str, most: int = MOST_REPEATED) -> int:
    value = _get(element, name) or ""
    return min(int(value), most) if value.isdecimal() and len(value) < 10 and int(value) > 0 else 1


def _parents(*roots: etree._Element | None) -> dict[str, str]:
    """The parent of each paragraph style: an automatic style stands for the named one above it."""
    found: dict[str, str] = {}
    for root in roots:
        for style in root.iter("{*}style") if root is not None else ():
            name, parent = _get(style, "name"), _get(style, "parent-style-name")
            if name and parent:
                found.setdefault(name, parent)
    return found


def _numbered(*roots: etree._Element | None) -> frozenset[str]:
    """Names of the list styles whose first level has numbers."""
    found = set()
    for root in roots:
        for style in root.iter("{*}list-style") if root is not None else ():
            first = next((level for level in style if _get(level, "level") == "1"), None)
            if first is not None and _name(first) == "list-level-style-number" and _get(first, "num-format"):
                found.add(_get(style, "name") or "")
    return frozenset(found)


@dataclass
class _Writer:
    """Writes OpenDocument elements as HTML elements."""

    parents: dict[str, str]
    numbered: frozenset[str]
    notes: list[etree._Element] = field(default_factory=list)

    def children(self, source: etree._Element, target: etree._Element) -> None:
        append_text(target, source.text)
        for child in source:
            self._element(child, target)
            append_text(target, child.tail)

    def _element(self, source: etree._Element, target: etree._Element) -> None:
        name = _name(source)
        if not name or name in _DROPPED or _get(source, "display") == "none":
            return
        if name == "h":
            level = _count(source, "outline-level", 6)
            self._into(source, target, self._class(source, f"h{level}"))
        elif name == "p":
            self._into(source, target, self._class(source, "p"))
        elif name == "list":
            style = _get(source, "style-name") or ""
            self._into(source, target, make_element("ol") if style in self.numbered else make_element("ul"))
        elif name in ("list-item", "list-header"):
            self._into(source, target, make_element("li"))
        elif name == "table":
            self._into(source, target, make_element("table"))
        elif name == "table-header-rows":
            self._into(source, target, make_element("thead"))
        elif name == "table-row":
            for _ in range(_count(source, "number-rows-repeated")):
                self._into(source, target, make_element("tr"))
        elif name == "table-cell":
            self._cell(source, target)
        elif name == "s":
            append_text(target, " ")
        elif name == "tab":
            append_text(target, "\t")
        elif name == "line-break":
            target.append(make_element("br"))
        elif name == "note":
            body = source.find("{*}note-body")
            if body is not None:
                self._into(body, None, note := make_element("div"))
                self.notes.append(note)
        elif name in _BLOCKS:
            self._into(source, target, make_element("div"))
        else:
            self.children(source, target)

    def _into(self, source: etree._Element, target: etree._Element | None, made: etree._Element) -> None:
        self.children(source, made)
        if target is not None:
            target.append(made)

    def _cell(self, source: etree._Element, target: etree._Element) -> None:
        spans = {"colspan": "number-columns-spanned", "rowspan": "number-rows-spanned"}
        attributes = {html: str(_count(source, name)) for html, name in spans.items()}
        for _ in range(_count(source, "number-columns-repeated")):
            self._into(source, target, make_element("td", **attributes))

    def _class(self, source: etree._Element, tag: str) -> etree._Element:
        """The element, with its named style as class if that says what the paragraph is."""
        style = _get(source, "style-name") or ""
        for _ in range(5):
            if style in _PARAGRAPHS:
                return (
                    make_element("h1", class_="title") if style == "Title" else make_element(tag, class_=style.lower())
                )
            style = self.parents.get(style, "")
        return make_element(tag)


def _properties(root: etree._Element | None) -> ArticleMeta:
    if root is None:
        return ArticleMeta()
    values = {name: root.findtext(f".//{{*}}meta/{{*}}{name}") for name in ("title", "language", "initial-creator")}
    creator = root.findtext(".//{*}meta/{*}creator")
    keywords = [one.text or "" for one in root.iterfind(".//{*}meta/{*}keyword")]
    return document_meta(
        title=values["title"],
        author=values["initial-creator"] or creator,
        language=values["language"],
        tags=", ".join(keywords),
    )
