"""Passages as columns: all that ranking reads of the candidates of one question.

The scores of both retrievers are computed from these columns, one passage by itself, so they are exact and the same in
every engine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from qa_service.records import Filters

__all__ = [
    "K1",
    "NO_DATE",
    "B",
    "Columns",
    "Features",
    "Statistics",
    "Terms",
    "admitted",
    "bm25",
    "cosines",
    "hash64",
    "hash_terms",
    "inverse_document_frequency",
]

NO_DATE = np.iinfo(np.int32).min
"""`published` of an article without a date: outside every span of days."""

K1 = 1.2
B = 0.75
"""Constants of BM25. Tantivy has the same ones built in, and the local engine relies on that."""


@dataclass(frozen=True, eq=False)
class Statistics:
    """Of all passages of a snapshot: their number, their mean number of lexical terms, and `document_frequency` int64
    (m,), the number of passages that hold each of the m terms asked for."""

    passages: int
    mean_length: float
    document_frequency: npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Features:
    """n passages, in the order of passage ids where they are candidates.

    `ids` are the engine's keys and `key` is the passage id as a number. `article` is a number that the passages of one
    article share. `outlet`, `author` and `language` are 64-bit hashes, 0 for None. `published` counts days (proleptic
    ordinal).
    """

    ids: npt.NDArray[np.int64]
    key: npt.NDArray[np.uint64]
    article: npt.NDArray[np.int64]
    outlet: npt.NDArray[np.int64]
    author: npt.NDArray[np.int64]
    language: npt.NDArray[np.int64]
    published: npt.NDArray[np.int32]
    token_count: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, at: npt.NDArray[np.int64]) -> Features:
        """The passages at the given positions, in the given order."""
        return Features(*(np.asarray(getattr(self, f.name))[at] for f in fields(Features)))

    def positions(self, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The positions of the passages `ids`. All of them must be here."""
        order = np.argsort(self.ids, kind="stable")
        found: npt.NDArray[np.int64] = order[np.searchsorted(self.ids, ids, sorter=order)]
        return found

    def union(self, others: Sequence[Features]) -> Features:
        """These passages and those of the others, each once, in the order of passage ids."""
        missing = [other.take(np.flatnonzero(~np.isin(other.ids, self.ids))) for other in others]
        if not any(len(part) for part in missing):
            return self
        parts = [self, *missing]
        joined = Features(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Features)))
        _, first = np.unique(joined.key, return_index=True)
        return joined.take(first)


