"""Embedders and the reranker. `open_embedder` and `open_reranker` choose the backend, and import torch when needed."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from qa_service.embedding.fake import FakeEmbedder
from qa_service.embedding.on_disk import PUBLISHED_SHA256, find_model, packaged_model_path, stay_offline
from qa_service.embedding.protocol import Embedder

if TYPE_CHECKING:
    from qa_service.embedding.cross_encoder import CrossEncoderReranker

__all__ = ["Embedder", "FakeEmbedder", "languages_read", "open_embedder", "open_reranker"]

PACKAGED_READS = frozenset({"en"})
ALL = "all"


def open_embedder(model: str, languages: Collection[str] = ()) -> Embedder:
    """The embedder for the setting `model`: `packaged`, `fake`, or a sentence-transformers name or path.

    `languages` are those that the model reads, or `all`. By default the packaged model reads English, others all.

    Raises:
        ModelUnavailable: the model is not on disk, or its weights differ from the published ones.
    """
    read = languages_read(model, languages)
    if model == "fake":
        return FakeEmbedder(read)
    stay_offline()
    packaged = model == "packaged"
    path = packaged_model_path() if packaged else find_model("model", model, "a sentence-transformers model")
    from qa_service.embedding.sentence_transformer import SentenceTransformerEmbedder

    if packaged:
        return SentenceTransformerEmbedder(str(path), path, read, "all-MiniLM-L6-v2", PUBLISHED_SHA256)
    return SentenceTransformerEmbedder(model, path, read)


def open_reranker(model: str) -> CrossEncoderReranker:
    """The CrossEncoder for the setting `reranker`, a name or path.

    Raises:
        ModelUnavailable: the model is not on disk, or does not give one score per pair.
    """
    stay_offline()
    path = find_model("reranker", model, "a sentence-transformers CrossEncoder", " Unset it to rank without one.")
    from qa_service.embedding.cross_encoder import CrossEncoderReranker

    return CrossEncoderReranker(model, path)


def languages_read(model: str, languages: Collection[str] = ()) -> frozenset[str] | None:
    """The `languages` that `open_embedder` gives the model, without opening it."""
    if languages:
        return None if ALL in languages else frozenset(languages)
    return PACKAGED_READS if model == "packaged" else None
