"""Reads CSV in any of its forms: an article of each row, or one of a table of figures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from qa_service.errors import UnreadableSource
from qa_service.parsing.formats import SourceInfo
from qa_service.parsing.rows.csv_table import BrokenTable, csv_rows
from qa_service.parsing.rows.table_articles import table_drafts
from qa_service.records import ArticleDraft

__all__ = ["read"]


def read(file: BinaryIO, source: SourceInfo) -> Iterator[ArticleDraft]:
    """Yields the articles in order. The columns have usual names, or are named by `source.columns`."""
    try:
        yield from table_drafts(csv_rows(file, source.name), source)
    except BrokenTable as error:
        what = f"{error}. Double the quotes inside a quoted cell"
        raise UnreadableSource(f"{source.name}, {what}.", param=source.name) from None
