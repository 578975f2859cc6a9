"""The records of evaluation: a question with its gold, and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from qa_service.evaluation.sets.file_place import FilePlace
from qa_service.records import Answer, Filters

__all__ = ["NO_GRADES", "Asked", "EvaluationQuestion", "GoldSpan", "Span"]

NO_GRADES: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class GoldSpan:
    """A place that answers, as a question set gives it.

    Either `text`, which stands in an article that was read from the file `source`, white space collapsed. Or
    `article_id` with the code points `start` to `end` (exclusive) of its text. A table may give `article_id` and
    `text`, or `text` alone, which may stand in any article.
    """

    source: str | None = None
    text: str | None = None
    article_id: str | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A gold span found in the collection: code points `start` to `end` (exclusive) of the article's text."""

    article_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class EvaluationQuestion:
    """A question and its gold.

    `articles` and `passages` are relevance grades by id (0: judged and not relevant). `answerable` is None where the
    set does not say. `place` says where the question was read, for errors; two questions are equal without it.
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
    place: FilePlace | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, its answer, and the time it took in the process that asked."""

    question: EvaluationQuestion
    answer: Answer
    took_ms: float
