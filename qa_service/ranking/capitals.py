"""An abbreviation that is asked about in small letters, where the collection spells it out in capitals."""

from __future__ import annotations

from qa_service.ranking.lexical import lexical_search
from qa_service.ranking.token_signs import TokenSignReader
from qa_service.records import Filters
from qa_service.storage.local.segment import hash_terms
from qa_service.storage.local.snapshot import Snapshot
from qa_service.text.basic.terms import question_terms
from qa_service.text.question.abbreviations import defining_sentence, small_abbreviation

__all__ = ["in_capitals"]

MOST_READ = 50
"""Passages with the word in which a definition is looked for."""


def in_capitals(question: str, snapshot: Snapshot, signs: TokenSignReader, filters: Filters) -> str:
    """ "What does JNIM stand for?" for "What does jnim stand for?"; the question itself where no passage says what the
    capitals stand for.

    Raises:
        PassageGone: a passage was deleted meanwhile.
    """
    span = small_abbreviation(question)
    if span is None:
        return question
    start, end = span
    short = question[start:end].upper()
    terms = hash_terms(question_terms(short, snapshot.info.languages or (None,)))
    rows, _ = lexical_search(snapshot, terms, MOST_READ, snapshot.admitted(filters), filters)
    if all(defining_sentence(passage, short) is None for passage, _ in signs.read_passages(rows)):
        return question
    return question[:start] + short + question[end:]
