"""The lexical terms of a passage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from qa_service.text.basic.terms import terms

__all__ = ["LexicalAnalysis"]


@dataclass(frozen=True, slots=True)
class LexicalAnalysis:
    """The terms of a passage and, `title_weight` times, those of its article's title, outlet and author.

    Together they are one weighted bag, as in BM25F (Robertson, Zaragoza & Taylor, "Simple BM25 extension to multiple
    weighted fields", CIKM 2004). So "according to SouthFront" finds articles of SouthFront that do not name it.
    """

    title_weight: int = 1

    @property
    def recipe(self) -> str:
        """Names the analysis; indexes of another one are rebuilt."""
        return f"title, outlet, author x {self.title_weight}"

    def count(self, text: str, about: Iterable[str | None], language: str | None) -> Counter[str]:
        """How often each term occurs. `about` has the article's title, outlet and author."""
        counted = Counter(terms(text, language))
        for value in about:
            for term in terms(value, language) if value else ():
                counted[term] += self.title_weight
        return +counted
