"""Passages as columns: what ranking reads of many passages at once.

A segment is immutable. The base of a collection is a segment mapped from disk; its tail is a small one in memory. Both
are derived from the catalogue and hold the same columns, so that everything scored here is exact in either.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from qa_service.records import Filters

__all__ = ["NO_DATE", "Segment", "SegmentRow", "hash64", "hash_terms"]

NO_DATE = np.iinfo(np.int32).min
"""`published` of an article without a date: outside every range."""

_TYPES = {
    "seq": np.int64,
    "key": np.uint64,
    "article": np.int64,
    "article_id": np.int64,
    "outlet": np.int64,
    "author": np.int64,
    "language": np.int64,
    "published": np.int32,
    "token_count": np.int32,
    "length": np.int32,
    "term_offsets": np.int64,
    "terms": np.int64,
    "frequencies": np.int32,
    "vectors": np.float32,
}


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
class Segment:
    """n passages. `term_offsets` is (n + 1,): row i's terms are `terms[term_offsets[i]:term_offsets[i + 1]]`, sorted.

    `key` is the passage id as a number; `article_id`, `outlet`, `author`, `language` and `terms` are 64-bit hashes, 0
    for None; `published` counts days (proleptic ordinal), `length` lexical terms; `vectors` is float32 (n, d).
    """

    seq: npt.NDArray[np.int64]
    key: npt.NDArray[np.uint64]
    article: npt.NDArray[np.int64]
    article_id: npt.NDArray[np.int64]
    outlet: npt.NDArray[np.int64]
    author: npt.NDArray[np.int64]
    language: npt.NDArray[np.int64]
    published: npt.NDArray[np.int32]
    token_count: npt.NDArray[np.int32]
    length: npt.NDArray[np.int32]
    term_offsets: npt.NDArray[np.int64]
    terms: npt.NDArray[np.int64]
    frequencies: npt.NDArray[np.int32]
    vectors: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.seq)

    @classmethod
    def empty(cls, dimension: int) -> Segment:
        columns: dict[str, Any] = {f.name: np.empty(0, _TYPES[f.name]) for f in fields(cls)}
        columns["term_offsets"] = np.zeros(1, np.int64)
        columns["vectors"] = np.empty((0, dimension), np.float32)
        return cls(**columns)

    @classmethod
    def of(cls, rows: Sequence[SegmentRow], dimension: int) -> Segment:
        if not rows:
            return cls.empty(dimension)
        counted = [sorted((hash64(t), n) for t, n in row.terms.items()) for row in rows]
        return cls(
            seq=np.array([r.seq for r in rows], np.int64),
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

    def take(self, rows: npt.NDArray[np.int64]) -> Segment:
        """The given rows, in the given order."""
        positions, offsets = self.term_positions(rows)
        columns: dict[str, Any] = {
            f.name: np.asarray(getattr(self, f.name))[rows]
            for f in fields(self)
            if f.name not in {"term_offsets", "terms", "frequencies"}
        }
        return Segment(
            term_offsets=offsets, terms=self.terms[positions], frequencies=self.frequencies[positions], **columns
        )

    def term_positions(self, rows: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Where the rows' terms stand in `terms`, row after row, and the offsets that cut them up again."""
        begin = np.asarray(self.term_offsets)[rows]
        counts = np.asarray(self.term_offsets)[rows + 1] - begin
        offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return np.arange(offsets[-1]) + np.repeat(begin - offsets[:-1], counts), offsets

    @staticmethod
    def concatenate(parts: Sequence[Segment]) -> Segment:
        columns: dict[str, Any] = {
            f.name: np.concatenate([getattr(p, f.name) for p in parts])
            for f in fields(Segment)
            if f.name != "term_offsets"
        }
        shifts = np.cumsum([0] + [len(p.terms) for p in parts])
        ends = [p.term_offsets[1:] + s for p, s in zip(parts, shifts, strict=False)]
        return Segment(term_offsets=np.concatenate([[0], *ends]).astype(np.int64), **columns)

    def matching(self, filters: Filters) -> npt.NDArray[np.bool_]:
        """Which passages the filters admit: bool (n,)."""
        mask = np.ones(len(self), np.bool_)
        for column, wanted in (
            (self.outlet, filters.outlet),
            (self.author, filters.author),
            (self.language, filters.language),
            (self.article_id, filters.article_id),
        ):
            if wanted:
                mask &= np.isin(column, hash_terms(wanted))
        if filters.published_from or filters.published_to:
            mask &= self.published != NO_DATE
        if filters.published_from:
            mask &= self.published >= filters.published_from.toordinal()
        if filters.published_to:
            mask &= self.published <= filters.published_to.toordinal()
        return mask

    def save(self, folder: Path) -> None:
        for f in fields(self):
            np.save(folder / f"{f.name}.npy", getattr(self, f.name))

    @classmethod
    def load(cls, folder: Path) -> Segment:
        """Columns mapped from disk: read when touched, shared between processes."""
        return cls(**{f.name: np.load(folder / f"{f.name}.npy", mmap_mode="r") for f in fields(cls)})


@lru_cache(maxsize=200_000)
def hash64(text: str | None) -> int:
    """64-bit BLAKE2b as a signed integer; 0 for None."""
    if text is None:
        return 0
    return int.from_bytes(
        hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big", signed=True
    )


def hash_terms(texts: Iterable[str]) -> npt.NDArray[np.int64]:
    return np.array([hash64(t) for t in texts], np.int64)
