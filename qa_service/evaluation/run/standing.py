"""Whether a collection stands still while it is evaluated."""

from __future__ import annotations

import time

from qa_service.errors import Conflict
from qa_service.records import CollectionInfo
from qa_service.service import Service

__all__ = ["Standing"]

SECONDS_BETWEEN_LOOKS = 1.0


class Standing:
    """The state of the collection that all the answers must come from."""

    def __init__(self, service: Service, collection: str) -> None:
        self.contents = service.contents(collection)
        self.info: CollectionInfo = self.contents.info()
        self._looked = time.monotonic()

    def check(self, generation: int, fingerprint: str) -> None:
        """Compare with what an answer was made from and, now and then, with what is committed: a process that asks may
        go on asking the state it opened."""
        if (generation, fingerprint) != (self.info.generation, self.info.fingerprint):
            raise self._moved(generation)
        if time.monotonic() - self._looked >= SECONDS_BETWEEN_LOOKS:
            self.look()

    def look(self) -> None:
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
