"""How far an evaluation is: a bar with remaining time on a terminal, a plain line every few seconds elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TextIO

import click

if TYPE_CHECKING:
    from tqdm import tqdm

    from qa_service.evaluation.run import EvaluationProgress as Asked

__all__ = ["EvaluationProgress", "describe"]

SECONDS_BETWEEN_LINES = 5.0


class EvaluationProgress:
    """Call it with what `evaluate` tells. Writes to standard error, so that standard output stays the result's."""

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
        self._bar: tqdm[Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()

    def __call__(self, progress: Asked) -> None:
        if progress.resumed and not self._told_resumed:
            click.echo(f"going on after {progress.resumed} of {progress.total} questions", file=self._stream)
            self._told_resumed = True
        if self._stream.isatty():
            self._draw(progress)
        elif progress.done < progress.total and self._clock() - self._last_line >= self._every:
            self._last_line = self._clock()
            click.echo(describe(progress), file=self._stream)

    def _draw(self, progress: Asked) -> None:
        if self._bar is None:
            from tqdm import tqdm

            self._bar = tqdm(
                total=progress.total,
                initial=progress.resumed,
                unit="question",
                desc="evaluate",
                file=self._stream,
                dynamic_ncols=True,
            )
        self._bar.update(progress.done - self._bar.n)


def describe(progress: Asked) -> str:
    """`320 of 600 questions, 45.2 questions/s, about 6 s left`."""
    asked = progress.done - progress.resumed
    line = f"{progress.done} of {progress.total} questions"
    if asked and progress.seconds > 0:
        left = progress.seconds / asked * (progress.total - progress.done)
        line += f", {asked / progress.seconds:.1f} questions/s, about {left:.0f} s left"
    return line
