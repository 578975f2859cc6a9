"""Makes the shown results of a ranking: reranks, collapses copies, spreads over outlets, and cuts to `top_k`.

Each step is greedy over a depth that does not depend on `top_k`, and lowers scores if it reorders. So a smaller `top_k`
returns the first passages of a larger one. For the retrievers `dense` and `lexical` it only cuts the list.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa_service.ranking.diversity import Offers
from qa_service.ranking.late_interaction import LateInteraction
from qa_service.ranking.near_duplicates import NearDuplicates
from qa_service.ranking.parameters import Parameters
from qa_service.ranking.passage_cache import PassageCache
from qa_service.ranking.pipeline import Ranking
from qa_service.ranking.preference import Preference
from qa_service.ranking.query import Query
from qa_service.ranking.reranking import rerank
from qa_service.ranking.select import Caps, Choice, owners, select
from qa_service.records import Question
from qa_service.service.copy_check import CopyCheck
from qa_service.settings import Settings
from qa_service.storage.port import Ids, Snapshot
from qa_service.text.basic.prefix import embedded_text

__all__ = ["Result", "ResultAssembler", "Score"]

Score = Callable[[str, Sequence[str]], npt.NDArray[np.float64]]
"""(question, texts) -> for each text, how well it answers, from 0 to 1."""

READ_AHEAD = 10
"""Number of first passages whose possible copies one query reads together."""
SPREAD_DEPTH = 100
"""Number of first passages that balance of outlets and diversity reorder."""


@dataclass(frozen=True, slots=True)
class Result:
    """A shown passage with its exact scores. `copies` has the best copy in each other article, best first."""

    passage: int
    """The engine's key."""
    score: float
    dense: float | None
    lexical: float | None
    copies: tuple[int, ...] = ()
    parts: tuple[int, ...] = ()
    """Numbers, from 0, of the parts of the question that the passage is chosen for."""


class ResultAssembler:
    """For one question over a snapshot. Several settings share its computations; results do not change by it."""

    def __init__(
        self,
        question: Question,
        query: Query,
        preference: Preference,
        snapshot: Snapshot,
        cache: PassageCache,
        late: LateInteraction,
        score: Score | None,
    ) -> None:
        """`score` is the reranker; None if there is no reranker."""
        self._question, self._query, self._preference = question, query, preference
        self._snapshot, self._cache, self._score = snapshot, cache, score
        self._outlets = snapshot.info.outlets
        self._copies = CopyCheck(query, cache, late)
        self._scores: dict[int, float] = {}

    def assemble(self, ranking: Ranking, settings: Settings, first: int = 0) -> tuple[list[Result], list[int]]:
        """The shown results of the ranking, best first, and the keys of the `first` results before `top_k` and caps.

        Raises:
            PassageGone: a passage was deleted meanwhile.
        """
        question = self._question
        parameters = Parameters.of(settings)
        if question.retriever == "hybrid" and self._score is not None:
            ranking = rerank(ranking, self._preference, self._model_scores, parameters)
        caps = Caps(question.max_per_article, question.max_per_outlet, question.max_context_tokens)
        if caps == Caps():
            most = self._select(ranking, settings, max(first, question.top_k), None)
            return most[: question.top_k], [one.passage for one in most[:first]]
        before = self._select(ranking, settings, first, None) if first else []
        return self._select(ranking, settings, question.top_k, caps), [one.passage for one in before]

    def _select(self, ranking: Ranking, settings: Settings, top_k: int, caps: Caps | None) -> list[Result]:
        question, offers, duplicates = self._question, None, None
        if question.retriever == "hybrid":
            if question.collapse_duplicates and settings.collapse_duplicates:
                duplicates = self._duplicates(ranking)
            offers = self._offers(ranking, Parameters.of(settings))
        chosen = select(
            ranking.features,
            ranking.at,
            ranking.scores,
            self._outlets,
            top_k=top_k,
            caps=caps,
            offers=offers,
            duplicates=duplicates,
        )
        return [_result(ranking, choice) for choice in chosen]

    def _model_scores(self, ids: Ids) -> npt.NDArray[np.float64]:
        missing = [key for key in ids.tolist() if key not in self._scores]
        if missing and self._score is not None:
            read = self._cache.passages(missing)
            texts = [embedded_text(article.meta.title, passage.text)[0] for passage, article in read]
            asked = [part.text for part in self._query.interpretation.parts] or [self._query.text]
            scores = np.max([self._score(text, texts) for text in asked], axis=0)
            self._scores |= dict(zip(missing, scores.tolist(), strict=True))
        return np.array([self._scores[key] for key in ids.tolist()])

    def _duplicates(self, ranking: Ranking) -> NearDuplicates:
        articles = ranking.features.article[ranking.at]
        found = NearDuplicates(ranking.ids, articles, self._cache.term_bits.of, self._copies.is_copy)
        # One query reads the pairs that will probably be compared.
        first = range(min(self._question.top_k, READ_AHEAD, len(ranking.at)))
        if near := {other for position in first for other in found.near(position)}:
            self._cache.passages(ranking.ids[sorted({*first, *near})].tolist())
        return found

    def _offers(self, ranking: Ranking, parameters: Parameters) -> Offers | None:
        """The order by balance of outlets and diversity; None if neither is asked for."""
        diversity = parameters.diversity if self._question.diversity is None else self._question.diversity
        # If the question names sources, it wants their articles; `rank` has balanced several sources already.
        step = 0.0 if self._query.interpretation.sources else parameters.outlet_step
        if not (diversity or step):
            return None
        features, at, scores = ranking.features, ranking.at[:SPREAD_DEPTH], ranking.scores[:SPREAD_DEPTH]
        vectors = self._snapshot.vectors(features.ids[at]) if diversity else None
        outlets = owners(features, at, self._outlets)
        return Offers(scores, features.article[at], outlets, step, vectors=vectors, diversity=diversity)


def _result(ranking: Ranking, choice: Choice) -> Result:
    place = choice.position
    copies = ranking.at[list(choice.copies)]
    articles = ranking.features.article[copies].tolist()
    best = dict(zip(reversed(articles), reversed(ranking.features.ids[copies].tolist()), strict=True))
    return Result(
        int(ranking.features.ids[ranking.at[place]]),
        choice.score,
        None if ranking.dense is None else float(ranking.dense[place]),
        None if ranking.lexical is None else float(ranking.lexical[place]),
        tuple(reversed(best.values())),
        () if ranking.parts is None else tuple(np.flatnonzero(ranking.parts[:, place]).tolist()),
    )
