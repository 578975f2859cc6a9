"""The collections that a service has open, and the thread that shows other processes' commits."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from qa_service.errors import QAServiceError
from qa_service.storage.analysis import LexicalAnalysis
from qa_service.storage.catalogue import Origin
from qa_service.storage.collection import Collection, list_collections

__all__ = ["OpenCollections"]

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.5
"""The contract promises another process's commit within 2 s."""


class OpenCollections:
    """Opens collections when they are first asked for and keeps them. Safe to use from several threads."""

    def __init__(self, index: Path, origin: Origin, analysis: LexicalAnalysis) -> None:
        self._index = index
        self._origin = origin
        self._analysis = analysis
        self._opened: dict[str, Collection] = {}
        self._opening = threading.Lock()
        self._closed = threading.Event()
        self._watcher: threading.Thread | None = None

    def get(self, name: str, *, create: bool = False) -> Collection:
        found = self._opened.get(name)
        if found is not None:
            return found
        with self._opening:
            if name not in self._opened:
                self._opened[name] = Collection.open(self._index, name, self._origin, self._analysis, create=create)
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
