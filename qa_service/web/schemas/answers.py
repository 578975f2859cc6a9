"""The answer to a question as it goes out. Every index counts Unicode code points, 0-based, end exclusive."""

from __future__ import annotations

from datetime import date
from typing import Literal, Self

from pydantic import AliasPath, Field

from qa_service import records
from qa_service.web.schemas.base import ResponseModel

__all__ = ["AskResponse", "CollectionRef", "DeclinedItem"]


class EvidenceItem(ResponseModel):
    start_char_index: int = Field(validation_alias="start")
    end_char_index: int = Field(validation_alias="end")
    text: str


class MatchItem(ResponseModel):
    """`article.text[start_char_index:end_char_index]`, a word or several in a row, matches
    `question[question_start:question_end]`."""

    start_char_index: int = Field(validation_alias="start")
    end_char_index: int = Field(validation_alias="end")
    question_start: int
    question_end: int
    similarity: float = Field(description="From 0 to 1; a cosine, or Dice's coefficient of words the model can't read.")
    part: int | None = Field(
        description="The part whose `text` the question's indices count in, from 0; null where it has no parts."
    )


class CitationItem(ResponseModel):
    """`article.text[start_char_index:end_char_index]` is the passage; `article_sha256` is of that `article.text`, which
    is cleaned: `source` is only the file it came from."""

    number: int
    article_id: str
    title: str | None = Field(validation_alias=AliasPath("meta", "title"))
    outlet: str | None = Field(validation_alias=AliasPath("meta", "outlet"))
    author: str | None = Field(validation_alias=AliasPath("meta", "author"))
    published: date | None = Field(validation_alias=AliasPath("meta", "published"))
    language: str | None = Field(validation_alias=AliasPath("meta", "language"))
    url: str | None = Field(validation_alias=AliasPath("meta", "url"))
    source: str | None = Field(validation_alias=AliasPath("meta", "source"))
    start_char_index: int = Field(validation_alias="start")
    end_char_index: int = Field(validation_alias="end")
    page: int | None = Field(description="Page of the source, where it has pages.")
    article_sha256: str
    source_sha256: str | None = Field(validation_alias=AliasPath("meta", "source_sha256"))


class ScoresItem(ResponseModel):
    dense: float | None
    lexical: float | None


class PassageItem(ResponseModel):
    rank: int = Field(description="Its place in this answer, from 1.")
    passage_id: str
    score: float = Field(description="What it is ranked by; comparable within one answer only.")
    scores: ScoresItem = Field(description="Cosine and BM25, exact; null only where not asked.")
    text: str
    token_count: int = Field(description="As `max_context_tokens` counts: tiktoken tokens.")
    evidence: list[EvidenceItem] = Field(description="The sentences that answer, at their places in the article.")
    citation: CitationItem
    also_in: list[CitationItem] = Field(description="Where other articles print the same; `number` is this passage's.")
    matches: list[MatchItem] | None = Field(
        None,
        exclude_if=lambda found: found is None,
        description="Which words of the evidence match; there only where asked for.",
    )

    @classmethod
    def of(cls, p: records.RankedPassage) -> Self:
        return cls(
            rank=p.rank,
            passage_id=p.passage.passage_id,
            score=p.score,
            scores=ScoresItem(dense=p.dense, lexical=p.lexical),
            text=p.passage.text,
            token_count=p.passage.token_count,
            evidence=[EvidenceItem.of(e) for e in p.evidence],
            citation=CitationItem.of(p.citation),
            also_in=[CitationItem.of(c) for c in p.also_in],
            matches=None if p.matches is None else [MatchItem.of(m) for m in p.matches],
        )


class AnnotationItem(ResponseModel):
    start_index: int = Field(validation_alias="start")
    end_index: int = Field(validation_alias="end")
    citation: int


class AnswerItem(ResponseModel):
    text: str
    annotations: list[AnnotationItem]


class CollectionRef(ResponseModel):
    name: str
    generation: int
    fingerprint: str


class SourceMentionItem(ResponseModel):
    start_index: int = Field(validation_alias="start")
    end_index: int = Field(validation_alias="end")
    outlets: list[str]
    authors: list[str] = Field(description="Bylines.")


