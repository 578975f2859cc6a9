"""Which questions the embedding model cannot read: their vectors say little, and words must do."""

from __future__ import annotations

from collections.abc import Collection

from qa_service.text.basic.language import detect_language, likeliest_language, mostly_latin

__all__ = ["is_unread", "unread_languages"]


def unread_languages(present: Collection[str], read: frozenset[str] | None) -> tuple[str, ...]:
    """Those of the collection's languages that a model which reads `read` (None: all) does not."""
    return () if read is None else tuple(language for language in present if language not in read)


def is_unread(question: str, present: Collection[str], read: frozenset[str] | None) -> bool:
    """Whether the question is in a language of the collection that the model does not read.

    `present` are the collection's languages. Letters other than Latin ones leave little choice, so a question in them
    is in the likeliest of those languages; another is in the one detected. Where the collection has no article in the
    question's language, words would find nothing either, and what is detected wrongly does no harm.
    """
    unread = unread_languages(present, read)
    if not unread:
        return False
    return (detect_language(question) if mostly_latin(question) else likeliest_language(question, present)) in unread
