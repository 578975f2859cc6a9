"""A process that answers questions for the one that started it: several of them use several cores, which threads can't,
as much of a question is Python.

The worker opens its own service from the same settings, so it answers as this process would (law 3: an answer depends
on collection, settings and question alone). It ends when the process that started it does, however that ends: its pipe
is then closed.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import queue
import signal
import threading
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection

from qa_service.errors import NotReady, QAServiceError
from qa_service.records import Answer, CollectionInfo, Question
from qa_service.service.core import Service
from qa_service.settings import Settings

__all__ = ["Told", "Worker", "first_to_tell"]

ELSEWHERE = CollectionInfo("", 0, "", 0, 0, (), (), (), None, None)
"""Stands for the collection on the way: its outlets and bylines may be thousands, and every answer carries them."""
SECONDS_TO_END = 5.0


@dataclass(frozen=True, slots=True)
class Told:
    """The answer to the question of that number; `standing` is the generation and fingerprint it was answered from."""

    number: int
    answer: Answer
    took_ms: float
    standing: tuple[int, str]


class Worker:
    """A started process. It loads its model at once and is `ready` some seconds later."""

    def __init__(self, settings: Settings, collection: str) -> None:
        start = multiprocessing.get_context("spawn")
        self.connection, theirs = start.Pipe()
        self.asked = 0
        """Questions sent and not told yet."""
        self._ready = False
        self._process = start.Process(target=_answer, args=(theirs, settings, collection), daemon=True, name="asking")
        self._process.start()
        theirs.close()  # so that this process sees it when the worker's own end goes

    def ready(self) -> bool:
        """Whether it can answer by now.

        Raises:
            QAServiceError: it cannot open the collection or the model, or it has ended.
        """
        if not self._ready and self.connection.poll():
            self._receive()
            self._ready = True
        return self._ready

    def ask(self, number: int, question: Question) -> None:
        try:
            self.connection.send((number, question))
        except OSError:
            raise self._gone() from None
        self.asked += 1

    def told(self, info: CollectionInfo) -> Told:
        """The next answer, which came from the collection that `info` describes, or `standing` differs from it.

        Raises:
            QAServiceError: what the service raised there, or that the process has ended.
        """
        told = self._receive()
        if not isinstance(told, Told):
            raise RuntimeError(f"a worker told {told!r}")
        self.asked -= 1
        return replace(told, answer=replace(told.answer, collection=info))

    def kill(self) -> None:
        """As a machine that runs out of memory does."""
        self._process.kill()

    def close(self) -> None:
        self.connection.close()
        if not self._ready:
            self._process.terminate()  # it is loading its model, and would notice only after that
        self._process.join(SECONDS_TO_END)
        if self._process.is_alive():
            self._process.terminate()
            self._process.join()
        self._process.close()

    def _receive(self) -> object:
        try:
            told = self.connection.recv()
        except (EOFError, OSError):
            raise self._gone() from None
        if isinstance(told, QAServiceError):
            raise told
        if isinstance(told, str):
            raise RuntimeError(f"a worker process failed:\n{told}")
        return told

    def _gone(self) -> NotReady:
        self._process.join(SECONDS_TO_END)
        return NotReady(
            f"A process that was answering questions has ended (exit code {self._process.exitcode}; -9 often means "
            "that the machine ran out of memory). Run the same again, with fewer of them (--workers)."
        )


def first_to_tell(workers: Sequence[Worker], *, wait: bool) -> list[Worker]:
    """Those that have something to tell now; where `wait`, waits until one has."""
    told = set(multiprocessing.connection.wait([worker.connection for worker in workers], None if wait else 0))
    return [worker for worker in workers if worker.connection in told]


def _answer(connection: Connection, settings: Settings, collection: str) -> None:
    """What the process does: says that it is ready, then answers until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all of a terminal's processes; the first one decides
    try:
        service = Service.open(settings)
        service.load_models()
        service.check_collection(collection)
        connection.send(None)
        _answer_all(connection, service)
    except OSError:
        pass  # the pipe's other end is closed: nobody wants to know
    except QAServiceError as error:
        connection.send(error)
    except Exception:
        connection.send(traceback.format_exc())


def _answer_all(connection: Connection, service: Service) -> None:
    # Read by a thread of its own, so that whoever asks never waits for a worker that waits to be heard.
    asked: queue.SimpleQueue[tuple[int, Question] | None] = queue.SimpleQueue()

    def listen() -> None:
        try:
            while True:
                asked.put(connection.recv())
        except (EOFError, OSError):
            asked.put(None)

    threading.Thread(target=listen, name="listen", daemon=True).start()
    while (waiting := asked.get()) is not None:
        number, question = waiting
        began = time.perf_counter()
        answer = service.ask(question)
        took_ms = (time.perf_counter() - began) * 1000
        standing = (answer.collection.generation, answer.collection.fingerprint)
        connection.send(Told(number, replace(answer, collection=ELSEWHERE), took_ms, standing))
