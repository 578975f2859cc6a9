"""The models that a service answers with, each loaded when it is first needed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from qa_service.answering.nli import ContradictionModel, open_contradiction_model
from qa_service.embedding import Embedder, languages_read, open_embedder, open_reranker
from qa_service.reader import Reader, open_reader
from qa_service.settings import Settings

if TYPE_CHECKING:
    from qa_service.embedding.cross_encoder import CrossEncoderReranker

__all__ = ["Models"]

logger = logging.getLogger(__name__)

EXPORTS = ".models"
"""The folder of the index that keeps exported models. No collection has such a name."""


class Models:
    """The models that the settings name. Safe to use from several threads.

    Raises (as does every property that loads a model):
        ModelUnavailable: a model is not on disk, or cannot be used.
    """

    def __init__(self, settings: Settings, embedder: Embedder | None = None) -> None:
        self._settings = settings
        self._loaded: dict[str, Any] = {} if embedder is None else {"embedder": embedder}
        self._loading = threading.Lock()

    @property
    def embedder(self) -> Embedder:
        found: Embedder = self._once("embedder", self._open_embedder)
        return found

    @property
    def languages(self) -> frozenset[str] | None:
        """The languages that the embedder reads; None means all. This does not load the embedder."""
        if "embedder" in self._loaded:
            return self.embedder.languages
        return languages_read(self._settings.model, self._settings.model_languages)

    @property
    def reranker(self) -> CrossEncoderReranker | None:
        """None if the settings name no reranker."""
        name = self._settings.reranker
        return self._once("reranker", lambda: open_reranker(name)) if name is not None else None

    @property
    def reader(self) -> Reader | None:
        """None if the settings name no reader."""
        found: Reader | None = self._once("reader", lambda: open_reader(self._settings.chosen_reader))
        return found

    @property
    def contradictions(self) -> ContradictionModel | None:
        """None if the settings name no NLI model."""
        name = self._settings.nli_model
        return self._once("contradictions", lambda: open_contradiction_model(name)) if name is not None else None

    def load(self) -> None:
        """Load all models now."""
        # the embedder last, since its export takes long, and a missing model fails at once
        reranker, contradictions, reader = self.reranker, self.contradictions, self.reader
        logger.debug("questions are encoded by %s", self.embedder.runtime)
        self.embedder.encode_query("warm up")
        if reader is not None:
            logger.debug("answers are read by %s", reader.model_id)
        if reranker is not None:
            logger.info("passages are reranked by %s", reranker.model_id)
        if contradictions is not None:
            logger.info("disagreements are found by %s", contradictions.model_id)

    def _open_embedder(self) -> Embedder:
        settings = self._settings
        exports = settings.index / EXPORTS
        return open_embedder(settings.model, settings.model_languages, settings.runtime, exports)

    def _once(self, name: str, load: Callable[[], Any]) -> Any:
        """The model of this name, which `load` gives at the first call."""
        if name not in self._loaded:
            with self._loading:
                if name not in self._loaded:
                    self._loaded[name] = load()
        return self._loaded[name]
