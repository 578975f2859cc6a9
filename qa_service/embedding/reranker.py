"""Questions with texts to scores: what the setting `reranker` names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qa_service.embedding.on_disk import find_model, not_on_disk, stay_offline

if TYPE_CHECKING:
    from qa_service.embedding.cross_encoder import CrossEncoderReranker

__all__ = ["open_reranker"]


def open_reranker(model: str) -> CrossEncoderReranker:
    """A CrossEncoder by name or path.

    Raises:
        ModelUnavailable: it is not on disk, or gives a pair no single score.
    """
    stay_offline()
    path = find_model(model)
    if path is None:
        raise not_on_disk("reranker", model, "a sentence-transformers CrossEncoder", " Unset it to rank without one.")
    from qa_service.embedding.cross_encoder import CrossEncoderReranker  # torch takes seconds to import

    return CrossEncoderReranker(model, path)
