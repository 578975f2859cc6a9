"""Plain text in any encoding."""

from __future__ import annotations

from qa_service.parsing.decoding import decode
from qa_service.records import ArticleDraft

__all__ = ["parse_plain"]


def parse_plain(raw: bytes, name: str) -> tuple[ArticleDraft, ...]:
    """The whole file as one draft without metadata.

    Raises:
        UnreadableSource: the bytes are not text.
    """
    return (ArticleDraft(decode(raw, name)),)
