"""The answer to a question: ranked passages with evidence and citations, perspectives and disagreements."""

from __future__ import annotations

from dataclasses import dataclass, field

from qa_service.records.articles import ArticleMeta, ArticleSummary, CollectionInfo, Passage, label_of, page_at
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
    """1-based page of the passage's first character; None if the source has no pages."""
    opening: str = ""
    """The beginning of the article, for its label."""
    later_pages: tuple[tuple[int, int], ...] = ()
    """Offset and number of each page that begins within the passage, as in `Article.pages`."""

    @classmethod
    def of(cls, number: int, passage: Passage, article: ArticleSummary) -> Citation:
        """The citation of a passage of the article."""
        return cls(
            number,
            article.article_id,
            article.meta,
            passage.start,
            passage.end,
            article.article_sha256,
            page_at(article.pages, passage.start),
            article.opening,
            tuple(page for page in article.pages if passage.start < page[0] < passage.end),
        )

    @property
    def label(self) -> str:
        """What people see as the title."""
        return label_of(self.meta, self.opening)

    def page_of(self, offset: int) -> int | None:
        """1-based page of a character of the passage."""
        return page_at(self.later_pages, offset) or self.page

    def pages_of(self, *places: tuple[int, int]) -> str | None:
        """The pages from the first to the last of these stretches of the passage, or of the whole passage.

        In words for people, such as "p. 3" or "pp. 3-4". None if the source has no pages.
        """
        if self.page is None:
            return None
        spans = places or ((self.start, self.end),)
        first, last = self.page_of(min(start for start, _ in spans)), self.page_of(max(end for _, end in spans) - 1)
        return f"p. {first}" if first == last else f"pp. {first}-{last}"


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

    @property
    def pages(self) -> str | None:
        """The pages of the evidence, or of the whole passage without evidence, in words. See `Citation.pages_of`."""
        return self.citation.pages_of(*((sentence.start, sentence.end) for sentence in self.evidence))


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
