"""Reads JSON Lines: an object a line, an article each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO, TextIO

from qa_service.parsing.formats import SourceInfo
from qa_service.parsing.rows.json_documents import article_in, keys_of
from qa_service.parsing.rows.row_articles import Row, RowReader
from qa_service.parsing.rows.text_stream import open_text
from qa_service.records import ArticleDraft

__all__ = ["read"]

LONGEST_LINE = 64 << 20
"""Characters of a line."""


def read(file: BinaryIO, source: SourceInfo) -> Iterator[ArticleDraft]:
    """Yields the articles in order. Each has the fields of the usual names, or of `source.columns`.

    A line that is no JSON object is skipped with a warning.
    """
    reader = RowReader(source, "line")
    keys = ""
    with open_text(file, source.name, newline="\n") as text:
        for number, line in _lines(text):
            try:
                element = _element(line)
            except ValueError as error:
                reader.complain(f"{error}; skipped", number)
                continue
            keys = keys or keys_of(element)
            values, columns = article_in(element, source.columns) or ({}, {})
            draft = reader.draft(Row(number, values), columns)
            if draft is not None:
                yield draft
    missing = f"no key of its objects can be the text. Name one with --map text=KEY. They have {keys}"
    reader.finish(missing if keys else "no line of it is a JSON object")


def _lines(text: TextIO) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, with their numbers. Of a line that is too long only the beginning."""
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        rest = line
        while len(rest) == LONGEST_LINE and not rest.endswith("\n"):
            rest = text.readline(LONGEST_LINE)
        if line.strip():
            yield number, line


def _element(line: str) -> dict[str, Any]:
    if len(line) == LONGEST_LINE:
        raise ValueError(f"longer than {LONGEST_LINE >> 20} million characters")
    try:
        element = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("not JSON") from None
    if not isinstance(element, dict):
        raise ValueError("not a JSON object")
    return element