@dataclass(frozen=True, eq=False)
class Terms:
    """The lexical terms of n passages: 64-bit hashes.

    `length` counts the terms of each passage. `term_offsets` is (n + 1,): the sorted distinct terms of passage i are
    `terms[term_offsets[i]:term_offsets[i + 1]]`, with `frequencies` beside them.
    """

    length: npt.NDArray[np.int32]
    term_offsets: npt.NDArray[np.int64]
    terms: npt.NDArray[np.int64]
    frequencies: npt.NDArray[np.int32]

    def terms_of(self, at: npt.NDArray[np.int64]) -> Terms:
        """The terms of the passages at the given positions, in the given order."""
        positions, offsets = self.term_positions(at)
        columns = self.length, self.terms, self.frequencies
        length, terms, frequencies = (
            np.asarray(c)[where] for c, where in zip(columns, (at, positions, positions), strict=True)
        )
        return Terms(length, offsets, terms, frequencies)

    def term_positions(self, at: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Positions in `terms` of the terms of the passages `at`, passage by passage, and the offsets between them."""
        return _positions(self.term_offsets, at)


def _positions(
    all_offsets: npt.NDArray[np.int64], at: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Positions of the items of the rows `at`, row by row, and the offsets between them."""
    begin = all_offsets[at]
    counts = all_offsets[at + 1] - begin
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return np.arange(offsets[-1]) + np.repeat(begin - offsets[:-1], counts), offsets


@dataclass(frozen=True, eq=False)
class Columns(Features, Terms):
    """All columns of n passages, as an engine holds them. `vectors` is float32 (n, d).

    `tag_offsets` is (n + 1,): the tags of the article of passage i are `tags[tag_offsets[i]:tag_offsets[i + 1]]`, as
    64-bit hashes.
    """

    tag_offsets: npt.NDArray[np.int64]
    tags: npt.NDArray[np.int64]
    vectors: npt.NDArray[np.float32]

    def take(self, at: npt.NDArray[np.int64]) -> Self:
        """The passages at the given positions, in the given order."""
        columns: dict[str, Any] = {f.name: getattr(self, f.name)[at] for f in fields(self) if f.name not in _RAGGED}
        positions, tag_offsets = _positions(self.tag_offsets, at)
        return type(self)(
            **columns, tag_offsets=tag_offsets, tags=np.asarray(self.tags)[positions], **vars(self.terms_of(at))
        )

    def tagged(self, tags: Iterable[str]) -> npt.NDArray[np.bool_]:
        """Which passages are of an article with at least one of the tags: bool (n,)."""
        mask = np.zeros(len(self), np.bool_)
        found = np.flatnonzero(np.isin(self.tags, hash_terms(tags)))
        mask[np.searchsorted(self.tag_offsets, found, side="right") - 1] = True
        return mask

    @classmethod
    def concatenate(cls, parts: Sequence[Self]) -> Self:
        """The passages of all the parts, one part after another."""
        columns: dict[str, Any] = {
            f.name: np.concatenate([getattr(p, f.name) for p in parts])
            for f in fields(cls)
            if f.name not in ("term_offsets", "tag_offsets")
        }
        return cls(
            term_offsets=_joined([p.term_offsets for p in parts]),
            tag_offsets=_joined([p.tag_offsets for p in parts]),
            **columns,
        )


def _joined(parts: Sequence[npt.NDArray[np.int64]]) -> npt.NDArray[np.int64]:
    """The offsets of all the parts, one part after another."""
    shifts = np.cumsum([0] + [part[-1] for part in parts])
    ends = [part[1:] + shift for part, shift in zip(parts, shifts, strict=False)]
    return np.concatenate([[0], *ends]).astype(np.int64)


_RAGGED = {"tag_offsets", "tags", *(f.name for f in fields(Terms))}
"""Columns with several items for each passage, and the number of them; see `take`."""


def cosines(vectors: npt.NDArray[np.float32], vector: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Exact inner products of `vectors` (n, d) with `vector` (d,): float32 (n,). Each is computed separately."""
    products: npt.NDArray[np.float32] = np.vecdot(vectors, vector)
    return products


def inverse_document_frequency(passages: int, frequency: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """ln(1 + (N - n + 1/2) / (n + 1/2)): N passages, n of them hold the term."""
    return np.log1p((passages - frequency + 0.5) / (frequency + 0.5))


def bm25(
    passages: Terms, terms: npt.NDArray[np.int64], statistics: Statistics, at: npt.NDArray[np.int64] | None = None
) -> npt.NDArray[np.float64]:
    """Exact BM25 of the passages `at` (None: all), float64 (n,), for distinct terms, summed in their order.

    `statistics` are of the same terms. Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond",
    2009; f is how often a term t occurs in a passage p:

        score(q, p) = sum over t of q:  idf(t) * f * (k1 + 1) / (f + k1 * (1 - b + b * |p| / mean |p|))
    """
    idf = inverse_document_frequency(statistics.passages, statistics.document_frequency)
    if at is None:
        positions, offsets, held, lengths = None, passages.term_offsets, passages.terms, passages.length
    else:
        positions, offsets = passages.term_positions(at)
        held, lengths = passages.terms[positions], passages.length[at]
    penalty = K1 * (1 - B + B * lengths / (statistics.mean_length or 1.0))
    scores = np.zeros(len(lengths), np.float64)
    for term, weight in zip(terms, idf, strict=True):
        found = np.flatnonzero(held == term)
        who = np.searchsorted(offsets, found, side="right") - 1
        f = passages.frequencies[found if positions is None else positions[found]].astype(np.float64)
        scores[who] += weight * f * (K1 + 1) / (f + penalty[who])
    return scores


def admitted(columns: Columns, article_ids: npt.NDArray[np.int64], filters: Filters) -> npt.NDArray[np.bool_]:
    """Which passages the filters admit: bool (n,). `article_ids` (n,) are the hashes of their article ids."""
    mask = np.ones(len(columns), np.bool_)
    for column, wanted in (
        (columns.outlet, filters.outlet),
        (columns.author, filters.author),
        (columns.language, filters.language),
        (article_ids, filters.article_id),
    ):
        if wanted:
            mask &= np.isin(column, hash_terms(wanted))
    if filters.tags:
        mask &= columns.tagged(filters.tags)
    if filters.published_from or filters.published_to:
        mask &= columns.published != NO_DATE
    if filters.published_from:
        mask &= columns.published >= filters.published_from.toordinal()
    if filters.published_to:
        mask &= columns.published <= filters.published_to.toordinal()
    return mask


@lru_cache(maxsize=200_000)
def hash64(text: str | None) -> int:
    """64-bit BLAKE2b as a signed integer; 0 for None."""
    if text is None:
        return 0
    return int.from_bytes(
        hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big", signed=True
    )


def hash_terms(texts: Iterable[str]) -> npt.NDArray[np.int64]:
    """The hashes of texts: int64, as many."""
    return np.array([hash64(t) for t in texts], np.int64)
