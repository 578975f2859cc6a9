"""Reads JSON: an article, a list of articles, or an object that holds such a list, as an API or JSON Feed writes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from qa_service.errors import UnreadableSource
from qa_service.parsing.formats import SourceInfo
from qa_service.parsing.formats.json_lines import read as read_lines
from qa_service.parsing.rows.article_columns import find_columns
from qa_service.parsing.rows.json_documents import article_in, articles_in, keys_of
from qa_service.parsing.rows.row_articles import Row, RowReader, plain_value
from qa_service.parsing.rows.text_stream import open_text
from qa_service.records import ArticleDraft, ArticleMeta

__all__ = ["read"]

MOST_WHOLE = 16 << 20
"""Bytes of a document that is read as a whole. Of a larger one, one article at a time is in memory."""


def read(file: BinaryIO, source: SourceInfo) -> Iterator[ArticleDraft]:
    """Yields the articles of a document in order. Each has the fields of the usual names, or of `source.columns`."""
    file.seek(0, 2)
    large = file.tell() > MOST_WHOLE
    file.seek(0)
    if large:
        from qa_service.parsing.rows.large_json import elements_of

        yield from _drafts(elements_of(file, source), {}, source, sample=None)
        return
    try:
        with open_text(file, source.name) as text:
            document = json.loads(text.read())
    except RecursionError:
        raise _unreadable(source, "is nested too deeply") from None
    except ValueError as error:
        if str(error).startswith("Extra data"):  # several documents, one after the other
            file.seek(0)
            yield from read_lines(file, source)
            return
        raise _unreadable(source, f"is not JSON: {error}") from None
    elements, around = articles_in(document, source.columns)
    yield from _drafts(elements, around, source, sample=next(iter(elements), document))


def _drafts(elements: Any, around: dict[str, Any], source: SourceInfo, sample: object) -> Iterator[ArticleDraft]:
    reader = RowReader(source, "element")
    outer = _outer(around)
    for number, element in enumerate(elements, 1):
        sample = element if sample is None else sample
        values, columns = article_in(element, source.columns) or ({}, {})
        draft = reader.draft(Row(number, values), columns, outer=outer)
        if draft is not None:
            yield draft
    keys = keys_of(sample)
    reader.finish(
        f"no key of it can be the text. Name one with --map text=KEY. It has {keys}" if keys else "holds no article"
    )


def _outer(around: dict[str, Any]) -> ArticleMeta:
    """What the object around a list says of all its articles."""
    columns = find_columns([name for name, value in around.items() if isinstance(value, str)], {})
    is_feed = str(around.get("version", "")).startswith("https://jsonfeed.org/")
    outlet = around.get("title") if is_feed else next((around[name] for name in columns.get("outlet", ())), None)
    reader = RowReader(SourceInfo(""))
    meta = reader.meta(Row(0, around), {"language": columns.get("language", ())})
    return ArticleMeta(outlet=plain_value(outlet) or None, language=meta.language)


def _unreadable(source: SourceInfo, what: str) -> UnreadableSource:
    return UnreadableSource(f"{source.name}: {what}.", param=source.name)
