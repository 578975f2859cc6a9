"""Passages as rows, from which an engine makes the columns of `Features`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from qa_service.storage.features import NO_DATE, hash64

__all__ = ["FeatureRow", "feature_columns"]


@dataclass(frozen=True, slots=True)
class FeatureRow:
    """One passage with its lexical terms counted. `key` is the engine's, `article` a number of the article."""

    key: int
    passage_id: str
    article: int
    article_id: str
    outlet: str | None
    author: str | None
    language: str | None
    published: date | None
    token_count: int
    vector: npt.NDArray[np.float32]
    terms: Counter[str]


def feature_columns(rows: Sequence[FeatureRow], dimension: int) -> dict[str, Any]:
    """The columns of `Features`, by name, in the order of the rows."""
    counted = [sorted((hash64(t), n) for t, n in row.terms.items()) for row in rows]
    return {
        "ids": np.array([r.key for r in rows], np.int64),
        "key": np.array([int(r.passage_id, 16) for r in rows], np.uint64),
        "article": np.array([r.article for r in rows], np.int64),
        "outlet": np.array([hash64(r.outlet) for r in rows], np.int64),
        "author": np.array([hash64(r.author) for r in rows], np.int64),
        "language": np.array([hash64(r.language) for r in rows], np.int64),
        "published": np.array([r.published.toordinal() if r.published else NO_DATE for r in rows], np.int32),
        "token_count": np.array([r.token_count for r in rows], np.int32),
        "length": np.array([sum(r.terms.values()) for r in rows], np.int32),
        "term_offsets": np.concatenate([[0], np.cumsum([len(c) for c in counted])]).astype(np.int64),
        "terms": np.array([t for c in counted for t, _ in c], np.int64),
        "frequencies": np.array([n for c in counted for _, n in c], np.int32),
        "vectors": np.array([r.vector for r in rows], np.float32).reshape(len(rows), dimension),
    }
