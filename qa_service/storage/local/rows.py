"""Converts rows of the catalogue to records."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import sqlalchemy as sa

from qa_service.records import OPENING, Article, ArticleMeta, ArticleSummary, Passage
from qa_service.storage.local.encodings import Place
from qa_service.storage.local.schema import articles

META_COLUMNS = tuple(f.name for f in fields(ArticleMeta))
"""The columns of `articles` that hold an `ArticleMeta`, by its fields' names."""

SUMMARY_COLUMNS = [
    articles.c.article_id,
    *(articles.c[name] for name in META_COLUMNS),
    articles.c.article_sha256,
    sa.func.length(articles.c.text).label("characters"),
    articles.c.passages.label("passage_total"),
    sa.func.substr(articles.c.text, 1, OPENING).label("opening"),
    articles.c.pages,
]


_PASSAGES = f"""
    SELECT p.seq, p.passage_id, p.start, p."end", p.token_count, p.sentences,
        substr(a.text, p.start + 1, p."end" - p.start), a.article_id, a.article_sha256, length(a.text), a.passages,
        substr(a.text, 1, {OPENING}), a.pages,
        {", ".join(f"a.{name}" for name in META_COLUMNS)}, p.article, {{columns}}
    FROM passages p JOIN articles a ON a.number = p.article
"""
PASSAGES_WITH_ARTICLES = _PASSAGES.format(columns="NULL") + "WHERE p.seq IN ({})"
"""Passages by `seq`, see `passage_with_article`."""
PASSAGES_AFTER = f"""
    {_PASSAGES.format(columns=", ".join(f"e.{name}" for name in Place._fields))} JOIN encodings e ON e.seq = p.seq
    WHERE p.seq > ? ORDER BY p.seq
"""
"""Passages with a `seq` above another, see `passage_with_article`. The article's number and a `Place` come last."""


def passage_with_article(row: Sequence[Any]) -> tuple[Passage, ArticleSummary]:
    """A row of PASSAGES_WITH_ARTICLES or PASSAGES_AFTER."""
    _, passage_id, start, end, token_count, sentences, text, article_id, sha256, size, total, opening, pages = row[:13]
    spans, headings = unpack_sentences(sentences)
    passage = Passage(passage_id, article_id, start, end, text, token_count, spans, headings)
    meta = _meta(row[13 : 13 + len(META_COLUMNS)])
    return passage, ArticleSummary(article_id, meta, sha256, size, total, opening, unpack_pages(pages))


def unpack_sentences(packed: bytes) -> tuple[tuple[tuple[int, int], ...], tuple[bool, ...]]:
    """Sentence spans and heading flags of a passage."""
    rows = np.frombuffer(packed, "<i4").reshape(-1, 3).tolist()
    return tuple((s, e) for s, e, _ in rows), tuple(bool(h) for _, _, h in rows)


def pack_pages(pages: Sequence[tuple[int, int]]) -> bytes | None:
    """The pages of an article as the column `pages` holds them."""
    return np.array(pages, "<i4").tobytes() if pages else None


@lru_cache(maxsize=64)
def unpack_pages(packed: bytes | None) -> tuple[tuple[int, int], ...]:
    """What `pack_pages` packed."""
    return tuple((o, n) for o, n in np.frombuffer(packed or b"", "<i4").reshape(-1, 2).tolist())


def place_of(row: Any) -> Place:
    """A row with the columns of `encodings`."""
    return Place(row.row, row.at, row.tokens, row.wide)


def article_of(row: Any) -> Article:
    """A row of articles."""
    return Article(row.article_id, row.text, meta_of(row), unpack_pages(row.pages))


def summary_of(row: Any) -> ArticleSummary:
    """A row of `SUMMARY_COLUMNS`."""
    size = row.characters, row.passage_total
    return ArticleSummary(row.article_id, meta_of(row), row.article_sha256, *size, row.opening, unpack_pages(row.pages))


def meta_of(row: Any) -> ArticleMeta:
    """A row with `META_COLUMNS`."""
    return _meta([getattr(row, name) for name in META_COLUMNS])


def _meta(values: Sequence[Any]) -> ArticleMeta:
    """The values of META_COLUMNS."""
    named = dict(zip(META_COLUMNS, values, strict=True))
    tags = tuple(json.loads(named["tags"])) if named["tags"] else ()
    days = {name: read_date(named[name]) for name in ("published", "updated")}
    return ArticleMeta(**named | days | {"tags": tags})


def passage_of(row: Any) -> Passage:
    """A row of passages, with `article_id` and the passage's text."""
    spans, headings = unpack_sentences(row.sentences)
    return Passage(row.passage_id, row.article_id, row.start, row.end, row.text, row.token_count, spans, headings)


def read_date(text: str | None) -> date | None:
    """A day in ISO 8601; None for an unknown one."""
    return date.fromisoformat(text) if text else None
