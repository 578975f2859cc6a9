"""Computes the next result of an iterator in a thread, while the caller works on the result before it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import TypeVar

__all__ = ["ahead"]

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class _End:
    """The iterator is at its end, or raised `error`."""

    error: BaseException | None = None


WAIT = 0.25
"""Seconds between two calls of `tick`."""
LONGEST_END = 5.0
"""Most seconds to wait for the thread at the end. Then `work` goes on alone, and its result is dropped."""


def _nothing() -> None:
    """Does nothing."""


def ahead(work: Callable[[T], R], items: Iterable[T], tick: Callable[[], None] = _nothing) -> Generator[R]:
    """`work` of each item, in order. One result waits while the next is computed.

    An exception of `work` or `items` is raised in the caller after the results before it. The thread ends
    when the generator ends or is closed, and then closes `items`. While the caller waits for a result, it calls `tick`,
    which may raise an exception to stop.
    """
    results: queue.Queue[R | _End] = queue.Queue(maxsize=1)
    stopped = threading.Event()

    def give(result: R | _End) -> None:
        while not stopped.is_set():
            try:
                return results.put(result, timeout=0.1)
            except queue.Full:
                continue

    def run() -> None:
        try:
            for item in items:
                give(work(item))
                if stopped.is_set():
                    return
        except BaseException as error:
            give(_End(error))
        else:
            give(_End())
        finally:
            if isinstance(items, Generator):
                items.close()

    thread = threading.Thread(target=run, name="ahead", daemon=True)
    thread.start()
    try:
        while True:
            try:
                result = results.get(timeout=WAIT)
            except queue.Empty:
                tick()
                continue
            if isinstance(result, _End):
                break
            yield result
            tick()
        if result.error is not None:
            raise result.error
    finally:
        stopped.set()
        thread.join(LONGEST_END)
