"""Addresses of the page, opened at a passage: what every citation links to, whatever protocol carries it."""

from __future__ import annotations

from urllib.parse import urlencode

from qa_service.records import RankedPassage

__all__ = ["passage_address"]


def passage_address(base: str, passage: RankedPassage, collection: str) -> str:
    """`base` is the address that people reach the page at, without a slash at its end. No two passages share an
    address, so that a client that tells sources apart by theirs counts as the answer does."""
    citation = passage.citation
    query = [("collection", collection)] if collection != "default" else []
    query += [("article", citation.article_id), ("start", str(citation.start)), ("end", str(citation.end))]
    query += [("e", f"{e.start}-{e.end}") for e in passage.evidence]
    return f"{base}/?{urlencode([*query, ('h', citation.article_sha256)])}"
