"""The models that a service answers with, each loaded when it is first needed."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from qa_service.answering.nli import ContradictionModel, open_contradiction_model
from qa_service.embedding import Embedder, languages_read, open_embedder, open_reranker
from qa_service.settings import Settings

if TYPE_CHECKING:
    from qa_service.embedding.cross_encoder import CrossEncoderReranker

__all__ = ["Models"]

logger = logging.getLogger(__name__)


class Models:
    """Those that the settings name. Safe to use from several threads.

    Raises (as does every property that loads one):
        ModelUnavailable: a model is not on disk, or cannot be used.
    """

    def __init__(self, settings: Settings, embedder: Embedder | None = None) -> None:
        self._settings = settings
        self._embedder = embedder
        self._reranker: CrossEncoderReranker | None = None
        self._contradictions: ContradictionModel | None = None
        self._loading = threading.Lock()

    @property
    def embedder(self) -> Embedder:
        if self._embedder is None:
            with self._loading:
                if self._embedder is None:
                    self._embedder = open_embedder(self._settings.model, self._settings.model_languages)
        return self._embedder

    @property
    def languages(self) -> frozenset[str] | None:
        """Those that the embedder reads, None for all; told without loading it."""
        if self._embedder is not None:
            return self._embedder.languages
        return languages_read(self._settings.model, self._settings.model_languages)

    @property
    def reranker(self) -> CrossEncoderReranker | None:
        """None where the settings name none."""
        if self._reranker is None and self._settings.reranker is not None:
            with self._loading:
                if self._reranker is None:
                    self._reranker = open_reranker(self._settings.reranker)
        return self._reranker

    @property
    def contradictions(self) -> ContradictionModel | None:
        """None where the settings name none."""
        if self._contradictions is None and self._settings.nli_model is not None:
            with self._loading:
                if self._contradictions is None:
                    self._contradictions = open_contradiction_model(self._settings.nli_model)
        return self._contradictions

    def load(self) -> None:
        """All of them, now."""
        reranker, contradictions = self.reranker, self.contradictions  # first: where one is missing, nobody waits
        self.embedder.encode_query("warm up")
        if reranker is not None:
            logger.info("passages are reranked by %s", reranker.model_id)
        if contradictions is not None:
            logger.info("disagreements are found by %s", contradictions.model_id)
