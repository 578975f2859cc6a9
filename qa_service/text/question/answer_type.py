"""What kind of thing an English question asks for, and whether a sentence holds one (Li & Roth, "Learning Question
Classifiers", COLING 2002, by the coarse kinds that the words alone give away).

A sentence without a number does not answer "how many", however well its words match. What the question does not give
away counts as there.

Nor does a sentence that says what is answer what is not ("Which region did not invent it?"). That goes for questions
with a question word alone: whether a claim holds, a sentence tells that says so or that says otherwise.
"""

from __future__ import annotations

import regex

from qa_service.text.lexicon.claim_words import NEGATORS

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
"""In the order in which they are looked for."""

_NUMBER = regex.compile(
    r"[0-9]|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?|millions?"
    r"|billions?|half|twice|once|first|second|third|several|no)\b",
    regex.IGNORECASE,
)
_TIME = regex.compile(
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december|(?:monday|tuesday"
    r"|wednesday|thursday|friday|saturday|sunday)|1[0-9]{3}|20[0-9]{2}|century|decades?|years?|months?|weeks?|days?|ago)\b",
    regex.IGNORECASE,
)
_NEGATION = regex.compile(rf"\b(?:{'|'.join(sorted(NEGATORS))})\b|n['’]t\b", regex.IGNORECASE)
_QUESTION_WORD = regex.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b", regex.IGNORECASE)
_CAPITALISED = regex.compile(r"(?<!^)\b\p{Lu}[\p{L}\p{N}]+")
_WORD = regex.compile(r"[\p{L}\p{N}]+")


def asked_kind(question: str) -> str | None:
    """`number`, `time`, `person` or `place`; None where the words do not say, or say it in another language."""
    return next((kind for kind, pattern in _KINDS.items() if pattern.search(question)), None)


def holds_kind(sentence: str, kind: str | None, question: str) -> bool:
    """Whether something of that kind stands in the sentence: of persons and places, a name new to the question."""
    if kind == "number":
        return bool(_NUMBER.search(sentence))
    if kind == "time":
        return bool(_TIME.search(sentence))
    if kind is None:
        return True
    asked = {word.casefold() for word in _WORD.findall(question)}
    return any(name.casefold() not in asked for name in _CAPITALISED.findall(sentence))


def asks_for_what_is_not(question: str) -> bool:
    """Whether the main clause of a question with a question word is negated: what stands before its first comma, since
    of a question in several clauses another sentence may answer each."""
    return bool(_QUESTION_WORD.search(question)) and negates(question.partition(",")[0])


def negates(sentence: str) -> bool:
    """Whether something is negated in an English sentence."""
    return bool(_NEGATION.search(sentence))
