"""Rows of the catalogue as records."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from qa_service.records import Article, ArticleMeta, ArticleSummary, Passage
from qa_service.storage.local.schema import articles

__all__ = [
    "META_COLUMNS",
    "MOST_SIBLINGS",
    "SUMMARY_COLUMNS",
    "StoredPassage",
    "TokenSigns",
    "article_of",
    "meta_of",
    "passage_of",
    "read_date",
    "summary_of",
    "token_signs_of",
    "unpack_sentences",
]


@dataclass(frozen=True, slots=True, eq=False)
class StoredPassage:
    """A passage as the catalogue has it, for deriving indexes: `text` is the passage's own."""

    seq: int
    passage: Passage
    article: int
    meta: ArticleMeta
    vector: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class TokenSigns:
    """A passage's tokens: `bits` uint8 (t, ceil(d / 8)), `spans` int32 (t, 2) into the passage, and `sentence` int64
    (t,): the index of the sentence that each belongs to, -1 for those of the title. `siblings` is how many passages
    its article has, itself included; `MOST_SIBLINGS` stands for more."""

    bits: npt.NDArray[np.uint8]
    spans: npt.NDArray[np.int32]
    sentence: npt.NDArray[np.int64]
    siblings: int = 1


MOST_SIBLINGS = 16

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
    """-> sentence spans and heading flags of a passage."""
    rows = np.frombuffer(packed, "<i4").reshape(-1, 3).tolist()
    return tuple((s, e) for s, e, _ in rows), tuple(bool(h) for _, _, h in rows)


def token_signs_of(row: Any) -> TokenSigns:
    spans = np.frombuffer(row.token_spans, "<i4").reshape(-1, 2)
    bits = np.frombuffer(row.token_bits, np.uint8).reshape(len(spans), -1 if len(spans) else 1)
    starts = np.frombuffer(row.sentences, "<i4").reshape(-1, 3)[:, 0] - row.start
    sentence = np.searchsorted(starts, spans[:, 0], side="right") - 1
    sentence[spans[:, 1] <= spans[:, 0]] = -1
    return TokenSigns(bits, spans, sentence, row.siblings)


def article_of(row: Any) -> Article:
    return Article(row.article_id, row.text, meta_of(row))


def summary_of(row: Any) -> ArticleSummary:
    return ArticleSummary(row.article_id, meta_of(row), row.article_sha256, row.characters, row.passage_total)


def meta_of(row: Any) -> ArticleMeta:
    return ArticleMeta(**{name: getattr(row, name) for name in META_COLUMNS} | {"published": read_date(row.published)})


def passage_of(row: Any) -> Passage:
    spans, headings = unpack_sentences(row.sentences)
    return Passage(row.passage_id, row.article_id, row.start, row.end, row.text, row.token_count, spans, headings)


def read_date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
