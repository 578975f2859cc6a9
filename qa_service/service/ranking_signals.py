"""Reads the signals that the confidence is computed from. Its fit learns from rankings without some articles."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qa_service.embedding import Embedder
from qa_service.ranking.parameters import Parameters
from qa_service.ranking.passage_cache import PassageCache
from qa_service.ranking.pipeline import Ranker
from qa_service.ranking.preference import Preference
from qa_service.ranking.query import prepare_query
from qa_service.ranking.signals import RIGHT_DEPTH, SignalReader
from qa_service.records import Question
from qa_service.settings import Settings
from qa_service.storage.port import Snapshot

__all__ = ["HeadSignals", "read_signals"]

RANKED = 100
"""Number of ranked passages before articles are removed."""


@dataclass(frozen=True, slots=True)
class HeadSignals:
    """The head of a ranking: `signals` by name and the articles of the first passages, best first. `read` says whether
    the embedding model reads the question."""

    signals: Mapping[str, float]
    articles: tuple[str, ...]
    read: bool


def read_signals(
    question: Question, removed: Sequence[Collection[str]], snapshot: Snapshot, embedder: Embedder, settings: Settings
) -> list[HeadSignals | None]:
    """One result for each set of article ids in `removed`, as if its articles were not ranked. None if nothing is left.

    The question is taken literally: nothing in it is interpreted.

    Raises:
        PassageGone: a passage of the snapshot was deleted meanwhile.
    """
    query = prepare_query(question.question, snapshot, embedder)
    cache = PassageCache(snapshot)
    preference = Preference.of(snapshot, query.interpretation, question.filters)
    ranker = Ranker(query, snapshot, cache, preference, retriever=question.retriever, filters=question.filters)
    ranking = ranker.rank(Parameters.of(settings))
    ranking = ranking.take(np.arange(min(RANKED, len(ranking.at))))
    articles = [passage.article_id for passage, _ in cache.passages(ranking.ids.tolist())]
    reader = SignalReader(query, snapshot, ranker, cache)
    found: list[HeadSignals | None] = []
    for taken_out in removed:
        kept = np.array([at for at, article in enumerate(articles) if article not in taken_out], np.int64)
        signals = reader.read(ranking.take(kept), late=settings.late_interaction)
        first = tuple(articles[at] for at in kept[:RIGHT_DEPTH].tolist())
        named = signals.named() if signals else {}
        found.append(HeadSignals(named, first, signals.read) if signals else None)
    return found
