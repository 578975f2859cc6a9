"""Converts rows of the catalogue to records."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from qa_service.records import Article, ArticleMeta, ArticleSummary, Passage
from qa_service.records.encodings import BinaryTokens, sentence_of_tokens
from qa_service.storage.local.schema import articles

META_COLUMNS = tuple(f.name for f in fields(ArticleMeta))
"""The columns of `articles` that hold an `ArticleMeta`, by its fields' names."""

SUMMARY_COLUMNS = [
    articles.c.article_id,
    *(articles.c[name] for name in META_COLUMNS),
    articles.c.article_sha256,
    sa.func.length(articles.c.text).label("characters"),
    articles.c.passages.label("passage_total"),
]


def unpack_sentences(packed: bytes) -> tuple[tuple[tuple[int, int], ...], tuple[bool, ...]]:
    """Sentence spans and heading flags of a passage."""
    rows = np.frombuffer(packed, "<i4").reshape(-1, 3).tolist()
    return tuple((s, e) for s, e, _ in rows), tuple(bool(h) for _, _, h in rows)


def tokens_of(row: Any) -> BinaryTokens:
    """A row of vectors and passages as token embeddings."""
    spans = spans_of(row)
    bits = np.frombuffer(row.token_bits, np.uint8).reshape(len(spans), -1 if len(spans) else 1)
    starts = np.frombuffer(row.sentences, "<i4").reshape(-1, 3)[:, 0] - row.start
    return BinaryTokens(bits, sentence_of_tokens(spans, starts), row.siblings)


def spans_of(row: Any) -> npt.NDArray[np.int32]:
    """The spans of a passage's tokens, int32 (t, 2), from a row of vectors."""
    return np.frombuffer(row.token_spans, "<i4").reshape(-1, 2)


def article_of(row: Any) -> Article:
    """A row of articles."""
    return Article(row.article_id, row.text, meta_of(row))


def summary_of(row: Any) -> ArticleSummary:
    """A row of `SUMMARY_COLUMNS`."""
    return ArticleSummary(row.article_id, meta_of(row), row.article_sha256, row.characters, row.passage_total)


def meta_of(row: Any) -> ArticleMeta:
    """A row with `META_COLUMNS`."""
    return ArticleMeta(**{name: getattr(row, name) for name in META_COLUMNS} | {"published": read_date(row.published)})


def passage_of(row: Any) -> Passage:
    """A row of passages, with `article_id` and the passage's text."""
    spans, headings = unpack_sentences(row.sentences)
    return Passage(row.passage_id, row.article_id, row.start, row.end, row.text, row.token_count, spans, headings)


def read_date(text: str | None) -> date | None:
    """A day in ISO 8601; None for an unknown one."""
    return date.fromisoformat(text) if text else None
