"""All passages of one article, as the catalogue has them."""

from __future__ import annotations

import sqlalchemy as sa

from qa_service.records import Passage
from qa_service.storage.local.catalogue import Catalogue
from qa_service.storage.local.rows import passage_of
from qa_service.storage.local.schema import articles, passages

__all__ = ["passages_of"]


def passages_of(catalogue: Catalogue, article_id: str) -> tuple[Passage, ...]:
    """In the order in which they stand in the article; none where there is no such article."""
    query = (
        sa.select(
            passages,
            articles.c.article_id,
            sa.func.substr(articles.c.text, passages.c.start + 1, passages.c.end - passages.c.start).label("text"),
        )
        .join(articles, articles.c.number == passages.c.article)
        .where(articles.c.article_id == article_id)
        .order_by(passages.c.start, passages.c.end)
    )
    with catalogue.engine.begin() as connection:
        return tuple(passage_of(row) for row in connection.execute(query))
