"""Requests about articles and jobs, and the records they become."""

from __future__ import annotations

import re
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, Strict

from qa_service.options.field_types import CollectionName, Day, FilterText, Language, QueryInt
from qa_service.options.limits import LONGEST_TAG, MOST_TAGS_OF_ARTICLE
from qa_service.options.schema_base import RequestModel
from qa_service.options.value_checks import not_blank
from qa_service.records import ArticleDraft, ArticleMeta

__all__ = [
    "ArticleBody",
    "ArticleListQuery",
    "ArticlePath",
    "CollectionQuery",
    "FileMetadata",
    "NoQuery",
]

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_OR_SPACE = re.compile(r"[\x00-\x20\x7f-\xa0]")


def _no_control_characters(value: str) -> str:
    if _CONTROL.search(value):
        raise ValueError("must not contain control characters")
    return value


def _web_address(value: str) -> str:
    refused = ValueError("must be an http or https address, with no spaces or control characters in it")
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except ValueError:
        raise refused from None
    if parts.scheme not in ("http", "https") or not host or _CONTROL_OR_SPACE.search(value):
        raise refused
    return value


def _blank_is_unknown(value: Any) -> Any:
    """None for blank text: scraped records hold "" where nothing is known."""
    return None if isinstance(value, str) and not value.strip() else value


ArticleId = Annotated[str, Strict(), Field(min_length=1, max_length=512), AfterValidator(_no_control_characters)]
WebAddress = Annotated[
    str, Strict(), Field(max_length=2048, json_schema_extra={"format": "uri"}), AfterValidator(_web_address)
]
Tag = Annotated[
    str,
    Strict(),
    Field(min_length=1, max_length=LONGEST_TAG),
    AfterValidator(not_blank),
    AfterValidator(_no_control_characters),
    AfterValidator(str.strip),
]
OptionalText = Annotated[
    Annotated[str, Strict(), Field(max_length=2000)] | None,
    BeforeValidator(_blank_is_unknown, json_schema_input_type=str | None),
]


class FileMetadata(RequestModel):
    """What is known about an article. All fields are optional; an empty string means that the field is not known."""

    title: OptionalText = None
    outlet: OptionalText = Field(None, description="Who published it.")
    author: OptionalText = None
    published: Annotated[Day | None, BeforeValidator(_blank_is_unknown)] = None
    language: Annotated[Language | None, BeforeValidator(_blank_is_unknown)] = None
    updated: Annotated[Day | None, BeforeValidator(_blank_is_unknown)] = Field(
        None, description="The day of the last correction."
    )
    tags: Annotated[list[Tag], Field(max_length=MOST_TAGS_OF_ARTICLE)] | None = Field(
        None, description="Labels of your own, for the filter `tags`. They are kept sorted, each once."
    )
    url: Annotated[WebAddress | None, BeforeValidator(_blank_is_unknown)] = None

    def meta(self) -> ArticleMeta:
        return ArticleMeta(
            self.title,
            self.outlet,
            self.author,
            self.published,
            self.language,
            self.url,
            updated=self.updated,
            tags=tuple(sorted(set(self.tags or ()))),
        )


class ArticleBody(FileMetadata):
    """An article. Only `text` is required; an empty string means that the field is not known."""

    text: Annotated[str, Strict(), Field(min_length=1), AfterValidator(not_blank)]
    article_id: ArticleId | None = Field(None, description="Derived from the text if left out.")
    collection: CollectionName = "default"

    def record(self) -> ArticleDraft:
        return ArticleDraft(self.text, self.article_id, self.meta())


class NoQuery(RequestModel):
    """No query parameters."""


class CollectionQuery(RequestModel):
    """The collection that a call reads or changes."""

    collection: CollectionName = "default"


class ArticleListQuery(CollectionQuery):
    """One page of a listing."""

    limit: QueryInt = Field(50, ge=1, le=200, description="Most articles in one page.")
    after: FilterText | None = Field(None, description="`next_after` of the page before.")


class ArticlePath(RequestModel):
    article_id: str = Field(description="May contain `/`, percent-encoded or not.")
