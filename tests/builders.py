"""Small things that several tests are made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from qa_service.records import ArticleDraft, ArticleMeta, CollectionInfo, Passage
from qa_service.service import Service
from qa_service.settings import Settings
from qa_service.storage.feature_rows import FeatureRow
from qa_service.storage.features import Features
from qa_service.storage.local.base import open_base, publish_base, write_base
from qa_service.storage.local.encodings import Encodings, Extent
from qa_service.storage.local.indexes import Indexes, first_indexes, next_indexes
from qa_service.storage.local.segment import Segment
from qa_service.storage.local.store import LocalStore

NOTHING_DEAD = np.empty(0, np.int64)


def fake_service(index: Path, **changes: object) -> Service:
    """A service on the deterministic embedder."""
    return Service.open(Settings(index=index, model="fake", **changes))  # type: ignore[arg-type]


def info(generation: int = 1) -> CollectionInfo:
    return CollectionInfo("default", generation, "0" * 64, 0, 0, (), (), ("en",), None, None)


def row(
    seq: int,
    terms: str = "",
    vector: Sequence[float] = (1.0, 0.0),
    *,
    article: int | None = None,
    outlet: str | None = None,
    author: str | None = None,
    language: str | None = "en",
    published: date | None = None,
    tokens: int = 10,
) -> FeatureRow:
    """A passage whose terms are the words of `terms` and whose id is its `seq` as 16 hex digits."""
    number = seq if article is None else article
    unit = np.array(vector, np.float32) / np.float32(np.linalg.norm(vector))
    counted = Counter(terms.split())
    passage = Passage(f"{seq:016x}", f"a{number}", 0, 0, "", tokens)
    meta = ArticleMeta(outlet=outlet, author=author, published=published, language=language)
    return FeatureRow(seq, passage, number, meta, unit, counted)


def store_of(service: Service, collection: str = "default") -> LocalStore:
    """The open collection of a service."""
    store = service._collections.get_for_vectors(collection)
    assert isinstance(store, LocalStore)
    return store


def features_of(rows: Sequence[FeatureRow]) -> Features:
    """The rows as candidates; they are in the order of ids."""
    return Segment.of(rows, len(rows[0].vector))


def indexes_of(
    folder: Path, base: Sequence[FeatureRow], tail: Sequence[FeatureRow] = (), dead: Sequence[int] = ()
) -> Indexes:
    """Indexes with these rows in their base (built on disk, with FAISS and Tantivy) and their tail."""
    dimension = len((*base, *tail)[0].vector)
    columns = Segment.of(base, dimension)
    files = Encodings(Extent("", dimension, len(columns)), columns.vectors, np.empty(0, np.uint8))
    segment = replace(columns, row=np.arange(len(columns))).within(files)
    name = publish_base(write_base(folder, "base", segment, "test"))
    opened = first_indexes(info(), open_base(folder, name, "test", files), NOTHING_DEAD, Segment.empty(dimension))
    with_tail = next_indexes(opened, info(2), NOTHING_DEAD, Segment.of(tail, dimension))
    return next_indexes(with_tail, info(3), np.array(dead, np.int64), Segment.empty(dimension))


def draft(number: int, text: str | None = None, **metadata: object) -> ArticleDraft:
    """A short article about something of its own."""
    said = (
        text or f"The town of Place{number} has {number} wells. Its mayor is Mayor{number}. Rain fell on day {number}."
    )
    return ArticleDraft(said, f"article-{number}", ArticleMeta(f"News of Place{number}", **metadata))  # type: ignore[arg-type]
