"""Shows the progress of a long command: a bar with remaining time on a terminal, else a line every few seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Self, TextIO, TypeVar

import click

from qa_service.cli.show import printable

if TYPE_CHECKING:
    from tqdm import tqdm

    from qa_service.records import IngestProgress

__all__ = ["Progress", "ProgressDisplay", "Step", "describe"]

SECONDS_BETWEEN_LINES = 5.0
LONGEST_NAME = 40
"""Characters of a file's name beside the bar."""

Told = TypeVar("Told")


@dataclass(frozen=True, slots=True)
class Step:
    """`done` of `total`; `resumed` of them were done before this run. `line` replaces the bar outside a terminal;
    `beside` stands next to the bar. A new `stage` begins a new bar."""

    stage: str
    noun: str
    done: int
    total: int
    line: str
    resumed: int = 0
    beside: str = ""


class ProgressDisplay(Generic[Told]):
    """Call it with each progress report; `step` turns a report into a line or bar. It writes to standard error, because
    standard output is for the result."""

    def __init__(
        self,
        *,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
        every: float = SECONDS_BETWEEN_LINES,
    ) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._clock = clock
        self._every = every
        self._last_line = clock()
        self._told_resumed = False
        self._stage = ""
        self._bar: tqdm[Any] | None = None

    def step(self, told: Told) -> Step:
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._close()

    def __call__(self, told: Told) -> None:
        step = self.step(told)
        if step.resumed and not self._told_resumed:
            click.echo(f"going on after {step.resumed} of {step.total} {step.noun}s", file=self._stream)
            self._told_resumed = True
        if self._stream.isatty():
            self._draw(step)
        elif step.done < step.total and self._clock() - self._last_line >= self._every:
            self._last_line = self._clock()
            click.echo(step.line, file=self._stream)

    def _draw(self, step: Step) -> None:
        if self._bar is None or step.stage != self._stage:
            from tqdm import tqdm

            self._close()
            self._stage = step.stage
            about: dict[str, Any] = {"desc": step.stage, "unit": step.noun, "file": self._stream, "dynamic_ncols": True}
            self._bar = tqdm(total=step.total, initial=step.resumed, **about)
        self._bar.total = step.total
        self._bar.set_postfix_str(step.beside, refresh=False)
        self._bar.update(step.done - self._bar.n)
        self._bar.refresh()

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


class Progress(ProgressDisplay["IngestProgress"]):
    """Progress of an ingest; `noun` is the counted thing: a file, or a document."""

    def __init__(self, noun: str = "file", **display: Any) -> None:
        super().__init__(**display)
        self._noun = noun
        self.total: int | None = None
        """Number of the given files, once it is known."""

    def step(self, told: IngestProgress) -> Step:
        self.total = told.total_files
        line = describe(told, self._noun)
        return Step("ingest", self._noun, told.done_files, told.total_files, line, beside=_passages(told))


def describe(progress: IngestProgress, noun: str = "file") -> str:
    """`12 of 40 files, 321 passages, 27.1 passages/s, about 28 s left`. Remaining time is estimated from files, as in
    the bar."""
    line = f"{progress.done_files} of {progress.total_files} {noun}s, {_passages(progress)}"
    if progress.done_files and progress.seconds > 0:
        left = progress.seconds / progress.done_files * (progress.total_files - progress.done_files)
        line += f", about {left:.0f} s left"
    return line


def _passages(progress: IngestProgress) -> str:
    """Counts, and the file that is being read."""
    rate = f", {progress.passages / progress.seconds:.1f} passages/s" if progress.seconds > 0 else ""
    reading = "" if progress.current is None else f", reading {_short(progress.current)}"
    return f"{progress.passages} passages{rate}{reading}"


def _short(name: str) -> str:
    """The end of a name, which tells files apart."""
    shown = printable(name)
    return shown if len(shown) <= LONGEST_NAME else f"…{shown[1 - LONGEST_NAME :]}"
