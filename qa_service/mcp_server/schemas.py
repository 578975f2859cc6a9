"""What `search` and `fetch` take and give: the shape that ChatGPT expects of the two. `ask` has that of `/v1/ask`.

https://platform.openai.com/docs/mcp
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict

__all__ = ["FetchArguments", "FetchResult", "Metadata", "SearchArguments", "SearchResult", "SearchResults", "inlined"]


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Result(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text


class SearchArguments(_Arguments):
    query: Annotated[
        str,
        Strict(),
        Field(min_length=1, max_length=2000, description="A question or words, 1 to 2000 characters, not all blank."),
        AfterValidator(_not_blank),
    ]
    collection: Annotated[str, Strict(), Field(min_length=1, max_length=128)] = "default"
    top_k: Annotated[int, Strict(), Field(ge=1, le=100, description="Most passages to return.")] = 10


class SearchResult(_Result):
    id: str = Field(description="What `fetch` takes.")
    title: str
    url: str = Field(description="The page, opened at the passage.")


class SearchResults(_Result):
    """Passages, best first."""

    results: list[SearchResult]


class FetchArguments(_Arguments):
    id: Annotated[
        str,
        Strict(),
        Field(min_length=1, max_length=8192, description="Of a search result, an article's URI, or an `article_id`."),
    ]


class Metadata(_Result):
    """Who says it, when, and where: `article.text[start_char_index:end_char_index]` is `text`, in code points."""

    collection: str
    article_id: str
    article: str = Field(description="The id that fetches the whole article.")
    outlet: str | None
    author: str | None
    published: date | None
    language: str | None
    url: str | None = Field(description="Where it was published.")
    source: str | None
    start_char_index: int
    end_char_index: int
    article_sha256: str


class FetchResult(_Result):
    id: str
    title: str
    text: str
    url: str
    metadata: Metadata


def inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """A JSON Schema without `$ref`, which not every client follows in what a tool takes. None of ours recurs."""
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
