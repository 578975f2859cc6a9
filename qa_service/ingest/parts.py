"""Reads files to sources. A small file becomes one source; a long one comes in parts, so that memory stays flat."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Self

from qa_service.ingest.files import GivenFiles, files_to_read
from qa_service.ingest.parse_messages import Ended, Message, Opened, Read, Warned
from qa_service.ingest.parse_pool import FileToRead, ParsePool
from qa_service.ingest.parser import ParseLimits
from qa_service.ingest.source import Place, Source, never
from qa_service.machine import cores
from qa_service.records import Article

__all__ = ["FileReader"]

SMALL_ARTICLES = 256
SMALL_CHARACTERS = 2_000_000
"""A file with more articles or characters is long: its parts are stored in commits of their own."""


@dataclass(slots=True)
class _Open:
    """A file that is being read."""

    file: FileToRead
    articles: list[Article] = field(default_factory=list)
    characters: int = 0
    warnings: list[str] = field(default_factory=list)
    kind: str | None = None
    whole: bool = True

    def part(self, *, last: bool, skipped: str | None = None, retryable: bool = False) -> Source:
        """The articles that wait, as a source."""
        file, articles = self.file, tuple(self.articles)
        self.articles, self.characters = [], 0
        warnings, self.warnings = tuple(self.warnings), []
        return Source(
            file.request.name,
            file.request.name,
            articles if skipped is None else (),
            skipped,
            file.job_file,
            self.kind or file.kind,
            warnings,
            retryable,
            file.bare,
            file.place,
            self.whole,
            last,
            file.closes,
            file.members if skipped is None else None,
        )


class FileReader:
    """Parses files in processes. Use it in a `with` statement, which ends the processes."""

    def __init__(
        self,
        files: GivenFiles,
        limits: ParseLimits,
        cancelled: Callable[[], bool] = never,
    ) -> None:
        """`files` come with their number. `cancelled` is asked several times a second."""
        self._cancelled = cancelled
        stopped = threading.Event()
        found = files_to_read(files, lambda: stopped.is_set() or cancelled())
        self._pool = ParsePool(found, limits, stopped)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def current(self) -> str | None:
        """Name of the file that is being read."""
        return self._pool.current

    def stop(self) -> None:
        """End the processes. `sources` then raises Cancelled."""
        self._pool.stop()

    def sources(self) -> Iterator[Source]:
        """The files as sources.

        Raises:
            Cancelled: `cancelled` returned True, or `stop` was called.
        """
        open_files: dict[Place, _Open] = {}
        for file, message in self._pool.messages(self._cancelled, max(2, cores())):
            known = open_files.setdefault(file.place, _Open(file, warnings=list(file.warnings)))
            yield from _taken(known, message)
            if isinstance(message, Ended):
                del open_files[file.place]


def _taken(known: _Open, message: Message) -> Iterator[Source]:
    """Takes a message; yields a part if enough articles wait, and the last part at the end."""
    if isinstance(message, Opened):
        known.kind = message.kind
    elif isinstance(message, Warned):
        known.warnings.append(message.text)
    elif isinstance(message, Read):
        if not known.whole and known.articles:
            yield known.part(last=False)
        known.articles += message.articles
        known.characters += sum(len(article.text) for article in message.articles)
        if known.whole and (len(known.articles) > SMALL_ARTICLES or known.characters > SMALL_CHARACTERS):
            known.whole = len(known.articles) == 1  # an article is never in two parts
            if not known.whole:
                yield known.part(last=False)
    elif message.reason is not None:
        if not known.whole and known.articles:
            yield known.part(last=False)
        yield known.part(last=True, skipped=message.reason, retryable=message.retryable)
    elif known.file.members is None and known.whole and not known.articles:
        reason = known.warnings[0] if known.warnings else "it holds no text."
        yield known.part(last=True, skipped=f"{known.file.request.name}: {reason}")
    else:
        yield known.part(last=True)
