"""A pool of processes that share work with this process. Threads would not help: most of the work is Python.

Each process opens what it needs once and then works on one task after another. It ends when the process that started
it ends, also after `kill -9`: the other end of its pipe is closed then.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import queue
import signal
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection
from typing import Any, Generic, Self, TypeVar

from qa_service.errors import NotReady, QAServiceError

__all__ = ["Pool", "Worker"]

AHEAD = 4
"""Tasks that wait in each process, so that it never waits for this process."""
WINDOW = 16
"""Results for each process that may wait for the result of an earlier task."""
SECONDS_TO_END = 5.0

Task = TypeVar("Task")
Result = TypeVar("Result")


class Pool(Generic[Task, Result]):
    """Processes beside this one, as a context manager. With 0 processes, this process does all the work."""

    def __init__(
        self, processes: int, open_worker: Callable[..., Callable[[Task], Result]], *arguments: object, doing: str
    ) -> None:
        """
        Args:
            open_worker: called once in each process, with `arguments`; returns the function that works on a task. All
                of them must be picklable.
            doing: what a process is doing, for the message after it died; such as `answering questions`.
        """
        self._processes = processes
        self._open = open_worker, arguments, doing
        self.workers: list[Worker[Task, Result]] = []

    def __enter__(self) -> Self:
        try:
            for _ in range(self._processes):
                self.workers.append(Worker(*self._open))
        except BaseException:
            self._close(0)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        self._close(SECONDS_TO_END if kind is None else 0)

    def map(self, tasks: Iterable[Task], here: Callable[[Task], Result]) -> Iterator[Result]:
        """Yield the results in the order of the tasks, which are read as they are needed.

        Args:
            here: the same function in this process, which works too. Another process joins in when it is open.

        Raises:
            QAServiceError: another process raised it, or has ended.
        """
        numbered = enumerate(tasks)
        results: dict[int, Result] = {}
        taken = returned = 0

        def next_task() -> tuple[int, Task] | None:
            nonlocal taken
            if taken - returned >= WINDOW * (1 + len(self.workers)):
                return None
            found = next(numbered, None)
            taken += found is not None
            return found

        while True:
            for worker in [worker for worker in self.workers if worker.ready()]:
                while worker.tasks < AHEAD and (given := next_task()) is not None:
                    worker.send(*given)
            while returned in results:
                yield results.pop(returned)
                returned += 1
            if (own := next_task()) is not None:
                results[own[0]] = here(own[1])
            elif taken == returned:
                return
            for worker in self._with_result(wait=own is None):
                number, result = worker.receive()
                results[number] = result

    def _with_result(self, *, wait: bool) -> list[Worker[Task, Result]]:
        busy = [worker for worker in self.workers if worker.tasks]
        ready = multiprocessing.connection.wait([worker.connection for worker in busy], None if wait else 0)
        return [worker for worker in busy if worker.connection in ready]

    def _close(self, seconds: float) -> None:
        for worker in self.workers:
            worker.connection.close()
        for worker in self.workers:
            worker.close(seconds)


class Worker(Generic[Task, Result]):
    """One process of a pool. `tasks` counts those that were sent and whose results have not come."""

    def __init__(
        self, open_worker: Callable[..., Callable[[Task], Result]], arguments: tuple[object, ...], doing: str
    ) -> None:
        start = multiprocessing.get_context("spawn")
        self.connection, theirs = start.Pipe()
        self.tasks = 0
        self._doing = doing
        self._ready = False
        self.process = start.Process(target=_work, args=(theirs, open_worker, arguments), daemon=True, name=doing)
        self.process.start()
        theirs.close()  # so that this process sees the end of the other one

    def ready(self) -> bool:
        """Whether the process is open.

        Raises:
            QAServiceError: `open_worker` raised it, or the process has ended.
        """
        if not self._ready and self.connection.poll():
            self._receive()
            self._ready = True
        return self._ready

    def send(self, number: int, task: Task) -> None:
        """Give the process a task. Its result comes with that number."""
        try:
            self.connection.send((number, task))
        except OSError:
            raise self._ended() from None
        self.tasks += 1

    def receive(self) -> tuple[int, Result]:
        """Wait for the next result and return it with its number.

        Raises:
            QAServiceError: the process raised it, or has ended.
        """
        number, result = self._receive()
        self.tasks -= 1
        return number, result

    def close(self, seconds: float = SECONDS_TO_END) -> None:
        """End the process, by force if it has not ended after so many seconds."""
        self.connection.close()
        self.process.join(seconds if self._ready else 0)  # while it loads a model it does not see the end of its pipe
        if self.process.is_alive():
            self.process.terminate()
            self.process.join()
        self.process.close()

    def _receive(self) -> Any:
        try:
            message = self.connection.recv()
        except (EOFError, OSError):
            raise self._ended() from None
        if isinstance(message, QAServiceError):
            raise message
        if isinstance(message, str):
            raise RuntimeError(f"a worker process failed:\n{message}")
        return message

    def _ended(self) -> NotReady:
        self.process.join(SECONDS_TO_END)
        return NotReady(
            f"A process that was {self._doing} has ended (exit code {self.process.exitcode}; -9 often means "
            "that the machine ran out of memory). Run the same again, with fewer of them (--workers)."
        )


def _work(
    connection: Connection, open_worker: Callable[..., Callable[[Any], object]], arguments: tuple[object, ...]
) -> None:
    """Work on tasks until the other end of the pipe is closed. Sends None first, when the process is open."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes of a terminal; the first one decides
    try:
        function = open_worker(*arguments)
        _send(connection, None)
        for number, task in _received(connection):
            _send(connection, (number, function(task)))
    except QAServiceError as error:
        _send(connection, error)
    except Exception:
        _send(connection, traceback.format_exc())


def _send(connection: Connection, message: object) -> None:
    """Send a message, or end this process if the other end of the pipe is closed."""
    try:
        connection.send(message)
    except OSError:
        raise SystemExit from None


def _received(connection: Connection) -> Iterator[tuple[int, Any]]:
    """The tasks. A thread receives them, so that two processes never wait for each other to receive."""
    tasks: queue.SimpleQueue[tuple[int, Any] | None] = queue.SimpleQueue()

    def receive() -> None:
        try:
            while True:
                tasks.put(connection.recv())
        except (EOFError, OSError):
            tasks.put(None)

    threading.Thread(target=receive, name="receive", daemon=True).start()
    while (task := tasks.get()) is not None:
        yield task
