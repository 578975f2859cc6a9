"""Opens the cross-encoder of the setting `reranker`, without importing torch before it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qa_service.embedding.on_disk import find_model, stay_offline

if TYPE_CHECKING:
    from qa_service.embedding.cross_encoder import CrossEncoderReranker

__all__ = ["open_reranker"]


def open_reranker(model: str) -> CrossEncoderReranker:
    """The CrossEncoder with this name or path.

    Raises:
        ModelUnavailable: the model is not on disk, or does not give one score per pair.
    """
    stay_offline()
    path = find_model("reranker", model, "a sentence-transformers CrossEncoder", " Unset it to rank without one.")
    from qa_service.embedding.cross_encoder import CrossEncoderReranker  # torch takes seconds to import

    return CrossEncoderReranker(model, path)
