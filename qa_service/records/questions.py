"""A question, and everything that shapes its answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

__all__ = ["Filters", "Question", "Turn"]


@dataclass(frozen=True, slots=True)
class Filters:
    """Empty tuples and None mean: no filter. An article without a field matches no filter on it."""

    outlet: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    article_id: tuple[str, ...] = ()
    published_from: date | None = None
    published_to: date | None = None
    author: tuple[str, ...] = ()
    """Whole bylines."""

    def __bool__(self) -> bool:
        return bool(
            self.outlet or self.author or self.language or self.article_id or self.published_from or self.published_to
        )


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of a conversation, and what was answered; None where it was declined or nothing is known."""

    question: str
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question with everything that shapes its answer."""

    question: str
    top_k: int = 5
    collection: str = "default"
    filters: Filters = Filters()
    retriever: str = "hybrid"
    """`hybrid`, `dense` or `lexical`."""
    max_per_article: int | None = None
    max_per_outlet: int | None = None
    max_context_tokens: int | None = None
    interpret: bool = True
    """Prefer the outlets and dates that the question names, and ask its parts each by itself; not for `dense` and
    `lexical`."""
    collapse_duplicates: bool = True
    """Show what several articles print once, the others in `also_in`; `dense` and `lexical` never do."""
    diversity: float | None = None
    """From 0, none, to 1: spread the passages over what they say; the setting's where None. Not for `dense` and
    `lexical`."""
    matches: bool = False
    """Tell which words of the evidence match which of the question's."""
    history: tuple[Turn, ...] = ()
    """The turns before, oldest first: what the question leaves out is taken from them."""
