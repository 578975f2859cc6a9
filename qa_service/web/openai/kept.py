"""Conversations that a client goes on with by `previous_response_id`."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

from qa_service.errors import InvalidInput
from qa_service.options.limits import LONGEST_ANSWER
from qa_service.records import Turn

__all__ = ["KeptTurns"]

MOST_KEPT = 1000
"""Responses whose turns are kept."""
MOST_CHARACTERS = 50_000_000
"""Characters of all kept turns together, which bounds the memory."""


class KeptTurns:
    """The turns up to each of the last responses, in memory alone: they end with the process."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[Turn, ...]] = OrderedDict()
        self._characters = 0
        self._lock = threading.Lock()

    def keep(self, response_id: str, turns: Sequence[Turn]) -> None:
        with self._lock:
            self._kept[response_id] = tuple(Turn(t.question, t.answer and t.answer[:LONGEST_ANSWER]) for t in turns)
            self._characters += _length(self._kept[response_id])
            while len(self._kept) > MOST_KEPT or self._characters > MOST_CHARACTERS:
                self._characters -= _length(self._kept.popitem(last=False)[1])

    def before(self, response_id: str | None) -> tuple[Turn, ...]:
        """The turns up to that response; none where no response is named.

        Raises:
            InvalidInput: the response is unknown or no longer kept.
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


def _length(turns: Sequence[Turn]) -> int:
    return sum(len(turn.question) + len(turn.answer or "") for turn in turns)
