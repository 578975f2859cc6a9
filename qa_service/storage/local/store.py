"""The embedded engine: SQLite, FAISS and Tantivy in a folder for each collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from qa_service.records import Article, VerifyReport
from qa_service.storage.local import changes
from qa_service.storage.local.collection import Collection, list_collections
from qa_service.storage.local.snapshot import LocalSnapshot
from qa_service.storage.local.verify import verify_collection
from qa_service.storage.writes import EncodedArticle, JobFile, Origin

__all__ = ["LocalEngine", "LocalStore"]


class LocalEngine:
    """See `port.Engine`. Each collection is a folder in `index`."""

    def __init__(self, index: Path) -> None:
        self._index = index

    def names(self) -> list[str]:
        return list_collections(self._index)

    def open(self, name: str, create: Origin | None = None) -> LocalStore:
        return LocalStore(Collection.open(self._index, name, create=create))


class LocalStore:
    """See `port.Store`."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        self._catalogue = collection.catalogue

    @property
    def name(self) -> str:
        return self.collection.name

    @property
    def origin(self) -> Origin:
        return self.collection.origin

    def snapshot(self) -> LocalSnapshot:
        return LocalSnapshot(self.collection.indexes, self._catalogue)

    def refresh(self) -> LocalSnapshot:
        return LocalSnapshot(self.collection.refresh(), self._catalogue)

    def writing(self) -> AbstractContextManager[None]:
        return self.collection.writing()

    def write(
        self,
        added: Sequence[EncodedArticle] = (),
        deleted: Sequence[str] = (),
        done: Mapping[JobFile, str] | None = None,
    ) -> int:
        with self.writing():
            return self.collection.commit(added, deleted, done)

    def articles_with_ids(self, ids: Sequence[str]) -> list[Article]:
        return self._catalogue.articles_with_ids(ids)

    def articles_of_source(self, source: str) -> list[Article]:
        return self._catalogue.articles_of_source(source)

    def passage_counts(self, ids: Sequence[str]) -> dict[str, int]:
        return self._catalogue.passage_counts(ids)

    def known_passages(self, passage_ids: Sequence[str]) -> set[str]:
        return self._catalogue.known_passages(passage_ids)

    def done_files(self, job_id: str) -> dict[int, str]:
        return changes.done_files(self._catalogue, job_id)

    def forget_job(self, job_id: str) -> None:
        changes.forget_job(self._catalogue, job_id)

    def maintenance_due(self, *, bulk: bool = False) -> bool:
        return self.collection.merge_due(bulk=bulk)

    def maintain(self) -> None:
        self.collection.merge()

    def verify(self) -> VerifyReport:
        return verify_collection(self.collection)

    def rebuild(self) -> None:
        self.collection.rebuild()

    def close(self) -> None:
        self.collection.close()
