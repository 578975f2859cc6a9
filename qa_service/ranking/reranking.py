"""Reranks the head of a ranking by the scores of another model, such as a cross-encoder.

These scores ignore named sources, dates and parts. So the preference for named sources and dates is applied again, and
several sources or parts are balanced again.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from qa_service.ranking.balance import balance
from qa_service.ranking.late_interaction import put_below
from qa_service.ranking.parameters import Parameters
from qa_service.ranking.parts import PART_STEP
from qa_service.ranking.pipeline import Ranking, Scores
from qa_service.ranking.preference import Preference
from qa_service.storage.port import Ids

__all__ = ["rerank"]


def rerank(ranking: Ranking, preference: Preference, score: Callable[[Ids], Scores], parameters: Parameters) -> Ranking:
    """`ranking` with its first `reranker_depth` passages ordered by `score`, which gives numbers from 0 to 1. The other
    passages follow below them."""
    depth = parameters.reranker_depth
    at, rest = ranking.at[:depth], ranking.scores[depth:]
    if not len(at):
        return ranking
    marks = preference.marks(ranking.features, at)
    scores = marks.apply(score(ranking.ids[:depth]), parameters)
    order = np.lexsort((at, -scores))
    scores = scores[order]
    if len(marks.named) > 1 and parameters.balance_step:
        balanced, scores = balance(scores, marks.named[:, order], parameters.balance_step)
        order = order[balanced]
    if ranking.parts is not None:
        balanced, scores = balance(scores, ranking.parts[:, order], PART_STEP)
        order = order[balanced]
    chosen = np.concatenate([order, np.arange(len(at), len(ranking.at))])
    scores = np.concatenate([scores, put_below(rest, scores, float(ranking.scores[len(at) - 1]))])
    by_id = np.lexsort((ranking.at[chosen], -scores))  # scaling can make scores equal: then ids decide
    return ranking.take(chosen[by_id], scores[by_id])
