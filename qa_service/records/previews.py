"""What files would give, without storing anything."""

from __future__ import annotations

from dataclasses import dataclass

from qa_service.records.articles import ArticleMeta


@dataclass(frozen=True, slots=True)
class ArticlePreview:
    """An article that an ingest would store."""

    meta: ArticleMeta
    characters: int
    pages: int | None
    """Number of pages that the text begins; None if the source has no pages."""
    opening: str
    """The beginning of the text."""


@dataclass(frozen=True, slots=True)
class FilePreview:
    """A file as an ingest would read it. `reason` says why it cannot be read, else None."""

    file: str
    kind: str | None
    """Name of the format; None if it is not known."""
    articles: tuple[ArticlePreview, ...]
    reason: str | None
    warnings: tuple[str, ...]
    retryable: bool
