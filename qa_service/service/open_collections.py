"""The collections that a service has open, the engine that stores them, and the thread that reads other processes'
commits."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TypeVar

from qa_service.embedding import Embedder
from qa_service.errors import CollectionNotFound, NotReady, QAServiceError
from qa_service.settings import Settings
from qa_service.storage.local.store import LocalEngine
from qa_service.storage.port import Engine, PassageGone, Snapshot, Store
from qa_service.storage.writes import Origin, check_origin, chunking_json

__all__ = ["OpenCollections", "choose_engine", "origin_of", "with_newest"]

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.5
"""A question refreshes the collection too. The thread does so between questions, so that a question seldom waits."""

TRIES = 5
"""Most snapshots that a question is tried on before the service gives up."""

T = TypeVar("T")


def choose_engine(settings: Settings) -> Engine:
    """The engine that the settings ask for. This is the only place that chooses one."""
    return LocalEngine(settings.index)


def origin_of(settings: Settings, embedder: Embedder) -> Origin:
    """The origin of a collection that is built with these settings."""
    pieces = min(settings.max_word_pieces, embedder.max_pieces)
    chunking = chunking_json(pieces=pieces, tokens=settings.max_tokens, overlap=settings.overlap_sentences)
    if settings.chunking == "whole":
        chunking = chunking_json(chunking="whole", pieces=embedder.max_pieces)
    return Origin(embedder.model_id, embedder.dimension, chunking, settings.title_weight, embedder.runtime)


def with_newest(store: Store, read: Callable[[Snapshot], T]) -> T:
    """Call `read` with the newest snapshot, and again with the next one if a passage was deleted meanwhile.

    Raises:
        NotReady: passages were deleted each time.
    """
    for _ in range(TRIES):
        try:
            return read(store.refresh())
        except PassageGone:
            continue
    raise NotReady("The collection is changing faster than it can be read. Ask again.")


class OpenCollections:
    """Opens collections when they are first asked for and keeps them. Safe to use from several threads."""

    def __init__(self, engine: Engine, origin: Callable[[], Origin]) -> None:
        self._engine = engine
        self._origin = origin
        self._opened: dict[str, Store] = {}
        self._checked: set[str] = set()
        self._opening = threading.Lock()
        self._closed = threading.Event()
        self._watcher: threading.Thread | None = None

    def get(self, name: str) -> Store:
        """The collection, for work without the model: reading, deleting, checking, rebuilding.

        Raises:
            CollectionNotFound: it does not exist.
        """
        found = self._opened.get(name)
        if found is None:
            with self._opening:
                found = self._opened.get(name) or self._engine.open(name)
                self._opened[name] = found
        return found

    def get_for_vectors(self, name: str, *, create: bool = False) -> Store:
        """The collection, for work with vectors: asking and adding.

        Raises:
            CollectionNotFound: it does not exist and `create` is False.
            CollectionMismatch: it was built with another model or chunking than the settings ask for.
        """
        if name in self._checked:
            return self._opened[name]
        try:
            self.get(name)  # so that a missing collection, or a wrong name, is noticed before the model loads
        except CollectionNotFound:
            if not create:
                raise
        origin = self._origin()
        with self._opening:
            if name not in self._opened:
                self._opened[name] = self._engine.open(name, origin if create else None)
            check_origin(self._opened[name].origin, origin, name)
            self._checked.add(name)
            return self._opened[name]

    def names(self) -> list[str]:
        return self._engine.names()

    def open_all(self) -> list[str]:
        """Open all collections for asking. Returns those that hold passages; the log tells why one cannot be asked."""
        filled = []
        for name in self.names():
            try:
                if self.get_for_vectors(name).snapshot().info.passages:
                    filled.append(name)
            except QAServiceError as error:
                logger.warning("collection %s cannot be asked: %s", name, error)
        return filled

    def watch(self) -> None:
        """Start the thread that shows commits of other processes."""
        self._watcher = threading.Thread(target=self._poll, name="watch-collections", daemon=True)
        self._watcher.start()

    def close(self) -> None:
        self._closed.set()
        if self._watcher is not None:
            self._watcher.join()
        for store in self._opened.values():
            store.close()

    def _poll(self) -> None:
        while not self._closed.wait(POLL_SECONDS):
            for store in list(self._opened.values()):
                try:
                    store.refresh()
                except (QAServiceError, OSError) as error:
                    logger.warning("collection %s: cannot be refreshed: %s", store.name, error)
                except Exception:
                    logger.exception("collection %s: cannot be refreshed", store.name)
