"""The schema of an answer as JSON; `options/answer_body.py` writes it.

Every index counts Unicode code points, 0-based, end exclusive.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from qa_service.options.schema_base import ResponseModel

__all__ = ["AskResponse", "CollectionRef"]


class EvidenceItem(ResponseModel):
    start_char_index: int
    end_char_index: int
    text: str


class PassageEvidenceItem(EvidenceItem):
    around: tuple[int, int] = Field(
        description="Start and end of the sentence together with the sentences before and after it in the passage."
    )
    page: int | None = Field(description="Page of the sentence's first character; null if the source has no pages.")


class MatchItem(ResponseModel):
    """`article.text[start_char_index:end_char_index]`, one or more adjacent words, matches
    `question[question_start:question_end]`."""

    start_char_index: int
    end_char_index: int
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
    label: str = Field(
        description="What to show people as the title: the title, else outlet and date, else the text's first words."
    )
    title: str | None
    outlet: str | None
    author: str | None
    published: date | None
    updated: date | None = Field(description="The day of the last correction, if the publisher states it.")
    language: str | None
    tags: list[str]
    url: str | None
    source: str | None
    start_char_index: int
    end_char_index: int
    page: int | None = Field(
        description="Page of the passage's first character, from 1; null if the source has no pages."
    )
    article_sha256: str
    source_sha256: str | None


class ScoresItem(ResponseModel):
    dense: float | None
    lexical: float | None


class PassageItem(ResponseModel):
    rank: int = Field(description="Rank in this answer, from 1.")
    passage_id: str
    score: float = Field(description="Passages are ranked by it. Comparable within one answer only.")
    scores: ScoresItem = Field(description="Exact cosine and BM25; null only if that retriever was not asked.")
    text: str
    token_count: int = Field(
        description="tiktoken tokens, as `max_context_tokens` counts them.",
    )
    evidence: list[PassageEvidenceItem] = Field(
        description="The sentences that answer, with their offsets in the article."
    )
    citation: CitationItem
    page_url: str = Field(description="The address of the page, opened at this passage with its evidence marked.")
    also_in: list[CitationItem] = Field(
        description="Other articles that print the same text; `number` is this passage's."
    )
    matches: list[MatchItem] | None = Field(
        None,
        exclude_if=lambda found: found is None,
        description="The matching words of the evidence; present only if `matches` is true.",
    )


class AnnotationItem(ResponseModel):
    start_index: int
    end_index: int
    citation: int


class AnswerSpanItem(ResponseModel):
    start_char_index: int
    end_char_index: int
    text: str
    citation: int


class AnswerItem(ResponseModel):
    text: str
    annotations: list[AnnotationItem]
    span: AnswerSpanItem | None = Field(
        description="The words that answer, within the first quoted sentence; offsets into its article. Null if no "
        "reader has read the sentence."
    )
    note: str | None = Field(description="Says that a limit left out the passage with a better answer. Null otherwise.")


class CollectionRef(ResponseModel):
    name: str
    generation: int
    fingerprint: str
    exact: bool = Field(
        description="Whether dense search finds exactly the nearest passages. False for a large collection."
    )


class SourceMentionItem(ResponseModel):
    start_index: int
    end_index: int
    outlets: list[str]
    authors: list[str] = Field(description="Bylines.")


class DateMentionItem(ResponseModel):
    start_index: int
    end_index: int
    published_from: date | None = Field(description="Null if open.")
    published_to: date | None = Field(description="Null if open.")


class QuestionPartItem(ResponseModel):
    start_index: int
    end_index: int
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
    outlet: str
    article_id: str
    citation: int = Field(description="The number of the citation whose passage holds it.")
    evidence: EvidenceItem


class StatementItem(ResponseModel):
    """`article.text[start_char_index:end_char_index]` is what differs; `sentence` holds it."""

    outlet: str | None
    article_id: str
    citation: int
    start_char_index: int
    end_char_index: int
    text: str
    sentence: EvidenceItem


class DisagreementItem(ResponseModel):
    kind: Literal["number", "date", "negation", "cause", "contradiction"] = Field(
        description="Always `contradiction`. Earlier versions gave the other values."
    )
    a: StatementItem
    b: StatementItem


class DeclinedItem(ResponseModel):
    reason: Literal["filters", "language", "limits"] = Field(
        description="`filters`: no article passes the filters; `language`: no article is in the question's language; "
        "`limits`: `top_k` or caps leave out every passage that answers."
    )
    message: str = Field(description="The reason in words, for the person who asked.")


class AskResponse(ResponseModel):
    """`answer` is null if `answerable` is false, and with `"answer": false`. `answerable` is also false if caps,
    filters or `max_context_tokens` leave nothing to quote. `passages` is always present, best first."""

    question: str
    answerable: bool
    confidence: float = Field(
        description='The probability that the answer is right; with `"answer": false`, that one of the first five '
        "passages holds an answer. `top_k` and caps do not change it."
    )
    answer: AnswerItem | None
    passages: list[PassageItem]
    perspectives: list[PerspectiveItem] = Field(
        description="What each outlet says: the sentence that the answer quotes, or else its strongest evidence for "
        "the same part of the question. Empty if fewer than two outlets have such a sentence."
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
