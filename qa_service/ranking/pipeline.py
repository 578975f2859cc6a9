"""Question -> ranking: dense and lexical retrieval, exact scores of their union, fusion, late interaction, and what the
question names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa_service.ranking.balance import balance, first_of_each
from qa_service.ranking.dense import dense_search
from qa_service.ranking.fusion import convex_combination
from qa_service.ranking.late_interaction import blend, late_parts, put_below
from qa_service.ranking.lexical import lexical_search
from qa_service.ranking.preference import Marks, Preference
from qa_service.ranking.query import Query
from qa_service.ranking.retrieval import Candidates, retrieve
from qa_service.ranking.token_signs import TokenSignReader
from qa_service.ranking.word_match import DENSE_WEIGHT, WORD_WEIGHT, word_parts
from qa_service.records import Filters
from qa_service.storage.local.snapshot import Snapshot
from qa_service.text.question.abbreviations import defines

__all__ = ["Parameters", "Ranker", "Ranking"]

DEFINITION_WEIGHT = 0.1
"""Of a sentence that spells out the abbreviation that the question asks about."""

FEW_OF_EACH = 5
"""Passages of each source that the question names which late interaction sees, wherever the first stage puts them."""

Rows = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Parameters:
    """What shapes a ranking; defaults are in `settings`."""

    depth: int
    dense_weight: float
    late_interaction: bool
    late_interaction_depth: int
    late_interaction_weight: float
    sentence_share: float
    source_weight: float
    date_weight: float
    balance_step: float


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """n rows of the snapshot, best first. `dense` or `lexical` is None where that retriever was not asked. `parts` bool
    (p, n) says which are chosen for which of the question's parts; None where it has none."""

    rows: Rows
    scores: Scores
    dense: npt.NDArray[np.float32] | None
    lexical: Scores | None
    parts: npt.NDArray[np.bool_] | None = None


