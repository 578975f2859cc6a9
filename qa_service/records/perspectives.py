"""Who says what: the strongest sentence of each outlet, and where two outlets differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa_service.records.answers import Evidence

__all__ = ["Disagreement", "Perspective", "Statement"]


@dataclass(frozen=True, slots=True)
class Perspective:
    """The strongest evidence of one outlet; an article without an outlet stands for itself."""

    outlet: str | None
    article_id: str
    citation: int
    """The number of the citation whose passage it stands in."""
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Statement:
    """One side: `article.text[start:end] == text` is what differs, `sentence` the sentence that it stands in."""

    outlet: str | None
    article_id: str
    citation: int
    start: int
    end: int
    text: str
    sentence: Evidence


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two outlets, `a` in the better passage, say different things of the same thing. `kind` is `number`, `date`,
    `negation`, `cause`, or `contradiction` where only a model sees it."""

    kind: str
    a: Statement
    b: Statement
