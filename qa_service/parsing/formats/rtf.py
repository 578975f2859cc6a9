"""Reads RTF."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from qa_service.errors import UnreadableSource
from qa_service.parsing.formats import SourceInfo
from qa_service.parsing.office.document_meta import document_draft, document_meta
from qa_service.parsing.office.rtf_text import read_rtf
from qa_service.records import ArticleDraft

__all__ = ["read"]


def read(file: BinaryIO, source: SourceInfo) -> Iterator[ArticleDraft]:
    """One draft. The information group states title, author and keywords."""
    try:
        found = read_rtf(file.read())
    except ValueError as error:
        raise UnreadableSource(f"{source.name}: is a damaged RTF file: {error}.", param=source.name) from error
    info = found.info
    meta = document_meta(title=info.get("title"), author=info.get("author"), tags=info.get("keywords"))
    yield document_draft(found.root, meta, source, "RTF file")
