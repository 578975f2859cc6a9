"""Ingests articles into a collection. It encodes and commits new articles only.

Encoding runs outside the writer's lock. Under the lock, the ingest compares again with the stored articles and commits.
While it commits a lot, it encodes the next lot, and reads and cuts the lot after that.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass

from qa_service.ingest.ahead import ahead
from qa_service.ingest.encode import CutArticle, Encoder
from qa_service.ingest.parts import FileReader
from qa_service.ingest.plan import CommitPlan, forget_marks, marks, plan, portions
from qa_service.ingest.results import Results
from qa_service.ingest.source import Cancelled, Source, never
from qa_service.records import AddedArticle, FileResult, IngestProgress, IngestReport
from qa_service.storage.port import Store
from qa_service.storage.writes import EncodedArticle

__all__ = ["Lot", "Progress", "commit_lot", "ingest_sources", "store"]

Progress = Callable[[IngestProgress], None]

ARTICLES_PER_COMMIT = 64
CHARACTERS_PER_COMMIT = 200_000


@dataclass(frozen=True, slots=True)
class Lot:
    """Sources of one commit, with the encoded articles that `planned` adds."""

    sources: Sequence[Source]
    planned: CommitPlan
    encoded: Sequence[EncodedArticle]


def ingest_sources(
    target: Store,
    sources: Iterable[Source],
    encoder: Encoder,
    *,
    total: int,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = never,
    reader: FileReader | None = None,
) -> IngestReport:
    """Stores the sources in several commits, then merges the indexes if due.

    A source is skipped if an id in it belongs to an article of another source: both would replace each other.

    Args:
        total: number of given files, for `progress`.
        cancelled: asked several times a second, from several threads. Once it is True, the ingest stops. What is
            committed stays; the report covers it, and the parts of a long file that are stored.
        reader: what reads the sources, to be stopped if the ingest ends early.
    """
    began = time.monotonic()
    results = Results()
    given: dict[str, str] = {}
    shown: list[str | None] = [None]
    current = reader.current if reader is not None else lambda: None

    def check() -> None:
        if cancelled():
            raise Cancelled

    def show() -> None:
        if progress is not None:
            shown[0] = current()
            progress(IngestProgress(results.done, total, results.passages, time.monotonic() - began, shown[0]))

    def tick() -> None:
        check()
        if current() != shown[0]:
            show()

    def cut(lot: list[Source]) -> tuple[list[Source], CommitPlan, list[CutArticle]]:
        planned = plan(target, lot, given)  # earlier lots may not be stored yet: `commit_lot` compares again
        return lot, planned, encoder.cut(planned.added)

    def encode(lot: tuple[list[Source], CommitPlan, list[CutArticle]]) -> Lot:
        return Lot(lot[0], lot[1], encoder.encode(lot[2], check))

    was_cancelled = True
    with suppress(Cancelled), closing(ahead(encode, ahead(cut, _lots(sources)), tick)) as lots:
        try:
            for lot in lots:
                stored = commit_lot(target, lot, encoder, given, results)
                given |= {a.article_id: s.label for s, r in zip(lot.sources, stored, strict=True) for a in r.articles}
                if target.maintenance_due(bulk=True):
                    target.maintain()
                show()
            was_cancelled = False
        except BaseException:
            if reader is not None:
                reader.stop()  # before the threads are waited for
            raise
    if target.maintenance_due():
        target.maintain()
    files = tuple(results.files(cancelled=was_cancelled))
    return IngestReport(
        collection=target.name,
        generation=target.snapshot().generation,
        files=files,
        articles=sum(len(r.articles) for r in files if r.outcome != "unchanged"),
        passages=results.passages,
        seconds=time.monotonic() - began,
    )


def store(target: Store, sources: Sequence[Source], encoder: Encoder) -> list[FileResult]:
    """Stores posted articles in one commit. Afterwards they are on disk and in the snapshot."""
    planned = plan(target, sources)
    return commit_lot(target, Lot(sources, planned, encoder.encode(encoder.cut(planned.added))), encoder, None)


def commit_lot(
    target: Store,
    lot: Lot,
    encoder: Encoder,
    given: Mapping[str, str] | None,
    earlier: Results | None = None,
) -> list[FileResult]:
    """Stores the lot in one commit, and adds what came of it to `earlier`. For `given` see `plan`."""
    results = Results() if earlier is None else earlier
    sources, planned = lot.sources, lot.planned
    encoded = {e.article.article_id: e for e in lot.encoded}
    while True:
        missing = [a for a in planned.added if a.article_id not in encoded or encoded[a.article_id].article != a]
        if missing:
            encoded.update((e.article.article_id, e) for e in encoder.encode(encoder.cut(missing)))
        with target.writing():
            again = plan(target, sources, given, results)
            if again == planned:
                new = [encoded[a.article_id] for a in planned.added]
                found = _results(target, sources, planned, new)
                results.add(sources, found, [set(o.versions) for o in planned.outcomes])
                done = results.finished(sources) | marks(target, sources, planned)
                if new or planned.deleted or done:
                    target.write(new, planned.deleted, done)
                forget_marks(target, sources)
                return found
        planned = again  # another lot or writer was committed in the meantime


def _lots(sources: Iterable[Source]) -> Iterator[list[Source]]:
    lot: list[Source] = []
    count = size = 0
    for source in sources:
        lot.append(source)
        count += max(1, len(source.articles))
        size += sum(len(a.text) for a in source.articles)
        if count >= ARTICLES_PER_COMMIT or size >= CHARACTERS_PER_COMMIT:
            yield lot
            lot, count, size = [], 0, 0
    if lot:
        yield lot


def _results(
    target: Store, sources: Sequence[Source], planned: CommitPlan, new: Sequence[EncodedArticle]
) -> list[FileResult]:
    counts: dict[str, int] = {}
    for some in portions([a.article_id for o in planned.outcomes for a in o.articles]):
        counts |= target.passage_counts(some)
    counts |= {e.article.article_id: len(e.passages) for e in new}
    results = []
    for source, planned_for in zip(sources, planned.outcomes, strict=True):
        articles = tuple(AddedArticle(a.article_id, counts[a.article_id]) for a in planned_for.articles)
        warnings = source.warnings if planned_for.warning is None else (*source.warnings, planned_for.warning)
        results.append(
            FileResult(
                source.label,
                planned_for.outcome,
                articles,
                planned_for.reason,
                warnings,
                source.kind,
                source.retryable and planned_for.outcome == "skipped",
            )
        )
    return results
