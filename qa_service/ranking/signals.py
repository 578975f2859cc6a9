"""Reads signals of the head of a ranking, before `top_k` and caps: do its first passages hold the answer?

The match of the best passage alone says little: long questions match less well than short ones, and some collections
match everything. Its distance from the other passages says more ("query performance prediction": Shtok, Kurland,
Carmel, Raiber & Markovits, "Predicting Query Performance by Query-Drift Estimation", TOIS 2012), and so do the words of
the question that no passage has. A passage that repeats a passage above it is not counted (`distinct.py`), since a
report that many outlets print is not less likely to be true.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qa_service.ranking.distinct import distinct_head
from qa_service.ranking.passage_cache import PassageCache
from qa_service.ranking.pipeline import Positions, Ranker, Ranking, Scores
from qa_service.ranking.query import Query
from qa_service.ranking.retrieval import dense_scores, lexical_scores
from qa_service.storage.port import Ids, Snapshot
from qa_service.text.question.abbreviations import defining_sentence
from qa_service.text.question.answer_type import asked_kind, asks_for_what_is_not, holds_kind, negates

__all__ = ["FEATURES", "HEAD", "RIGHT_DEPTH", "SignalReader", "Signals"]

RIGHT_DEPTH = 5
"""Confidence is the probability that one of this many first passages holds the answer."""
HEAD = 50
"""Distinct passages that the best one is compared with, at any depth of late interaction."""
NEXT = 6
"""The lexical score of the best passage is compared with passages above this rank, its cosine with those from here."""
UNKNOWN_MARGIN, UNKNOWN_WORD_MARGIN = 0.6, 0.9
"""The margin if late interaction is off, for questions that the model reads and for other questions. They are the
medians over 203 questions of new-wiki and TIME, and over 120 questions of XQuAD in Arabic. So the other signals
decide."""
FEATURES = ("margin", "cosine", "typed", "lexical_gap", "lexical_rank", "dense_peak", "uncovered")
"""What the confidence model reads, in the order of its documentation."""


@dataclass(frozen=True, slots=True)
class Signals:
    """Signals of the head of a ranking. "Late interaction" means late interaction with a passage's best sentence. If
    the model does not read the question (`read` is false), similarity of words replaces it and the cosine."""

    read: bool
    sentence: float
    """The highest late interaction among the first passages."""
    margin: float
    """Root of: distance of the first passage's late interaction from the head's median, times ln(1 + the number of the
    question's words without stop words). In a long question each token raises the mean less."""
    cosine: float
    """The highest cosine of the question with the first passages."""
    typed: float
    """Late interaction of the first passage; 0 if its best sentence lacks the kind of thing that the question asks
    for, or the negation."""
    lexical_gap: float
    """Distance of the highest BM25 from the mean of the next five, as a share of the highest."""
    lexical_rank: float
    """ln(1 + the number of passages of the head with a higher BM25 than the first)."""
    dense_peak: float
    """Distance of the highest cosine from those of rank six and lower, in their standard deviations."""
    uncovered: float
    """ln(1.05 - the share of the question's words, by inverse document frequency, that the first passages hold)."""
    defined: bool | None = None
    """Whether one of the first passages spells out the abbreviation that the question asks about; None if it asks
    about no abbreviation. It has no coefficient."""

    def named(self) -> dict[str, float]:
        """The signals that the confidence models read, by name."""
        return {name: getattr(self, name) for name in FEATURES}


class SignalReader:
    """Reads the signals of rankings of one question over a snapshot. Its rankings share their computations."""

    def __init__(self, query: Query, snapshot: Snapshot, ranker: Ranker, cache: PassageCache) -> None:
        self._query, self._snapshot, self._late, self._cache = query, snapshot, ranker.late, cache
        self._heads: dict[bytes, Positions] = {}

    def head(self, ranking: Ranking) -> Positions:
        """Places in the ranking of the passages that its signals are read from."""
        key = ranking.ids.tobytes()
        if key not in self._heads:
            terms, term_bits = self._query.terms, self._cache.term_bits
            self._heads[key] = distinct_head(self._snapshot, term_bits, ranking.features, ranking.at, terms, HEAD)
        return self._heads[key]

    def read(self, ranking: Ranking, *, late: bool = True) -> Signals | None:
        """The signals; None without a passage or without words in the question. `late` is whether late interaction is
        on. If it is off, only the tokens of the first passages are read, and the margin is a constant.

        Raises:
            PassageGone: a passage was deleted meanwhile.
        """
        query, places = self._query, self.head(ranking)
        if not len(places) or not len(query.token_weights) or not query.content_spans:
            return None
        ids = ranking.features.ids[ranking.at[places]]
        first: list[int] = ids[:RIGHT_DEPTH].tolist()
        parts = self._late.parts(ids.tolist() if late else first)
        sentences = parts[:, 1]
        dense = ranking.dense[places] if ranking.dense is not None else dense_scores(query, self._snapshot, ids)
        lexical = ranking.lexical
        lexical = lexical[places] if lexical is not None else lexical_scores(query, self._snapshot, ids)
        read, words = query.words is None, math.log1p(len(query.content))
        margin = UNKNOWN_MARGIN if read else UNKNOWN_WORD_MARGIN
        if late:
            margin = math.sqrt(max(0.0, float(sentences[0] - _median(sentences))) * words)
        return Signals(
            read=read,
            sentence=float(sentences[:RIGHT_DEPTH].max()),
            margin=margin,
            cosine=float((dense if read else parts[:, 0])[:RIGHT_DEPTH].max()),
            typed=float(sentences[0]) if self._holds_what_is_asked(first[0]) else 0.0,
            lexical_gap=_gap(lexical),
            lexical_rank=math.log1p(int((lexical > lexical[0]).sum())),
            dense_peak=_peak(dense.astype(np.float64)) if read else 0.0,
            uncovered=math.log(1.05 - self.covered(ids[:RIGHT_DEPTH])),
            defined=self._defined(first),
        )

    def _defined(self, ids: Sequence[int]) -> bool | None:
        short = self._query.interpretation.abbreviation
        if short is None:
            return None
        return any(defining_sentence(passage, short) is not None for passage, _ in self._cache.passages(ids))

    def _holds_what_is_asked(self, key: int) -> bool:
        """Whether the best sentence of a passage has the kind of thing that the question asks for, and a negation if
        the question asks what is not."""
        kind, negated = asked_kind(self._query.text), asks_for_what_is_not(self._query.text)
        if (kind is None and not negated) or self._query.words is not None:
            return True
        passage, found = self._cache.passage(key), self._late.sentences(key)
        best = passage.sentence_texts()[int(found.sentence[found.late.argmax()])] if len(found.late) else None
        held = best is not None and holds_kind(best, kind, self._query.text)
        return held and (not negated or negates(best or ""))

    def covered(self, ids: Ids) -> float:
        """Share of the question's words that some of the passages hold, weighted by inverse document frequency."""
        total = math.fsum(idf for _, idf in self._query.content)
        if not total:
            return 1.0
        held = self._cache.term_bits.terms(ids)
        return math.fsum(idf for own, idf in self._query.content if not held.isdisjoint(own)) / total


def _median(values: Scores) -> float:
    """As `numpy.median`, which takes ten times as long for few values."""
    rising, middle = np.sort(values), len(values) // 2
    return float(rising[middle] if len(values) % 2 else (rising[middle - 1] + rising[middle]) / 2)


def _gap(lexical: Scores) -> float:
    falling = np.sort(lexical)[::-1]
    return float(1 - falling[1:NEXT].mean() / falling[0]) if len(falling) > 1 and falling[0] > 0 else 0.0


def _peak(dense: Scores) -> float:
    falling = np.sort(dense)[::-1]
    others = falling[NEXT - 1 : 40]
    return float((falling[0] - others.mean()) / (others.std() + 0.01)) if len(others) > 1 else 0.0
