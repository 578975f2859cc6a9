"""Reads PDF, page by page: text in reading order with page marks, and scanned pages if the `ocr` extra is installed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from qa_service.errors import UnreadableSource
from qa_service.parsing.formats import SourceInfo
from qa_service.parsing.page_marks import MOST_PAGES
from qa_service.parsing.pdf.blocks import Block
from qa_service.parsing.pdf.facts import HEAD_BLOCKS, article_meta, document_facts
from qa_service.parsing.pdf.flow import Flow
from qa_service.parsing.pdf.joining import join_words
from qa_service.parsing.pdf.layout import page_blocks
from qa_service.parsing.pdf.outline import Part, parts_of
from qa_service.parsing.pdf.recognition import INSTALL, Recognizer, is_installed
from qa_service.parsing.pdf.rules import drawn_boxes
from qa_service.parsing.pdf.running import Dropped, PageContent, without_running_lines
from qa_service.parsing.pdf.words import page_words
from qa_service.records import ArticleDraft, ArticleMeta, Cleaning

__all__ = ["read"]

_NAMED_PAGES = 10
"""Pages that a warning lists by number."""


@dataclass(slots=True)
class _Seen:
    """What became of the pages."""

    scanned: list[int] = field(default_factory=list)
    damaged: list[int] = field(default_factory=list)
    recognized: list[int] = field(default_factory=list)


def read(file: BinaryIO, source: SourceInfo) -> Iterator[ArticleDraft]:
    """Yields the article of a PDF, or an article for each bookmark of a bundle, see `outline`."""
    document = _open(file, source)
    try:
        yield from _articles(document, source)
    finally:
        document.close()


def _open(file: BinaryIO, source: SourceInfo) -> pdfium.PdfDocument:
    try:
        document = pdfium.PdfDocument(file)
        count = len(document)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD:
            raise _unreadable(source, "is encrypted with a password. Save it without a password.") from None
        if getattr(error, "err_code", None) == raw.FPDF_ERR_SECURITY:
            raise _unreadable(
                source, "is encrypted in a way that cannot be read. Save it without encryption."
            ) from None
        raise _unreadable(source, "is a damaged or truncated PDF. Download or export it again.") from None
    if count == 0:
        document.close()
        raise _unreadable(source, "has no pages that can be read. Download or export it again.")
    if count > MOST_PAGES:
        source.warn(f"has {count:,} pages; only the first {MOST_PAGES:,} are read. Split it.")
    return document


def _articles(document: pdfium.PdfDocument, source: SourceInfo) -> Iterator[ArticleDraft]:
    count = min(len(document), MOST_PAGES)
    seen, dropped, flow = _Seen(), Dropped(), Flow()
    parts = parts_of(document, count)
    facts = document_facts(document)
    head: list[Block] = []
    part: Part | None = None
    found = False
    pages = _pages(document, count, seen, source)
    for content in without_running_lines(pages, count, dropped):
        blocks = page_blocks(content.words, content.boxes, content.number, content.width, content.height)
        if content.number in parts and flow.begun:
            text = join_words(flow.text())
            if text:
                found = True
                yield _draft(text, article_meta(facts, head, dropped, part.title if part else None))
            head = []
        part = parts.get(content.number, part)
        if len(head) < HEAD_BLOCKS:
            head += blocks[: HEAD_BLOCKS - len(head)]
        flow.add(blocks)
    text = join_words(flow.text())
    if text:
        found = True
        yield _draft(text, article_meta(facts, head, dropped, part.title if part else None))
    _report(seen, count, source, found)


def _draft(text: str, meta: ArticleMeta) -> ArticleDraft:
    return ArticleDraft(text, meta=meta, cleaning=Cleaning.DOCUMENT)


def _pages(document: pdfium.PdfDocument, count: int, seen: _Seen, source: SourceInfo) -> Iterator[PageContent]:
    recognizer: Recognizer | None = None
    for index in range(count):
        number = index + 1
        try:
            page = document[index]
            try:
                found = page_words(page)
                boxes = drawn_boxes(page) if found.words and not found.turn else []
                if not found.readable and raw.FPDFPage_CountObjects(page.raw) > 0:
                    if is_installed():
                        recognizer = recognizer or Recognizer()
                        found = recognizer.page_words(page)
                        if found.words:
                            seen.recognized.append(number)
                    else:
                        seen.scanned.append(number)
                        found.words = []
            finally:
                page.close()
        except pdfium.PdfiumError:
            seen.damaged.append(number)
            continue
        yield PageContent(number, found.words, boxes, found.width, found.height)


def _report(seen: _Seen, count: int, source: SourceInfo, found: bool) -> None:
    """Warns of pages that are missing.

    Raises:
        UnreadableSource: no page has text.
    """
    if not found:
        if seen.scanned:
            pages = "1 scanned page" if len(seen.scanned) == 1 else f"{len(seen.scanned):,} scanned pages"
            raise _unreadable(source, f"has no text layer ({pages}). {INSTALL}")
        if len(seen.damaged) == count:
            raise _unreadable(source, "is a damaged or truncated PDF. Download or export it again.")
        raise _unreadable(source, "has no text.")
    if seen.scanned:
        source.warn(f"{_named(seen.scanned)} without text layer left out. {INSTALL}")
    if seen.damaged:
        source.warn(f"{_named(seen.damaged)} damaged and left out.")
    if seen.recognized:
        source.warn(f"{_named(seen.recognized)} read by OCR. Check names and numbers.")


def _named(pages: list[int]) -> str:
    if len(pages) == 1:
        return f"page {pages[0]} was"
    if len(pages) > _NAMED_PAGES:
        return f"{len(pages):,} pages were"
    return f"pages {', '.join(map(str, pages))} were"


def _unreadable(source: SourceInfo, reason: str) -> UnreadableSource:
    return UnreadableSource(f"{source.name}: {reason}", param=source.name)
