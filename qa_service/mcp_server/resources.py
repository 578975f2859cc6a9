"""Articles as resources: a list of pages over all collections, and an article by its URI."""

from __future__ import annotations

import base64
import json

from mcp.types import (
    ListResourcesResult,
    ReadResourceResult,
    Resource,
    ResourceTemplate,
    TextResourceContents,
)

from qa_service.errors import InvalidInput
from qa_service.mcp_server.places import TEMPLATE, article_uri, read_place, read_uri
from qa_service.records import ArticleSummary
from qa_service.service import Service

__all__ = ["ARTICLES", "PAGE", "list_articles", "read_article"]

PAGE = 100
PLAIN = "text/plain"
ARTICLES = ResourceTemplate(
    name="article",
    title="Article",
    uri_template=TEMPLATE,
    description="The text of an article, which citations point into. With `#char=start,end`, a passage of it.",
    mime_type=PLAIN,
)


def list_articles(service: Service, cursor: str | None) -> ListResourcesResult:
    """One page of articles. All its articles are in one collection.

    Raises:
        InvalidInput: the cursor is invalid, or its collection does not exist any more.
    """
    names = [info.name for info in service.collections()]
    if not (cursor or names):
        return ListResourcesResult(resources=[])
    name, after = _opened(cursor or _cursor(names[0], None))
    if name not in names:
        raise InvalidInput("cursor: its collection is gone; list from the beginning again.", param="cursor")
    page = service.articles(name, limit=PAGE, after=after)
    rest: list[tuple[str, str | None]] = [(later, None) for later in names[names.index(name) + 1 :]]
    if page.next_after is not None:
        rest.insert(0, (name, page.next_after))
    further = _cursor(*rest[0]) if rest else None
    return ListResourcesResult(resources=[_resource(name, a) for a in page.articles], next_cursor=further)


def read_article(service: Service, uri: str) -> ReadResourceResult:
    """The text of the article or passage that a URI names.

    Raises:
        InvalidInput: the URI is not of our form.
        NotFound: the collection, article or passage does not exist.
    """
    _, text = read_place(service, read_uri(uri, param="uri"), param="uri")
    return ReadResourceResult(contents=[TextResourceContents(uri=uri, mime_type=PLAIN, text=text)])


def _resource(collection: str, article: ArticleSummary) -> Resource:
    said = [article.meta.outlet or "outlet not stated", str(article.meta.published or "date not stated")]
    return Resource(
        uri=article_uri(collection, article.article_id),
        name=article.article_id,
        title=article.label,
        description=", ".join([*said, f"collection {collection}"]),
        mime_type=PLAIN,
    )


def _cursor(collection: str, after: str | None) -> str:
    return base64.urlsafe_b64encode(json.dumps([collection, after]).encode()).decode()


def _opened(cursor: str) -> tuple[str, str | None]:
    try:
        collection, after = json.loads(base64.b64decode(cursor.encode(), altchars=b"-_", validate=True))
    except (TypeError, ValueError, RecursionError):
        collection, after = None, None
    if not isinstance(collection, str) or not isinstance(after, str | None):
        raise InvalidInput("cursor: is none that a listing here gave.", param="cursor")
    return collection, after
