"""Reads the list of articles in a large JSON document, with one article in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import ijson

from qa_service.errors import UnreadableSource
from qa_service.parsing.formats import SourceInfo
from qa_service.parsing.rows.json_documents import DEEPEST, article_in

__all__ = ["elements_of"]

MOST_TRIED = 20
"""Elements of a list of which one must be an article."""


def elements_of(file: BinaryIO, source: SourceInfo) -> Iterator[Any]:
    """Yields the elements of the first list that holds articles.

    Raises:
        UnreadableSource: the document is not JSON, or holds no such list.
    """
    try:
        prefix = _list_of_articles(file, source)
        if prefix is None:
            what = "is a large JSON document without a list of articles. Write one article a line, as JSON Lines"
            raise UnreadableSource(f"{source.name}: {what}.", param=source.name)
        file.seek(0)
        yield from ijson.items(file, prefix, use_float=True)
    except ijson.JSONError as error:
        reason = " ".join(str(error).split())[:100]
        raise UnreadableSource(f"{source.name}: is not JSON in UTF-8: {reason}.", param=source.name) from None


def _list_of_articles(file: BinaryIO, source: SourceInfo) -> str | None:
    """The prefix of the elements, as ijson names it."""
    tried: dict[str, int] = {}
    building: tuple[str, Any] | None = None
    for prefix, event, value in ijson.parse(file, use_float=True):
        if building is not None:
            building[1].event(event, value)
            if prefix == building[0] and event == "end_map":
                if article_in(building[1].value, source.columns) is not None:
                    return str(prefix)
                building = None
        elif event == "start_map" and prefix.endswith("item") and prefix.count(".") <= DEEPEST:
            tried[prefix] = tried.get(prefix, 0) + 1
            if tried[prefix] <= MOST_TRIED:
                building = prefix, ijson.ObjectBuilder()
                building[1].event(event, value)
    return None
