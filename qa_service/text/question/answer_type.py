"""Classifies the expected answer type of an English question, and checks whether a sentence has that type.

The coarse types follow Li & Roth, "Learning Question Classifiers", COLING 2002, as far as single words show them. A
sentence without a number does not answer "how many". Every sentence passes if the type is unknown.

A negated question ("Which region did not invent it?") needs a negated sentence. That holds for questions with a
question word only: a sentence may confirm or deny a yes-no question.
"""

from __future__ import annotations

import regex

from qa_service.text.lexicon.claim_words import NEGATORS
from qa_service.text.lexicon.date_words import MONTH_NAMES, WEEKDAYS
from qa_service.text.lexicon.followup_words import QUESTION_WORDS
from qa_service.text.lexicon.number_words import CARDINALS

__all__ = ["asked_kind", "asks_for_what_is_not", "holds_kind", "negates"]

_KINDS = {
    "number": regex.compile(
        r"\bhow (?:many|much|long|old|far|often|large|big|tall|high|fast|deep|wide|heavy)\b"
        r"|\b(?:percentage|number of|population|amount)\b",
        regex.IGNORECASE,
    ),
    "time": regex.compile(r"\b(?:when|(?:what|which) (?:year|date|day|month|century|decade))\b", regex.IGNORECASE),
    "person": regex.compile(r"\b(?:who|whom|whose)\b", regex.IGNORECASE),
    "place": regex.compile(
        r"\bwhere\b|\b(?:what|which) (?:city|country|place|state|region|continent|county|town)\b", regex.IGNORECASE
    ),
}
"""The first match wins."""

_NUMBER = regex.compile(
    rf"[0-9]|\b(?:{'|'.join(word for word, value in CARDINALS.items() if 1 <= value <= 12)}"
    r"|dozens?|hundreds?|thousands?|millions?|billions?|half|twice|once|first|second|third|several|no)\b",
    regex.IGNORECASE,
)
_TIME = regex.compile(
    rf"\b(?:{'|'.join((*MONTH_NAMES, *WEEKDAYS))}"
    r"|1[0-9]{3}|20[0-9]{2}|century|decades?|years?|months?|weeks?|days?|ago)\b",
    regex.IGNORECASE,
)
_NEGATION = regex.compile(rf"\b(?:{'|'.join(sorted(NEGATORS))})\b|n['’]t\b", regex.IGNORECASE)
_QUESTION_WORD = regex.compile(rf"\b(?:{'|'.join(sorted(QUESTION_WORDS))})\b", regex.IGNORECASE)
_CAPITALISED = regex.compile(r"(?<!^)\b\p{Lu}[\p{L}\p{N}]+")
_WORD = regex.compile(r"[\p{L}\p{N}]+")


def asked_kind(question: str) -> str | None:
    """Expected answer type: `number`, `time`, `person` or `place`. None if unknown or not English."""
    return next((kind for kind, pattern in _KINDS.items() if pattern.search(question)), None)


def holds_kind(sentence: str, kind: str | None, question: str) -> bool:
    """Whether the sentence contains an answer of that type. For persons and places: a name not in the question."""
    if kind == "number":
        return bool(_NUMBER.search(sentence))
    if kind == "time":
        return bool(_TIME.search(sentence))
    if kind is None:
        return True
    asked = {word.casefold() for word in _WORD.findall(question)}
    return any(name.casefold() not in asked for name in _CAPITALISED.findall(sentence))


def asks_for_what_is_not(question: str) -> bool:
    """Whether a question with a question word has a negated main clause, which ends at the first comma."""
    return bool(_QUESTION_WORD.search(question)) and negates(question.partition(",")[0])


def negates(sentence: str) -> bool:
    """Whether an English sentence contains a negation."""
    return bool(_NEGATION.search(sentence))
