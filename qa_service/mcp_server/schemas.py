"""Arguments and results of `search` and `fetch`, in the shape that ChatGPT expects. `ask` has the shape of `/v1/ask`.

https://platform.openai.com/docs/mcp
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import AliasPath, Field, Strict

from qa_service.options.field_types import BodyInt, CollectionName, QuestionText
from qa_service.options.limits import LONGEST_QUESTION, MOST_PASSAGES
from qa_service.options.schema_base import RequestModel, ResponseModel

__all__ = ["FetchArguments", "FetchResult", "Metadata", "SearchArguments", "SearchResult", "SearchResults", "inlined"]


class SearchArguments(RequestModel):
    query: QuestionText = Field(description=f"A question or words, 1 to {LONGEST_QUESTION} characters, not all blank.")
    collection: CollectionName = "default"
    top_k: BodyInt = Field(10, ge=1, le=MOST_PASSAGES, description="Most passages to return.")


class SearchResult(ResponseModel):
    id: str = Field(description="The `id` for `fetch`.")
    title: str
    url: str = Field(description="The address of the page at this passage.")


class SearchResults(ResponseModel):
    """Passages, best first."""

    results: list[SearchResult]


class FetchArguments(RequestModel):
    id: Annotated[
        str,
        Strict(),
        Field(
            min_length=1,
            max_length=8192,
            description="The `id` of a search result, an article's URI, or an `article_id`.",
        ),
    ]


class Metadata(ResponseModel):
    """Source, date and place of a text: `article.text[start_char_index:end_char_index]` is `text`, in code points."""

    collection: str
    article_id: str
    article: str = Field(description="The id that fetches the whole article.")
    outlet: str | None = Field(validation_alias=AliasPath("meta", "outlet"))
    author: str | None = Field(validation_alias=AliasPath("meta", "author"))
    published: date | None = Field(validation_alias=AliasPath("meta", "published"))
    updated: date | None = Field(
        validation_alias=AliasPath("meta", "updated"), description="The day of the last correction."
    )
    language: str | None = Field(validation_alias=AliasPath("meta", "language"))
    tags: list[str] = Field(validation_alias=AliasPath("meta", "tags"))
    url: str | None = Field(
        validation_alias=AliasPath("meta", "url"), description="The address where it was published."
    )
    source: str | None = Field(validation_alias=AliasPath("meta", "source"))
    start_char_index: int
    end_char_index: int
    page: int | None = Field(description="Page of the text's first character; null if the source has no pages.")
    article_sha256: str


class FetchResult(ResponseModel):
    id: str
    title: str
    text: str
    url: str
    metadata: Metadata


def inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """A JSON Schema without `$ref`, because some clients do not follow it in a tool's input. Ours never recur."""
    definitions = schema.get("$defs", {})

    def resolve(node: Any) -> Any:
        if isinstance(node, list):
            return [resolve(item) for item in node]
        if not isinstance(node, dict):
            return node
        if isinstance(name := node.get("$ref"), str):
            beside = {key: value for key, value in node.items() if key != "$ref"}
            return {**resolve(definitions[name.rpartition("/")[2]]), **resolve(beside)}
        return {key: resolve(value) for key, value in node.items() if key != "$defs"}

    resolved: dict[str, Any] = resolve(schema)
    return resolved
