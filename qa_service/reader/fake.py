"""A deterministic reader without a model, for fast tests: a sentence answers if it has the question's words.

The span is the longest run of words in the sentence that the question does not have.
"""

from __future__ import annotations

import re

from qa_service.reader.protocol import Excerpt, Reading, Span

__all__ = ["FakeReader"]

_WORD = re.compile(r"\w+")
_SHORTEST = 4
"""Letters of a word that counts; most shorter words are function words."""


class FakeReader:
    """A `Reader` that counts shared words."""

    model_id = "fake-shared-words-1"
    languages: frozenset[str] | None = None

    def count_pieces(self, text: str) -> int:
        """Number of words in `text`."""
        return len(_WORD.findall(text))

    def read(self, question: str, excerpt: Excerpt) -> Reading:
        """A sentence's logit is 8 times the share of the question's words that it or the title has, minus 4."""
        asked = _words(question)
        titled = _words(excerpt.title or "")
        scores = []
        for start, end in excerpt.sentences:
            found = asked & (_words(excerpt.text[start:end]) | titled)
            scores.append(8 * len(found) / max(1, len(asked)) - 4)
        spans = tuple(
            _new_words(excerpt.text, start, end, asked, score)
            for (start, end), score in zip(excerpt.sentences, scores, strict=True)
        )
        return Reading(max(scores, default=-4.0), tuple(scores), spans, 0.0)


def _words(text: str) -> frozenset[str]:
    return frozenset(m[0].casefold() for m in _WORD.finditer(text) if len(m[0]) >= _SHORTEST)


def _new_words(text: str, start: int, end: int, asked: frozenset[str], score: float) -> Span | None:
    runs: list[list[tuple[int, int]]] = [[]]
    for word in _WORD.finditer(text, start, end):
        folded = word[0].casefold()
        if folded in asked or len(folded) < _SHORTEST:
            runs.append([])
        else:
            runs[-1].append(word.span())
    best = max(runs, key=len)
    return Span(best[0][0], best[-1][1], score) if best else None
