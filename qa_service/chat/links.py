"""Addresses of the page, opened at a passage: what every citation links to, whatever protocol carries it."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from qa_service.records import RankedPassage

__all__ = ["passage_address", "place_address"]


def passage_address(base: str, passage: RankedPassage, collection: str) -> str:
    """`base` is the address that people reach the page at, without a slash at its end. No two passages share an
    address, so that a client that tells sources apart by theirs counts as the answer does."""
    citation = passage.citation
    span, evidence = (citation.start, citation.end), [(e.start, e.end) for e in passage.evidence]
    return place_address(base, collection, citation.article_id, citation.article_sha256, span, evidence)


def place_address(
    base: str,
    collection: str,
    article_id: str,
    article_sha256: str,
    span: tuple[int, int] | None = None,
    evidence: Iterable[tuple[int, int]] = (),
) -> str:
    """The page opened at an article, at `span` of it where there is one, with `evidence` marked."""
    query = [("collection", collection)] if collection != "default" else []
    query.append(("article", article_id))
    if span is not None:
        query += [("start", str(span[0])), ("end", str(span[1]))]
    query += [("e", f"{start}-{end}") for start, end in evidence]
    return f"{base}/?{urlencode([*query, ('h', article_sha256)])}"
