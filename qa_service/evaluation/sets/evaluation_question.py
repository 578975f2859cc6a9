"""What evaluation passes around: questions with their gold, and what came of one question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from qa_service.records import Answer, Filters

if TYPE_CHECKING:
    from qa_service.evaluation.sets.set_lines import Place

__all__ = ["NO_GRADES", "Asked", "EvaluationQuestion", "GoldSpan", "Span"]

NO_GRADES: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class GoldSpan:
    """A place that answers, as a question set gives it: `text` as it stands in an article read from the file `source`,
    white space collapsed; or `article_id` with code points `start` to `end`, exclusive, of its text."""

    source: str | None = None
    text: str | None = None
    article_id: str | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A gold span at its place: code points `start` to `end`, exclusive, of the article's text."""

    article_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class EvaluationQuestion:
    """A question and what is known of its answer.

    `articles` and `passages` are relevance grades by id (0: judged and not relevant). `answerable` is None where the
    set does not say. `place` is where the question was read from, for errors; it is no part of what the question is.
    """

    id: str
    question: str
    answers: tuple[str, ...] = ()
    evidence: tuple[GoldSpan, ...] = ()
    articles: Mapping[str, int] = field(default_factory=lambda: NO_GRADES)
    passages: Mapping[str, int] = field(default_factory=lambda: NO_GRADES)
    answerable: bool | None = None
    filters: Filters = field(default_factory=Filters)
    tags: tuple[str, ...] = ()
    language: str | None = None
    place: Place | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """What `service.ask` gave for a question, and how long it took in the process that asked."""

    question: EvaluationQuestion
    answer: Answer
    took_ms: float
