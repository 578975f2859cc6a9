"""Rankings other than the one that is served, each one change to it: settings, what is made of the token matches, or
the scores of the first passages again. Everything else is the ranker's own."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from qa_service.embedding.signs import best_by_sentence, sentence_cosines, similarities
from qa_service.ranking.late_interaction import TITLE_CREDIT
from qa_service.ranking.pipeline import Ranker, Ranking
from qa_service.ranking.query import Query
from qa_service.ranking.token_signs import TokenSignReader
from qa_service.records import Filters
from qa_service.service.asking import parameters_of
from qa_service.settings import Settings
from qa_service.storage.local.rows import TokenSigns
from qa_service.storage.local.snapshot import Snapshot

__all__ = ["Again", "Change", "Head", "Matches", "Parts", "VariedRanker", "matches_of"]

HEAD = 50
"""Passages whose scores are changed once more."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """How q tokens of a question match a passage of s sentences. `sentences` (q, s), each at least the discounted
    match with the title; `whole` and `title` (q,); `pairs` (q - 1, s): two neighbouring tokens with two neighbouring
    ones; `covered` (s,): the mean best match of a sentence's tokens with the question; `pooled` (s,): cosine of the
    question with each sentence's mean."""

    sentences: Floats
    whole: Floats
    title: Floats
    pairs: Floats
    covered: Floats
    pooled: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """The first passages of a ranking: `scores` (n,) fall, `articles` (n,), `vectors` (n, d) of unit length."""

    scores: Floats
    articles: npt.NDArray[np.int64]
    vectors: Floats


Parts = Callable[[Matches, Floats], float]
"""Matches and the tokens' weights, which sum to 1 -> late interaction with the passage."""
Again = Callable[[Head], Floats]
"""The first passages -> their scores anew."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change to the ranking. `settings` are names and values of `Settings`."""

    name: str
    settings: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    parts: Parts | None = None
    again: Again | None = None


def matches_of(query: Query, signs: TokenSigns) -> Matches | None:
    """None of a passage without sentences, or of a question without tokens."""
    tokens = query.encoding.token_vectors
    matrix = similarities(tokens, signs.bits)
    _, best = best_by_sentence(matrix, signs.sentence)
    if not best.size:
        return None
    own = np.flatnonzero(signs.sentence >= 0)
    within, matched = signs.sentence[own], matrix[:, own].astype(np.float64)
    begins = np.flatnonzero(np.diff(within, prepend=-1))
    title = matrix[:, signs.sentence < 0].max(axis=1, initial=-1.0).astype(np.float64)
    sentences = np.maximum(best, (TITLE_CREDIT / math.sqrt(signs.siblings) * title)[:, None])
    # A pair never reaches over the end of a sentence.
    pairs = np.full((len(tokens) - 1, len(own)), -1.0)
    pairs[:, :-1] = (matched[:-1, :-1] + matched[1:, 1:]) / 2
    pairs[:, :-1][:, np.diff(within) != 0] = -1.0
    lengths = np.diff(np.append(begins, len(own)))
    return Matches(
        sentences,
        matrix.max(axis=1).astype(np.float64),
        title,
        np.maximum.reduceat(pairs, begins, axis=1),
        np.add.reduceat(matched.max(axis=0), begins) / lengths,
        sentence_cosines(query.encoding.vector, signs.bits, signs.sentence).astype(np.float64),
    )


class VariedRanker(Ranker):
    """The hybrid ranking of one question, and what each change makes of it."""

    def __init__(self, query: Query, snapshot: Snapshot, signs: TokenSignReader) -> None:
        super().__init__(query, snapshot, signs, retriever="hybrid", filters=Filters())
        self._asked, self._shown, self._reader = query, snapshot, signs
        self._parts: Parts | None = None
        self._matches: dict[int, Matches | None] = {}

    def order(self, change: Change, settings: Settings) -> npt.NDArray[np.int64]:
        """Rows, best first."""
        self._parts = change.parts
        ranking = self.rank(parameters_of(settings.model_copy(update=dict(change.settings))))
        self._parts = None
        return ranking.rows if change.again is None else self._ordered_again(ranking, change.again)

    def late_parts(self, rows: npt.NDArray[np.int64]) -> list[tuple[float, float]]:
        if self._parts is None or self._asked.words is not None:
            return super().late_parts(rows)
        missing = np.array([row for row in rows.tolist() if row not in self._matches], np.int64)
        for row, signs in zip(missing.tolist(), self._reader.read(missing), strict=True):
            self._matches[row] = matches_of(self._asked, signs)
        weights, found = self._asked.token_weights.astype(np.float64), []
        for row in rows.tolist():
            matches = self._matches[row]
            value = self._parts(matches, weights) if matches is not None else super().late_parts(np.array([row]))[0][1]
            found.append((value, value))
        return found

    def _ordered_again(self, ranking: Ranking, again: Again) -> npt.NDArray[np.int64]:
        rows = ranking.rows[:HEAD]
        head = Head(
            ranking.scores[:HEAD],
            np.asarray(self._shown.column("article", rows), np.int64),
            np.asarray(self._shown.column("vectors", rows), np.float64),
        )
        order = np.argsort(-again(head), kind="stable") if len(rows) else np.arange(0)
        return np.concatenate([rows[order], ranking.rows[HEAD:]])
