"""An abbreviation that is asked about in small letters, where the collection spells it out in capitals."""

from __future__ import annotations

from qa_service.ranking.passage_cache import PassageCache
from qa_service.records import Filters
from qa_service.storage.features import hash_terms
from qa_service.storage.port import Snapshot
from qa_service.text.basic.terms import question_terms
from qa_service.text.question.abbreviations import defining_sentence, small_abbreviation

__all__ = ["in_capitals"]

MOST_READ = 50
"""Passages with the word in which a definition is looked for."""


def in_capitals(question: str, snapshot: Snapshot, cache: PassageCache, filters: Filters) -> str:
    """ "What does JNIM stand for?" for "What does jnim stand for?", if a passage says what the capitals stand for.
    Otherwise the question itself.

    Raises:
        PassageGone: a passage was deleted meanwhile.
    """
    span = small_abbreviation(question)
    if span is None:
        return question
    start, end = span
    short = question[start:end].upper()
    terms = hash_terms(question_terms(short, snapshot.info.languages or (None,)))
    ids = snapshot.matching(terms, MOST_READ, filters).ids.tolist()
    if all(defining_sentence(passage, short) is None for passage, _ in cache.passages(ids)):
        return question
    return question[:start] + short + question[end:]
