"""Questions with texts to scores: what the setting `reranker` names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qa_service.embedding.on_disk import stay_offline

if TYPE_CHECKING:
    from qa_service.embedding.cross_encoder import CrossEncoderReranker

__all__ = ["open_reranker"]


def open_reranker(model: str) -> CrossEncoderReranker:
    """A CrossEncoder by name or path.

    Raises:
        ModelUnavailable: it is not on disk, or gives a pair no single score.
    """
    stay_offline()
    from qa_service.embedding.cross_encoder import CrossEncoderReranker  # torch takes seconds to import

    return CrossEncoderReranker(model)
