"""Ranks passages for a question: dense and lexical retrieval, exact scores of their union, fusion, late interaction,
and preference for sources and dates that the question names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from qa_service.ranking.balance import balance, first_of_each
from qa_service.ranking.fusion import convex_combination
from qa_service.ranking.late_interaction import DENSE_WEIGHT, WORD_WEIGHT, LateInteraction, blend, put_below
from qa_service.ranking.parameters import Parameters
from qa_service.ranking.passage_cache import PassageCache
from qa_service.ranking.preference import Marks, Preference
from qa_service.ranking.query import Query
from qa_service.ranking.retrieval import Retrieved, retrieve
from qa_service.records import Filters
from qa_service.storage.features import Features
from qa_service.storage.port import Ids, Snapshot
from qa_service.text.question.abbreviations import defines

__all__ = ["Positions", "Ranker", "Ranking", "Scores"]

DEFINITION_WEIGHT = 0.1
"""Score bonus for a passage that spells out the abbreviation that the question asks about."""

FEW_OF_EACH = 5
"""Number of first passages of each named source that late interaction always reranks."""

Positions = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """n candidates, best first. `at` int64 (n,) has their positions in `features`, which is in the order of ids.

    `dense` or `lexical` (n,) is None if that retriever was not asked. `parts` bool (p, n) marks the passages that are
    chosen for each part of the question; None if it has no parts.
    """

    features: Features
    at: Positions
    scores: Scores
    dense: npt.NDArray[np.float32] | None
    lexical: Scores | None
    parts: npt.NDArray[np.bool_] | None = None

    @property
    def ids(self) -> Ids:
        """The engine's keys of the passages, best first."""
        return self.features.ids[self.at]

    def take(self, chosen: npt.NDArray[Any], scores: Scores | None = None) -> Ranking:
        """The passages at these places of the ranking, in this order. `scores` replace their scores if given."""
        return Ranking(
            self.features,
            self.at[chosen],
            self.scores[chosen] if scores is None else scores,
            None if self.dense is None else self.dense[chosen],
            None if self.lexical is None else self.lexical[chosen],
            None if self.parts is None else self.parts[:, chosen],
        )


