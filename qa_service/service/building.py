"""With what a collection is built, as the settings say."""

from __future__ import annotations

from qa_service.embedding import Embedder
from qa_service.ingest.encode import Chunking
from qa_service.settings import Settings
from qa_service.storage.local.catalogue import Origin, chunking_json

__all__ = ["chunking_of", "origin_of"]


def origin_of(settings: Settings, embedder: Embedder) -> Origin:
    """What a collection remembers of it; one that was built otherwise is not opened."""
    pieces = min(settings.max_word_pieces, embedder.max_pieces)
    chunking = chunking_json(pieces=pieces, tokens=settings.max_tokens, overlap=settings.overlap_sentences)
    if settings.chunking == "whole":
        chunking = chunking_json(chunking="whole", pieces=embedder.max_pieces)
    return Origin(embedder.model_id, embedder.dimension, chunking, settings.title_weight)


def chunking_of(settings: Settings) -> Chunking:
    limits = (settings.max_word_pieces, settings.max_tokens, settings.overlap_sentences)
    return Chunking(*limits, whole=settings.chunking == "whole")
