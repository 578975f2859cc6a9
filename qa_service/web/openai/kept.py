"""Conversations that a client goes on with by `previous_response_id`."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

from qa_service.errors import InvalidInput
from qa_service.records import Turn

__all__ = ["KeptTurns"]

MOST_KEPT = 1000
LONGEST_ANSWER = 2000
"""Characters of an answer that are kept: what follows it means its first sentence."""


class KeptTurns:
    """The turns up to each of the last responses, in memory alone: they are gone with the process."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[Turn, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, response_id: str, turns: Sequence[Turn]) -> None:
        with self._lock:
            self._kept[response_id] = tuple(Turn(t.question, t.answer and t.answer[:LONGEST_ANSWER]) for t in turns)
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)

    def before(self, response_id: str | None) -> tuple[Turn, ...]:
        """
        Raises:
            InvalidInput: there is no such response any more.
        """
        if response_id is None:
            return ()
        with self._lock:
            if response_id in self._kept:
                return self._kept[response_id]
        raise InvalidInput(
            f"previous_response_id: there is no response {response_id!r}. The last {MOST_KEPT} are kept, in memory; "
            "send the conversation in `input` instead.",
            param="previous_response_id",
        )
