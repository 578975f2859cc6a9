"""The columns of many passages: features, with the article ids that filters need.

A segment is immutable. The base of a collection is a segment mapped from disk; its tail is a small one in memory. Both
are derived from the catalogue and have the same columns, so scores are exact in either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from qa_service.records import Filters
from qa_service.storage.features import COLUMN_TYPES, NO_DATE, Features, admitted, hash64

__all__ = ["Segment", "SegmentRow"]

_TYPES = {**COLUMN_TYPES, "article_id": np.int64}
_FILES = {"ids": "seq"}
"""Columns whose files have another name: a passage's key is its `seq` in the catalogue."""


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """One passage, as the catalogue gives it, with its lexical terms counted."""

    seq: int
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


@dataclass(frozen=True, eq=False)
class Segment(Features):
    """n passages in the order of `ids`, which are their `seq`; `article_id` is a 64-bit hash."""

    article_id: npt.NDArray[np.int64]

    @classmethod
    def empty(cls, dimension: int) -> Segment:
        """A segment without passages."""
        columns: dict[str, Any] = {f.name: np.empty(0, _TYPES[f.name]) for f in fields(cls)}
        columns["term_offsets"] = np.zeros(1, np.int64)
        columns["vectors"] = np.empty((0, dimension), np.float32)
        return cls(**columns)

    @classmethod
    def of(cls, rows: Sequence[SegmentRow], dimension: int) -> Segment:
        """The rows as columns, in their order."""
        if not rows:
            return cls.empty(dimension)
        counted = [sorted((hash64(t), n) for t, n in row.terms.items()) for row in rows]
        return cls(
            ids=np.array([r.seq for r in rows], np.int64),
            key=np.array([int(r.passage_id, 16) for r in rows], np.uint64),
            article=np.array([r.article for r in rows], np.int64),
            article_id=np.array([hash64(r.article_id) for r in rows], np.int64),
            outlet=np.array([hash64(r.outlet) for r in rows], np.int64),
            author=np.array([hash64(r.author) for r in rows], np.int64),
            language=np.array([hash64(r.language) for r in rows], np.int64),
            published=np.array([r.published.toordinal() if r.published else NO_DATE for r in rows], np.int32),
            token_count=np.array([r.token_count for r in rows], np.int32),
            length=np.array([sum(r.terms.values()) for r in rows], np.int32),
            term_offsets=np.concatenate([[0], np.cumsum([len(c) for c in counted])]).astype(np.int64),
            terms=np.array([t for c in counted for t, _ in c], np.int64),
            frequencies=np.array([n for c in counted for _, n in c], np.int32),
            vectors=np.array([r.vector for r in rows], np.float32).reshape(len(rows), dimension),
        )

    def matching(self, filters: Filters) -> npt.NDArray[np.bool_]:
        """Which passages the filters admit: bool (n,)."""
        return admitted(self, self.article_id, filters)

    def save(self, folder: Path) -> None:
        """Write each column to a file."""
        for f in fields(self):
            np.save(folder / f"{_FILES.get(f.name, f.name)}.npy", getattr(self, f.name))

    @classmethod
    def load(cls, folder: Path) -> Segment:
        """Columns mapped from disk: read when touched, shared between processes."""
        names = {f.name: _FILES.get(f.name, f.name) for f in fields(cls)}
        return cls(**{name: np.load(folder / f"{file}.npy", mmap_mode="r") for name, file in names.items()})
