"""Whether a passage that one question found is a copy of another: both are read, each once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qa_service.embedding.signs import best_by_sentence, similarities
from qa_service.ranking.copies import is_copy
from qa_service.ranking.query import Query
from qa_service.ranking.token_signs import TokenSignReader
from qa_service.records import ArticleSummary, Passage
from qa_service.service.passages import PassageReader
from qa_service.storage.local.rows import TokenSigns
from qa_service.text.basic.wording import Wording

__all__ = ["Comparison"]


MOST_READ = 100_000
"""Code points of the longest article that is read whole: of a longer one its passage alone tells."""


class Comparison:
    """Of passages of one snapshot, for one question."""

    def __init__(self, query: Query, passages: PassageReader, signs: TokenSignReader) -> None:
        self._query, self._passages, self._signs = query, passages, signs
        self._known: dict[int, tuple[Passage, ArticleSummary]] = {}
        """By row: each is compared many times."""
        self._worded: dict[tuple[str, int, int], Wording] = {}
        self._same: dict[tuple[int, int], bool] = {}

    def is_copy(self, lower: int, upper: int) -> bool:
        """Whether row `lower` says nothing that row `upper` and its article do not.

        Raises:
            PassageGone: one of them was deleted.
        """
        if (lower, upper) not in self._same:
            if new := [row for row in (lower, upper) if row not in self._known]:
                self._known |= zip(new, self._passages.read(np.array(new)), strict=True)
            (passage, _), (above, whole) = self._known[lower], self._known[upper]
            body = [at for at, heading in enumerate(passage.headings) if not heading]
            texts = passage.sentence_texts()

            def article() -> Wording:
                text = self._passages.article_text(whole)
                if len(text) > MOST_READ:
                    return Wording("")
                return self._read(above.article_id, 0, len(text), text)

            self._same[lower, upper] = is_copy(
                [texts[at] for at in body],
                [text for text, heading in zip(texts, passage.headings, strict=True) if heading],
                self._read(above.article_id, above.start, above.end, above.text),
                article,
                lambda: self._best(lower, passage, body),
            )
        return self._same[lower, upper]

    def _read(self, article_id: str, start: int, end: int, text: str) -> Wording:
        key = article_id, start, end
        if key not in self._worded:
            self._worded[key] = Wording(text)
        return self._worded[key]

    def _best(self, row: int, passage: Passage, body: Sequence[int]) -> int:
        """Which of the sentences `body` of a passage matches the question best; the first of them where none does."""
        if (words := self._query.words) is not None:
            texts = passage.sentence_texts()
            late = dict(zip(body, words.scores(words.matches([texts[at] for at in body])).tolist(), strict=True))
        else:
            (signs,) = self._signs.read(np.array([row]))
            late = _late_by_sentence(self._query, signs)
        return max(range(len(body)), key=lambda at: (late.get(body[at], -1.0), -at))


def _late_by_sentence(query: Query, signs: TokenSigns) -> dict[int, float]:
    """Late interaction with each sentence of a passage, by its number."""
    if not len(query.token_weights) or not len(signs.bits):
        return {}
    found, matches = best_by_sentence(similarities(query.encoding.token_vectors, signs.bits), signs.sentence)
    late = (matches * query.token_weights[:, None]).sum(axis=0)
    return dict(zip(found.tolist(), late.tolist(), strict=True))
