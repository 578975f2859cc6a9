"""Passages as rows, with their lexical terms, from which an engine makes the columns of `Features`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from qa_service.records import ArticleMeta, Passage
from qa_service.storage.features import NO_DATE, hash64
from qa_service.text.basic.terms import terms

__all__ = ["FeatureRow", "LexicalAnalysis", "feature_columns"]


@dataclass(frozen=True, slots=True)
class LexicalAnalysis:
    """The terms of a passage and, `title_weight` times, the terms of its article's title, outlet and author.

    Together they are one weighted bag, as in BM25F (Robertson, Zaragoza & Taylor, "Simple BM25 extension to multiple
    weighted fields", CIKM 2004). So "according to SouthFront" finds articles of SouthFront that do not name it.
    """

    title_weight: int = 1

    @property
    def recipe(self) -> str:
        """The name of the analysis. Indexes with another recipe are rebuilt."""
        return f"title, outlet, author x {self.title_weight}"

    def count(self, text: str, meta: ArticleMeta) -> Counter[str]:
        """Count each term of a passage's text and its article's metadata."""
        counted = Counter(terms(text, meta.language))
        for value in (meta.title, meta.outlet, meta.author):
            for term in terms(value, meta.language) if value else ():
                counted[term] += self.title_weight
        return +counted


@dataclass(frozen=True, slots=True, eq=False)
class FeatureRow:
    """A passage with its vector and its counted terms. The engine chooses `key` and `article`, the article's number."""

    key: int
    passage: Passage
    article: int
    meta: ArticleMeta
    vector: npt.NDArray[np.float32]
    terms: Counter[str]


def feature_columns(rows: Sequence[FeatureRow], dimension: int) -> dict[str, Any]:
    """The fields of `Columns`, by name, in the order of the rows."""
    counted = [sorted((hash64(t), n) for t, n in row.terms.items()) for row in rows]
    days = [r.meta.published.toordinal() if r.meta.published else NO_DATE for r in rows]
    tags = [sorted(map(hash64, row.meta.tags)) for row in rows]
    return {
        "ids": np.array([r.key for r in rows], np.int64),
        "key": np.array([int(r.passage.passage_id, 16) for r in rows], np.uint64),
        "article": np.array([r.article for r in rows], np.int64),
        "outlet": np.array([hash64(r.meta.outlet) for r in rows], np.int64),
        "author": np.array([hash64(r.meta.author) for r in rows], np.int64),
        "language": np.array([hash64(r.meta.language) for r in rows], np.int64),
        "published": np.array(days, np.int32),
        "token_count": np.array([r.passage.token_count for r in rows], np.int32),
        "length": np.array([sum(r.terms.values()) for r in rows], np.int32),
        "term_offsets": np.concatenate([[0], np.cumsum([len(c) for c in counted])]).astype(np.int64),
        "terms": np.array([t for c in counted for t, _ in c], np.int64),
        "frequencies": np.array([n for c in counted for _, n in c], np.int32),
        "tag_offsets": np.concatenate([[0], np.cumsum([len(t) for t in tags])]).astype(np.int64),
        "tags": np.array([tag for t in tags for tag in t], np.int64),
        "vectors": np.array([r.vector for r in rows], np.float32).reshape(len(rows), dimension),
    }
