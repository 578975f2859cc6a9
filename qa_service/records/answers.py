"""The answer to a question: ranked passages with evidence and citations, perspectives and disagreements."""

from __future__ import annotations

from dataclasses import dataclass, field

from qa_service.records.articles import ArticleMeta, CollectionInfo, Passage, label_of
from qa_service.records.interpretation import NOTHING_NAMED, Interpretation


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that answers the question. `start` and `end` are offsets into the article."""

    start: int
    end: int
    text: str
    score: float = field(default=0.0, compare=False)
    part: int = field(default=0, compare=False)
    """Index of the question part that the sentence answers, from 0."""
    read: bool = field(default=False, compare=False)
    """Whether the reader chose the sentence. Then `score` is the probability that it answers."""
    span: tuple[int, int] | None = field(default=None, compare=False)
    """The words of the sentence that answer, as offsets into the article. Only of a sentence that the reader chose."""


@dataclass(frozen=True, slots=True)
class Match:
    """Words of the evidence that match words of the question.

    `article.text[start:end]` matches `asked[question_start:question_end]`. `asked` is the text of question part
    `part`, or the whole question if `part` is None.
    """

    start: int
    end: int
    question_start: int
    question_end: int
    similarity: float
    part: int | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """Source and position of a passage, so that anyone can check it."""

    number: int
    article_id: str
    meta: ArticleMeta
    start: int
    end: int
    article_sha256: str
    page: int | None = None
    opening: str = ""
    """The beginning of the article, for its label."""

    @property
    def label(self) -> str:
        """What people see as the title."""
        return label_of(self.meta, self.opening)


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
    """Duplicates: other articles with the same text, each by its best-ranked passage. They share this number."""
    matches: tuple[Match, ...] | None = None
    """Word matches, in the order of `evidence`. None if the question does not ask for them."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """Links a quoted sentence to its citation: `answer.text[start:end]` is the sentence without its `[n]`."""

    start: int
    end: int
    citation: int


@dataclass(frozen=True, slots=True)
class AnswerSpan:
    """The words that answer, within the first quoted sentence: `article.text[start:end] == text`."""

    start: int
    end: int
    text: str
    citation: int


@dataclass(frozen=True, slots=True)
class AnswerText:
    """The quoted sentences as one text, each followed by its citation number `[n]`."""

    text: str
    annotations: tuple[Annotation, ...]
    span: AnswerSpan | None = None
    """None if no reader has read the sentence."""
    note: str | None = None
    """Says if a better answer is not shown, because a limit left its passage out."""


@dataclass(frozen=True, slots=True)
class Perspective:
    """The sentence of one outlet that the answer quotes, or else its strongest evidence."""

    outlet: str
    article_id: str
    citation: int
    """Number of the citation whose passage holds the evidence."""
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Statement:
    """One side of a disagreement: `article.text[start:end] == text` differs, within `sentence`."""

    outlet: str | None
    article_id: str
    citation: int
    start: int
    end: int
    text: str
    sentence: Evidence


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Statements of two outlets that contradict each other; `a` is from the better passage.

    `kind` is `contradiction`. Earlier versions also had `number`, `date`, `negation` and `cause`.
    """

    kind: str
    a: Statement
    b: Statement


@dataclass(frozen=True, slots=True)
class Declined:
    """Why the service cannot answer at all.

    `reason` is `filters` if they exclude all articles, `language` if no article is in the question's language, or
    `limits` if `top_k` or caps leave out every passage that answers.
    """

    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything that the service returns for a question. `answer` is None if `answerable` is False, if no passage is
    shown, and if the question asks for passages alone."""

    question: str
    answerable: bool
    confidence: float
    answer: AnswerText | None
    passages: tuple[RankedPassage, ...]
    collection: CollectionInfo
    interpretation: Interpretation = NOTHING_NAMED
    perspectives: tuple[Perspective, ...] = ()
    """Empty without an answer, and if fewer than two outlets answer."""
    disagreements: tuple[Disagreement, ...] = ()
    declined: Declined | None = None
    """None if there is an answer, and if the passages simply do not answer."""
