"""Addresses of the page, opened at a passage. Every answer links to them, in every protocol."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from qa_service.records import Answer, RankedPassage

if TYPE_CHECKING:
    from qa_service.settings import Settings  # slow to import: it needs pydantic

__all__ = ["cited_spans", "page_base", "passage_address", "place_address"]

WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}


def page_base(settings: Settings) -> str:
    """The address of the page of `qa-service serve`: `QA_PUBLIC_URL`, or else where it would listen."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    host = WILDCARDS.get(settings.host, settings.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def passage_address(base: str, passage: RankedPassage, collection: str, answer: Answer | None = None) -> str:
    """The address of the page, opened at the passage.

    `base` is the public address of the page, without a slash at its end. The page marks the sentences that `answer`
    quotes, or all evidence of the passage. Each passage has an address of its own, because some clients count sources
    by address.
    """
    citation = passage.citation
    span, evidence = (citation.start, citation.end), cited_spans(passage, answer)
    return place_address(base, collection, citation.article_id, citation.article_sha256, span, evidence)


def cited_spans(passage: RankedPassage, answer: Answer | None) -> list[tuple[int, int]]:
    """Spans that the page marks: sentences of disagreements, and the evidence unless only a disagreement cites it."""
    evidence = {(e.start, e.end) for e in passage.evidence}
    if answer is None:
        return sorted(evidence)
    number = passage.citation.number
    sides = [side for pair in answer.disagreements for side in (pair.a, pair.b) if side.citation == number]
    sentences = {(side.sentence.start, side.sentence.end) for side in sides}
    quoted = answer.answer is not None and any(note.citation == number for note in answer.answer.annotations)
    return sorted(sentences | evidence if quoted or not sentences else sentences)


def place_address(
    base: str,
    collection: str,
    article_id: str,
    article_sha256: str,
    span: tuple[int, int] | None = None,
    evidence: Iterable[tuple[int, int]] = (),
) -> str:
    """The address of the page, opened at an article, at its `span` if given, with `evidence` marked."""
    query = [("collection", collection)] if collection != "default" else []
    query.append(("article", article_id))
    if span is not None:
        query += [("start", str(span[0])), ("end", str(span[1]))]
    query += [("e", f"{start}-{end}") for start, end in evidence]
    return f"{base}/?{urlencode([*query, ('h', article_sha256)])}"
