"""Which lexical terms a passage is found by."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from qa_service.text.terms import terms

__all__ = ["LexicalAnalysis"]


@dataclass(frozen=True, slots=True)
class LexicalAnalysis:
    """A passage's terms are its own and, `title_weight` times, its title's: one weighted bag, as in BM25F
    (Robertson, Zaragoza & Taylor, "Simple BM25 extension to multiple weighted fields", CIKM 2004)."""

    title_weight: int = 1

    @property
    def recipe(self) -> str:
        return f"title x {self.title_weight}"

    def count(self, title: str | None, text: str, language: str | None) -> Counter[str]:
        counted = Counter(terms(text, language))
        if title:
            for term in terms(title, language):
                counted[term] += self.title_weight
        return +counted
