"""Reads an article or a passage by its URI."""

from __future__ import annotations

from dataclasses import dataclass

from qa_service.errors import ArticleNotFound, CollectionNotFound
from qa_service.mcp_server.uris import Place
from qa_service.records import Article
from qa_service.service import Service
from qa_service.settings import Settings

__all__ = ["Found", "page_base", "read_place", "which_there_are"]

WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}


@dataclass(frozen=True, slots=True)
class Found:
    place: Place
    article: Article

    @property
    def text(self) -> str:
        """The text of the article or of the passage."""
        return self.article.text if self.place.span is None else self.article.text[slice(*self.place.span)]


def read_place(service: Service, place: Place, *, param: str) -> Found:
    """The article that a place is in.

    Raises:
        CollectionNotFound: the collection does not exist.
        ArticleNotFound: the article does not exist, or its text has changed.
    """
    try:
        article = service.article(place.article_id, place.collection)
    except ArticleNotFound:
        message = f"There is no article {place.article_id!r} in the collection {place.collection!r}."
        raise ArticleNotFound(message, param=param) from None
    except CollectionNotFound as error:
        raise which_there_are(error, service) from None
    if place.span is not None and (place.span[1] > len(article.text) or not article.sha256.startswith(place.sha256)):
        message = f"Article {place.article_id!r} has another text now, so this passage is not in it. Search again."
        raise ArticleNotFound(message, param=param)
    return Found(place, article)


def which_there_are(error: CollectionNotFound, service: Service) -> CollectionNotFound:
    """The same error, with the names of the collections that exist."""
    names = ", ".join(info.name for info in service.collections()) or "none yet"
    return CollectionNotFound(f"{error.message} Collections: {names}.", param="collection")


def page_base(settings: Settings) -> str:
    """The address of the page of `qa-service serve`: `QA_PUBLIC_URL`, or else where it would listen."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    host = WILDCARDS.get(settings.host, settings.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
