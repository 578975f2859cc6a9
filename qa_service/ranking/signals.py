"""What the first passages of a ranking say about whether they hold the answer. Read before `top_k` and caps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa_service.ranking.dense import cosines
from qa_service.ranking.pipeline import Ranker
from qa_service.ranking.query import Query
from qa_service.storage.snapshot import Snapshot

__all__ = ["SIGNAL_DEPTH", "Signals", "read_signals"]

SIGNAL_DEPTH = 5


@dataclass(frozen=True, slots=True)
class Signals:
    """The best among the first passages: `sentence`, late interaction with a single sentence; `cosine`, of question and
    passage."""

    sentence: float
    cosine: float


def read_signals(query: Query, snapshot: Snapshot, ranker: Ranker, rows: npt.NDArray[np.int64]) -> Signals | None:
    """None where there is nothing to read: no passage, or a question without tokens."""
    rows = rows[:SIGNAL_DEPTH]
    if not len(rows) or not len(query.token_weights):
        return None
    return Signals(
        sentence=max(sentence for _, sentence in ranker.late_parts(rows)),
        cosine=float(cosines(snapshot, rows, query.encoding.vector).max()),
    )
