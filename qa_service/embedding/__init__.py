"""Texts to vectors. `open_embedder` is the one place where a backend is chosen."""

from __future__ import annotations

import os

from qa_service.embedding.fake import FakeEmbedder
from qa_service.embedding.protocol import Embedder

__all__ = ["Embedder", "FakeEmbedder", "open_embedder"]


def open_embedder(model: str) -> Embedder:
    """The embedder that the setting `model` names: `packaged`, `fake`, or any sentence-transformers name or path.

    Raises:
        ModelUnavailable: it is not on disk, or its weights are not the published ones.
    """
    if model == "fake":
        return FakeEmbedder()
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # read when huggingface_hub is imported
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    # torch takes seconds to import: only who needs it waits for it
    from qa_service.embedding.packaged import PUBLISHED_SHA256, packaged_model_path
    from qa_service.embedding.sentence_transformer import SentenceTransformerEmbedder

    if model == "packaged":
        return SentenceTransformerEmbedder(
            str(packaged_model_path()), name="all-MiniLM-L6-v2", weights_sha256=PUBLISHED_SHA256
        )
    return SentenceTransformerEmbedder(model)
