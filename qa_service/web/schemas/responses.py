"""Responses other than answers, and how records become them."""

from __future__ import annotations

from datetime import date

from pydantic import AliasPath, Field

from qa_service.options.answer_json import CollectionRef
from qa_service.options.schema_base import ResponseModel
from qa_service.records import MOST_TAGS

__all__ = [
    "AddedItem",
    "AddedResponse",
    "ArticleListResponse",
    "ArticleResponse",
    "CollectionListResponse",
    "DeletedResponse",
    "ErrorDetail",
    "ErrorResponse",
    "StatusResponse",
]


class ErrorDetail(ResponseModel):
    type: str = Field(description="The kind of error, for programs.")
    message: str = Field(description="What is wrong and what to do, for people.")
    param: str | None = Field(description="The field at fault, with dots: `filters.published_from`.")
    request_id: str


class ErrorResponse(ResponseModel):
    """The shape of every error."""

    error: ErrorDetail


class CompletenessItem(ResponseModel):
    title: int
    outlet: int
    author: int
    published: int
    updated: int
    language: int
    url: int
    tags: int


class CollectionItem(CollectionRef):
    articles: int
    passages: int
    outlets: list[str]
    languages: list[str]
    first_date: date | None
    last_date: date | None
    chunking: str = Field(description="`sentences`, or `whole`: a passage is a whole article.")
    unread_languages: list[str] = Field(
        description="The `languages` that the model does not read. A question in one of them is ranked by its words."
    )
    tags: list[str] = Field(description=f"The {MOST_TAGS} most frequent tags, those of most articles first.")
    completeness: CompletenessItem = Field(description="How many of the `articles` have each field of their metadata.")
    runtime: str = Field(description="The library that made the vectors, its version and its precision.")


class CollectionListResponse(ResponseModel):
    collections: list[CollectionItem]
    reranker: str | None = Field(description="The CrossEncoder that reorders each ranking's head, if any.")


class ArticleMetadata(ResponseModel):
    article_id: str
    label: str = Field(
        description="What to show people as the title: the title, else outlet and date, else the text's first words."
    )
    title: str | None = Field(validation_alias=AliasPath("meta", "title"))
    outlet: str | None = Field(validation_alias=AliasPath("meta", "outlet"))
    author: str | None = Field(validation_alias=AliasPath("meta", "author"))
    published: date | None = Field(validation_alias=AliasPath("meta", "published"))
    updated: date | None = Field(
        validation_alias=AliasPath("meta", "updated"),
        description="The day of the last correction, if the publisher states it.",
    )
    language: str | None = Field(validation_alias=AliasPath("meta", "language"))
    tags: list[str] = Field(validation_alias=AliasPath("meta", "tags"))
    url: str | None = Field(validation_alias=AliasPath("meta", "url"))
    source: str | None = Field(validation_alias=AliasPath("meta", "source"))
    source_sha256: str | None = Field(validation_alias=AliasPath("meta", "source_sha256"))
    article_sha256: str
    characters: int


class ArticleResponse(ArticleMetadata):
    """A whole article. `article_sha256` is the SHA-256 of `text` in UTF-8."""

    text: str
    pages: list[tuple[int, int]] = Field(
        description="Where each page begins in `text`, and its number from 1. Empty if the source has no pages."
    )


class ArticleListItem(ArticleMetadata):
    passages: int


class ArticleListResponse(ResponseModel):
    articles: list[ArticleListItem]
    total: int
    next_after: str | None = Field(description="Ask for the next page with `after=` this; null on the last page.")


class AddedItem(ResponseModel):
    article_id: str
    passages: int


class AddedResponse(ResponseModel):
    articles: list[AddedItem]
    generation: int


class DeletedResponse(ResponseModel):
    article_id: str
    generation: int


class StatusResponse(ResponseModel):
    status: str
