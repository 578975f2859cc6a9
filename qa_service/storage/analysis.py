"""Which lexical terms a passage is found by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from qa_service.text.basic.terms import terms

__all__ = ["LexicalAnalysis"]


@dataclass(frozen=True, slots=True)
class LexicalAnalysis:
    """A passage's terms are its own and, `title_weight` times, those of its article's title, outlet and author: one
    weighted bag, as in BM25F (Robertson, Zaragoza & Taylor, "Simple BM25 extension to multiple weighted fields", CIKM
    2004). So "according to SouthFront" finds what SouthFront published, though its articles do not name it."""

    title_weight: int = 1

    @property
    def recipe(self) -> str:
        return f"title, outlet, author x {self.title_weight}"

    def count(self, text: str, about: Iterable[str | None], language: str | None) -> Counter[str]:
        """`about` is what is known of the article: title, outlet, author."""
        counted = Counter(terms(text, language))
        for said in about:
            for term in terms(said, language) if said else ():
                counted[term] += self.title_weight
        return +counted
