"""Plain text in any encoding."""

from __future__ import annotations

from qa_service.parsing.decoding import decode
from qa_service.records import ArticleDraft

__all__ = ["read_plain"]


def read_plain(raw: bytes, name: str) -> tuple[ArticleDraft, ...]:
    """The whole file as one text; it says nothing of itself.

    Raises:
        UnreadableSource: the bytes are no text.
    """
    return (ArticleDraft(decode(raw, name)),)
