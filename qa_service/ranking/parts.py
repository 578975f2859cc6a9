"""Joins the rankings of the parts of a question that asks several things. Each part gets its passages.

The scores of all parts are scaled to the level of the part that matches worst. The whole question has a share in them,
so a passage that answers all of it comes first. A passage counts with the best score of any part and is
chosen for that part; the first passage of each part is chosen for it too. Then the parts take turns, as named sources
do (`balance.py`). The other passages follow in the order of the question as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from qa_service.ranking.balance import balance
from qa_service.ranking.late_interaction import put_below
from qa_service.ranking.pipeline import Ranking, Scores
from qa_service.ranking.query import Query
from qa_service.ranking.retrieval import dense_scores, lexical_scores
from qa_service.storage.port import Candidates, Snapshot

__all__ = ["PART_STEP", "chosen_for", "join_parts", "level", "with_whole"]

PART_STEP = 0.2
"""Score penalty for each passage by which the passage's part leads the part with the fewest."""
WHOLE_SHARE = 0.3
"""Share of the whole question in a passage's score."""


def join_parts(query: Query, snapshot: Snapshot, whole: Ranking, parts: Sequence[Ranking], depth: int) -> Ranking:
    """One ranking of the question `query`, from its ranking as a whole and the first `depth` passages of each part."""
    heads = [part.take(np.arange(min(depth, len(part.at)))) for part in parts]
    features = whole.features.union([head.features.take(np.sort(head.at)) for head in heads])
    heads_at = [features.positions(head.ids) for head in heads]
    whole_at = features.positions(whole.ids)
    at = np.unique(np.concatenate(heads_at))  # in the order of ids
    by_part = np.zeros((len(parts), len(features)))
    for line, own, head in zip(by_part, heads_at, heads, strict=True):
        line[own] = head.scores
    of_whole = np.zeros(len(features))
    of_whole[whole_at] = whole.scores
    by_part = with_whole(level(by_part[:, at]), of_whole[at])
    best = by_part.max(axis=0, initial=0.0)
    order = np.argsort(-best, kind="stable")
    parts_of = chosen_for(by_part[:, order])
    balanced, head_scores = balance(best[order], parts_of, PART_STEP)
    at, parts_of = at[order[balanced]], parts_of[:, balanced]

    left = ~np.isin(whole_at, at)
    rest = put_below(whole.scores[left], head_scores, float(whole.scores[left].max(initial=0.0)))
    all_at, scores = np.concatenate([at, whole_at[left]]), np.concatenate([head_scores, rest])
    parts_of = np.concatenate([parts_of, np.zeros((len(parts), len(rest)), np.bool_)], axis=1)
    final = np.lexsort((all_at, -scores))  # scaled scores can be equal: then ids decide
    all_at = all_at[final]
    ids = features.ids[all_at]
    dense = [Candidates(whole.ids, whole.dense)] if whole.dense is not None else []
    lexical = [Candidates(whole.ids, whole.lexical)] if whole.lexical is not None else []
    return Ranking(
        features,
        all_at,
        scores[final],
        dense_scores(query, snapshot, ids, dense),
        lexical_scores(query, snapshot, ids, lexical),
        parts_of[:, final],
    )


def with_whole(by_part: Scores, whole: Scores) -> Scores:
    """`by_part` (p, n) mixed with the scores (n,) that the question as a whole gives the same passages."""
    mixed: Scores = (1 - WHOLE_SHARE) * by_part + WHOLE_SHARE * whole
    return mixed


def level(by_part: Scores) -> Scores:
    """`by_part` (p, n) scaled down, so that the best score of each part is that of the weakest part."""
    best = by_part.max(axis=1, initial=0.0)
    if not (best > 0).any():
        return by_part
    lowest = best[best > 0].min()
    scaled: Scores = by_part * np.where(best > 0, lowest / np.where(best > 0, best, 1.0), 1.0)[:, None]
    return scaled


def chosen_for(by_part: Scores) -> npt.NDArray[np.bool_]:
    """The passages that are chosen for each part, bool (p, n), by the scores `by_part` (p, n)."""
    parts = np.arange(len(by_part))
    found: npt.NDArray[np.bool_] = parts[:, None] == by_part.argmax(axis=0)
    if by_part.shape[1]:
        found[parts, by_part.argmax(axis=1)] = True
    return found