class Ranker:
    """Ranks the snapshot's passages for one question. Rankings by several parameters share what does not depend on
    them, and each is what it would be by itself.

    `retriever` is `hybrid`, `dense` or `lexical`; the last two are that order alone.
    """

    def __init__(
        self, query: Query, snapshot: Snapshot, signs: TokenSignReader, *, retriever: str, filters: Filters
    ) -> None:
        self._query, self._snapshot, self._signs = query, snapshot, signs
        self._retriever, self._filters = retriever, filters
        self._admitted = snapshot.admitted(filters)
        self._preference = Preference.of(snapshot, query.interpretation, self._admitted)
        self._retrieved: dict[tuple[int, int], tuple[Candidates, Marks]] = {}
        self._late: dict[int, tuple[float, float]] = {}
        self._defining: dict[int, bool] = {}

    def rank(self, parameters: Parameters) -> Ranking:
        """
        Raises:
            PassageGone: a candidate was deleted while this ran.
        """
        snapshot = self._snapshot
        if self._retriever == "dense":
            rows, dense = dense_search(snapshot, self._query.encoding.vector, parameters.depth, self._admitted)
            return Ranking(rows, dense.astype(np.float64), dense, None)
        if self._retriever == "lexical":
            rows, lexical = lexical_search(snapshot, self._query.terms, parameters.depth, self._admitted, self._filters)
            return Ranking(rows, lexical, None, lexical)
        found, marks = self._candidates(parameters)
        weights = {"source_weight": parameters.source_weight, "date_weight": parameters.date_weight}
        combined = convex_combination(
            found.dense,
            found.lexical,
            dense_range=found.dense_range,
            lexical_best=found.lexical_best,
            weight=parameters.dense_weight if self._query.words is None else DENSE_WEIGHT,
        )
        # Positions in `found`, which is in the order of ids: a stable sort is the order by score, then id.
        scores = marks.apply(combined, **weights)
        order = _falling(scores)
        few = FEW_OF_EACH if parameters.late_interaction else 0
        first = first_of_each(marks.named[:, order], parameters.late_interaction_depth, few)
        head_at, rest_at = order[first], order[~first]
        head, rest = scores[head_at], scores[rest_at]
        edge = max(float(head.min()), float(rest.max(initial=0.0))) if len(head) else 0.0
        if parameters.late_interaction and len(head):
            head_at = np.sort(head_at)
            head = self._rerank(parameters, found.rows[head_at], combined[head_at])
            head = marks.at(head_at).apply(head, **weights)
            order = _falling(head)
            head_at, head = head_at[order], head[order]
        if len(marks.named) > 1 and parameters.balance_step:
            order, head = balance(head, marks.named[:, head_at], parameters.balance_step)
            head_at = head_at[order]
        rest_at, rest = _in_order(rest_at, rest, put_below(rest, head, edge))
        at, scores = np.concatenate([head_at, rest_at]), np.concatenate([head, rest])
        if len(head) and head[-1] <= 0:  # nothing below zero to put the rest at: all that is left is the id
            by_id = np.argsort(at)
            order = by_id[_falling(scores[by_id])]
            at, scores = at[order], scores[order]
        return Ranking(found.rows[at], scores, found.dense[at], found.lexical[at])

    def late_parts(self, rows: Rows) -> list[tuple[float, float]]:
        """Late interaction with each passage as a whole and with its best single sentence; similarity of words where
        the model does not read the question.

        Raises:
            PassageGone: one of them was deleted.
        """
        missing = np.array([row for row in rows.tolist() if row not in self._late], np.int64)
        if len(missing) and self._query.words is not None:
            for row, (passage, article) in zip(missing.tolist(), self._signs.read_passages(missing), strict=True):
                self._late[row] = word_parts(self._query.words, passage, article.meta.title)
        elif len(missing):
            tokens, weights = self._query.encoding.token_vectors, self._query.token_weights
            for row, signs in zip(missing.tolist(), self._signs.read(missing), strict=True):
                self._late[row] = late_parts(tokens, weights, signs)
        return [self._late[row] for row in rows.tolist()]

    def _candidates(self, parameters: Parameters) -> tuple[Candidates, Marks]:
        of_each = parameters.late_interaction_depth if self._query.interpretation.sources else 0
        depths = parameters.depth, of_each
        if depths not in self._retrieved:
            found = retrieve(self._query, self._snapshot, self._admitted, self._filters, depth=depths[0], few=depths[1])
            self._retrieved[depths] = found, self._preference.marks(found.rows)
        return self._retrieved[depths]

    def _rerank(self, parameters: Parameters, rows: Rows, combined: Scores) -> Scores:
        """Late interaction over the rows, with their first-stage scores `combined`."""
        share, weight = parameters.sentence_share, parameters.late_interaction_weight
        if self._query.words is not None:  # their best sentence adds nothing to the whole
            share, weight = 0.0, WORD_WEIGHT
        whole, sentence = np.array(self.late_parts(rows)).T
        scores = blend(combined, (1 - share) * whole + share * sentence, weight)
        if self._query.interpretation.abbreviation is not None:
            scores = (1 - DEFINITION_WEIGHT) * scores + DEFINITION_WEIGHT * self._defined(rows)
        return scores

    def _defined(self, rows: Rows) -> npt.NDArray[np.bool_]:
        """Which passages spell out the abbreviation that the question asks about."""
        short = self._query.interpretation.abbreviation or ""
        missing = np.array([row for row in rows.tolist() if row not in self._defining], np.int64)
        if len(missing):
            for row, (passage, _) in zip(missing.tolist(), self._signs.read_passages(missing), strict=True):
                self._defining[row] = any(defines(sentence, short) for sentence in passage.sentence_texts())
        return np.array([self._defining[row] for row in rows.tolist()])


def _falling(scores: Scores) -> Rows:
    """Positions from the highest score to the lowest, equal ones as they stand."""
    return np.argsort(-scores, kind="stable")


def _in_order(at: Rows, before: Scores, scaled: Scores) -> tuple[Rows, Scores]:
    """The positions `at` and their scores `scaled`, in order; by `before` they are. Scaling may have made two of them
    equal or, below a head without a positive score, turned them round; else they are in order still."""
    above, level = scaled[:-1] > scaled[1:], (scaled[:-1] == scaled[1:]) & (before[:-1] == before[1:])
    if (above | level).all():
        return at, scaled
    by_id = np.argsort(at)
    order = by_id[_falling(scaled[by_id])]
    return at[order], scaled[order]
