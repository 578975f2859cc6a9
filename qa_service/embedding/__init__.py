"""Texts to vectors. `open_embedder` is the one place where a backend is chosen."""

from __future__ import annotations

from collections.abc import Collection

from qa_service.embedding.fake import FakeEmbedder
from qa_service.embedding.on_disk import find_model, not_on_disk, stay_offline
from qa_service.embedding.packaged import PUBLISHED_SHA256, packaged_model_path
from qa_service.embedding.protocol import Embedder

__all__ = ["Embedder", "FakeEmbedder", "languages_read", "open_embedder"]

PACKAGED_READS = frozenset({"en"})
ALL = "all"


def open_embedder(model: str, languages: Collection[str] = ()) -> Embedder:
    """The embedder that the setting `model` names: `packaged`, `fake`, or any sentence-transformers name or path.

    `languages` are those it reads, `all` for every one; where none are named, English for the packaged model and all
    for others.

    Raises:
        ModelUnavailable: it is not on disk, or its weights are not the published ones.
    """
    read = languages_read(model, languages)
    if model == "fake":
        return FakeEmbedder(read)
    stay_offline()
    path = packaged_model_path() if model == "packaged" else find_model(model)
    if path is None:
        raise not_on_disk("model", model, "a sentence-transformers model")
    # torch takes seconds to import: only who needs it waits for it
    from qa_service.embedding.sentence_transformer import SentenceTransformerEmbedder

    if model == "packaged":
        return SentenceTransformerEmbedder(
            str(path), path, languages=read, name="all-MiniLM-L6-v2", weights_sha256=PUBLISHED_SHA256
        )
    return SentenceTransformerEmbedder(model, path, languages=read)


def languages_read(model: str, languages: Collection[str] = ()) -> frozenset[str] | None:
    """What `Embedder.languages` of that model will be, without opening it; arguments as of `open_embedder`."""
    if languages:
        return None if ALL in languages else frozenset(languages)
    return PACKAGED_READS if model == "packaged" else None
