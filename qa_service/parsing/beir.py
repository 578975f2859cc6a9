"""Parses the corpus of a BEIR folder (Thakur et al., "BEIR", NeurIPS Datasets and Benchmarks 2021)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from qa_service.errors import InvalidInput
from qa_service.parsing.facts.metadata import as_text
from qa_service.parsing.formats import SourceInfo
from qa_service.parsing.rows.row_articles import Row, RowReader
from qa_service.records import ArticleDraft, ArticleMeta

__all__ = ["CORPUS", "SKIPPED_LINE", "count_beir", "read_beir"]

CORPUS = "corpus.jsonl"
SKIPPED_LINE = "skipped."
"""A warning that ends so is about lines that are no documents."""

_METADATA: Mapping[str, tuple[str, ...]] = {
    "outlet": ("source",),
    "author": ("author",),
    "published": ("published_at", "date"),
    "updated": ("updated_at",),
    "language": ("lang", "language"),
    "url": ("url",),
    "tags": ("tags", "keywords"),
}
"""For each field the keys of a document's `metadata` that may hold it. The first key with a valid value wins."""


def read_beir(folder: Path, warn: Callable[[str], None] | None = None) -> Iterator[ArticleDraft]:
    """Yields the documents of `corpus.jsonl` in order, one at a time.

    `_id` is the article id. In `metadata`, `source` is the outlet, `published_at` or `date` the date and `lang` the
    language; empty values are unknown. A document without text has its title as text. Store the text unchanged.

    A wrong value in `metadata` is left empty. A line that is no document is skipped. After the last line, `warn` gets
    a sentence for each kind of mistake, with the numbers of the lines.

    Raises:
        InvalidInput: the file is missing, or no line is a document.
    """
    path = folder / CORPUS
    if not path.is_file():
        raise InvalidInput(f"{path}: there is no such file. Give the folder that holds {CORPUS}.", param=CORPUS)
    reader = RowReader(SourceInfo(str(path), warn=warn or (lambda _: None)), "line")
    first: str | None = None
    found = False
    seen: set[int] = set()
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                document = _parsed(line, first=number == 1)
                draft = _draft(document, reader, number)
                if hash(draft.article_id) in seen:
                    raise ValueError("_id: was given on an earlier line already")
            except ValueError as wrong:
                first = first or f"line {number}: {wrong}"
                reader.complain(f"{wrong}; {SKIPPED_LINE.removesuffix('.')}", number)
                continue
            seen.add(hash(draft.article_id))
            found = True
            yield draft
    reader.tell()
    if not found:
        raise InvalidInput(f"{path}, {first or 'holds no document'}. Nothing was stored.", param=CORPUS)


def count_beir(folder: Path, warn: Callable[[str], None] | None = None) -> int:
    """Number of documents in the corpus. `warn` gets what `read_beir` says of it.

    Raises:
        InvalidInput: as `read_beir`.
    """
    return sum(1 for _ in read_beir(folder, warn))


def _parsed(line: bytes, *, first: bool) -> dict[str, Any]:
    try:
        document = json.loads(line.decode("utf-8-sig" if first else "utf-8"))
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8") from None
    except (ValueError, RecursionError):
        raise ValueError("is not JSON") from None
    if not isinstance(document, dict):
        raise ValueError("is not a JSON object")
    return document


def _draft(document: dict[str, Any], reader: RowReader, number: int) -> ArticleDraft:
    """
    Raises:
        ValueError: the id or the text cannot be used.
    """
    text = _optional(document, "text")
    try:
        title = _optional(document, "title")
    except ValueError as error:
        reader.complain(f"{error}; left empty", number)
        title = ""
    given = document.get("_id")
    if isinstance(given, int) and not isinstance(given, bool):
        given = str(given)
    _checked(given, "_id")
    metadata = document.get("metadata") or {}
    if not isinstance(metadata, dict):
        reader.complain("metadata: must be an object; left empty", number)
        metadata = {}
    meta = reader.meta(Row(number, metadata), _METADATA)
    known = {name: getattr(meta, name) for name in _METADATA}
    return ArticleDraft(text if text.strip() else title, str(given), ArticleMeta(title=title.strip() or None, **known))


def _optional(document: dict[str, Any], key: str) -> str:
    value = document.get(key)
    if value is None or (isinstance(value, str) and not value.strip()):
        return ""
    _checked(value, key)
    return str(value)


def _checked(value: object, field: str) -> None:
    try:
        as_text(value)
    except ValueError as error:
        raise ValueError(f"{field}: {error}") from None
