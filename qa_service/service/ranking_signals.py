"""Reads the signals that the confidence is computed from. Its fit learns from rankings without some articles."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qa_service.answering.confidence import Confidence
from qa_service.answering.reading import HeadReading
from qa_service.embedding import Embedder
from qa_service.ranking.parameters import Parameters
from qa_service.ranking.passage_cache import PassageCache
from qa_service.ranking.query import prepare_query
from qa_service.ranking.signals import RIGHT_DEPTH
from qa_service.reader import Reader
from qa_service.records import Passage, Question
from qa_service.service.sub_query import SubQuery
from qa_service.settings import Settings
from qa_service.storage.port import Snapshot

__all__ = ["HeadSignals", "read_signals"]

RANKED = 100
"""Number of ranked passages before articles are removed."""


@dataclass(frozen=True, slots=True)
class HeadSignals:
    """The head of a ranking: `signals` by name and the first `passages`, best first. `read` says whether the embedding
    model reads the question. `reading` is of the first passages; None without a reader."""

    signals: Mapping[str, float]
    passages: tuple[Passage, ...]
    read: bool
    reading: HeadReading | None

    @property
    def articles(self) -> tuple[str, ...]:
        """The ids of the first passages' articles."""
        return tuple(passage.article_id for passage in self.passages)


def read_signals(
    question: Question,
    removed: Sequence[Collection[str]],
    snapshot: Snapshot,
    embedder: Embedder,
    settings: Settings,
    confidence: Confidence,
    reader: Reader | None = None,
) -> list[HeadSignals | None]:
    """One result for each set of article ids in `removed`, as if its articles were not ranked. None if nothing is left.

    The question is taken literally: nothing in it is interpreted.

    Raises:
        PassageGone: a passage of the snapshot was deleted meanwhile.
    """
    query = prepare_query(question.question, snapshot, embedder)
    cache = PassageCache(snapshot)
    own = SubQuery(query, question, snapshot, cache, confidence, reader)
    ranking = own.ranker.rank(Parameters.of(settings))
    ranking = ranking.take(np.arange(min(RANKED, len(ranking.at))))
    articles = [passage.article_id for passage, _ in cache.passages(ranking.ids.tolist())]
    found: list[HeadSignals | None] = []
    for taken_out in removed:
        kept = ranking.take(np.array([at for at, one in enumerate(articles) if one not in taken_out], np.int64))
        signals = own.signals(kept, late=settings.late_interaction)
        if signals is None:
            found.append(None)
            continue
        keys = kept.ids[:RIGHT_DEPTH].tolist()
        reading = own.read(keys, settings.reader_tokens)
        passages = tuple(passage for passage, _ in cache.passages(keys))
        found.append(HeadSignals(signals.named(), passages, signals.read, reading))
    return found
