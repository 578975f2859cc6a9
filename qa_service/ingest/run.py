"""Ingests articles into a collection. It encodes and commits new articles only.

Encoding runs outside the writer's lock. Under the lock, the ingest compares again with the stored articles and commits.
While it commits a lot, it encodes the next lot, and reads and cuts the lot after that.
"""

from __future__ import annotations

import time
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from qa_service.errors import InvalidInput
from qa_service.ingest.ahead import ahead
from qa_service.ingest.encode import CutArticle, Encoder
from qa_service.ingest.job_json import result_json
from qa_service.records import AddedArticle, Article, FileResult, IngestProgress, IngestReport
from qa_service.storage.port import Store
from qa_service.storage.writes import EncodedArticle, JobFile

__all__ = ["CommitPlan", "Lot", "Progress", "Source", "commit_lot", "ingest_sources", "store"]

Progress = Callable[[IngestProgress], None]

ARTICLES_PER_COMMIT = 64
CHARACTERS_PER_COMMIT = 200_000
IDS_PER_QUERY = 10_000
"""SQLite allows 32 766 variables per statement by default."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file or a posted article, with its parsed articles. `skipped` is the reason if there are none.

    Without a `name` the articles belong to no file, and replace only articles with the same id. The commit records
    `job_file` as done.
    """

    label: str
    name: str | None
    articles: tuple[Article, ...] = ()
    skipped: str | None = None
    job_file: JobFile | None = None


@dataclass(frozen=True, slots=True)
class CommitPlan:
    """The changes that a commit of some sources makes."""

    added: tuple[Article, ...]
    deleted: tuple[str, ...]
    outcomes: tuple[tuple[str, str | None], ...]
    """Outcome of each source, with the reason if it is skipped."""


def ingest_sources(
    target: Store,
    sources: Iterable[Source],
    encoder: Encoder,
    *,
    total: int,
    progress: Progress | None = None,
) -> IngestReport:
    """Stores the sources in several commits, then merges the indexes if due.

    A source is skipped if an id in it belongs to an article of another source: both would replace each other.
    """
    began = time.monotonic()
    results: list[FileResult] = []
    given: dict[str, str] = {}
    passages = 0

    def cut(lot: list[Source]) -> tuple[list[Source], CommitPlan, list[CutArticle]]:
        planned = plan(target, lot, given)  # earlier lots may not be stored yet: `commit_lot` compares again
        return lot, planned, encoder.cut(planned.added)

    def encode(lot: tuple[list[Source], CommitPlan, list[CutArticle]]) -> Lot:
        return Lot(lot[0], lot[1], encoder.encode(lot[2]))

    with closing(ahead(encode, ahead(cut, _lots(sources)))) as lots:
        for lot in lots:
            stored = commit_lot(target, lot, encoder, given)
            results += stored
            given |= {a.article_id: s.label for s, r in zip(lot.sources, stored, strict=True) for a in r.articles}
            passages += sum(a.passages for r in stored if r.outcome != "unchanged" for a in r.articles)
            if target.maintenance_due(bulk=True):
                target.maintain()
            if progress is not None:
                progress(IngestProgress(len(results), total, passages, time.monotonic() - began))
    if target.maintenance_due():
        target.maintain()
    return IngestReport(
        collection=target.name,
        generation=target.snapshot().generation,
        files=tuple(results),
        articles=sum(len(r.articles) for r in results if r.outcome != "unchanged"),
        passages=passages,
        seconds=time.monotonic() - began,
    )


def store(target: Store, sources: Sequence[Source], encoder: Encoder) -> list[FileResult]:
    """Stores posted articles in one commit. Afterwards they are on disk and in the snapshot."""
    planned = plan(target, sources)
    return commit_lot(target, Lot(sources, planned, encoder.encode(encoder.cut(planned.added))), encoder, None)


