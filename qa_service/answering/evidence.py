"""Evidence: the fewest sentences of a passage that answer, whole, in order.

A sentence is scored as late interaction scores a passage, over the sentence's own tokens (Khattab & Zaharia, "ColBERT",
SIGIR 2020). The best sentence is taken; another is added only where it matches words of the question that those taken
leave open.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from qa_service.embedding.signs import best_by_sentence, similarities
from qa_service.records import Evidence, Passage

__all__ = ["find_evidence"]

LEAST_GAIN = 0.06
"""By how much a further sentence must raise the weighted match of the question's tokens."""
MOST_SENTENCES = 2


def find_evidence(
    passage: Passage,
    tokens: npt.NDArray[np.float32],
    weights: npt.NDArray[np.float32],
    bits: npt.NDArray[np.uint8],
    sentence: npt.NDArray[np.int64],
) -> tuple[Evidence, ...]:
    """`tokens` (q, d) and `weights` (q,) are the question's; `bits` (t, ceil(d / 8)) the passage's tokens,
    `sentence` (t,) the sentence that each belongs to, -1 for those of the title.

    Headings are never evidence; a passage of headings alone has none.
    """
    if not len(tokens) or not len(bits):
        return ()
    found, matches = best_by_sentence(similarities(tokens, bits), sentence)
    candidates = [
        (*passage.sentences[i], matches[:, at]) for at, i in enumerate(found.tolist()) if not passage.headings[i]
    ]
    if not candidates:
        return ()
    scores = [float((match.astype(np.float64) * weights).sum()) for _, _, match in candidates]
    chosen = [max(range(len(candidates)), key=lambda i: (scores[i], -i))]
    while len(chosen) < min(MOST_SENTENCES, len(candidates)):
        covered = np.max([candidates[i][2] for i in chosen], axis=0)
        gains = [
            float(((np.maximum(match, covered) - covered).astype(np.float64) * weights).sum())
            for _, _, match in candidates
        ]
        best = max(range(len(candidates)), key=lambda i: (gains[i], -i))
        if gains[best] < LEAST_GAIN:
            break
        chosen.append(best)
    return tuple(
        Evidence(start, end, passage.text[start - passage.start : end - passage.start], scores[i])
        for i in sorted(chosen)
        for start, end, _ in [candidates[i]]
    )
