"""Reads files without storing anything: the articles that they would give, and what happens to their lines."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from qa_service.errors import InvalidInput
from qa_service.ingest.parser import ParseLimits
from qa_service.ingest.parts import FileReader
from qa_service.ingest.run import Progress
from qa_service.ingest.source import Place, Source
from qa_service.parsing import SourceInfo
from qa_service.parsing.formats import FORMATS
from qa_service.records import ArticlePreview, FilePreview, IngestProgress
from qa_service.records.articles import OPENING
from qa_service.service import ingesting
from qa_service.settings import Settings

if TYPE_CHECKING:
    from qa_service.parsing.explain import ExplainedLine

__all__ = ["PreviewCalls", "formats_in_words", "parse_limits"]

ARCHIVES = "ZIP, TAR, gzip, bzip2 and xz archives"


def formats_in_words() -> str:
    """The formats that are read, with their usual suffixes."""
    listed = ", ".join(f"{one.name} ({' '.join(one.suffixes)})" for one in FORMATS)
    return f"{listed}, and {ARCHIVES} of these"


class PreviewCalls:
    """Base of `Service`: reading without storing."""

    settings: Settings

    def preview(
        self,
        paths: Path | str | Sequence[Path | str],
        progress: Progress | None = None,
        *,
        columns: Mapping[str, str] | None = None,
    ) -> list[FilePreview]:
        """Read files and folders as `ingest` does, and store nothing: the articles that they would give."""
        files = ingesting.given_files(paths, columns)
        with FileReader(enumerate(files), parse_limits(self.settings)) as reader:
            return _previewed(reader, len(files), progress)

    def explain(self, path: Path | str, *, columns: Mapping[str, str] | None = None) -> Iterator[ExplainedLine]:
        """What happens to each line of a file when it is read: kept, changed or dropped, and by which rule.

        Raises:
            InvalidInput: the file cannot be read. UnreadableSource: it holds no text.
        """
        from qa_service.parsing.explain import explain_source

        path = Path(path)
        try:
            with path.open("rb") as file:
                yield from explain_source(file, SourceInfo(path.name, columns or {}))
        except OSError as error:
            raise InvalidInput(f"{path}: cannot be read: {error.strerror}.", param="paths") from None


def parse_limits(settings: Settings) -> ParseLimits:
    """The limits of reading one file."""
    return ParseLimits(settings.parse_seconds, settings.parse_megabytes)


def _previewed(reader: FileReader, total: int, progress: Progress | None) -> list[FilePreview]:
    """The files that `reader` reads, in the order in which they were given."""
    began = time.monotonic()
    found: dict[Place, FilePreview] = {}
    done = 0
    for source in reader.sources():
        place = source.place or (0, len(found))
        if not source.is_archive or source.skipped is not None:
            found[place] = _with_part(found.get(place), source)
        done += source.last and source.closes
        if progress is not None:
            progress(IngestProgress(done, total, 0, time.monotonic() - began, reader.current()))
    return [preview for _, preview in sorted(found.items())]


def _with_part(before: FilePreview | None, source: Source) -> FilePreview:
    articles = tuple(
        ArticlePreview(a.meta, len(a.text), len(a.pages) or None, a.text[:OPENING]) for a in source.articles
    )
    if before is None:
        warnings = source.warnings
        return FilePreview(source.label, source.kind, articles, source.skipped, warnings, source.retryable)
    return replace(
        before,
        articles=before.articles + articles,
        reason=before.reason or source.skipped,
        warnings=before.warnings + source.warnings,
        retryable=before.retryable or source.retryable,
    )