class Ranker:
    """Ranks the passages of a snapshot for one question. Rankings by several parameters share all work that does not
    depend on the parameters. Each equals a ranking that is made alone.

    `retriever` is `hybrid`, `dense` or `lexical`; the last two give the order of that retriever alone.
    """

    def __init__(
        self,
        query: Query,
        snapshot: Snapshot,
        cache: PassageCache,
        preference: Preference,
        *,
        retriever: str,
        filters: Filters,
    ) -> None:
        self._query, self._snapshot, self._cache = query, snapshot, cache
        self._preference, self._retriever, self._filters = preference, retriever, filters
        self.late = LateInteraction(query, cache)
        self._retrieved: dict[tuple[int, int], tuple[Retrieved, Marks]] = {}
        self._defining: dict[int, bool] = {}

    def rank(self, parameters: Parameters) -> Ranking:
        """All candidates, in order.

        Raises:
            PassageGone: a candidate was deleted while this ran.
        """
        if self._retriever != "hybrid":
            return self._rank_alone(parameters.depth)
        found, marks = self._candidates(parameters)
        combined = convex_combination(
            found.dense,
            found.lexical,
            dense_range=found.dense_range,
            lexical_best=found.lexical_best,
            weight=parameters.dense_weight if self._query.words is None else DENSE_WEIGHT,
        )
        # Candidates are in the order of ids: a stable sort is the order by score, then id.
        scores = marks.apply(combined, parameters)
        order = _falling(scores)
        few = FEW_OF_EACH if parameters.late_interaction else 0
        first = first_of_each(marks.named[:, order], parameters.late_interaction_depth, few)
        head_at, rest_at = order[first], order[~first]
        head, rest = scores[head_at], scores[rest_at]
        edge = max(float(head.min()), float(rest.max(initial=0.0))) if len(head) else 0.0
        if parameters.late_interaction and len(head):
            head_at = np.sort(head_at)
            head = self._rerank(parameters, found.features.ids[head_at].tolist(), combined[head_at])
            head = marks.at(head_at).apply(head, parameters)
            order = _falling(head)
            head_at, head = head_at[order], head[order]
        if len(marks.named) > 1 and parameters.balance_step:
            order, head = balance(head, marks.named[:, head_at], parameters.balance_step)
            head_at = head_at[order]
        rest_at, rest = _in_order(rest_at, rest, put_below(rest, head, edge))
        at, scores = np.concatenate([head_at, rest_at]), np.concatenate([head, rest])
        if len(head) and head[-1] <= 0:  # the rest cannot lie below zero, so only the id orders it
            by_id = np.argsort(at)
            order = by_id[_falling(scores[by_id])]
            at, scores = at[order], scores[order]
        return Ranking(found.features, at, scores, found.dense[at], found.lexical[at])

    def _rank_alone(self, depth: int) -> Ranking:
        """Rank by the only retriever that was asked."""
        if self._retriever == "dense":
            found = self._snapshot.nearest(self._query.encoding.vector, depth, self._filters)
        else:
            found = self._snapshot.matching(self._query.terms, depth, self._filters)
        features = self._snapshot.features(found.ids)
        at, scores = features.positions(found.ids), found.scores.astype(np.float64)
        if self._retriever == "dense":
            return Ranking(features, at, scores, found.scores.astype(np.float32), None)
        return Ranking(features, at, scores, None, scores)

    def _candidates(self, parameters: Parameters) -> tuple[Retrieved, Marks]:
        of_each = parameters.late_interaction_depth if self._query.interpretation.sources else 0
        depths = parameters.depth, of_each
        if depths not in self._retrieved:
            found = retrieve(self._query, self._snapshot, self._filters, depth=depths[0], few=depths[1])
            self._retrieved[depths] = found, self._preference.marks(found.features)
        return self._retrieved[depths]

    def _rerank(self, parameters: Parameters, ids: list[int], combined: Scores) -> Scores:
        """Late interaction over the passages, with their first-stage scores `combined`."""
        share, weight = parameters.sentence_share, parameters.late_interaction_weight
        if self._query.words is not None:  # with words, the best sentence adds nothing to the whole
            share, weight = 0.0, WORD_WEIGHT
        whole, sentence = self.late.parts(ids).T
        scores = blend(combined, (1 - share) * whole + share * sentence, weight)
        if self._query.interpretation.abbreviation is not None:
            scores = (1 - DEFINITION_WEIGHT) * scores + DEFINITION_WEIGHT * self._defined(ids)
        return scores

    def _defined(self, ids: list[int]) -> npt.NDArray[np.bool_]:
        """Whether each passage spells out the abbreviation that the question asks about: bool (n,)."""
        short = self._query.interpretation.abbreviation or ""
        missing = [passage for passage in ids if passage not in self._defining]
        for key, (passage, _) in zip(missing, self._cache.passages(missing), strict=True):
            self._defining[key] = any(defines(sentence, short) for sentence in passage.sentence_texts())
        return np.array([self._defining[passage] for passage in ids])


def _falling(scores: Scores) -> Positions:
    """Positions from the highest score to the lowest; equal scores keep their order."""
    return np.argsort(-scores, kind="stable")


def _in_order(at: Positions, before: Scores, scaled: Scores) -> tuple[Positions, Scores]:
    """Sort the positions `at` by `scaled`, then by id. They come in the order of the scores `before`.

    Scaling can make two scores equal. Below a head without a positive score it can exchange two. Otherwise the order
    is right already.
    """
    above, level = scaled[:-1] > scaled[1:], (scaled[:-1] == scaled[1:]) & (before[:-1] == before[1:])
    if (above | level).all():
        return at, scaled
    by_id = np.argsort(at)
    order = by_id[_falling(scaled[by_id])]
    return at[order], scaled[order]
