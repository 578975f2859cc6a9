"""Reads spreadsheets: of each sheet an article of each row, or one of a table of figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import BinaryIO

from qa_service.errors import UnreadableSource
from qa_service.parsing.formats import SourceInfo
from qa_service.parsing.rows.row_articles import local_id
from qa_service.parsing.rows.sheets import read_sheets
from qa_service.parsing.rows.table_articles import table_drafts
from qa_service.records import ArticleDraft

__all__ = ["read"]


def read(file: BinaryIO, source: SourceInfo) -> Iterator[ArticleDraft]:
    """Yields the articles of the visible sheets in order. Columns have usual names, or those of `source.columns`."""
    hidden: list[str] = []
    empty = True
    ids: dict[str, str] = {}
    for sheet in read_sheets(file, source.name, hidden):
        about = replace(source, warn=partial(_warn, source, sheet.name))
        for draft in table_drafts(sheet.rows, about, sheet.title):
            empty = False
            if draft.article_id is not None and ids.setdefault(draft.article_id, sheet.name) != sheet.name:
                number = draft.article_id.removeprefix(local_id(source.name, ""))
                if number != draft.article_id:  # each sheet counts from 1
                    draft = replace(draft, article_id=local_id(source.name, f"{sheet.name}/{number}"))
            yield draft
    if hidden:
        source.warn(f"hidden sheets are not read: {', '.join(map(repr, hidden))}.")
    if empty:
        raise UnreadableSource(f"{source.name}: its sheets are empty.", param=source.name)


def _warn(source: SourceInfo, sheet: str, warning: str) -> None:
    source.warn(f"sheet {sheet!r}, {warning}")
