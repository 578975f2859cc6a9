"""The embedded engine: SQLite, FAISS and Tantivy in a folder for each collection."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

import sqlalchemy as sa

from qa_service.errors import QAServiceError
from qa_service.records import Article, VerifyReport
from qa_service.storage.local import changes
from qa_service.storage.local.catalogue import Catalogue
from qa_service.storage.local.collection import Collection, list_collections
from qa_service.storage.local.commits import Commits
from qa_service.storage.local.rows import article_of
from qa_service.storage.local.schema import articles, job_files, passages
from qa_service.storage.local.snapshot import LocalSnapshot
from qa_service.storage.local.verify import verify_collection
from qa_service.storage.writes import EncodedArticle, JobFile, Origin

__all__ = ["LocalEngine", "LocalStore"]

logger = logging.getLogger(__name__)


class LocalStore(Collection):
    """See `port.Store`."""

    def __init__(self, folder: Path, catalogue: Catalogue) -> None:
        super().__init__(folder, catalogue)
        self._commits = Commits(catalogue.path)
        self._version = -1

    def close(self) -> None:
        self._commits.close()
        super().close()

    def snapshot(self) -> LocalSnapshot:
        return LocalSnapshot(self.indexes, self.catalogue)

    def refresh(self) -> LocalSnapshot:
        version = self._commits.version()
        if version != self._version:
            self.advance()
            self._version = version
        return self.snapshot()

    def write(
        self,
        added: Sequence[EncodedArticle] = (),
        deleted: Sequence[str] = (),
        done: Mapping[JobFile, str] | None = None,
    ) -> int:
        with self.writing():
            generation = changes.commit(self.catalogue, added, deleted, done)
            try:
                self.advance()
            except (QAServiceError, OSError) as error:  # the commit is on disk: it must not look failed
                logger.error("collection %s: what was committed cannot be shown yet: %s", self.name, error)
            return generation

    def articles_with_ids(self, ids: Sequence[str]) -> list[Article]:
        return [
            article_of(row) for row in self.catalogue.read(sa.select(articles).where(articles.c.article_id.in_(ids)))
        ]

    def articles_of_source(self, source: str) -> list[Article]:
        query = sa.select(articles).where(articles.c.source == source).order_by(articles.c.number)
        return [article_of(row) for row in self.catalogue.read(query)]

    def versions_of_source(self, source: str) -> dict[str, str | None]:
        query = sa.select(articles.c.article_id, articles.c.source_sha256).where(articles.c.source == source)
        return {row.article_id: row.source_sha256 for row in self.catalogue.read(query)}

    def sources_below(self, prefix: str) -> list[str]:
        # a range of the index, where a pattern would scan: "\U0010ffff" sorts after all other characters
        within = articles.c.source.between(prefix, prefix + "\U0010ffff")
        query = sa.select(articles.c.source).where(within).distinct().order_by(articles.c.source)
        return [row.source for row in self.catalogue.read(query) if row.source.startswith(prefix)]

    def passage_counts(self, ids: Sequence[str]) -> dict[str, int]:
        query = sa.select(articles.c.article_id, articles.c.passages).where(articles.c.article_id.in_(ids))
        return {row.article_id: row.passages for row in self.catalogue.read(query)}

    def known_passages(self, passage_ids: Sequence[str]) -> set[str]:
        query = sa.select(passages.c.passage_id).where(passages.c.passage_id.in_(passage_ids))
        return {row.passage_id for row in self.catalogue.read(query)}

    def done_files(self, job_id: str) -> dict[int, str]:
        query = sa.select(job_files.c.number, job_files.c.outcome).where(job_files.c.job_id == job_id)
        return {row.number: row.outcome for row in self.catalogue.read(query)}

    def forget_job(self, job_id: str) -> None:
        with self.catalogue.engine.execution_options(write=True).begin() as connection:
            connection.execute(job_files.delete().where(job_files.c.job_id == job_id))

    def verify(self) -> VerifyReport:
        return verify_collection(self)


class LocalEngine:
    """See `port.Engine`. Each collection is a folder in `index`."""

    def __init__(self, index: Path) -> None:
        self._index = index

    def names(self) -> list[str]:
        return list_collections(self._index)

    def open(self, name: str, create: Origin | None = None) -> LocalStore:
        return LocalStore.open(self._index, name, create=create)
