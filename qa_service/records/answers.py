"""The answer to a question: ranked passages with their evidence and citations, and what is made from them."""

from __future__ import annotations

from dataclasses import dataclass, field

from qa_service.records.articles import ArticleMeta, CollectionInfo, Passage
from qa_service.records.interpretation import NOTHING_NAMED, Interpretation

__all__ = [
    "Annotation",
    "Answer",
    "AnswerText",
    "Citation",
    "Declined",
    "Disagreement",
    "Evidence",
    "Match",
    "Perspective",
    "RankedPassage",
    "Statement",
]


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
    meta: ArticleMeta
    start: int
    end: int
    article_sha256: str
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
