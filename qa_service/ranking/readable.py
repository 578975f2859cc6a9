"""Detects questions that the embedding model cannot read. Their vectors say little, so words rank instead."""

from __future__ import annotations

from collections.abc import Collection

from qa_service.text.basic.language import likeliest_language, mostly_latin, question_language

__all__ = ["is_unread", "unread_languages"]


def unread_languages(present: Collection[str], read: frozenset[str] | None) -> tuple[str, ...]:
    """The languages of a collection that a model does not read; it reads `read` (None: all)."""
    return () if read is None else tuple(language for language in present if language not in read)


def is_unread(question: str, present: Collection[str], read: frozenset[str] | None) -> bool:
    """Whether the question is in a language of the collection that the model does not read.

    `present` are the collection's languages. A question in letters other than Latin counts as the likeliest of them;
    for other questions the language is detected. If no article is in the question's language, words would find nothing
    either, so such a question does not count.
    """
    unread = unread_languages(present, read)
    if not unread:
        return False
    language = question_language if mostly_latin(question) else likeliest_language
    return language(question, present) in unread
