"""A question with its filters and options."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, fields
from datetime import date

__all__ = ["LONGEST_QUESTION", "Filters", "Question", "Turn"]

LONGEST_QUESTION = 2000
"""Characters of a question, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Restricts the articles that may answer. Empty tuples and None mean no filter.

    A filter on a field excludes articles without that field.
    """

    outlet: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    article_id: tuple[str, ...] = ()
    published_from: date | None = None
    """First day, inclusive."""
    published_to: date | None = None
    """Last day, inclusive."""
    author: tuple[str, ...] = ()
    """Complete bylines."""

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of a conversation and its answer. `answer` is None if it was declined or is unknown."""

    question: str
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question and its options. `options/question.py` holds the limits and the help line of each option."""

    question: str
    _: KW_ONLY
    top_k: int = 5
    collection: str = "default"
    filters: Filters = Filters()
    retriever: str = "hybrid"
    """`hybrid`, `dense` or `lexical`."""
    max_per_article: int | None = None
    """None: no cap. The same holds for the next two."""
    max_per_outlet: int | None = None
    max_context_tokens: int | None = None
    interpret: bool = True
    """Prefer outlets and dates that the question names, and search each of its parts. Only for `hybrid`."""
    collapse_duplicates: bool = True
    """Show duplicates once and list the others in `also_in`. Only for `hybrid`."""
    diversity: float | None = None
    """Diversity of the passages, from 0 (off) to 1. None takes the setting. Only for `hybrid`."""
    matches: bool = False
    """Return which words of the evidence match which words of the question."""
    history: tuple[Turn, ...] = ()
    """Earlier turns, oldest first. They complete a follow-up question."""
