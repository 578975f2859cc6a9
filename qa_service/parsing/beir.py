"""Parses the corpus of a BEIR folder (Thakur et al., "BEIR", NeurIPS Datasets and Benchmarks 2021)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from qa_service.errors import InvalidInput
from qa_service.parsing.metadata import as_date, as_language, as_text, as_url
from qa_service.records import ArticleDraft, ArticleMeta

__all__ = ["CORPUS", "count_beir", "read_beir"]

CORPUS = "corpus.jsonl"

_METADATA: Mapping[str, tuple[str, Callable[[object], Any]]] = {
    "source": ("outlet", as_text),
    "author": ("author", as_text),
    "published_at": ("published", as_date),
    "date": ("published", as_date),
    "lang": ("language", as_language),
    "url": ("url", as_url),
}
"""For each key of a document's `metadata`: its field and its check. The first key present wins."""


def read_beir(folder: Path) -> Iterator[ArticleDraft]:
    """Yields the documents of `corpus.jsonl` in order, one at a time.

    `_id` is the article id. In `metadata`, `source` is the outlet, `published_at` or `date` the date and `lang` the
    language; empty values are unknown. A document without text has its title as text. Store the text unchanged with
    `read_draft(draft, clean=False)`.

    Raises:
        InvalidInput: the file is missing, or a line is wrong. The message names file, line and field.
    """
    path = folder / CORPUS
    if not path.is_file():
        raise InvalidInput(f"{path}: there is no such file. Give the folder that holds {CORPUS}.", param=CORPUS)
    seen: dict[str, int] = {}
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                draft = _draft(_parsed(line, first=number == 1))
                if (before := seen.setdefault(str(draft.article_id), number)) != number:
                    raise _Wrong("_id", f"{draft.article_id!r} was given on line {before} already")
            except _Wrong as wrong:
                field, what = wrong.args
                where = f"{path}, line {number}" + (f", {field}" if field else "")
                raise InvalidInput(f"{where}: {what}.", param=field or CORPUS) from None
            yield draft


def count_beir(folder: Path) -> int:
    """Number of documents in the corpus. Checks every line, so that errors show before anything is stored.

    Raises:
        InvalidInput: as `read_beir`.
    """
    return sum(1 for _ in read_beir(folder))


class _Wrong(Exception):
    """A wrong line: the field, or None for the whole line, and what is wrong."""


def _parsed(line: bytes, *, first: bool) -> dict[str, Any]:
    try:
        document = json.loads(line.decode("utf-8-sig" if first else "utf-8"))
    except UnicodeDecodeError:
        raise _Wrong(None, "is not UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise _Wrong(None, f"is not JSON: {error}") from None
    if not isinstance(document, dict):
        raise _Wrong(None, "is not a JSON object")
    return document


def _draft(document: dict[str, Any]) -> ArticleDraft:
    title, text = (_optional(document, key) for key in ("title", "text"))
    metadata = document.get("metadata") or {}
    if not isinstance(metadata, dict):
        raise _Wrong("metadata", "must be an object")
    known: dict[str, Any] = {}
    for key, (field, check) in _METADATA.items():
        value = metadata.get(key)
        if value is not None and value != "" and field not in known:
            known[field] = _checked(check, value, f"metadata.{key}")
    _checked(as_text, document.get("_id"), "_id")
    meta = ArticleMeta(title=title.strip() or None, **known)
    return ArticleDraft(text if text.strip() else title, document["_id"], meta)


def _optional(document: dict[str, Any], key: str) -> str:
    value = document.get(key)
    if value is None or (isinstance(value, str) and not value.strip()):
        return ""
    _checked(as_text, value, key)
    return str(value)


def _checked(check: Callable[[object], Any], value: object, field: str) -> Any:
    try:
        return check(value)
    except ValueError as error:
        raise _Wrong(field, f"{error} (got {value!r:.80})") from None
