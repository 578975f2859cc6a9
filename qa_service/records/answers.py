"""A question and its answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from qa_service.records.articles import CollectionInfo, Passage
from qa_service.records.interpretation import NOTHING_NAMED, Interpretation
from qa_service.records.perspectives import Disagreement, Perspective

__all__ = [
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
