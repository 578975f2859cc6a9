"""Reads Word documents: mammoth makes HTML of them, without comments, deleted text, headers and footers."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import mammoth
from lxml import etree, html

from qa_service.errors import UnreadableSource
from qa_service.parsing.formats import SourceInfo
from qa_service.parsing.office.document_meta import document_draft, document_meta
from qa_service.parsing.office.docx_styles import heading_styles, without_unseen_numbers
from qa_service.parsing.office.zip_documents import ZipDocument, open_document
from qa_service.records import ArticleDraft, ArticleMeta

__all__ = ["read"]

_STYLES = """
p[style-name='Title'] => h1.title:fresh
p[style-name='Author'] => p.author:fresh
p[style-name='Authors'] => p.author:fresh
p[style-name='Date'] => p.date:fresh
p[style-name='heading 7'] => h6:fresh
p[style-name='heading 8'] => h6:fresh
p[style-name='heading 9'] => h6:fresh
"""
_NOTE_LINK = re.compile(r"#(?:footnote|endnote)-(?P<back>ref-)?")
"""A link to a note, or back from it: mammoth puts the first into an element of its own."""
_CORE = "docProps/core.xml"


def read(file: BinaryIO, source: SourceInfo) -> Iterator[ArticleDraft]:
    """One draft. The title is the paragraph of the style Title, else the document's property, else the first heading.

    The property "created" is when the file was begun, so it is no publication day.
    """
    with open_document(file, source, "Word") as document:
        for part in document.parts:
            if part.endswith((".xml", ".rels")):
                document.check_size(part)
                document.refuse_entities(part)
        meta = _properties(document)
        root = _html(file, document)
    yield document_draft(root, meta, source, "Word document")


def _html(file: BinaryIO, document: ZipDocument) -> etree._Element:
    file = without_unseen_numbers(file, document)
    file.seek(0)
    logging.getLogger("mammoth").setLevel(logging.ERROR)
    try:
        made = mammoth.convert_to_html(
            file,
            style_map=_STYLES + heading_styles(document),
            include_embedded_style_map=False,
            convert_image=_no_image,
        )
    except UnreadableSource:
        raise
    except Exception as error:  # mammoth raises what its parsers raise
        raise document.damaged(f"{type(error).__name__}: {str(error)[:100]}") from error
    root: etree._Element = html.fragment_fromstring(
        made.value or "<p></p>", create_parent="div", parser=html.HTMLParser(huge_tree=True)
    )
    for link in list(root.iter("a")):
        kind = _NOTE_LINK.match(link.get("href") or "")
        mark = link.getparent() if kind and not kind["back"] else link
        if kind is not None and isinstance(mark, html.HtmlElement):
            mark.drop_tree()
    return root


def _no_image(_: Any) -> list[Any]:
    """No node for a picture: its text is mostly one that Word has made."""
    return []


def _properties(document: ZipDocument) -> ArticleMeta:
    root = document.optional_xml(_CORE)
    if root is None:
        return ArticleMeta()
    values = {etree.QName(child).localname: child.text for child in root if isinstance(child.tag, str)}
    return document_meta(
        title=values.get("title"),
        author=values.get("creator"),
        language=values.get("language"),
        tags=values.get("keywords"),
    )