@dataclass(frozen=True, slots=True)
class Lot:
    """Sources of one commit, with the encoded articles that `planned` adds."""

    sources: Sequence[Source]
    planned: CommitPlan
    encoded: Sequence[EncodedArticle]


def commit_lot(target: Store, lot: Lot, encoder: Encoder, given: dict[str, str] | None) -> list[FileResult]:
    """Stores the lot in one commit. For `given` see `plan`."""
    sources, planned = lot.sources, lot.planned
    encoded = {e.article.article_id: e for e in lot.encoded}
    while True:
        missing = [a for a in planned.added if a.article_id not in encoded or encoded[a.article_id].article != a]
        if missing:
            encoded.update((e.article.article_id, e) for e in encoder.encode(encoder.cut(missing)))
        with target.writing():
            again = plan(target, sources, given)
            if again == planned:
                new = [encoded[a.article_id] for a in planned.added]
                results = _results(target, sources, planned, new)
                done = {
                    s.job_file: result_json(r) for s, r in zip(sources, results, strict=True) if s.job_file is not None
                }
                if new or planned.deleted or done:
                    target.write(new, planned.deleted, done)
                return results
        planned = again  # another lot or writer was committed in the meantime


def plan(target: Store, sources: Sequence[Source], given: dict[str, str] | None = None) -> CommitPlan:
    """Compares the sources with the stored articles.

    Args:
        given: None for posted articles, which replace articles of the same id. Else the ids that this ingest stored,
            each with the label of its source. A source with such an id, or with the id of an article of another stored
            `source`, is skipped.

    Raises:
        InvalidInput: `given` is None, and two articles have the same id and different texts.
    """
    added: dict[str, Article] = {}
    deleted: dict[str, None] = {}
    outcomes: list[tuple[str, str | None]] = []
    earlier: dict[str, str] = {}
    for source in sources:
        if source.skipped is not None:
            outcomes.append(("skipped", source.skipped))
            continue
        ids = [a.article_id for a in source.articles]
        found = [article for some in _portions(ids) for article in target.articles_with_ids(some)]
        if source.name is not None:
            found += target.articles_of_source(source.name)
        stored = {a.article_id: a for a in found if a.article_id not in deleted}
        here = stored | added
        known = earlier if given is None else ChainMap(earlier, given)
        reason = _conflict(source, here, known, given is None)
        if reason is not None and given is None:
            raise InvalidInput(reason, param="article_id")
        if reason is not None:
            outcomes.append(("skipped", reason))
            continue
        own = {a.article_id: a for a in source.articles}
        gone = [i for i, a in stored.items() if own.get(i) != a]
        new = {i: a for i, a in own.items() if here.get(i) != a}
        added |= new
        earlier |= dict.fromkeys(ids, source.label)
        deleted |= dict.fromkeys(gone)
        outcomes.append(("unchanged" if not new and not gone else "replaced" if gone else "added", None))
    return CommitPlan(tuple(added.values()), tuple(deleted), tuple(outcomes))


def _conflict(source: Source, here: Mapping[str, Article], earlier: Mapping[str, str], replaces: bool) -> str | None:
    """The reason to skip the source if an id in it belongs to another article, else None."""
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
                f"{source.label}: article id {article.article_id!r} belongs to another article, from {other}. "
                "Give this article a different id, or delete the other article."
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
    target: Store, sources: Sequence[Source], planned: CommitPlan, new: Sequence[EncodedArticle]
) -> list[FileResult]:
    counts: dict[str, int] = {}
    for some in _portions([a.article_id for s in sources for a in s.articles]):
        counts |= target.passage_counts(some)
    counts |= {e.article.article_id: len(e.passages) for e in new}
    results = []
    for source, (outcome, reason) in zip(sources, planned.outcomes, strict=True):
        stored = source.articles if outcome != "skipped" else ()
        articles = tuple(AddedArticle(a.article_id, counts[a.article_id]) for a in stored)
        results.append(FileResult(source.label, outcome, articles, reason))
    return results
