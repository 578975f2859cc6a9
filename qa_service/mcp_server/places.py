"""Articles and passages by their URI: `article://{collection}/{id}`, with `#char=start,end` in code points (RFC 5147).

Resources, `search` and `fetch` use the same form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from qa_service.errors import ArticleNotFound, CollectionNotFound, InvalidInput
from qa_service.records import Article
from qa_service.service import Service

__all__ = [
    "SCHEME",
    "TEMPLATE",
    "Place",
    "article_uri",
    "passage_uri",
    "read_place",
    "read_uri",
    "which_there_are",
]

SCHEME = "article"
TEMPLATE = "article://{collection}/{id}"
SHA_DIGITS = 8
_SPAN = re.compile(r"char=([0-9]{1,10}),([0-9]{1,10})(?:;sha256=([0-9a-f]{8,64}))?")


@dataclass(frozen=True, slots=True)
class Place:
    """An article, or a passage in it."""

    collection: str
    article_id: str
    span: tuple[int, int] | None = None
    sha256: str = ""
    """First digits of the SHA-256 of the article's text when the passage was found. Empty if unknown."""


def article_uri(collection: str, article_id: str) -> str:
    return f"{SCHEME}://{quote(collection, safe='')}/{quote(article_id, safe='')}"


def passage_uri(collection: str, article_id: str, span: tuple[int, int], sha256: str) -> str:
    """The URI of a passage, with the first digits of the text's SHA-256: a changed text is then noticed."""
    return f"{article_uri(collection, article_id)}#char={span[0]},{span[1]};sha256={sha256[:SHA_DIGITS]}"


def read_uri(uri: str, *, param: str) -> Place:
    """The article or passage that a URI names.

    Raises:
        InvalidInput: the URI is not of this form; `param` is its field.
    """
    try:
        parts = urlsplit(uri)
        collection, article_id = (unquote(part, errors="strict") for part in (parts.netloc, parts.path[1:]))
    except ValueError:
        raise _refusal(uri, param) from None
    if parts.scheme != SCHEME or parts.query or not collection or not article_id:
        raise _refusal(uri, param)
    if not parts.fragment:
        return Place(collection, article_id)
    span = _SPAN.fullmatch(parts.fragment)
    if span is None or int(span[1]) >= int(span[2]):
        raise _refusal(uri, param)
    return Place(collection, article_id, (int(span[1]), int(span[2])), span[3] or "")


def _refusal(uri: str, param: str) -> InvalidInput:
    return InvalidInput(
        f"{param}: {uri!r} is not of the form {TEMPLATE} or {TEMPLATE}#char=start,end with the id percent-encoded.",
        param=param,
    )


def read_place(service: Service, place: Place, *, param: str) -> tuple[Article, str]:
    """The article that a place is in, and the text of the place.

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
    return article, article.text if place.span is None else article.text[slice(*place.span)]


def which_there_are(error: CollectionNotFound, service: Service) -> CollectionNotFound:
    """The same error, with the names of the collections that exist."""
    names = ", ".join(info.name for info in service.collections()) or "none yet"
    return CollectionNotFound(f"{error.message} Collections: {names}.", param="collection")
