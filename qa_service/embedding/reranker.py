"""Questions with texts to scores: what the setting `reranker` names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qa_service.embedding.on_disk import find_model, stay_offline
from qa_service.errors import ModelUnavailable

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
        raise ModelUnavailable(
            f"QA_RERANKER: there is no model {model!r} on this machine, and nothing is downloaded. Give the path of a "
            "sentence-transformers CrossEncoder, or put it into the Hugging Face cache first (on a machine with "
            f"internet: hf download {model}). Unset it to rank without one.",
            param="reranker",
        )
    from qa_service.embedding.cross_encoder import CrossEncoderReranker  # torch takes seconds to import

    return CrossEncoderReranker(model, path)
