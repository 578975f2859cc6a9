"""Abbreviations and the long forms that define them.

The matching of letters is that of Schwartz & Hearst, "A simple algorithm for identifying abbreviation definitions in
biomedical text" (PSB 2003).
"""

from __future__ import annotations

import regex

__all__ = ["asked_abbreviation", "defines"]

_SHORT = r"(?P<short>(?=[\p{L}\d&/.-]*\p{Lu}[\p{L}\d&/.-]*\p{Lu})[\p{L}\d][\p{L}\d&/.-]{0,8}[\p{L}\d])"
_QUOTE = r"[\"'‘’“”«»]?"
_ASKS = [
    regex.compile(pattern, regex.IGNORECASE)
    for pattern in (
        rf"\b(?:do|does|did)\s+(?:the\s+)?(?:abbreviation\s+|acronym\s+|initials\s+|letters\s+)?{_QUOTE}(?-i:{_SHORT}){_QUOTE}"
        rf"\s+(?:stand\s+for|mean(?!\s+(?:by|for|to|that|when|if))\b)",
        rf"(?<!\w)(?-i:{_SHORT}){_QUOTE}\s+(?:stands?\s+for|means?)\s+what\b",
        rf"\b(?:meaning|full\s+name|full\s+form|long\s+form|expansion)\s+of\s+(?:the\s+)?(?:abbreviation\s+|acronym\s+)?"
        rf"{_QUOTE}(?-i:{_SHORT})(?!\w)",
        rf"\bis\s+(?:the\s+)?{_QUOTE}(?-i:{_SHORT}){_QUOTE}\s+(?:short|an?\s+(?:abbreviation|acronym))\s+(?:for|of)\b",
    )
]
_LONGEST_DEFINITION = 12
"""Words before or within brackets in which a long form is looked for."""


def asked_abbreviation(question: str) -> tuple[int, int] | None:
    """Where the abbreviation stands whose long form the question asks for: `JNIM` in "What does JNIM stand for?".

    None where the question asks for something else.
    """
    for pattern in _ASKS:
        if match := pattern.search(question):
            return match.span("short")
    return None


def defines(sentence: str, short: str) -> bool:
    """Whether the sentence holds `long form (short)` or `short (long form)`."""
    escaped = regex.escape(short)
    for match in regex.finditer(rf"[(\[]\s*{escaped}\s*[)\],;]", sentence):
        if _spells(short, sentence[max(0, match.start() - 300) : match.start()].split()[-_LONGEST_DEFINITION:]):
            return True
    for match in regex.finditer(rf"(?<!\w){escaped}\s*[(\[]([^()\[\]]{{1,200}})[)\]]", sentence):
        words = match[1].split()
        if len(words) > 1 and _spells(short, words[:_LONGEST_DEFINITION]):
            return True
    return False


def _spells(short: str, words: list[str]) -> bool:
    """Whether every letter of `short` is found in order in the last of `words`, the first of them beginning a word."""
    letters = [c for c in short.casefold() if c.isalnum()]
    text = " ".join(words[-min(len(letters) + 5, 2 * len(letters)) :]).casefold()
    at = len(text)
    for number, letter in enumerate(reversed(letters)):
        first = number == len(letters) - 1
        at -= 1
        while at >= 0 and (text[at] != letter or (first and at > 0 and text[at - 1].isalnum())):
            at -= 1
        if at < 0:
            return False
    return True
