"""Processes that measure questions beside this one. Each loads the model once, and opens whichever collection it is
told to; it ends when the process that started it does, however that ends: its pipe is then closed."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import signal
import traceback
from collections.abc import Callable, Iterable, Sequence
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

from qa_service.errors import NotReady, QAServiceError
from qa_service.evaluation.sets.evaluation_question import EvaluationQuestion
from qa_service.evaluation.tune.candidate_judging import Figures, Judging
from qa_service.evaluation.tune.candidates import Changes
from qa_service.evaluation.tune.sweep import Sweep, chunks
from qa_service.service import Service

__all__ = ["Crew"]

SECONDS_TO_END = 5.0
AHEAD = 2
"""Chunks that wait in a process, so that it never waits for this one."""


class Crew:
    """Use as a context manager. With one worker, this process, nothing is started."""

    def __init__(self, workers: int) -> None:
        start = multiprocessing.get_context("spawn")
        self._pipes: list[Connection] = []
        self._processes = []
        for _ in range(workers - 1):
            ours, theirs = start.Pipe()
            process = start.Process(target=_measure, args=(theirs,), daemon=True, name="tuning")
            process.start()
            theirs.close()  # so that this process sees it when the other's own end goes
            self._pipes.append(ours)
            self._processes.append(process)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.join(0 if kind else SECONDS_TO_END)
            if process.is_alive():
                process.terminate()
                process.join()

    def sweep(
        self,
        service: Service,
        collection: str,
        judging: Judging,
        variants: Sequence[Changes],
        questions: Iterable[EvaluationQuestion],
        tell: Callable[[int], None],
    ) -> Figures:
        """The figures of all questions, in their order, whoever measured them; `tell` hears how many are done.

        Raises:
            QAServiceError: what was raised there, or that a process has ended.
        """
        here = Sweep(service, collection, judging, variants)
        for pipe in self._pipes:
            self._send(pipe, (service.settings, collection, judging, variants))
        parts: dict[int, Figures] = {}
        busy = dict.fromkeys(self._pipes, 0)
        waiting = enumerate(chunks(questions))
        done, left = 0, True
        while left or any(busy.values()):
            for pipe in self._pipes:
                while left and busy[pipe] < AHEAD and (left := (chunk := next(waiting, None)) is not None):
                    self._send(pipe, chunk)
                    busy[pipe] += 1
            if left and (left := (own := next(waiting, None)) is not None) and own is not None:
                parts[own[0]] = here.figures(own[1])
                done += len(own[1])
            asked = [pipe for pipe, chunks_left in busy.items() if chunks_left]
            for told in multiprocessing.connection.wait(asked, 0 if left else None) if asked else []:
                pipe = next(pipe for pipe in asked if pipe is told)
                number, figures = self._receive(pipe)
                parts[number] = figures
                busy[pipe] -= 1
                done += len(figures.values)
            tell(done)
        return Figures.joined([parts[number] for number in range(len(parts))], 0)

    def _send(self, pipe: Connection, message: object) -> None:
        try:
            pipe.send(message)
        except OSError:
            raise _gone() from None

    def _receive(self, pipe: Connection) -> tuple[int, Figures]:
        try:
            told: Any = pipe.recv()
        except (EOFError, OSError):
            raise _gone() from None
        if isinstance(told, QAServiceError):
            raise told
        if isinstance(told, str):
            raise RuntimeError(f"a process that was tuning failed:\n{told}")
        number, figures = told
        return int(number), figures


def _gone() -> NotReady:
    return NotReady("A process that was tuning has ended; perhaps memory ran out. Run it with fewer (--workers).")


def _measure(pipe: Connection) -> None:
    """What each process does, until the other end is closed: a message of four begins a sweep, one of two is a chunk of
    it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all of a terminal's processes; the first one decides
    service: Service | None = None
    sweep: Sweep | None = None
    try:
        while True:
            message = pipe.recv()
            if len(message) == 4:
                settings, *rest = message
                if service is None or service.settings != settings:
                    embedder = None
                    if service is not None:
                        embedder = service.embedder
                        service.close()
                    service = Service.open(settings, embedder)
                sweep = Sweep(service, *rest)
            elif sweep is not None:
                pipe.send((message[0], sweep.figures(message[1])))
    except (EOFError, OSError):
        return  # nobody wants to know
    except QAServiceError as error:
        pipe.send(error)
    except Exception:
        pipe.send(traceback.format_exc())
