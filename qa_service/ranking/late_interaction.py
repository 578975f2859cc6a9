"""Late interaction (MaxSim; Khattab & Zaharia, "ColBERT", SIGIR 2020) with the retrieval model's own token vectors.

For each token of the question the highest cosine to any token of the passage, averaged with weights sqrt(idf). No
second model and no second encoding: the passage's tokens are those of the forward pass that made its vector,
kept as one bit a dimension.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from qa_service.embedding.signs import similarities

__all__ = ["blend", "max_similarities"]


def max_similarities(tokens: npt.NDArray[np.float32], bits: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """The best match of each of the question's tokens in the passage: float32 (q,); zeros for a passage without
    tokens."""
    if not len(bits):
        return np.zeros(len(tokens), np.float32)
    return similarities(tokens, bits).max(axis=1)


def blend(
    first_stage: npt.NDArray[np.float64], late: npt.NDArray[np.float64], weight: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Scores of the head, whose late interaction is `late` (h,), and of the rest, which keeps the first stage's order.

    `first_stage` (n,) is sorted, descending, in [0, 1]. The rest is scaled to lie below the head: scores never rise
    down the list.
    """
    head = weight * np.clip(late, 0, 1) + (1 - weight) * first_stage[: len(late)]
    rest = first_stage[len(late) :]
    if not len(rest) or not len(head):
        return head, rest
    return head, rest * (head.min() / max(first_stage[len(late) - 1], np.finfo(np.float64).tiny))
