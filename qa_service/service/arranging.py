"""From a ranking to the list that is shown: reranked, copies collapsed, spread over outlets, cut to what was asked for.

Each step is greedy over a depth of its own that does not depend on `top_k`, and lowers scores where it reorders, so a
smaller `top_k` gives the beginning of a larger one's list. `dense` and `lexical` are those orders alone: only cut.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa_service.ranking.diversity import Balance, MarginalRelevance, OutletBalance
from qa_service.ranking.near_duplicates import NearDuplicates
from qa_service.ranking.pipeline import Ranking
from qa_service.ranking.preference import Preference
from qa_service.ranking.query import Query
from qa_service.ranking.reranking import rerank
from qa_service.ranking.select import Caps, Choice, Offers, owners, select
from qa_service.ranking.token_signs import TokenSignReader
from qa_service.records import Question
from qa_service.service.comparing import Comparison
from qa_service.service.passages import PassageReader
from qa_service.settings import Settings
from qa_service.storage.local.snapshot import Snapshot
from qa_service.text.basic.prefix import embedded_text

__all__ = ["Arranger", "Score", "Shown"]

Rows = npt.NDArray[np.int64]
Score = Callable[[str, Sequence[str]], npt.NDArray[np.float64]]
"""A question and texts -> how well each answers, from 0 to 1."""

READ_AHEAD = 10
"""Passages of which copies are read all at once."""
SPREAD_DEPTH = 100
"""Passages that change places for the sake of outlets and diversity."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A row of the snapshot at its place, with its exact scores. `copies` are rows of other articles that say the same,
    each article's best one, best first."""

    row: int
    score: float
    dense: float | None
    lexical: float | None
    copies: tuple[int, ...] = ()
    parts: tuple[int, ...] = ()
    """Which of the question's parts it is chosen for, from 0."""


class Arranger:
    """For one question over one snapshot. What several settings ask for is found once, and each gets what it would get
    by itself."""

    def __init__(
        self,
        question: Question,
        query: Query,
        snapshot: Snapshot,
        passages: PassageReader,
        signs: TokenSignReader,
        score: Score | None,
    ) -> None:
        self._question, self._query, self._snapshot = question, query, snapshot
        self._passages, self._score = passages, score
        self._comparison = Comparison(query, passages, signs)
        self._scores: dict[int, float] = {}

    def arrange(self, ranking: Ranking, settings: Settings) -> list[Shown]:
        """What is shown of the ranking, best first.

        Raises:
            PassageGone: a passage that is looked at was deleted.
        """
        question, offers, duplicates = self._question, None, None
        if question.retriever == "hybrid":
            if self._score is not None:
                ranking = self._rerank(ranking, settings)
            if question.collapse_duplicates and settings.collapse_duplicates:
                duplicates = self._duplicates(ranking)
            offers = self._offers(ranking, settings)
        caps = Caps(question.max_per_article, question.max_per_outlet, question.max_context_tokens)
        chosen = select(
            self._snapshot,
            ranking.rows,
            ranking.scores,
            top_k=question.top_k,
            caps=None if caps == Caps() else caps,
            offers=offers,
            duplicates=duplicates,
        )
        return [self._shown(ranking, choice) for choice in chosen]

    def _shown(self, ranking: Ranking, choice: Choice) -> Shown:
        at = choice.position
        copies = ranking.rows[list(choice.copies)]
        articles = self._snapshot.column("article", copies).tolist()
        best = dict(zip(reversed(articles), reversed(copies.tolist()), strict=True))
        return Shown(
            int(ranking.rows[at]),
            choice.score,
            None if ranking.dense is None else float(ranking.dense[at]),
            None if ranking.lexical is None else float(ranking.lexical[at]),
            tuple(reversed(best.values())),
            () if ranking.parts is None else tuple(np.flatnonzero(ranking.parts[:, at]).tolist()),
        )

    def _rerank(self, ranking: Ranking, settings: Settings) -> Ranking:
        return rerank(
            self._snapshot,
            ranking,
            self._preference(),
            self._model_scores,
            depth=settings.reranker_depth,
            source_weight=settings.source_weight,
            date_weight=settings.date_weight,
            balance_step=settings.balance_step,
        )

    def _preference(self) -> Preference:
        admitted = self._snapshot.admitted(self._question.filters)
        return Preference.of(self._snapshot, self._query.interpretation, admitted)

    def _model_scores(self, rows: Rows) -> npt.NDArray[np.float64]:
        missing = np.array([row for row in rows.tolist() if row not in self._scores], np.int64)
        if len(missing) and self._score is not None:
            read = self._passages.read(missing)
            texts = [embedded_text(article.meta.title, passage.text)[0] for passage, article in read]
            asked = [part.text for part in self._query.interpretation.parts] or [self._query.text]
            scores = np.max([self._score(text, texts) for text in asked], axis=0)
            self._scores |= dict(zip(missing.tolist(), scores.tolist(), strict=True))
        return np.array([self._scores[row] for row in rows.tolist()])

    def _duplicates(self, ranking: Ranking) -> NearDuplicates:
        found = NearDuplicates(self._snapshot, ranking.rows, self._comparison.is_copy)
        # One reading for what will most likely be compared.
        first = range(min(self._question.top_k, READ_AHEAD, len(ranking.rows)))
        if near := {other for position in first for other in found.near(position)}:
            self._passages.read(ranking.rows[sorted({*first, *near})])
        return found

    def _offers(self, ranking: Ranking, settings: Settings) -> Offers | None:
        """The order that outlets and diversity ask for; None where that is the ranking's own."""
        diversity = settings.diversity if self._question.diversity is None else self._question.diversity
        # Where sources are named, they are what was asked for; several are balanced already.
        step = 0.0 if self._query.interpretation.sources else settings.outlet_step
        if not (diversity or step):
            return None
        rows, scores = ranking.rows[:SPREAD_DEPTH], ranking.scores[:SPREAD_DEPTH]
        articles: list[int] = self._snapshot.column("article", rows).tolist()
        balance = Balance(articles, owners(self._snapshot, rows), step)
        if not diversity:
            return OutletBalance(scores, articles, balance)
        vectors = np.asarray(self._snapshot.column("vectors", rows), np.float32)
        return MarginalRelevance(scores, vectors, diversity, balance)
