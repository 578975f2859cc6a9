"""Articles into a collection: what is new is encoded and committed, what is there already costs nothing.

Encoding happens outside the writer's lock, which is held only to commit; the comparison with what is stored is made
again under it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from qa_service.errors import InvalidInput
from qa_service.ingest.encode import Encoder
from qa_service.records import AddedArticle, Article, FileResult, IngestProgress, IngestReport
from qa_service.storage.changes import EncodedArticle
from qa_service.storage.collection import Collection

__all__ = ["Batch", "Progress", "Source", "ingest_sources", "store"]

Progress = Callable[[IngestProgress], None]

ARTICLES_PER_COMMIT = 64
CHARACTERS_PER_COMMIT = 200_000


@dataclass(frozen=True, slots=True)
class Source:
    """A file, or a posted article, and what was read from it. `skipped` says why nothing was.

    `name` None: the articles belong to no file; they replace only articles of the same id.
    """

    label: str
    name: str | None
    articles: tuple[Article, ...] = ()
    skipped: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What committing some sources would do."""

    added: tuple[Article, ...]
    deleted: tuple[int, ...]
    outcomes: tuple[str, ...]


def ingest_sources(
    collection: Collection,
    sources: Iterable[Source],
    encoder: Encoder,
    *,
    total: int,
    progress: Progress | None = None,
) -> IngestReport:
    """Store the sources, some at a time, each lot whole or not at all; then bring the indexes up to date."""
    began = time.monotonic()
    results: list[FileResult] = []
    passages = 0
    for lot in _lots(sources):
        stored = store(collection, lot, encoder)
        results += stored
        passages += sum(a.passages for r in stored if r.outcome != "unchanged" for a in r.articles)
        if collection.merge_due(bulk=True):
            collection.merge()
        if progress is not None:
            progress(IngestProgress(len(results), total, passages, time.monotonic() - began))
    if collection.merge_due():
        collection.merge()
    return IngestReport(
        collection=collection.name,
        generation=collection.snapshot.info.generation,
        files=tuple(results),
        articles=sum(len(r.articles) for r in results if r.outcome != "unchanged"),
        passages=passages,
        seconds=time.monotonic() - began,
    )


def store(collection: Collection, sources: Sequence[Source], encoder: Encoder) -> list[FileResult]:
    """One commit. When this returns, the articles are on disk and in the snapshot."""
    batch = plan(collection, sources)
    encoded: dict[str, EncodedArticle] = {}
    while True:
        missing = [a for a in batch.added if a.article_id not in encoded or encoded[a.article_id].article != a]
        encoded.update((e.article.article_id, e) for e in encoder.encode(missing))
        with collection.writing():
            again = plan(collection, sources)
            if again == batch:
                if batch.added or batch.deleted:
                    collection.commit([encoded[a.article_id] for a in batch.added], batch.deleted)
                break
        batch = again  # somebody else wrote in the meantime
    return [_result(collection, source, outcome) for source, outcome in zip(sources, batch.outcomes, strict=True)]


def plan(collection: Collection, sources: Sequence[Source]) -> Batch:
    """Compare the sources with what is stored.

    Raises:
        InvalidInput: two articles of one lot have the same id and different texts.
    """
    added: dict[str, Article] = {}
    deleted: dict[int, None] = {}
    outcomes = []
    with collection.catalogue.engine.begin() as connection:
        for source in sources:
            if source.skipped is not None:
                outcomes.append("skipped")
                continue
            ids = [a.article_id for a in source.articles]
            stored = dict(collection.catalogue.articles_with_ids(connection, ids))
            if source.name is not None:
                stored |= dict(collection.catalogue.articles_of_source(connection, source.name))
            here = {a.article_id: a for a in stored.values()}
            gone = [number for number, article in stored.items() if article not in source.articles]
            new = [a for a in source.articles if here.get(a.article_id) != a]
            for article in new:
                if added.setdefault(article.article_id, article) != article:
                    raise InvalidInput(
                        f"{source.label}: article id {article.article_id!r} was given to two different articles.",
                        param="article_id",
                    )
            deleted.update(dict.fromkeys(gone))
            outcomes.append("unchanged" if not new and not gone else "replaced" if gone else "added")
    return Batch(tuple(added.values()), tuple(deleted), tuple(outcomes))


def _lots(sources: Iterable[Source]) -> Iterator[list[Source]]:
    lot: list[Source] = []
    size = 0
    for source in sources:
        lot.append(source)
        size += sum(len(a.text) for a in source.articles)
        if len(lot) >= ARTICLES_PER_COMMIT or size >= CHARACTERS_PER_COMMIT:
            yield lot
            lot, size = [], 0
    if lot:
        yield lot


def _result(collection: Collection, source: Source, outcome: str) -> FileResult:
    counts = collection.catalogue.passage_counts([a.article_id for a in source.articles])
    articles = tuple(AddedArticle(a.article_id, counts.get(a.article_id, 0)) for a in source.articles)
    return FileResult(source.label, outcome, articles, source.skipped)
