"""The answer to a question as JSON. Every index counts Unicode code points, 0-based, end exclusive."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal, Self

from pydantic import AliasPath, Field, model_validator

from qa_service import records
from qa_service.options.schema_base import ResponseModel, with_more

__all__ = ["AskResponse", "CollectionRef", "DeclinedItem"]


class EvidenceItem(ResponseModel):
    start_char_index: int = Field(validation_alias="start")
    end_char_index: int = Field(validation_alias="end")
    text: str


class MatchItem(ResponseModel):
    """`article.text[start_char_index:end_char_index]`, one or more adjacent words, matches
    `question[question_start:question_end]`."""

    start_char_index: int = Field(validation_alias="start")
    end_char_index: int = Field(validation_alias="end")
    question_start: int
    question_end: int
    similarity: float = Field(
        description="0 to 1: a cosine, or Dice's coefficient for words that the model cannot read."
    )
    part: int | None = Field(
        description="The part, from 0, in whose `text` the question's indices count; null if the question has no parts."
    )


class CitationItem(ResponseModel):
    """`article.text[start_char_index:end_char_index]` is the passage. `article.text` is the cleaned text, and
    `article_sha256` its SHA-256. `source` is the original file."""

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
    page: int | None = Field(description="Page of the source, if it has pages.")
    article_sha256: str
    source_sha256: str | None = Field(validation_alias=AliasPath("meta", "source_sha256"))


class ScoresItem(ResponseModel):
    dense: float | None
    lexical: float | None


class PassageItem(ResponseModel):
    rank: int = Field(description="Rank in this answer, from 1.")
    passage_id: str = Field(validation_alias=AliasPath("passage", "passage_id"))
    score: float = Field(description="Passages are ranked by it. Comparable within one answer only.")
    scores: ScoresItem = Field(description="Exact cosine and BM25; null only if that retriever was not asked.")
    text: str = Field(validation_alias=AliasPath("passage", "text"))
    token_count: int = Field(
        validation_alias=AliasPath("passage", "token_count"),
        description="tiktoken tokens, as `max_context_tokens` counts them.",
    )
    evidence: list[EvidenceItem] = Field(description="The sentences that answer, with their offsets in the article.")
    citation: CitationItem
    also_in: list[CitationItem] = Field(
        description="Other articles that print the same text; `number` is this passage's."
    )
    matches: list[MatchItem] | None = Field(
        None,
        exclude_if=lambda found: found is None,
        description="The matching words of the evidence; present only if `matches` is true.",
    )

    @model_validator(mode="before")
    @classmethod
    def _scores_apart(cls, passage: Any) -> Any:
        return with_more(passage, scores=passage) if isinstance(passage, records.RankedPassage) else passage


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
    exact: bool = Field(
        description="Whether dense search finds exactly the nearest passages. False for a large collection."
    )


class SourceMentionItem(ResponseModel):
    start_index: int = Field(validation_alias="start")
    end_index: int = Field(validation_alias="end")
    outlets: list[str]
    authors: list[str] = Field(description="Bylines.")


class DateMentionItem(ResponseModel):
    start_index: int = Field(validation_alias="start")
    end_index: int = Field(validation_alias="end")
    published_from: date | None = Field(validation_alias="first", description="Null if open.")
    published_to: date | None = Field(validation_alias="last", description="Null if open.")


class QuestionPartItem(ResponseModel):
    start_index: int = Field(validation_alias="start")
    end_index: int = Field(validation_alias="end")
    text: str = Field(description="The part as a question, with the words that it shares with the other parts.")
    confidence: float = Field(description="Probability that its first passages hold its answer.")
    answerable: bool = Field(description="Whether its confidence is at least `answerable_threshold`.")
    shown: bool = Field(
        description="Whether a passage here has evidence for it, or for a `name`, evidence about it. `answer.text` "
        "lists the other parts."
    )
    name: str | None = Field(description="The compared name that it is about, if the question compares names.")
    rest: str | None = Field(
        description="For the last of three parts: what is asked beyond three parts, and not searched separately."
    )


class InterpretationItem(ResponseModel):
    """What parts of the question were understood as: `question[start_index:end_index]`. Articles of these sources and
    dates are preferred, not required. Each part gets its passages. `"interpret": false` turns this off."""

    sources: list[SourceMentionItem]
    dates: list[DateMentionItem]
    abbreviation: str | None = Field(description="The abbreviation whose meaning the question asks for.")
    searched: str | None = Field(
        description="The question as searched, if `history` completed it: indices count in it. Else null."
    )
    parts: list[QuestionPartItem] = Field(
        description="The parts of a question that asks several things; at least two, or none."
    )


class PerspectiveItem(ResponseModel):
    outlet: str | None
    article_id: str
    citation: int = Field(description="The number of the citation whose passage holds it.")
    evidence: EvidenceItem


class StatementItem(ResponseModel):
    """`article.text[start_char_index:end_char_index]` is what differs; `sentence` holds it."""

    outlet: str | None
    article_id: str
    citation: int
    start_char_index: int = Field(validation_alias="start")
    end_char_index: int = Field(validation_alias="end")
    text: str
    sentence: EvidenceItem


class DisagreementItem(ResponseModel):
    kind: Literal["number", "date", "negation", "cause", "contradiction"] = Field(
        description="Always `contradiction`. Earlier versions gave the other values."
    )
    a: StatementItem
    b: StatementItem


class DeclinedItem(ResponseModel):
    reason: Literal["filters", "language"] = Field(
        description="`filters`: no article passes the filters; `language`: no article is in the question's language."
    )
    message: str = Field(description="The reason in words, for the person who asked.")


class AskResponse(ResponseModel):
    """`answer` is null exactly when `answerable` is false. That is also so if caps, filters or `max_context_tokens`
    leave no passage with evidence. `passages` is always present, best first."""

    question: str
    answerable: bool
    confidence: float = Field(description="A probability, computed before `top_k` and caps.")
    answer: AnswerItem | None
    passages: list[PassageItem]
    perspectives: list[PerspectiveItem] = Field(
        description="The strongest evidence of each outlet, if at least two outlets have evidence. An article without "
        "an outlet counts as an outlet."
    )
    disagreements: list[DisagreementItem] = Field(description="Statements in which two outlets differ.")
    interpretation: InterpretationItem
    declined: DeclinedItem | None = Field(
        None,
        exclude_if=lambda found: found is None,
        description="Why there is no answer; present only if the reason is not the articles' content.",
    )
    collection: CollectionRef
    request_id: str
    took_ms: float

    @classmethod
    def build(cls, a: records.Answer, *, request_id: str, took_ms: float) -> Self:
        return cls.of(a, request_id=request_id, took_ms=took_ms)
