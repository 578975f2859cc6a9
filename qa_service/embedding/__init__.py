"""Embedders: texts to vectors. `open_embedder` is the only place that chooses a backend."""

from __future__ import annotations

from collections.abc import Collection

from qa_service.embedding.fake import FakeEmbedder
from qa_service.embedding.on_disk import PUBLISHED_SHA256, find_model, packaged_model_path, stay_offline
from qa_service.embedding.protocol import Embedder

__all__ = ["Embedder", "FakeEmbedder", "languages_read", "open_embedder"]

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
    from qa_service.embedding.sentence_transformer import SentenceTransformerEmbedder  # torch takes seconds to import

    if packaged:
        return SentenceTransformerEmbedder(str(path), path, read, "all-MiniLM-L6-v2", PUBLISHED_SHA256)
    return SentenceTransformerEmbedder(model, path, read)


def languages_read(model: str, languages: Collection[str] = ()) -> frozenset[str] | None:
    """The `languages` that `open_embedder` gives the model, without opening it."""
    if languages:
        return None if ALL in languages else frozenset(languages)
    return PACKAGED_READS if model == "packaged" else None
