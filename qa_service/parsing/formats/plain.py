"""Reads plain text: the whole file is one draft without metadata. Drawn tables become lines, form feeds pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from qa_service.parsing.cleaning.decoding import decode
from qa_service.parsing.cleaning.printed_pages import with_page_marks
from qa_service.parsing.cleaning.text_tables import with_table_lines
from qa_service.parsing.formats import SourceInfo
from qa_service.parsing.page_marks import remove_page_marks
from qa_service.records import ArticleDraft

__all__ = ["read"]


def read(file: BinaryIO, source: SourceInfo) -> Iterator[ArticleDraft]:
    yield ArticleDraft(with_table_lines(with_page_marks(remove_page_marks(decode(file.read(), source.name)))))
