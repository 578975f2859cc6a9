"""Ingests files, drafts and the files of jobs into a collection."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from itertools import chain
from pathlib import Path

from qa_service.errors import CollectionNotFound, InvalidInput
from qa_service.ingest.encode import Chunking, Encoder
from qa_service.ingest.files import GivenFile, GivenFiles
from qa_service.ingest.job_files import JobInput
from qa_service.ingest.job_json import read_results
from qa_service.ingest.parts import FileReader
from qa_service.ingest.results import results_of_unread
from qa_service.ingest.run import Progress, ingest_sources
from qa_service.ingest.source import Cancelled, Source, never
from qa_service.parsing import count_beir, find_sources, read_beir, read_draft
from qa_service.parsing.beir import CORPUS, SKIPPED_LINE
from qa_service.records import ArticleDraft, Cleaning, FileResult, IngestProgress, IngestReport, Job
from qa_service.service.open_collections import OpenCollections
from qa_service.settings import Settings

__all__ = [
    "beir_sources",
    "checked_beir",
    "chunking_of",
    "done_files",
    "forget_files",
    "given_files",
    "ingest_into",
    "read_as_is",
    "run_job",
    "with_unread",
]

IngestFiles = Callable[[GivenFiles, int, str, Progress | None, Callable[[], bool]], IngestReport]
"""(files with their numbers, how many, collection, progress, cancelled) -> report."""


def chunking_of(settings: Settings) -> Chunking:
    """The chunking that the settings ask for."""
    limits = (settings.max_word_pieces, settings.max_tokens, settings.overlap_sentences)
    return Chunking(*limits, whole=settings.chunking == "whole")


def read_as_is(draft: ArticleDraft) -> Source:
    """A text that needs no cleaning, as a source. If it is blank, the source says so."""
    label = draft.article_id or draft.meta.source or "draft"
    try:
        return Source(label, None, read_draft(replace(draft, cleaning=Cleaning.NONE)))
    except InvalidInput as error:
        return Source(label, None, skipped=f"{label}: {error.message}")


def beir_sources(folder: Path, told: Sequence[str] = ()) -> Iterator[Source]:
    """A BEIR folder's documents as sources. For one without text and title the source says so.

    `told` is what `checked_beir` found wrong. The lines that are no documents are a source at the end, and the first
    document carries the other warnings.
    """
    lines = [warning for warning in told if warning.endswith(SKIPPED_LINE)]
    values = tuple(warning for warning in told if not warning.endswith(SKIPPED_LINE))
    for number, draft in enumerate(read_beir(folder)):
        source = read_as_is(draft)
        yield replace(source, warnings=values) if values and number == 0 else source
    for warning in lines:
        yield Source(CORPUS, None, skipped=f"{CORPUS}: {warning}")


def checked_beir(folder: Path) -> tuple[int, list[str]]:
    """Number of documents of a BEIR folder, and what is wrong in it. Raises InvalidInput if it has no document."""
    told: list[str] = []
    return count_beir(folder, told.append), told


def ingest_into(
    collections: OpenCollections,
    name: str,
    sources: Iterable[Source],
    open_encoder: Callable[[], AbstractContextManager[Encoder]],
    *,
    total: int,
    progress: Progress | None,
    cancelled: Callable[[], bool] = never,
    reader: FileReader | None = None,
) -> IngestReport:
    """Store the sources. A missing collection is created as soon as there is something to store.

    If nothing was stored and so no collection created, the report has generation 0.
    """
    began = time.monotonic()
    with suppress(CollectionNotFound):  # any other error of the collection is raised before anything is read
        collections.get_for_vectors(name)
    waiting = iter(sources)
    first = []
    with suppress(Cancelled):
        for source in waiting:
            first.append(source)
            if source.articles:
                break
    try:
        opened = collections.get_for_vectors(name, create=bool(first and first[-1].articles))
    except CollectionNotFound:
        return IngestReport(name, 0, tuple(results_of_unread(first)), 0, 0, time.monotonic() - began)
    with open_encoder() as encoder:
        return ingest_sources(
            opened,
            chain(first, waiting),
            encoder,
            total=total,
            progress=progress,
            cancelled=cancelled,
            reader=reader,
        )


def given_files(paths: Path | str | Sequence[Path | str], columns: Mapping[str, str] | None = None) -> list[GivenFile]:
    """The files at these paths and in all folders below, see `find_sources`."""
    found = find_sources([Path(path) for path in ([paths] if isinstance(paths, str | Path) else paths)])
    return [GivenFile(f.path, f.name, f.metadata, f.skip_reason, f.bare, columns or {}) for f in found]


def with_unread(files: Sequence[GivenFile], report: IngestReport) -> IngestReport:
    """The report of a cancelled ingest, with a result for each file that was not read."""
    names = {file.name for file in files}
    found: dict[str, list[FileResult]] = {}
    for result in report.files:
        name = result.file
        while name not in names and "/" in name:  # a file in an archive
            name = name.rpartition("/")[0]
        found.setdefault(name, []).append(result)
    unread = {file.name: [FileResult(file.name, "cancelled")] for file in files}
    return replace(report, files=tuple(r for name in unread for r in found.get(name, unread[name])))


def run_job(
    collections: OpenCollections,
    ingest: IngestFiles,
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
    waiting = ((number, _of_job(job, number, given)) for number in left)
    report = ingest(waiting, len(left), job.collection, show, cancelled)
    with suppress(CollectionNotFound):  # nothing was stored
        done = collections.get_for_vectors(job.collection).done_files(job.job_id)
        stopped = [result for result in report.files if result.outcome == "cancelled"]
        report = replace(report, files=(*(r for n in sorted(done) for r in read_results(done[n])), *stopped))
    changed = [a for r in report.files if r.outcome != "unchanged" for a in r.articles]
    return replace(report, articles=len(changed), passages=sum(a.passages for a in changed))


def _of_job(job: Job, number: int, given: JobInput) -> GivenFile:
    file, bare = given.files[number], "/" not in given.files[number].name
    job_file = (job.job_id, number)
    return GivenFile(file.path, file.name, file.metadata, bare=bare, columns=given.columns, job_file=job_file)


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
