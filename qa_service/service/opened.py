"""The collections that a service has open, and the thread that shows other processes' commits."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from qa_service.errors import QAServiceError
from qa_service.storage.local.catalogue import Origin
from qa_service.storage.local.collection import Collection, list_collections

__all__ = ["OpenCollections"]

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.5
"""The contract promises another process's commit within 2 s."""


class OpenCollections:
    """Opens collections when they are first asked for and keeps them. Safe to use from several threads."""

    def __init__(self, index: Path, origin: Callable[[], Origin]) -> None:
        self._index = index
        self._origin = origin
        self._opened: dict[str, Collection] = {}
        self._checked: set[str] = set()
        self._opening = threading.Lock()
        self._closed = threading.Event()
        self._watcher: threading.Thread | None = None

    def get(self, name: str) -> Collection:
        """For what needs no model: reading, deleting, checking, rebuilding.

        Raises:
            CollectionNotFound: there is none of that name.
        """
        found = self._opened.get(name)
        if found is None:
            with self._opening:
                found = self._opened.get(name) or Collection.open(self._index, name)
                self._opened[name] = found
        return found

    def get_for_vectors(self, name: str, *, create: bool = False) -> Collection:
        """For what compares vectors with the collection's: asking and adding.

        Raises:
            CollectionNotFound: there is none of that name and `create` is False.
            CollectionMismatch: it was built with another model or chunking than the settings ask for.
        """
        if name in self._checked:
            return self._opened[name]
        origin = self._origin()
        with self._opening:
            if name not in self._opened:
                create_for = origin if create else None
                self._opened[name] = Collection.open(self._index, name, create=create_for)
            self._opened[name].catalogue.check_origin(origin, name)
            self._checked.add(name)
            return self._opened[name]

    def names(self) -> list[str]:
        return list_collections(self._index)

    def watch(self) -> None:
        """Start showing what other processes commit."""
        self._watcher = threading.Thread(target=self._poll, name="watch-collections", daemon=True)
        self._watcher.start()

    def close(self) -> None:
        self._closed.set()
        if self._watcher is not None:
            self._watcher.join()
        for collection in self._opened.values():
            collection.close()

    def _poll(self) -> None:
        while not self._closed.wait(POLL_SECONDS):
            for collection in list(self._opened.values()):
                try:
                    collection.refresh()
                except (QAServiceError, OSError) as error:
                    logger.warning("collection %s: cannot be refreshed: %s", collection.name, error)
                except Exception:
                    logger.exception("collection %s: cannot be refreshed", collection.name)
