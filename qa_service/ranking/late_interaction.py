"""Late interaction (MaxSim; Khattab & Zaharia, "ColBERT", SIGIR 2020) with the token vectors of the retrieval model.

For each token of the question it takes the highest cosine to any token of the passage, and averages them with weights
sqrt(idf). There is no second model and no second encoding: the forward pass that made the passage's vector also gave
its tokens, which are stored as one bit a dimension. Late interaction with the best sentence distinguishes a sentence
that answers from words that are scattered over the passage.

The title's tokens count with each sentence, discounted, since often only the title names the subject of a sentence.

If the embedding model does not read the question, words replace the vectors. For each word of the question it takes the
highest similarity to any word of the passage (`text/basic/word_similarity.py`), averaged with weights idf + 1. On XQuAD
(first 600 questions, packaged model) this raises nDCG@10 from .943 to .954 in Arabic and from .949 to .957 in Russian,
where vectors give .303 and .770. In English it adds nothing to late interaction of tokens.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from qa_service.embedding.sentence_matches import SentenceMatches, TokenMatcher
from qa_service.ranking.passage_cache import PassageCache
from qa_service.ranking.query import Query
from qa_service.records import Passage
from qa_service.text.basic.word_similarity import WordMatcher

__all__ = ["DENSE_WEIGHT", "TITLE_CREDIT", "WORD_WEIGHT", "LateInteraction", "blend", "put_below", "word_parts"]

TITLE_CREDIT = 0.9
"""Weight of a match with the title, where a match with the sentence has 1. It is divided by the root of the number of
the article's passages, since the title is about all of them."""
DENSE_WEIGHT = 0.05
"""Weight of vectors in the first stage, for words: enough to order passages whose words score equally. From 0 to .2,
XQuAD changes by -.002 in Arabic and 0 in Russian."""
WORD_WEIGHT = 0.7
"""Weight of the similarity of words; the first stage has the rest. From .6 to .8, XQuAD changes by .003 in Arabic and
.001 in Russian."""


class LateInteraction:
    """Late interaction of one question with passages of a snapshot. It matches each passage once.

    Raises (as does every method):
        PassageGone: a passage was deleted.
    """

    def __init__(self, query: Query, cache: PassageCache) -> None:
        self._query, self._cache = query, cache
        self.matcher = TokenMatcher(query.encoding.token_vectors, query.token_weights)
        self._parts: dict[int, tuple[float, float]] = {}
        self._matches: dict[int, tuple[SentenceMatches, int]] = {}

    def parts(self, ids: Sequence[int]) -> npt.NDArray[np.float64]:
        """Late interaction with each passage as a whole, and with its best sentence and the title: float64 (n, 2).

        If the model does not read the question, similarity of words replaces it.
        """
        if self._query.words is None:
            self._match(ids)
        else:
            missing = [key for key in ids if key not in self._parts]
            for key, (passage, article) in zip(missing, self._cache.passages(missing), strict=True):
                self._parts[key] = word_parts(self._query.words, passage, article.meta.title)
        return np.array([self._parts[key] for key in ids]).reshape(-1, 2)

    def sentences(self, passage: int) -> SentenceMatches:
        """The matches of one passage."""
        self._match([passage])
        matches, at = self._matches[passage]
        return matches.of(at)

    def _match(self, ids: Sequence[int]) -> None:
        if missing := [key for key in dict.fromkeys(ids) if key not in self._matches]:
            found = self.matcher.match(self._cache.tokens(missing), TITLE_CREDIT)
            self._matches |= {key: (found, at) for at, key in enumerate(missing)}
            self._parts |= zip(missing, zip(found.passage.tolist(), found.best.tolist(), strict=True), strict=True)


def word_parts(words: WordMatcher, passage: Passage, title: str | None) -> tuple[float, float]:
    """Similarity to the whole passage with its title, and to its best sentence; both in [0, 1]."""
    matches = words.matches([*passage.sentence_texts(), title or ""])
    whole = words.scores(matches.max(axis=0, keepdims=True))
    return float(whole[0]), float(words.scores(matches[:-1]).max(initial=0.0))


def blend(
    first_stage: npt.NDArray[np.float64], late: npt.NDArray[np.float64], weight: float
) -> npt.NDArray[np.float64]:
    """Scores of the head: `weight` * `late` (h,) + (1 - `weight`) * `first_stage` (h,), which is in [0, 1]."""
    scores: npt.NDArray[np.float64] = weight * np.clip(late, 0, 1) + (1 - weight) * first_stage
    return scores


def put_below(rest: npt.NDArray[np.float64], head: npt.NDArray[np.float64], edge: float) -> npt.NDArray[np.float64]:
    """First-stage scores (n,) of the passages after the head, scaled to lie below it in the same order.

    `edge` is the first-stage score that becomes the head's lowest one.
    """
    if not len(rest) or not len(head):
        return rest
    lowest = float(np.nextafter(head.min(), 0))
    below: npt.NDArray[np.float64] = np.minimum(rest * (lowest / max(edge, np.finfo(np.float64).tiny)), lowest)
    return below
