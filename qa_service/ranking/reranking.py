"""The head of a ranking ordered anew by the scores of another model, such as a cross-encoder's.

What the question names is preferred again, and several sources or parts are balanced again, since those scores know of
none of them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from qa_service.ranking.balance import balance
from qa_service.ranking.late_interaction import put_below
from qa_service.ranking.parts import PART_STEP
from qa_service.ranking.pipeline import Ranking
from qa_service.ranking.preference import Preference
from qa_service.storage.local.snapshot import Snapshot

__all__ = ["rerank"]

Rows = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]


def rerank(
    snapshot: Snapshot,
    ranking: Ranking,
    preference: Preference,
    score: Callable[[Rows], Scores],
    *,
    depth: int,
    source_weight: float,
    date_weight: float,
    balance_step: float,
) -> Ranking:
    """`ranking` with its first `depth` rows ordered by `score`, which gives each of the rows a number from 0 to 1; the
    rest is put below them."""
    rows, rest = ranking.rows[:depth], ranking.scores[depth:]
    if not len(rows):
        return ranking
    marks = preference.marks(rows)
    scores = marks.apply(score(rows), source_weight=source_weight, date_weight=date_weight)
    order = np.lexsort((snapshot.column("key", rows), -scores))
    scores = scores[order]
    if len(marks.named) > 1 and balance_step:
        balanced, scores = balance(scores, marks.named[:, order], balance_step)
        order = order[balanced]
    if ranking.parts is not None:
        balanced, scores = balance(scores, ranking.parts[:, order], PART_STEP)
        order = order[balanced]
    at = np.concatenate([order, np.arange(len(rows), len(ranking.rows))])
    scores = np.concatenate([scores, put_below(rest, scores, float(ranking.scores[len(rows) - 1]))])
    by_id = np.lexsort((snapshot.column("key", ranking.rows[at]), -scores))  # scaled scores can meet: then ids decide
    at, scores = at[by_id], scores[by_id]
    return Ranking(
        ranking.rows[at],
        scores,
        None if ranking.dense is None else ranking.dense[at],
        None if ranking.lexical is None else ranking.lexical[at],
        None if ranking.parts is None else ranking.parts[:, at],
    )