class DateMentionItem(ResponseModel):
    start_index: int = Field(validation_alias="start")
    end_index: int = Field(validation_alias="end")
    published_from: date | None = Field(validation_alias="first", description="Null where open.")
    published_to: date | None = Field(validation_alias="last", description="Null where open.")


class QuestionPartItem(ResponseModel):
    start_index: int = Field(validation_alias="start")
    end_index: int = Field(validation_alias="end")
    text: str = Field(description="What is asked, with the words shared with the other parts.")
    confidence: float = Field(description="That its own first passages hold its answer.")
    answerable: bool = Field(description="Whether its confidence is at least `answerable_threshold`.")
    shown: bool = Field(
        description="Whether a passage here has evidence of it, or of a `name` evidence that speaks of it; "
        "`answer.text` names the parts without."
    )
    name: str | None = Field(description="Which of the names compared it is about, where it is one of those.")
    rest: str | None = Field(
        description="Of the last of three parts, what is asked beyond three: not searched by itself."
    )


class InterpretationItem(ResponseModel):
    """What `question[start_index:end_index]` was taken for. Articles of these sources and dates are preferred, others
    stay; each part gets its passages; `"interpret": false` turns it off."""

    sources: list[SourceMentionItem]
    dates: list[DateMentionItem]
    abbreviation: str | None = Field(description="The question asks what this stands for.")
    searched: str | None = Field(
        description="The question that was searched, where `history` completed it; places count in it then. Else null."
    )
    parts: list[QuestionPartItem] = Field(description="Where it asks several things; at least two, or none.")


class PerspectiveItem(ResponseModel):
    outlet: str | None
    article_id: str
    citation: int = Field(description="The number of the citation whose passage it stands in.")
    evidence: EvidenceItem


class StatementItem(ResponseModel):
    """`article.text[start_char_index:end_char_index]` is what differs; `sentence` is what it stands in."""

    outlet: str | None
    article_id: str
    citation: int
    start_char_index: int = Field(validation_alias="start")
    end_char_index: int = Field(validation_alias="end")
    text: str
    sentence: EvidenceItem


class DisagreementItem(ResponseModel):
    kind: Literal["number", "date", "negation", "cause", "contradiction"] = Field(
        description="`contradiction` is what only a model sees (`QA_NLI_MODEL`)."
    )
    a: StatementItem
    b: StatementItem


class DeclinedItem(ResponseModel):
    reason: Literal["filters", "language"] = Field(
        description="`filters`: no article passes them; `language`: no article is in the question's."
    )
    message: str = Field(description="For whoever asked.")


class AskResponse(ResponseModel):
    """`answer` is null exactly when `answerable` is false, which it also is where caps, filters or `max_context_tokens`
    leave no passage with evidence; `passages` is always there, best first."""

    question: str
    answerable: bool
    confidence: float = Field(description="A probability, computed before `top_k` and caps.")
    answer: AnswerItem | None
    passages: list[PassageItem]
    perspectives: list[PerspectiveItem] = Field(
        description="The strongest evidence of each outlet, where at least two have some; an article without an outlet "
        "counts as one."
    )
    disagreements: list[DisagreementItem] = Field(description="Where two outlets differ on the same thing.")
    interpretation: InterpretationItem
    declined: DeclinedItem | None = Field(
        None,
        exclude_if=lambda found: found is None,
        description="Why there is no answer; there only where that is for another reason than what the articles say.",
    )
    collection: CollectionRef
    request_id: str
    took_ms: float

    @classmethod
    def build(cls, a: records.Answer, *, request_id: str, took_ms: float) -> Self:
        return cls(
            question=a.question,
            answerable=a.answerable,
            confidence=a.confidence,
            answer=None if a.answer is None else AnswerItem.of(a.answer),
            passages=[PassageItem.of(p) for p in a.passages],
            perspectives=[PerspectiveItem.of(p) for p in a.perspectives],
            disagreements=[DisagreementItem.of(d) for d in a.disagreements],
            interpretation=InterpretationItem.of(a.interpretation),
            declined=None if a.declined is None else DeclinedItem.of(a.declined),
            collection=CollectionRef.of(a.collection),
            request_id=request_id,
            took_ms=took_ms,
        )
