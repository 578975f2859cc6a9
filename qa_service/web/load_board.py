"""Shares connections among worker processes, so that a client does not wait for a busy worker while another is idle.

All workers wait on one listening socket, and the kernel wakes all of them. Without a rule, a worker that is awake
accepts several connections in a row, and a client that keeps its connection stays with that worker.
"""

from __future__ import annotations

import mmap
import time
from collections.abc import Iterable

__all__ = ["LoadBoard", "Place"]

NOT_ACCEPTING, STARTING = -1, -2
SECONDS_FOR_OTHERS = 1.0
"""Longest time that a ready worker waits for the others. Without it, the first worker would get all connections."""
YIELD_SECONDS = 0.0005
"""Pause of a worker that leaves a connection to a worker with less load."""
PATIENCE_SECONDS = 0.05
"""After this time, a worker accepts although another worker has less load, because the other may hang."""
TOO_MUCH = 4
"""A worker gives connections away if its load exceeds another's by this much: two busy clients, each counted twice."""
SECONDS_BETWEEN_GIFTS = 1.0


class LoadBoard:
    """The load of each worker, in memory that the parent and all workers share. Make it before the fork.

    A reload runs old and new workers for a moment, so there are twice as many places as workers.
    """

    def __init__(self, workers: int) -> None:
        self._loads = memoryview(mmap.mmap(-1, 2 * 4 * workers)).cast("i")
        for number in range(2 * workers):
            self._loads[number] = STARTING if number < workers else NOT_ACCEPTING

    def place(self, taken: Iterable[Place | None]) -> Place | None:
        """A place for a new worker; None if all are taken."""
        used = {place.number for place in taken if place is not None}
        return next((Place(self._loads, n) for n in range(len(self._loads)) if n not in used), None)


class Place:
    """The place of one worker on the board."""

    def __init__(self, loads: memoryview[int], number: int) -> None:
        self.number = number
        self._loads = loads
        self._first_yield = self._last_yield = self._last_gift = 0.0

    def enter(self) -> None:
        """Begin to accept connections. First wait for workers that start at the same time."""
        self.show(0)
        deadline = time.monotonic() + SECONDS_FOR_OTHERS
        while STARTING in self._loads.tolist() and time.monotonic() < deadline:
            time.sleep(0.01)

    def show(self, load: int) -> None:
        self._loads[self.number] = load

    def leave(self) -> None:
        """Stop accepting connections."""
        self._loads[self.number] = NOT_ACCEPTING

    def is_my_turn(self) -> bool:
        """Whether to accept the connection that waits. If false, the method has paused; call it again."""
        if self._excess() <= 0:
            return True
        now = time.monotonic()
        if now - self._last_yield > PATIENCE_SECONDS:  # another connection than last time
            self._first_yield = now
        if now - self._first_yield > PATIENCE_SECONDS:
            self._last_yield = 0.0
            return True
        self._last_yield = now
        time.sleep(YIELD_SECONDS)
        return False

    def gives_away(self) -> bool:
        """Whether to close a connection after its response, so that its client comes to another worker."""
        now = time.monotonic()
        if now - self._last_gift < SECONDS_BETWEEN_GIFTS or self._excess() < TOO_MUCH:
            return False
        self._last_gift = now
        return True

    def _excess(self) -> int:
        """The load of this worker minus the least load of a worker."""
        own = self._loads[self.number]
        return own - min((load for load in self._loads if load >= 0), default=own)
