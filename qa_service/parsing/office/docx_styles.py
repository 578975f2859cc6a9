"""What mammoth does not read of a Word document's styles: numbers that nobody sees, and headings by outline level."""

from __future__ import annotations

import io
import re
import zipfile
from typing import BinaryIO

from lxml import etree

from qa_service.parsing.office.zip_documents import ZipDocument

__all__ = ["heading_styles", "without_unseen_numbers"]

_NUMBERING, _STYLES = "word/numbering.xml", "word/styles.xml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SAFE_ID = re.compile(r"[A-Za-z][\w-]*", re.ASCII)
_KNOWN_NAME = re.compile(r"heading \d|title", re.IGNORECASE)


def without_unseen_numbers(file: BinaryIO, document: ZipDocument) -> BinaryIO:
    """The document without list levels that show no number and no bullet, as LibreOffice writes for headings.

    mammoth would number these paragraphs. The copy has only the XML parts; the file itself if there are no such levels.
    """
    numbering = document.optional_xml(_NUMBERING)
    if numbering is None:
        return file
    unseen = [level for level in numbering.iter(f"{_W}lvl") if _shows_nothing(level)]
    for level in unseen:
        if (parent := level.getparent()) is not None:
            parent.remove(level)
    if not unseen:
        return file
    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w") as archive:
        for part in document.parts:
            if part == _NUMBERING:
                archive.writestr(part, etree.tostring(numbering))
            elif part.endswith((".xml", ".rels")):
                archive.writestr(part, document.read(part))
    return copy


def heading_styles(document: ZipDocument) -> str:
    """Lines of a style map of mammoth: paragraphs of a style with an outline level are headings."""
    styles = document.optional_xml(_STYLES)
    made = []
    for style in styles.iter(f"{_W}style") if styles is not None else ():
        name, own = _value(style.find(f"{_W}name")), style.get(f"{_W}styleId") or ""
        level = _value(style.find(f"{_W}pPr/{_W}outlineLvl"))
        if level.isdecimal() and int(level) < 6 and _SAFE_ID.fullmatch(own) and not _KNOWN_NAME.match(name):
            made.append(f"p.{own} => h{int(level) + 1}:fresh")
    return "\n".join(made)


def _shows_nothing(level: etree._Element) -> bool:
    text = level.find(f"{_W}lvlText")
    return (text is not None and not _value(text).strip()) or _value(level.find(f"{_W}numFmt")) == "none"


def _value(element: etree._Element | None) -> str:
    return (element.get(f"{_W}val") or "") if element is not None else ""
