"""Decides whether one found passage is a copy of another. It reads and compares each pair once."""

from __future__ import annotations

from collections.abc import Sequence

from qa_service.ranking.copies import is_copy
from qa_service.ranking.late_interaction import LateInteraction
from qa_service.ranking.passage_cache import PassageCache
from qa_service.ranking.query import Query
from qa_service.records import Passage
from qa_service.text.basic.wording import Wording

__all__ = ["CopyCheck"]

MOST_READ = 100_000
"""Most code points of an article that is compared as a whole. Of a longer article only the passage is compared."""


class CopyCheck:
    """For one question over one snapshot."""

    def __init__(self, query: Query, cache: PassageCache, late: LateInteraction) -> None:
        self._query, self._cache, self._late = query, cache, late
        self._worded: dict[tuple[str, int, int], Wording] = {}
        self._same: dict[tuple[int, int], bool] = {}

    def is_copy(self, lower: int, upper: int) -> bool:
        """Whether the passage `lower` says nothing that the passage `upper` and its article do not say.

        Raises:
            PassageGone: a passage was deleted.
        """
        if (lower, upper) not in self._same:
            (passage, _), (above, whole) = self._cache.passages([lower, upper])
            body = [at for at, heading in enumerate(passage.headings) if not heading]
            texts = passage.sentence_texts()

            def article() -> Wording:
                text = self._cache.article_text(whole)
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

    def _best(self, key: int, passage: Passage, body: Sequence[int]) -> int:
        """Position in `body` of the sentence that matches the question best; 0 if no sentence matches."""
        if (words := self._query.words) is not None:
            texts = passage.sentence_texts()
            late = dict(zip(body, words.scores(words.matches([texts[at] for at in body])).tolist(), strict=True))
        else:
            found = self._late.sentences(key)
            late = dict(zip(found.sentence.tolist(), found.late.tolist(), strict=True))
        return max(range(len(body)), key=lambda at: (late.get(body[at], -1.0), -at))
