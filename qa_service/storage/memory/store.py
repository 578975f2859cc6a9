"""Collections in memory, and handles on them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from qa_service.errors import ArticleNotFound, CollectionBusy, CollectionNotFound, Conflict
from qa_service.records import Article, VerifyReport, passage_id_of
from qa_service.storage.feature_rows import FeatureRow, LexicalAnalysis
from qa_service.storage.memory.snapshot import MemorySnapshot, StoredArticle
from qa_service.storage.port import WRITER_WAIT
from qa_service.storage.writes import EncodedArticle, JobFile, Origin, check_name

__all__ = ["MemoryEngine", "MemoryStore"]


@dataclass(frozen=True, slots=True, eq=False)
class _State:
    """All that `write` changes, so that one assignment shows a whole write."""

    snapshot: MemorySnapshot
    stored: Mapping[str, StoredArticle]
    done: Mapping[JobFile, str]


class _Collection:
    """What all handles on one collection share."""

    def __init__(self, name: str, origin: Origin) -> None:
        self.name, self.origin = name, origin
        self.writer_lock = threading.Lock()
        self.changing = threading.Lock()
        """Held to replace `state`: `forget_job` does so without the writer lock."""
        self.state = _State(MemorySnapshot(name, origin, 0, {}), {}, {})
        self.written = 0
        """Number of all passages and articles ever written. The next key comes from it, so no key is given twice."""


class MemoryStore:
    """See `port.Store`: a handle on a collection."""

    def __init__(self, shared: _Collection) -> None:
        self._shared = shared
        self._seen = shared.state.snapshot
        self._held = threading.local()
        self.name, self.origin = shared.name, shared.origin
        self._analysis = LexicalAnalysis(shared.origin.title_weight)

    def snapshot(self) -> MemorySnapshot:
        return self._seen

    def refresh(self) -> MemorySnapshot:
        self._seen = self._shared.state.snapshot
        return self._seen

    @contextmanager
    def writing(self, wait: float = WRITER_WAIT) -> Iterator[None]:
        if getattr(self._held, "yes", False):
            yield
            return
        if not self._shared.writer_lock.acquire(timeout=wait):
            raise CollectionBusy(f"Another thread is writing to collection {self.name!r}; waited {wait:g} s.")
        self._held.yes = True
        try:
            yield
        finally:
            self._held.yes = False
            self._shared.writer_lock.release()

    def write(
        self,
        added: Sequence[EncodedArticle] = (),
        deleted: Sequence[str] = (),
        done: Mapping[JobFile, str] | None = None,
    ) -> int:
        shared = self._shared
        with self.writing():
            before = shared.state
            stored = dict(before.stored)
            for article_id in dict.fromkeys(deleted):
                if stored.pop(article_id, None) is None:
                    raise ArticleNotFound(f"There is no article {article_id!r} in this collection.", param="article_id")
            known = _passage_ids(stored)
            for encoded in added:
                article_id, own = encoded.article.article_id, [p.passage_id for p in encoded.passages]
                if article_id in stored or len(set(own) - known) < len(own):
                    raise Conflict(f"Article {article_id!r}, or a passage of it, has the id of another.")
                stored[article_id] = self._row_up(encoded)
                known.update(own)
            snapshot = before.snapshot
            if added or deleted:
                snapshot = MemorySnapshot(self.name, self.origin, snapshot.generation + 1, stored)
            with shared.changing:
                finished = shared.state.done
                if done and not finished.keys().isdisjoint(done):
                    raise Conflict("A finished file of this job is recorded already.")
                shared.state = _State(snapshot, stored, {**finished, **(done or {})})
            return self.refresh().generation

    def articles_with_ids(self, ids: Sequence[str]) -> list[Article]:
        stored = self._shared.state.stored
        return [stored[name].encoded.article for name in dict.fromkeys(ids) if name in stored]

    def articles_of_source(self, source: str) -> list[Article]:
        articles = (one.encoded.article for one in self._shared.state.stored.values())
        return [article for article in articles if article.meta.source == source]

    def versions_of_source(self, source: str) -> dict[str, str | None]:
        return {article.article_id: article.meta.source_sha256 for article in self.articles_of_source(source)}

    def sources_below(self, prefix: str) -> list[str]:
        names = {one.encoded.article.meta.source for one in self._shared.state.stored.values()}
        return sorted(name for name in names if name is not None and name.startswith(prefix))

    def passage_counts(self, ids: Sequence[str]) -> dict[str, int]:
        stored = self._shared.state.stored
        return {name: len(stored[name].rows) for name in ids if name in stored}

    def known_passages(self, passage_ids: Sequence[str]) -> set[str]:
        return _passage_ids(self._shared.state.stored).intersection(passage_ids)

    def done_files(self, job_id: str) -> dict[int, str]:
        return {number: outcome for (job, number), outcome in self._shared.state.done.items() if job == job_id}

    def forget_job(self, job_id: str) -> None:
        shared = self._shared
        with shared.changing:
            left = {file: outcome for file, outcome in shared.state.done.items() if file[0] != job_id}
            shared.state = replace(shared.state, done=left)

    def maintenance_due(self, *, bulk: bool = False) -> bool:
        return False

    def maintain(self) -> None:
        pass

    def verify(self) -> VerifyReport:
        with self.writing():
            info, stored, problems = self.refresh().info, self._shared.state.stored, []
        for name, one in stored.items():
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


def _passage_ids(stored: Mapping[str, StoredArticle]) -> set[str]:
    return {row.passage.passage_id for one in stored.values() for row in one.rows}


class MemoryEngine:
    """See `port.Engine`."""

    def __init__(self) -> None:
        self._collections: dict[str, _Collection] = {}

    def names(self) -> list[str]:
        return sorted(self._collections)

    def open(self, name: str, create: Origin | None = None) -> MemoryStore:
        if check_name(name) not in self._collections:
            if create is None:
                raise CollectionNotFound.of(name, self.names())
            self._collections.setdefault(name, _Collection(name, create))  # another thread may have created it
        return MemoryStore(self._collections[name])
