"""How far an ingest is: a bar with rate and remaining time on a terminal, a plain line every few seconds elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TextIO

import click

if TYPE_CHECKING:
    from tqdm import tqdm

    from qa_service.records import IngestProgress

__all__ = ["Progress"]

SECONDS_BETWEEN_LINES = 5.0


class Progress:
    """Call it with each `IngestProgress`. Writes to standard error, so that standard output stays the result's.

    `noun` is what is counted: a file, or a document.
    """

    def __init__(
        self,
        noun: str = "file",
        *,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
        every: float = SECONDS_BETWEEN_LINES,
    ) -> None:
        self._noun = noun
        self._stream = sys.stderr if stream is None else stream
        self._clock = clock
        self._every = every
        self._last_line = clock()
        self._bar: tqdm[Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()

    def __call__(self, progress: IngestProgress) -> None:
        if self._stream.isatty():
            self._draw(progress)
        elif progress.done_files < progress.total_files and self._clock() - self._last_line >= self._every:
            self._last_line = self._clock()
            click.echo(describe(progress, self._noun), file=self._stream)

    def _draw(self, progress: IngestProgress) -> None:
        bar = self._new_bar() if self._bar is None else self._bar
        bar.total = progress.total_files
        bar.set_postfix_str(_passages(progress), refresh=False)
        bar.update(progress.done_files - bar.n)
        bar.refresh()

    def _new_bar(self) -> tqdm[Any]:
        from tqdm import tqdm

        self._bar = tqdm(unit=self._noun, desc="ingest", file=self._stream, dynamic_ncols=True)
        return self._bar


def describe(progress: IngestProgress, noun: str = "file") -> str:
    """`12 of 40 files, 321 passages, 27.1 passages/s, about 28 s left`. Remaining time is by files, as the bar's is."""
    line = f"{progress.done_files} of {progress.total_files} {noun}s, {_passages(progress)}"
    if progress.done_files and progress.seconds > 0:
        left = progress.seconds / progress.done_files * (progress.total_files - progress.done_files)
        line += f", about {left:.0f} s left"
    return line


def _passages(progress: IngestProgress) -> str:
    rate = f", {progress.passages / progress.seconds:.1f} passages/s" if progress.seconds > 0 else ""
    return f"{progress.passages} passages{rate}"
