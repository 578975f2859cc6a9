"""The rank of each candidate of a question at each stage of the ranking, to explain what was not returned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from qa_service.answering.confidence import load_confidence
from qa_service.embedding import Embedder
from qa_service.ranking.parameters import Parameters
from qa_service.ranking.pipeline import Ranking
from qa_service.records import Passage, Question
from qa_service.service.contents import Contents
from qa_service.service.open_question import open_question
from qa_service.settings import Settings
from qa_service.storage.port import Snapshot

__all__ = ["FIRST", "StageRanks", "stage_ranks"]

FIRST = 100
"""Number of first passages of a stage whose texts are read."""


@dataclass(frozen=True, slots=True, eq=False)
class StageRanks:
    """The stages of a question, in their order.

    `dense` and `lexical` are the two retrievers, `fused` is their combination with the preference for named sources and
    dates, and `late_interaction` reranks its first passages. A stage that was not asked is missing. `orders` has the
    passage ids of each stage as numbers, best first. `first` are the distinct passages among the first `FIRST` of all
    stages.
    """

    orders: Mapping[str, npt.NDArray[np.uint64]]
    first: tuple[Passage, ...]

    def of(self, passage_id: str) -> dict[str, int | None]:
        """The rank of a passage at each stage, from 1; None where the stage did not find it."""
        key = np.uint64(int(passage_id, 16))
        places = {stage: np.flatnonzero(order == key) for stage, order in self.orders.items()}
        return {stage: int(found[0]) + 1 if len(found) else None for stage, found in places.items()}


def stage_ranks(question: Question, contents: Contents, embedder: Embedder, settings: Settings) -> StageRanks:
    """Rank again, stage by stage, as the question is ranked under these settings. A question with several parts is
    ranked as a whole."""
    confidence = load_confidence(embedder.model_id.partition("@")[0])

    def read(snapshot: Snapshot) -> StageRanks:
        ranker = open_question(replace(question, answer=False), snapshot, embedder, confidence).whole.ranker
        parameters = Parameters.of(settings)
        last = ranker.rank(parameters)
        orders = _by_retriever(last, parameters.depth)
        if question.retriever == "hybrid":
            orders["fused"] = _keys(ranker.rank(replace(parameters, late_interaction=False)))
            if parameters.late_interaction:
                orders["late_interaction"] = _keys(last)
        wanted = np.unique(np.concatenate([order[:FIRST] for order in orders.values()]))
        ids = last.features.ids[np.isin(last.features.key, wanted)]
        return StageRanks(orders, tuple(passage for passage, _ in snapshot.passages(ids)))

    return contents.newest(read)


def _by_retriever(ranking: Ranking, depth: int) -> dict[str, npt.NDArray[np.uint64]]:
    """The first `depth` of each retriever. The ranking has the exact scores of all of them."""
    keys = _keys(ranking)
    found: dict[str, npt.NDArray[np.uint64]] = {}
    if ranking.dense is not None:
        found["dense"] = keys[np.lexsort((keys, -ranking.dense))][:depth]
    if ranking.lexical is not None:
        order = np.lexsort((keys, -ranking.lexical))
        found["lexical"] = keys[order[ranking.lexical[order] > 0]][:depth]
    return found


def _keys(ranking: Ranking) -> npt.NDArray[np.uint64]:
    return ranking.features.key[ranking.at]
