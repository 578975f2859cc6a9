"""Shares new connections among worker processes: the worker with the least load accepts.

All workers wait on one listening socket, and the kernel wakes all of them. Without a rule, a worker that is awake
accepts several connections in a row. A client that keeps its connection would then stay with a busy worker.
"""

from __future__ import annotations

import mmap
import time
from collections.abc import Iterable

__all__ = ["LoadBoard", "Turn"]

NOT_ACCEPTING = -1
YIELD_SECONDS = 0.0005
"""Pause before the next look whether a worker with less load has accepted the connection."""
PATIENCE_SECONDS = 0.05
"""After this, a worker accepts although another has less load: the other may hang."""


class LoadBoard:
    """The load of each worker, in memory that the parent and all workers share. Make it before the fork."""

    def __init__(self, places: int) -> None:
        self._loads = memoryview(mmap.mmap(-1, 4 * places)).cast("i")
        for place in range(places):
            self._loads[place] = NOT_ACCEPTING

    def free_place(self, taken: Iterable[int | None]) -> int | None:
        """A place that no worker has, if there is one."""
        return next(iter(sorted(set(range(len(self._loads))).difference(taken))), None)

    def show(self, place: int, load: int) -> None:
        self._loads[place] = load

    def leave(self, place: int) -> None:
        """The worker at this place does not accept connections any more."""
        self._loads[place] = NOT_ACCEPTING

    def is_least(self, place: int) -> bool:
        """Whether no other accepting worker has less load."""
        own = self._loads[place]
        return not any(NOT_ACCEPTING < load < own for load in self._loads)


class Turn:
    """Decides for one worker whether it accepts the connection that waits."""

    def __init__(self, board: LoadBoard, place: int) -> None:
        self._board, self._place = board, place
        self._first_yield = self._last_yield = 0.0

    def is_mine(self) -> bool:
        """Whether to accept now. If not, this has paused, so that the caller can ask again at once."""
        if self._board.is_least(self._place):
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
