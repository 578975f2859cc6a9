"""Collections in memory, and handles on them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from qa_service.errors import CollectionBusy, CollectionNotFound
from qa_service.records import Article, VerifyReport, passage_id_of
from qa_service.storage.feature_rows import FeatureRow, LexicalAnalysis
from qa_service.storage.memory.snapshot import MemorySnapshot, StoredArticle
from qa_service.storage.writes import EncodedArticle, JobFile, Origin

__all__ = ["MemoryEngine", "MemoryStore"]

WRITER_WAIT = 10.0
"""Seconds after which a second writer gives up."""


class _Collection:
    """What all handles on one collection share."""

    def __init__(self, name: str, origin: Origin) -> None:
        self.name, self.origin = name, origin
        self.lock = threading.RLock()
        self.newest = MemorySnapshot(name, origin, 0, {})
        self.stored: dict[str, StoredArticle] = {}
        self.written = 0
        """Passages and articles that were ever written: no key is given twice."""
        self.done: dict[JobFile, str] = {}


class MemoryStore:
    """See `port.Store`: a handle on a collection."""

    def __init__(self, shared: _Collection) -> None:
        self._shared = shared
        self._seen = shared.newest
        self.name, self.origin = shared.name, shared.origin
        self._analysis = LexicalAnalysis(shared.origin.title_weight)

    def snapshot(self) -> MemorySnapshot:
        return self._seen

    def refresh(self) -> MemorySnapshot:
        self._seen = self._shared.newest
        return self._seen

    @contextmanager
    def writing(self) -> Iterator[None]:
        if not self._shared.lock.acquire(timeout=WRITER_WAIT):
            raise CollectionBusy(f"Another thread is writing to collection {self.name!r}; waited {WRITER_WAIT:g} s.")
        try:
            yield
        finally:
            self._shared.lock.release()

    def write(
        self,
        added: Sequence[EncodedArticle] = (),
        deleted: Sequence[str] = (),
        done: Mapping[JobFile, str] | None = None,
    ) -> int:
        shared = self._shared
        with self.writing():
            stored = {name: one for name, one in shared.stored.items() if name not in deleted}
            if len(stored) + len(set(deleted)) != len(shared.stored):
                raise KeyError(f"of {deleted!r} not all are stored")
            new = {}
            for encoded in added:
                new[encoded.article.article_id] = self._row_up(encoded)
            if len(new) < len(added) or not new.keys().isdisjoint(stored):
                raise ValueError("an added article has the id of another")
            if added or deleted:
                shared.stored = stored | new
                shared.newest = MemorySnapshot(self.name, self.origin, shared.newest.generation + 1, shared.stored)
            shared.done |= done or {}
            return self.refresh().generation

    def articles_with_ids(self, ids: Sequence[str]) -> list[Article]:
        return [self._shared.stored[name].encoded.article for name in dict.fromkeys(ids) if name in self._shared.stored]

    def articles_of_source(self, source: str) -> list[Article]:
        articles = (one.encoded.article for one in self._shared.stored.values())
        return [article for article in articles if article.meta.source == source]

    def passage_counts(self, ids: Sequence[str]) -> dict[str, int]:
        return {name: len(self._shared.stored[name].rows) for name in ids if name in self._shared.stored}

    def known_passages(self, passage_ids: Sequence[str]) -> set[str]:
        rows = (row for one in self._shared.stored.values() for row in one.rows)
        return {row.passage.passage_id for row in rows}.intersection(passage_ids)

    def done_files(self, job_id: str) -> dict[int, str]:
        return {number: outcome for (job, number), outcome in self._shared.done.items() if job == job_id}

    def forget_job(self, job_id: str) -> None:
        self._shared.done = {file: outcome for file, outcome in self._shared.done.items() if file[0] != job_id}

    def maintenance_due(self, *, bulk: bool = False) -> bool:
        return False

    def maintain(self) -> None:
        pass

    def verify(self) -> VerifyReport:
        info, problems = self.refresh().info, []
        for name, one in self._shared.stored.items():
            text = one.encoded.article.text
            for p in one.encoded.passages:
                if text[p.start : p.end] != p.text or p.passage_id != passage_id_of(name, p.start, p.end):
                    problems.append(f"article {name!r}: passage {p.passage_id} does not lie in it")
        checks = ("every passage lies in its article and has the id of its place",)
        return VerifyReport(self.name, info.articles, info.passages, checks, tuple(problems))

    def rebuild(self) -> None:
        self.refresh()

    def close(self) -> None:
        pass

    def _row_up(self, encoded: EncodedArticle) -> StoredArticle:
        """The article with new keys and its terms counted."""
        meta, shared = encoded.article.meta, self._shared
        number = shared.written
        shared.written += 1 + len(encoded.passages)
        rows = tuple(
            FeatureRow(
                number + 1 + at,
                passage,
                number,
                meta,
                encoding.vector,
                self._analysis.count(passage.text, meta),
            )
            for at, (passage, encoding) in enumerate(zip(encoded.passages, encoded.encodings, strict=True))
        )
        return StoredArticle(encoded, number, number + 1, rows)


class MemoryEngine:
    """See `port.Engine`."""

    def __init__(self) -> None:
        self._collections: dict[str, _Collection] = {}

    def names(self) -> list[str]:
        return sorted(self._collections)

    def open(self, name: str, create: Origin | None = None) -> MemoryStore:
        if name not in self._collections:
            if create is None:
                raise CollectionNotFound.of(name, self.names())
            self._collections[name] = _Collection(name, create)
        return MemoryStore(self._collections[name])
