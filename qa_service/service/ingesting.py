"""Ingests files, drafts and the files of jobs into a collection."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from itertools import chain
from pathlib import Path

from qa_service.errors import CollectionNotFound, InvalidInput, UnreadableSource
from qa_service.ingest.encode import Chunking, Encoder
from qa_service.ingest.job_files import JobInput
from qa_service.ingest.job_json import read_results
from qa_service.ingest.run import Progress, ingest_sources
from qa_service.ingest.source import Source, never
from qa_service.parsing import SourceInfo, read_beir, read_draft, read_source
from qa_service.records import ArticleDraft, ArticleMeta, Cleaning, FileResult, IngestProgress, IngestReport, Job
from qa_service.service.open_collections import OpenCollections
from qa_service.settings import Settings

__all__ = [
    "beir_sources",
    "chunking_of",
    "done_files",
    "forget_files",
    "ingest_into",
    "read_as_is",
    "read_file",
    "run_job",
]

Ingest = Callable[[Iterable[Source], int, str, Progress | None, Callable[[], bool]], IngestReport]
"""(sources, number of files, collection, progress, cancelled) -> report."""


def chunking_of(settings: Settings) -> Chunking:
    """The chunking that the settings ask for."""
    limits = (settings.max_word_pieces, settings.max_tokens, settings.overlap_sentences)
    return Chunking(*limits, whole=settings.chunking == "whole")


def read_file(name: str, path: Path, metadata: ArticleMeta | None = None, skipped: str | None = None) -> Source:
    """A file as a source. If it cannot be read, the source says why."""
    if skipped is not None:
        return Source(name, name, skipped=skipped)
    try:
        with path.open("rb") as file:
            return Source(name, name, tuple(read_source(file, SourceInfo(name), metadata)))
    except UnreadableSource as error:
        return Source(name, name, skipped=error.message)
    except OSError as error:
        return Source(name, name, skipped=f"{name}: cannot be read: {error.strerror}")


def read_as_is(draft: ArticleDraft) -> Source:
    """A text that needs no cleaning, as a source. If it is blank, the source says so."""
    label = draft.article_id or draft.meta.source or "draft"
    try:
        return Source(label, None, read_draft(replace(draft, cleaning=Cleaning.NONE)))
    except InvalidInput as error:
        return Source(label, None, skipped=f"{label}: {error.message}")


def beir_sources(folder: Path) -> Iterator[Source]:
    """A BEIR folder's documents as sources. For one without text and title the source says so."""
    return (read_as_is(draft) for draft in read_beir(folder))


def ingest_into(
    collections: OpenCollections,
    name: str,
    sources: Iterable[Source],
    open_encoder: Callable[[], AbstractContextManager[Encoder]],
    *,
    total: int,
    progress: Progress | None,
    cancelled: Callable[[], bool] = never,
) -> IngestReport:
    """Store the sources. A missing collection is created as soon as there is something to store.

    If nothing was stored and so no collection created, the report has generation 0.
    """
    began = time.monotonic()
    with suppress(CollectionNotFound):  # any other error of the collection is raised before anything is read
        collections.get_for_vectors(name)
    waiting = iter(sources)
    first = []
    for source in waiting:
        first.append(source)
        if source.articles:
            break
    try:
        opened = collections.get_for_vectors(name, create=bool(first and first[-1].articles))
    except CollectionNotFound:
        skipped = tuple(FileResult(s.label, "skipped", reason=s.skipped) for s in first)
        return IngestReport(name, 0, skipped, 0, 0, time.monotonic() - began)
    with open_encoder() as encoder:
        return ingest_sources(
            opened, chain(first, waiting), encoder, total=total, progress=progress, cancelled=cancelled
        )


def run_job(
    collections: OpenCollections,
    ingest: Ingest,
    job: Job,
    given: JobInput,
    progress: Progress,
    cancelled: Callable[[], bool] = never,
) -> IngestReport:
    """Ingest the files that no earlier run of the job finished. The report covers all files.

    A file that is an archive has a result for each file in it.
    """
    before: set[int] = set()
    with suppress(CollectionNotFound):
        before = set(collections.get_for_vectors(job.collection).done_files(job.job_id))

    def show(now: IngestProgress) -> None:
        progress(replace(now, done_files=len(before) + now.done_files, total_files=len(given.files)))

    left = [number for number in range(len(given.files)) if number not in before]
    sources = (
        replace(read_file(file.name, file.path, file.metadata), job_file=(job.job_id, n), place=(n, 0))
        for n in left
        for file in (given.files[n],)
    )
    report = ingest(sources, len(left), job.collection, show, cancelled)
    with suppress(CollectionNotFound):  # nothing was stored
        done = collections.get_for_vectors(job.collection).done_files(job.job_id)
        stopped = [result for result in report.files if result.outcome == "cancelled"]
        report = replace(report, files=(*(r for n in sorted(done) for r in read_results(done[n])), *stopped))
    changed = [a for r in report.files if r.outcome != "unchanged" for a in r.articles]
    return replace(report, articles=len(changed), passages=sum(a.passages for a in changed))


def done_files(collections: OpenCollections, job: Job) -> dict[int, list[FileResult]]:
    """The results of the files of a job that are done, by number."""
    with suppress(CollectionNotFound):
        done = collections.get(job.collection).done_files(job.job_id)
        return {number: read_results(text) for number, text in done.items()}
    return {}


def forget_files(collections: OpenCollections, job: Job) -> None:
    """Delete the record of a finished job's files."""
    with suppress(CollectionNotFound):
        collections.get(job.collection).forget_job(job.job_id)
