"""Checks that a collection does not change while it is evaluated."""

from __future__ import annotations

import time

from qa_service.errors import Conflict
from qa_service.records import CollectionInfo
from qa_service.service import Service

__all__ = ["UnchangedCollection"]

SECONDS_BETWEEN_LOOKS = 1.0
CHANGED = (
    "Collection {name!r} was changed while its questions were being asked: it was at generation {before}, now it is "
    "at {now}. Answers of both are no evaluation of either. Wait until nothing writes to it, then start over "
    "(--restart, or another --out)."
)


class UnchangedCollection:
    """The state of the collection that all answers must come from."""

    def __init__(self, service: Service, collection: str, message: str = CHANGED) -> None:
        """`message` is the error, with `{name}`, and with `{before}` and `{now}` for the generations."""
        self._message = message
        self.contents = service.contents(collection)
        self.info: CollectionInfo = self.contents.info()
        self._looked = time.monotonic()

    def check(self, generation: int, fingerprint: str) -> None:
        """Compare with the state of an answer and, once a second, with the committed state: another process may still
        answer from the state that it opened.

        Raises:
            Conflict: the collection has changed.
        """
        if (generation, fingerprint) != (self.info.generation, self.info.fingerprint):
            raise self._changed(generation)
        if time.monotonic() - self._looked >= SECONDS_BETWEEN_LOOKS:
            self.look()

    def look(self) -> None:
        now = self.contents.info()
        self._looked = time.monotonic()
        if (now.generation, now.fingerprint) != (self.info.generation, self.info.fingerprint):
            raise self._changed(now.generation)

    def _changed(self, generation: int) -> Conflict:
        said = self._message.format(name=self.info.name, before=self.info.generation, now=generation)
        return Conflict(said, param="collection")
