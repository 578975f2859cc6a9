"""Collects what came of each file: of the parts of a long file, and of the files in an archive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter

from qa_service.ingest.job_json import results_json
from qa_service.ingest.source import Place, Source
from qa_service.records import AddedArticle, FileResult
from qa_service.storage.writes import JobFile

__all__ = ["FileSoFar", "Results", "results_of_unread"]


@dataclass(slots=True)
class FileSoFar:
    """A file of which parts are stored."""

    result: FileResult
    articles: list[AddedArticle] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    versions: set[str | None] = field(default_factory=set)
    """SHA-256 of the files that the stored articles with these ids were read from."""
    ended: bool = False


class Results:
    """What came of the files so far, in the order in which they were given."""

    def __init__(self) -> None:
        self._files: dict[Place, FileSoFar] = {}
        self._closed: set[int] = set()
        self._next = 0
        self.passages = 0
        """Passages that were added."""

    @property
    def done(self) -> int:
        """Number of given files that are done."""
        return len(self._closed)

    def so_far(self, source: Source) -> FileSoFar | None:
        """What is known of the earlier parts of the source's file."""
        return self._files.get(source.place) if source.place is not None and not source.whole else None

    def add(
        self, sources: Sequence[Source], results: Sequence[FileResult], versions: Sequence[set[str | None]]
    ) -> None:
        """Record what came of sources. For `versions` see `FileSoFar`."""
        for source, result, met in zip(sources, results, versions, strict=True):
            place = source.place if source.place is not None else (self._next, 0)
            self._next = max(self._next, place[0] + 1)
            before = self.so_far(source)
            known = before or FileSoFar(result)
            known.result = _merged(before.result if before else None, result)
            known.articles += result.articles
            known.ids.update(a.article_id for a in result.articles)
            known.versions |= met
            known.ended = source.last
            if not source.is_archive or source.skipped is not None:
                self._files[place] = known
            elif result.warnings and (members := self._of(place[0])):
                last = members[-1][1]  # an archive that was read has no result of its own
                last.result = replace(last.result, warnings=(*last.result.warnings, *result.warnings))
            if source.last and source.closes:
                self._closed.add(place[0])
            if result.outcome not in ("unchanged", "skipped"):
                self.passages += sum(a.passages for a in result.articles)

    def finished(self, sources: Sequence[Source]) -> dict[JobFile, str]:
        """The files of jobs that are done with these sources, with their results as JSON."""
        return {
            source.job_file: results_json(
                [_complete(file) for _, file in sorted(self._of(source.place[0]), key=itemgetter(0))]
            )
            for source in sources
            if source.job_file is not None and source.place is not None and source.last and source.closes
        }

    def files(self, *, cancelled: bool = False) -> Iterator[FileResult]:
        """The results, in the order of the given files. If the ingest was cancelled, unfinished files say so."""
        for _, file in sorted(self._files.items(), key=itemgetter(0)):
            result = _complete(file)
            yield replace(result, outcome="cancelled") if cancelled and not file.ended else result

    def _of(self, group: int) -> list[tuple[Place, FileSoFar]]:
        return [(place, file) for place, file in self._files.items() if place[0] == group]


def results_of_unread(sources: Sequence[Source]) -> list[FileResult]:
    """The results of sources without articles, if there is no collection to store them."""
    return [
        FileResult(s.label, "skipped", (), s.skipped, s.warnings, s.kind, s.retryable)
        for s in sorted(sources, key=lambda s: s.place or (0, 0))
        if s.skipped is not None
    ]


def _complete(file: FileSoFar) -> FileResult:
    return replace(file.result, articles=tuple(file.articles))


def _merged(before: FileResult | None, result: FileResult) -> FileResult:
    """The result of both parts, without articles."""
    if before is None:
        return replace(result, articles=())
    outcomes = {before.outcome, result.outcome}
    outcome = next(o for o in ("skipped", "replaced", "added", "unchanged") if o in outcomes)
    return replace(
        result,
        outcome=outcome,
        articles=(),
        reason=before.reason or result.reason,
        warnings=tuple(dict.fromkeys((*before.warnings, *result.warnings))),
        kind=result.kind or before.kind,
        retryable=before.retryable or result.retryable,
    )
