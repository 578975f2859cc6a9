"""Many questions, each answered exactly as `service.ask` answers it, on as many processes as there are cores.

Processes share the questions, and no two questions are encoded together: that would change the last bits of their
vectors (law 3).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import tee
from typing import Any

from qa_service.evaluation.run.unchanged_collection import UnchangedCollection
from qa_service.evaluation.sets.evaluation_question import Asked, EvaluationQuestion
from qa_service.jobs.pool import Pool
from qa_service.machine import cores
from qa_service.records import Answer, CollectionInfo, Question
from qa_service.service import Service

__all__ = ["Asking", "AskingPool", "open_answering", "workers_for"]

MANY = 300
"""Questions from which more processes pay: 300 questions take 6 s on one process, and a process takes 5 s to start."""
LEFT_OUT = CollectionInfo("", 0, "", 0, 0, (), (), (), None, None)
"""Replaces the collection of an answer between processes: it may list thousands of outlets and authors."""


@dataclass(frozen=True, slots=True)
class Asking:
    """How each question is asked; its filters come from the question itself.

    With one passage per article, every article is a result: the copies of an article are not collapsed.
    """

    collection: str = "default"
    top_k: int = 10
    retriever: str = "hybrid"
    max_per_article: int | None = None

    def question(self, asked: EvaluationQuestion) -> Question:
        return Question(
            asked.question,
            top_k=self.top_k,
            collection=self.collection,
            filters=asked.filters,
            retriever=self.retriever,
            max_per_article=self.max_per_article,
            collapse_duplicates=self.max_per_article != 1,
        )


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer without its collection, whose generation and fingerprint are `state`."""

    answer: Answer
    took_ms: float
    state: tuple[int, str]


def workers_for(service: Service, total: int, workers: int | None = None) -> int:
    """Number of processes that ask, this process included: `workers`, by default one per core for a large set.

    A service with an embedder of its own (in tests) gets 1: no other process can open the same service.
    """
    if not service.reopenable:
        return 1
    return workers or (cores() if total >= MANY else 1)


class AskingPool(Pool[Question, Answered]):
    """The processes that ask, as a context manager. They load their models while this process loads its own."""

    def __init__(self, service: Service, asking: Asking, workers: int = 1) -> None:
        settings = service.settings
        super().__init__(workers - 1, open_answering, settings, asking.collection, doing="answering questions")
        self._answer = _answering(service)
        self._asking = asking
        self.size = workers

    def ask_all(self, questions: Iterable[EvaluationQuestion], standing: UnchangedCollection) -> Iterator[Asked]:
        """Yield the answers in the order of the questions, which are read as they are needed.

        Raises:
            Conflict: the collection was changed meanwhile; one evaluation cannot have answers of two states.
        """
        ahead, kept = tee(questions)
        answers = self.map((self._asking.question(question) for question in ahead), self._answer)
        for answered, question in zip(answers, kept, strict=True):
            standing.check(*answered.state)
            yield Asked(question, replace(answered.answer, collection=standing.info), answered.took_ms)
        standing.look()


def open_answering(settings: Any, collection: str) -> Callable[[Question], Answered]:
    """Open a service in another process and return the function that answers.

    An answer depends on collection, settings and question alone (law 3), so this service answers as the first one does.
    """
    service = Service.open(settings)
    service.load_models()
    service.check_collection(collection)
    return _answering(service)


def _answering(service: Service) -> Callable[[Question], Answered]:
    def answer(question: Question) -> Answered:
        began = time.perf_counter()
        found = service.ask(question)
        took_ms = (time.perf_counter() - began) * 1000
        state = found.collection.generation, found.collection.fingerprint
        return Answered(replace(found, collection=LEFT_OUT), took_ms, state)

    return answer
