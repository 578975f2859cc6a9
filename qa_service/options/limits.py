"""The limits of a request, each written once."""

from __future__ import annotations

from qa_service.records import LONGEST_QUESTION

__all__ = [
    "LONGEST_ANSWER",
    "LONGEST_COLLECTION",
    "LONGEST_QUESTION",
    "LONGEST_TAG",
    "LONGEST_WORD",
    "MOST",
    "MOST_PASSAGES",
    "MOST_TAGS_OF_ARTICLE",
    "MOST_TURNS",
    "MOST_VALUES",
]

LONGEST_ANSWER = 10_000
"""Characters of an earlier answer."""
LONGEST_COLLECTION = 128
"""Characters of a collection's name."""
LONGEST_TAG = 100
"""Characters of an article's tag."""
LONGEST_WORD = 512
"""Characters of a filter's value."""
MOST = 2**31 - 1
"""Largest whole number where no smaller limit applies."""
MOST_PASSAGES = 100
"""Largest `top_k`."""
MOST_TAGS_OF_ARTICLE = 50
"""Tags of one article."""
MOST_TURNS = 20
"""Turns of a conversation before the question."""
MOST_VALUES = 1000
"""Values of one filter."""
