"""Requests, field by field, and the records they become."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, Strict, ValidationInfo, field_validator

from qa_service.records import ArticleDraft, ArticleMeta, Filters, Question, Turn
from qa_service.web.schemas.fields import (
    ArticleId,
    BodyFloat,
    BodyInt,
    CollectionName,
    IsoDate,
    Language,
    OptionalText,
    QueryFlag,
    QueryFloat,
    QueryInt,
    QuestionText,
    RequestModel,
    WebAddress,
    blank_is_unknown,
    not_before,
    not_blank,
)

__all__ = [
    "ArticleBody",
    "ArticleListQuery",
    "ArticlePath",
    "AskBody",
    "AskQuery",
    "CollectionQuery",
    "FiltersBody",
    "JobPath",
    "NoQuery",
    "TurnBody",
    "UploadForm",
]

Retriever = Literal["hybrid", "dense", "lexical"]
FilterText = Annotated[str, Strict(), Field(min_length=1, max_length=512)]
MOST_VALUES = 1000
MOST = 2**31 - 1
MOST_TURNS = 20
MOST_ANSWER = 10_000
CAP = "No cap if left out."
INTERPRET = (
    "Prefer articles of the outlets and dates that the question names, ask its parts by themselves; `hybrid` only."
)
HISTORY = "The turns before, oldest first: what the question leaves out is taken from them."
COLLAPSE = "Show what several articles print once, the others in `also_in`; `hybrid` only."
DIVERSITY = (
    "From 0 to 1: how much passages unlike those above them come first; the setting's if left out; `hybrid` only."
)
MATCHES = "Tell, of each passage's evidence, which words match which of the question's."


class FiltersBody(RequestModel):
    """Which articles may answer. A list means any of its values; an article without a field matches no filter on it."""

    outlet: list[FilterText] = Field([], max_length=MOST_VALUES)
    language: list[Language] = Field([], max_length=MOST_VALUES)
    article_id: list[FilterText] = Field([], max_length=MOST_VALUES)
    published_from: IsoDate | None = Field(None, description="First day, inclusive.")
    published_to: IsoDate | None = Field(None, description="Last day, inclusive.")

    @field_validator("published_to")
    @classmethod
    def _in_order(cls, value: date | None, info: ValidationInfo) -> date | None:
        return not_before(value, info.data.get("published_from"))

    def record(self) -> Filters:
        return Filters(
            tuple(self.outlet), tuple(self.language), tuple(self.article_id), self.published_from, self.published_to
        )


class TurnBody(RequestModel):
    """An earlier question, and the text that answered it."""

    question: QuestionText
    answer: Annotated[str, Strict(), Field(max_length=MOST_ANSWER)] | None = None

    def record(self) -> Turn:
        return Turn(self.question, self.answer or None)


class AskBody(RequestModel):
    """A question. Only `question` is required."""

    question: QuestionText
    top_k: BodyInt = Field(5, ge=1, le=100, description="Most passages to return.")
    collection: CollectionName = "default"
    filters: FiltersBody = FiltersBody()
    retriever: Retriever = "hybrid"
    max_per_article: BodyInt | None = Field(None, ge=1, le=MOST, description=f"Most passages of one article. {CAP}")
    max_per_outlet: BodyInt | None = Field(None, ge=1, le=MOST, description=f"Most passages of one outlet. {CAP}")
    max_context_tokens: BodyInt | None = Field(
        None, ge=1, le=MOST, description=f"Return the best passages that fit that many tiktoken tokens. {CAP}"
    )

    interpret: Annotated[bool, Strict()] = Field(True, description=INTERPRET)
    collapse_duplicates: Annotated[bool, Strict()] = Field(True, description=COLLAPSE)
    diversity: BodyFloat | None = Field(None, ge=0, le=1, description=DIVERSITY)
    matches: Annotated[bool, Strict()] = Field(False, description=MATCHES)
    history: list[TurnBody] = Field([], max_length=MOST_TURNS, description=HISTORY)

    def record(self) -> Question:
        return Question(
            self.question,
            self.top_k,
            self.collection,
            self.filters.record(),
            self.retriever,
            self.max_per_article,
            self.max_per_outlet,
            self.max_context_tokens,
            self.interpret,
            self.collapse_duplicates,
            self.diversity,
            self.matches,
            tuple(turn.record() for turn in self.history),
        )


class AskQuery(FiltersBody):
    """The same question as a query string; `outlet`, `language` and `article_id` may be repeated."""

    question: QuestionText
    top_k: QueryInt = Field(5, ge=1, le=100, description="Most passages to return.")
    collection: CollectionName = "default"
    retriever: Retriever = "hybrid"
    max_per_article: QueryInt | None = Field(None, ge=1, le=MOST, description=f"Most passages of one article. {CAP}")
    max_per_outlet: QueryInt | None = Field(None, ge=1, le=MOST, description=f"Most passages of one outlet. {CAP}")
    max_context_tokens: QueryInt | None = Field(
        None, ge=1, le=MOST, description=f"Return the best passages that fit that many tiktoken tokens. {CAP}"
    )

    interpret: QueryFlag = Field(True, description=INTERPRET)
    collapse_duplicates: QueryFlag = Field(True, description=COLLAPSE)
    diversity: QueryFloat | None = Field(None, ge=0, le=1, description=DIVERSITY)
    matches: QueryFlag = Field(False, description=MATCHES)

    def question_record(self) -> Question:
        return Question(
            self.question,
            self.top_k,
            self.collection,
            self.record(),
            self.retriever,
            self.max_per_article,
            self.max_per_outlet,
            self.max_context_tokens,
            self.interpret,
            self.collapse_duplicates,
            self.diversity,
            self.matches,
        )


class ArticleBody(RequestModel):
    """An article. Only `text` is required; an empty string means that the field is not known."""

    text: Annotated[str, Strict(), Field(min_length=1), AfterValidator(not_blank)]
    article_id: ArticleId | None = Field(None, description="Derived from the text if left out.")
    title: OptionalText = None
    outlet: OptionalText = Field(None, description="Who published it.")
    author: OptionalText = None
    published: Annotated[IsoDate | None, BeforeValidator(blank_is_unknown)] = None
    language: Annotated[Language | None, BeforeValidator(blank_is_unknown)] = None
    url: Annotated[WebAddress | None, BeforeValidator(blank_is_unknown)] = None
    collection: CollectionName = "default"

    def record(self) -> ArticleDraft:
        meta = ArticleMeta(self.title, self.outlet, self.author, self.published, self.language, self.url)
        return ArticleDraft(self.text, self.article_id, meta)


class UploadForm(RequestModel):
    """The fields of a `multipart/form-data` upload, beside its files."""

    collection: CollectionName = "default"


class NoQuery(RequestModel):
    """No query parameters."""


class CollectionQuery(RequestModel):
    collection: CollectionName = "default"


class ArticleListQuery(CollectionQuery):
    limit: QueryInt = Field(50, ge=1, le=200, description="Most articles in one page.")
    after: FilterText | None = Field(None, description="`next_after` of the page before.")


class ArticlePath(RequestModel):
    article_id: str = Field(description="May contain `/`, percent-encoded or not.")


class JobPath(RequestModel):
    job_id: str
