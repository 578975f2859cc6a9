"""The check that a collection does not change while it is evaluated."""

from __future__ import annotations

import time

from qa_service.errors import Conflict
from qa_service.records import CollectionInfo
from qa_service.service import Service

__all__ = ["Standing"]

SECONDS_BETWEEN_LOOKS = 1.0


class Standing:
    """The state of a collection from which all answers of an evaluation must come."""

    def __init__(self, service: Service, collection: str) -> None:
        self.contents = service.contents(collection)
        self.info: CollectionInfo = self.contents.info()
        self._looked = time.monotonic()

    def check(self, generation: int, fingerprint: str) -> None:
        """Refuse an answer from another state of the collection.

        From time to time, look for a commit too: another process may still read the state that it opened.

        Raises:
            Conflict: the collection was changed.
        """
        if (generation, fingerprint) != (self.info.generation, self.info.fingerprint):
            raise self._moved(generation)
        if time.monotonic() - self._looked >= SECONDS_BETWEEN_LOOKS:
            self.look()

    def look(self) -> None:
        """Refuse a collection that was changed since the evaluation began.

        Raises:
            Conflict: the collection was changed.
        """
        now = self.contents.info()
        self._looked = time.monotonic()
        if (now.generation, now.fingerprint) != (self.info.generation, self.info.fingerprint):
            raise self._moved(now.generation)

    def _moved(self, generation: int) -> Conflict:
        return Conflict(
            f"Collection {self.info.name!r} was changed while its questions were being asked: it was at generation "
            f"{self.info.generation}, now it is at {generation}. Answers of both are no evaluation of either. "
            "Wait until nothing writes to it, then start over (--restart, or another --out).",
            param="collection",
        )
