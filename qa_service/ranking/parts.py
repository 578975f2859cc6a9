"""Where a question asks several things, each is ranked by itself, and each gets its passages.

Scores of the parts are brought to one level, that of the part that matches worst; the question as a whole has its share
in them, so that a passage that answers all of it stands first. A passage counts with the best score that any part gives
it, and is chosen for that part; so is the first passage of each. Then the parts take turns, as
sources that are named do (`balance.py`). What no part has in its head follows in the order of the question as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from qa_service.ranking.balance import balance
from qa_service.ranking.dense import cosines
from qa_service.ranking.late_interaction import put_below
from qa_service.ranking.lexical import bm25
from qa_service.ranking.pipeline import Parameters, Ranker, Ranking
from qa_service.ranking.query import Query
from qa_service.storage.local.snapshot import Snapshot

__all__ = ["PART_STEP", "chosen_for", "level", "rank_parts", "with_whole"]

PART_STEP = 0.2
"""Share of its score that a passage loses for each by which its part is ahead of the one that has fewest."""
WHOLE_SHARE = 0.3
"""Of a passage's score, how much the question as a whole decides: a passage that answers all of it stands first."""

Rows = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]


def rank_parts(
    query: Query, snapshot: Snapshot, whole: Ranker, parts: Sequence[Ranker], parameters: Parameters
) -> Ranking:
    """`query` and `whole` are of the question as it was asked.

    Raises:
        PassageGone: a candidate was deleted while this ran.
    """
    depth = parameters.late_interaction_depth
    heads = [(ranking.rows[:depth], ranking.scores[:depth]) for ranking in (part.rank(parameters) for part in parts)]
    rows = np.unique(np.concatenate([own for own, _ in heads]))
    rows = rows[np.argsort(snapshot.column("key", rows), kind="stable")]
    by_part = np.zeros((len(parts), len(rows)))
    for line, (own, scores) in zip(by_part, heads, strict=True):
        at = {row: position for position, row in enumerate(rows.tolist())}
        line[[at[row] for row in own.tolist()]] = scores
    ranking = whole.rank(parameters)
    by_part = with_whole(level(by_part), _scores_of(rows, ranking))
    best = by_part.max(axis=0, initial=0.0)
    order = np.argsort(-best, kind="stable")
    parts_of = chosen_for(by_part[:, order])
    balanced, head = balance(best[order], parts_of, PART_STEP)
    rows, parts_of = rows[order[balanced]], parts_of[:, balanced]

    left = ~np.isin(ranking.rows, rows)
    rest = put_below(ranking.scores[left], head, float(ranking.scores[left].max(initial=0.0)))
    all_rows, scores = np.concatenate([rows, ranking.rows[left]]), np.concatenate([head, rest])
    parts_of = np.concatenate([parts_of, np.zeros((len(parts), len(rest)), np.bool_)], axis=1)
    final = np.lexsort((snapshot.column("key", all_rows), -scores))  # scaled scores can meet: then ids decide
    all_rows = all_rows[final]
    return Ranking(
        all_rows,
        scores[final],
        cosines(snapshot, all_rows, query.encoding.vector),
        bm25(snapshot, all_rows, query.terms),
        parts_of[:, final],
    )


def with_whole(by_part: Scores, whole: Scores) -> Scores:
    """`by_part` (p, n), and the scores (n,) that the question as a whole gives the same passages, mixed."""
    mixed: Scores = (1 - WHOLE_SHARE) * by_part + WHOLE_SHARE * whole
    return mixed


def _scores_of(rows: Rows, ranking: Ranking) -> Scores:
    """Of each of the rows in the ranking; 0 where it is not there."""
    at = {row: score for row, score in zip(ranking.rows.tolist(), ranking.scores.tolist(), strict=True)}
    return np.array([at.get(row, 0.0) for row in rows.tolist()])


def level(by_part: Scores) -> Scores:
    """`by_part` (p, n) scaled down, so that the best of each part is as good as that of the weakest."""
    best = by_part.max(axis=1, initial=0.0)
    if not (best > 0).any():
        return by_part
    lowest = best[best > 0].min()
    scaled: Scores = by_part * np.where(best > 0, lowest / np.where(best > 0, best, 1.0), 1.0)[:, None]
    return scaled


def chosen_for(by_part: Scores) -> npt.NDArray[np.bool_]:
    """`by_part` (p, n) are the scores that each part gives; which passages are of which: bool (p, n)."""
    parts = np.arange(len(by_part))
    found: npt.NDArray[np.bool_] = parts[:, None] == by_part.argmax(axis=0)
    if by_part.shape[1]:
        found[parts, by_part.argmax(axis=1)] = True
    return found
