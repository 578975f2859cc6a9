"""The port to storage: what an engine gives to ranking, ingest and the service.

A `Store` is one collection, opened to be read and written. A `Snapshot` is its content at one moment. Ranking reads
snapshots alone. `conformance` has the tests that every engine passes; `local` and `memory` are the engines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np
import numpy.typing as npt

from qa_service.records import Article, ArticlePage, ArticleSummary, CollectionInfo, Filters, Passage, VerifyReport
from qa_service.records.encodings import TokenColumns
from qa_service.storage.features import Features, Statistics, Terms
from qa_service.storage.writes import EncodedArticle, JobFile, Origin

__all__ = ["NO_FILTERS", "WRITER_WAIT", "Candidates", "DateSpan", "Engine", "Ids", "PassageGone", "Snapshot", "Store"]

Ids = npt.NDArray[np.int64]
"""Keys of passages. The engine chooses them; a key stands for the same passage as long as the snapshot is used."""

DateSpan = tuple[date | None, date | None]
"""First and last day, both inclusive; None means open."""

NO_FILTERS = Filters()

WRITER_WAIT = 10.0
"""Seconds for which a writer waits for another writer."""


class PassageGone(Exception):
    """A passage of the snapshot was deleted since. Ask again with the next snapshot; the service never lets it out."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """What a search found: `ids` int64 (n,) and their `scores` (n,), highest first, equal scores by passage id."""

    ids: Ids
    scores: npt.NDArray[np.floating]


class Snapshot(Protocol):
    """A collection at one moment. Safe to use from several threads. Terms are hashes, see `features.hash_terms`.

    A later write changes no result, with these exceptions:
    - `features`, `vectors`, `terms`, `tokens`, `token_spans` and `passages` may raise PassageGone for a deleted
      passage. They never return other data.
    - `article`, `articles` and `passages_of` may read the newest state.
    """

    @property
    def info(self) -> CollectionInfo: ...

    @property
    def generation(self) -> int: ...

    @property
    def exact(self) -> bool:
        """Whether `nearest` and `matching` are exhaustive."""

    def statistics(self, terms: npt.NDArray[np.int64]) -> Statistics:
        """Number and mean length of all passages, and how many of them hold each of the terms."""

    def nearest(self, vector: npt.NDArray[np.float32], depth: int, filters: Filters) -> Candidates:
        """The `depth` admitted passages with the highest inner product with `vector`; float32 scores."""

    def matching(self, terms: npt.NDArray[np.int64], depth: int, filters: Filters) -> Candidates:
        """The `depth` admitted passages with the highest BM25 above 0; float64 scores. `terms` are distinct."""

    def features(self, ids: Ids) -> Features:
        """The columns of the passages, which are distinct, in the order of passage ids.

        Raises:
            PassageGone: a passage was deleted.
        """

    def vectors(self, ids: Ids) -> npt.NDArray[np.float32]:
        """The vectors of the passages, float32 (n, d), in the order of `ids`.

        Raises:
            PassageGone: a passage was deleted.
        """

    def terms(self, ids: Ids) -> Terms:
        """The lexical terms of the passages, in the order of `ids`.

        Raises:
            PassageGone: a passage was deleted.
        """

    def adjacent(self, ids: Ids) -> list[Ids]:
        """For each passage, those directly before and after it in its article."""

    def tokens(self, ids: Ids) -> TokenColumns:
        """Binary token embeddings of distinct passages, in the order of `ids`.

        Raises:
            PassageGone: a passage was deleted.
        """

    def token_spans(self, ids: Ids) -> list[npt.NDArray[np.int32]]:
        """Start and end of each token in its passage, int32 (t, 2), in the order of `ids`; see `PassageEncoding`.

        Raises:
            PassageGone: a passage was deleted.
        """

    def passages(self, ids: Ids) -> list[tuple[Passage, ArticleSummary]]:
        """The passages with their articles, in the order of `ids`.

        Raises:
            PassageGone: a passage was deleted.
        """

    def passages_of(self, article_id: str) -> tuple[Passage, ...]:
        """All passages of an article, in its order; empty if there is no such article. May read the newest state."""

    def article(self, article_id: str) -> Article:
        """An article with its text. May read the newest state.

        Raises:
            ArticleNotFound: there is none with this id.
        """

    def articles(self, limit: int, after: str | None = None, filters: Filters = NO_FILTERS) -> ArticlePage:
        """The first `limit` admitted articles whose id is greater than `after`, in order of id.

        May read the newest state.
        """

    def count(self, filters: Filters = NO_FILTERS) -> int:
        """Number of passages that the filters admit."""

    def published_within(self, spans: Sequence[DateSpan], filters: Filters = NO_FILTERS) -> bool:
        """Whether an admitted passage was published in one of the spans."""


class Store(Protocol):
    """One collection. Every write is a transaction: other handles and processes see all of it or nothing.

    Methods other than `snapshot` read and write the newest state. Safe to use from several threads.
    """

    @property
    def name(self) -> str: ...

    @property
    def origin(self) -> Origin:
        """The settings that the collection was built with."""

    def snapshot(self) -> Snapshot:
        """The content as `refresh` or `write` last saw it."""

    def refresh(self) -> Snapshot:
        """Look for commits of other handles and processes. Returns the snapshot that is current then.

        Takes microseconds while there is no new commit, so a question can begin with it.
        """

    def writing(self, wait: float = WRITER_WAIT) -> AbstractContextManager[None]:
        """Hold the collection's only writer lock.

        A thread that holds it through this handle goes on at once. Other threads wait, and so do other handles, in the
        same thread too.

        Raises:
            CollectionBusy: another writer still holds the lock after `wait` seconds.
        """

    def write(
        self,
        added: Sequence[EncodedArticle] = (),
        deleted: Sequence[str] = (),
        done: Mapping[JobFile, str] | None = None,
    ) -> int:
        """Delete articles, add others and record finished files of jobs, in one transaction.

        An id in `deleted` may be repeated. An article whose id is also in `deleted` is replaced. The write holds
        `writing`; hold it yourself to compare with the stored content first. The content is on disk when this returns,
        and `snapshot` shows it. Returns the generation, which rises only if an article was added or deleted.

        Raises:
            ArticleNotFound: an id in `deleted` is not stored.
            Conflict: an added article, or a passage of it, has the id of another; or a file in `done` is recorded
                already.
            CollectionBusy: another writer did not finish in time.
        """

    def articles_with_ids(self, ids: Sequence[str]) -> list[Article]:
        """The stored articles that have one of these ids."""

    def articles_of_source(self, source: str) -> list[Article]:
        """The articles that were read from this file."""

    def versions_of_source(self, source: str) -> dict[str, str | None]:
        """Id and `source_sha256` of each article that was read from this file."""

    def sources_below(self, prefix: str) -> list[str]:
        """The files whose name begins with `prefix` and that stored articles were read from, sorted."""

    def passage_counts(self, ids: Sequence[str]) -> dict[str, int]:
        """Number of passages of each stored article of these ids."""

    def known_passages(self, passage_ids: Sequence[str]) -> set[str]:
        """Those of the passage ids that are stored."""

    def done_files(self, job_id: str) -> dict[int, str]:
        """The files of a job that `write` recorded: number -> outcome."""

    def forget_job(self, job_id: str) -> None:
        """Delete what `write` recorded of a job."""

    def maintenance_due(self, *, bulk: bool = False) -> bool:
        """Whether `maintain` would pay now. A bulk ingest waits for more, since it calls `maintain` at its end."""

    def maintain(self) -> None:
        """Make questions faster; the content stays as it is. A failure is logged, not raised."""

    def verify(self) -> VerifyReport:
        """Check the whole collection."""

    def rebuild(self) -> None:
        """Derive all indexes anew from the stored content."""

    def close(self) -> None: ...


class Engine(Protocol):
    """Opens collections by name."""

    def names(self) -> list[str]:
        """Names of the existing collections, sorted."""

    def open(self, name: str, create: Origin | None = None) -> Store:
        """The collection `name`; created with the origin `create` if it does not exist.

        Raises:
            InvalidInput: the name cannot name a collection, see `writes.check_name`.
            CollectionNotFound: it does not exist and `create` is None.
            CollectionCorrupt: it cannot be read.
        """
