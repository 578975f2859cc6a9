"""A question and its options."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, fields
from datetime import date

LONGEST_QUESTION = 2000
"""Characters of a question, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """The articles that may answer.

    An empty tuple and None filter nothing. An article without a field matches no filter on that field.
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
    tags: tuple[str, ...] = ()
    """Articles with at least one of these tags."""

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of a conversation and its answer. The answer is None if it is unknown or was declined."""

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
    """Prefer the outlets and dates that the question names, and ask its parts separately. `hybrid` only."""
    collapse_duplicates: bool = True
    """Show a text that several articles print once, and list the others in `also_in`. `hybrid` only."""
    diversity: float | None = None
    """0 to 1. Spread the passages over different statements. None: the setting's value. `hybrid` only."""
    matches: bool = False
    """Report which words of the evidence match which words of the question."""
    answer: bool = True
    """Read the first passages and quote the sentences that answer. If false, passages are the whole result: there are
    no perspectives or disagreements either."""
    history: tuple[Turn, ...] = ()
    """The turns before, oldest first. They complete a follow-up question."""
