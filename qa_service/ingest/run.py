"""Articles into a collection: what is new is encoded and committed, what is there already costs nothing.

Encoding happens outside the writer's lock, which is held only to commit; the comparison with what is stored is made
again under it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from qa_service.errors import InvalidInput
from qa_service.ingest.encode import Encoder
from qa_service.ingest.job_records import result_json
from qa_service.records import AddedArticle, Article, FileResult, IngestProgress, IngestReport
from qa_service.storage.local.changes import EncodedArticle, JobFile
from qa_service.storage.local.collection import Collection

__all__ = ["Batch", "Progress", "Source", "ingest_sources", "store"]

Progress = Callable[[IngestProgress], None]

ARTICLES_PER_COMMIT = 64
CHARACTERS_PER_COMMIT = 200_000
IDS_PER_QUERY = 10_000
"""SQLite takes 32 766 variables in a statement, or as many as it was built for."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file, or a posted article, and what was read from it. `skipped` says why nothing was.

    `name` None: the articles belong to no file; they replace only articles of the same id. `job_file`: which file of
    which job this is, recorded as done with the commit.
    """

    label: str
    name: str | None
    articles: tuple[Article, ...] = ()
    skipped: str | None = None
    job_file: JobFile | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What committing some sources would do."""

    added: tuple[Article, ...]
    deleted: tuple[int, ...]
    outcomes: tuple[tuple[str, str | None], ...]
    """Of each source: what comes of it and, where it is skipped, why."""


def ingest_sources(
    collection: Collection,
    sources: Iterable[Source],
    encoder: Encoder,
    *,
    total: int,
    progress: Progress | None = None,
) -> IngestReport:
    """Store the sources, some at a time, each lot whole or not at all; then bring the indexes up to date.

    A source with an article id that belongs to another is skipped: the two would replace each other for ever.
    """
    began = time.monotonic()
    results: list[FileResult] = []
    given: dict[str, str] = {}
    passages = 0
    for lot in _lots(sources):
        stored = store(collection, lot, encoder, given)
        results += stored
        given |= {a.article_id: s.label for s, r in zip(lot, stored, strict=True) for a in r.articles}
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


def store(
    collection: Collection, sources: Sequence[Source], encoder: Encoder, given: Mapping[str, str] | None = None
) -> list[FileResult]:
    """One commit. When this returns, the articles are on disk and in the snapshot. For `given` see `plan`."""
    batch = plan(collection, sources, given)
    encoded: dict[str, EncodedArticle] = {}
    while True:
        missing = [a for a in batch.added if a.article_id not in encoded or encoded[a.article_id].article != a]
        encoded.update((e.article.article_id, e) for e in encoder.encode(missing))
        with collection.writing():
            again = plan(collection, sources, given)
            if again == batch:
                new = [encoded[a.article_id] for a in batch.added]
                results = _results(collection, sources, batch, new)
                done = {
                    s.job_file: result_json(r) for s, r in zip(sources, results, strict=True) if s.job_file is not None
                }
                if new or batch.deleted or done:
                    collection.commit(new, batch.deleted, done)
                return results
        batch = again  # somebody else wrote in the meantime


def plan(collection: Collection, sources: Sequence[Source], given: Mapping[str, str] | None = None) -> Batch:
    """Compare the sources with what is stored.

    Args:
        given: None where the articles replace whatever has their ids, as a posted one does. Else the ids that this
            ingest has stored, with the labels of the sources they came from; an id of theirs, or of an article that is
            stored with another `source`, is not replaced, and whatever brings it is skipped.

    Raises:
        InvalidInput: `given` is None, and two articles have the same id and different texts.
    """
    added: dict[str, Article] = {}
    deleted: dict[int, None] = {}
    outcomes: list[tuple[str, str | None]] = []
    earlier: dict[str, str] = {}
    with collection.catalogue.engine.begin() as connection:
        for source in sources:
            if source.skipped is not None:
                outcomes.append(("skipped", source.skipped))
                continue
            ids = [a.article_id for a in source.articles]
            stored: dict[int, Article] = {}
            for some in _portions(ids):
                stored |= collection.catalogue.articles_with_ids(connection, some)
            if source.name is not None:
                stored |= collection.catalogue.articles_of_source(connection, source.name)
            here = {a.article_id: a for number, a in stored.items() if number not in deleted} | added
            reason = _conflict(source, here, earlier if given is None else {**given, **earlier}, given is None)
            if reason is not None and given is None:
                raise InvalidInput(reason, param="article_id")
            if reason is not None:
                outcomes.append(("skipped", reason))
                continue
            own = {a.article_id: a for a in source.articles}
            gone = [n for n, a in stored.items() if n not in deleted and own.get(a.article_id) != a]
            new = {i: a for i, a in own.items() if here.get(i) != a}
            added |= new
            earlier |= dict.fromkeys(ids, source.label)
            deleted |= dict.fromkeys(gone)
            outcomes.append(("unchanged" if not new and not gone else "replaced" if gone else "added", None))
    return Batch(tuple(added.values()), tuple(deleted), tuple(outcomes))


def _conflict(source: Source, here: Mapping[str, Article], earlier: Mapping[str, str], replaces: bool) -> str | None:
    """Why the source cannot be stored, if an id in it is another article's."""
    own: dict[str, Article] = {}
    for article in source.articles:
        known = here.get(article.article_id)
        other = None
        if own.setdefault(article.article_id, article) != article:
            other = source.label
        elif known is None or known == article:
            continue
        elif article.article_id in earlier:
            other = earlier[article.article_id]
        elif not replaces and article.meta.source is not None and known.meta.source not in (None, article.meta.source):
            other = known.meta.source
        if other is not None:
            return (
                f"{source.label}: article id {article.article_id!r} belongs to another article, of {other}. "
                "Give this one an id of its own, or delete the other."
            )
    return None


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


def _portions(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[at : at + IDS_PER_QUERY] for at in range(0, len(ids), IDS_PER_QUERY))


def _results(
    collection: Collection, sources: Sequence[Source], batch: Batch, new: Sequence[EncodedArticle]
) -> list[FileResult]:
    counts: dict[str, int] = {}
    for some in _portions([a.article_id for s in sources for a in s.articles]):
        counts |= collection.catalogue.passage_counts(some)
    counts |= {e.article.article_id: len(e.passages) for e in new}
    results = []
    for source, (outcome, reason) in zip(sources, batch.outcomes, strict=True):
        stored = source.articles if outcome != "skipped" else ()
        articles = tuple(AddedArticle(a.article_id, counts[a.article_id]) for a in stored)
        results.append(FileResult(source.label, outcome, articles, reason))
    return results
