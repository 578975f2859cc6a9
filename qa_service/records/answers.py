"""A question and its answer."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field, fields
from datetime import date

from qa_service.records.articles import CollectionInfo, Passage
from qa_service.records.interpretation import NOTHING_NAMED, Interpretation
from qa_service.records.perspectives import Disagreement, Perspective

__all__ = [
    "LONGEST_QUESTION",
    "Annotation",
    "Answer",
    "AnswerText",
    "Citation",
    "Declined",
    "Evidence",
    "Filters",
    "Match",
    "Question",
    "RankedPassage",
    "Turn",
]


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
    """Whole bylines."""

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
    history: tuple[Turn, ...] = ()
    """The turns before, oldest first. They complete a follow-up question."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that answers, at its place in the article."""

    start: int
    end: int
    text: str
    score: float = field(default=0.0, compare=False)
    part: int = field(default=0, compare=False)
    """Which of the question's parts it answers, from 0."""


@dataclass(frozen=True, slots=True)
class Match:
    """`article.text[start:end]`, a word or several in a row, matches `asked[question_start:question_end]`, where
    `asked` is the question, or of a question with parts the text of the part `part`."""

    start: int
    end: int
    question_start: int
    question_end: int
    similarity: float
    part: int | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """Who says it, when, and exactly where: enough for anyone to check the passage."""

    number: int
    article_id: str
    title: str | None
    outlet: str | None
    author: str | None
    published: date | None
    language: str | None
    url: str | None
    source: str | None
    start: int
    end: int
    article_sha256: str
    source_sha256: str | None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class RankedPassage:
    """A hit with its passage, evidence and citation."""

    rank: int
    passage: Passage
    score: float
    dense: float | None
    lexical: float | None
    evidence: tuple[Evidence, ...]
    citation: Citation
    also_in: tuple[Citation, ...] = ()
    """Other articles that say the same, each by its best-ranked passage; their number is this passage's."""
    matches: tuple[Match, ...] | None = None
    """Of the evidence, in its order; None where they were not asked for."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """`answer.text[start:end]` is the quoted sentence, without its `[n]`."""

    start: int
    end: int
    citation: int


@dataclass(frozen=True, slots=True)
class AnswerText:
    """The text of an answer, and the citation of each quoted sentence in it."""

    text: str
    annotations: tuple[Annotation, ...]


@dataclass(frozen=True, slots=True)
class Declined:
    """Why there is no answer, where not for what the articles say: `reason` is `filters` that admit none of them, or a
    `language` that none is in."""

    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Answer:
    """`answer` is None exactly when `answerable` is False."""

    question: str
    answerable: bool
    confidence: float
    answer: AnswerText | None
    passages: tuple[RankedPassage, ...]
    collection: CollectionInfo
    interpretation: Interpretation = NOTHING_NAMED
    perspectives: tuple[Perspective, ...] = ()
    """Empty where fewer than two outlets have evidence."""
    disagreements: tuple[Disagreement, ...] = ()
    declined: Declined | None = None
    """None where there is an answer, and where it is the articles that do not give one."""
