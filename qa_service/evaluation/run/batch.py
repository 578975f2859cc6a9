"""Many questions, each answered exactly as `service.ask` answers it, by as many processes as there are cores.

Work is spread over processes and never over a batch of questions, because what is encoded together changes the last
bits of its vectors (law 3). This process asks too, from the moment its model is loaded; the others load theirs
meanwhile and join in when they are ready.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from qa_service.evaluation.run.standing import Standing
from qa_service.evaluation.sets.evaluation_question import Asked, EvaluationQuestion
from qa_service.records import Question
from qa_service.service import Service
from qa_service.service.worker import Worker, first_to_tell

__all__ = ["Asking", "Batch", "ask_all", "cores", "workers_for"]

MANY = 300
"""Questions from which further processes pay: 300 take 6 s one by one, a process 5 s of a core to start."""
AHEAD = 4
"""Questions that wait in each worker, so that it never waits for this process."""
WINDOW = 16
"""Answers a process that may wait for those to earlier questions."""


@dataclass(frozen=True, slots=True)
class Asking:
    """How each question is asked. Its filters are its own. With one passage an article every article is a result, also
    one that prints what another does: copies are not collapsed."""

    collection: str = "default"
    top_k: int = 10
    retriever: str = "hybrid"
    max_per_article: int | None = None

    def question(self, asked: EvaluationQuestion) -> Question:
        return Question(
            asked.question,
            self.top_k,
            self.collection,
            asked.filters,
            self.retriever,
            max_per_article=self.max_per_article,
            collapse_duplicates=self.max_per_article != 1,
        )


def cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def workers_for(service: Service, total: int, workers: int | None = None) -> int:
    """How many processes ask, this one among them: `workers`, else one a core where there are questions enough.

    A service with an embedder of its own (tests) is asked in this process alone, as no other could make it again.
    """
    if not service.reopenable:
        return 1
    return workers or (cores() if total >= MANY else 1)


class Batch:
    """Use as a context manager: entering starts the other processes at once, so that they load their models while this
    one loads its own; leaving ends them."""

    def __init__(self, service: Service, asking: Asking, workers: int = 1) -> None:
        self._service = service
        self._asking = asking
        self.workers = workers
        self.crew: list[Worker] = []
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            for _ in range(self.workers - 1):
                self.crew.append(Worker(self._service.settings, self._asking.collection))
                stack.callback(self.crew[-1].close)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def ask_all(self, questions: Iterable[EvaluationQuestion], standing: Standing) -> Iterator[Asked]:
        """The answers in the order of the questions, which are taken in as they are needed.

        Raises:
            Conflict: the collection was changed meanwhile. Answers of two states of it are no evaluation of either.
        """
        window = _Window(questions, self.workers * WINDOW)
        while True:
            _hand_out([worker for worker in self.crew if worker.ready()], window, self._asking)
            while (asked := window.leave()) is not None:
                yield asked
            entered = window.enter()
            if entered is not None:
                window.told(entered[0], _ask_here(self._service, entered[1], self._asking, standing))
            elif not window.waiting:
                break
            _take_in(self.crew, window, standing, wait=entered is None)
        standing.look()


def ask_all(
    service: Service, questions: Sequence[EvaluationQuestion], asking: Asking, *, workers: int | None = None
) -> Iterator[Asked]:
    """`Batch.ask_all` with as many processes as `workers_for` says."""
    with Batch(service, asking, workers_for(service, len(questions), workers)) as batch:
        yield from batch.ask_all(questions, Standing(service, asking.collection))


class _Window:
    """Questions enter it, and answered ones leave it in the same order."""

    def __init__(self, questions: Iterable[EvaluationQuestion], most: int) -> None:
        self._questions = iter(questions)
        self._most = most
        self._entered = self._left = 0
        self.waiting: dict[int, EvaluationQuestion] = {}
        self._told: dict[int, Asked] = {}

    def enter(self) -> tuple[int, EvaluationQuestion] | None:
        """The next question and its number; None where there is no more, or no place until another has left."""
        if self._entered - self._left >= self._most or (question := next(self._questions, None)) is None:
            return None
        number = self._entered
        self._entered += 1
        self.waiting[number] = question
        return number, question

    def told(self, number: int, asked: Asked) -> None:
        del self.waiting[number]
        self._told[number] = asked

    def leave(self) -> Asked | None:
        asked = self._told.pop(self._left, None)
        self._left += asked is not None
        return asked


def _ask_here(service: Service, question: EvaluationQuestion, asking: Asking, standing: Standing) -> Asked:
    began = time.perf_counter()
    answer = service.ask(asking.question(question))
    took_ms = (time.perf_counter() - began) * 1000
    standing.check(answer.collection.generation, answer.collection.fingerprint)
    return Asked(question, answer, took_ms)


def _hand_out(crew: Sequence[Worker], window: _Window, asking: Asking) -> None:
    for worker in crew:
        while worker.asked < AHEAD and (entered := window.enter()) is not None:
            worker.ask(entered[0], asking.question(entered[1]))


def _take_in(crew: Sequence[Worker], window: _Window, standing: Standing, *, wait: bool) -> None:
    """What the workers have to tell; where `wait`, at least one answer."""
    for worker in first_to_tell([one for one in crew if one.asked], wait=wait):
        told = worker.told(standing.info)
        standing.check(*told.standing)
        window.told(told.number, Asked(window.waiting[told.number], told.answer, told.took_ms))
