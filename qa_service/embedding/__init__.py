"""Texts to vectors. `open_embedder` is the one place where a backend is chosen."""

from __future__ import annotations

from qa_service.embedding.fake import FakeEmbedder
from qa_service.embedding.protocol import Embedder, PassageEncoding, QueryEncoding, pack_signs, unpack_signs

__all__ = [
    "Embedder",
    "FakeEmbedder",
    "PassageEncoding",
    "QueryEncoding",
    "open_embedder",
    "pack_signs",
    "unpack_signs",
]


def open_embedder(model: str) -> Embedder:
    """The embedder that the setting `model` names: `packaged`, `fake`, or any sentence-transformers name or path.

    Raises:
        ModelUnavailable: it is not on disk, or its weights are not the published ones.
    """
    if model == "fake":
        return FakeEmbedder()
    # torch takes seconds to import: only who needs it waits for it
    from qa_service.embedding.packaged import packaged_model_path
    from qa_service.embedding.sentence_transformer import SentenceTransformerEmbedder

    if model == "packaged":
        return SentenceTransformerEmbedder(str(packaged_model_path()), name="all-MiniLM-L6-v2")
    return SentenceTransformerEmbedder(model)
