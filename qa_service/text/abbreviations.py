"""Abbreviations and the long forms that define them.

The matching of letters is that of Schwartz & Hearst, "A simple algorithm for identifying abbreviation definitions in
biomedical text" (PSB 2003).
"""

from __future__ import annotations

import regex

__all__ = ["asked_abbreviation", "defines"]

_ASKS = regex.compile(
    r"\b(?:st(?:and|ands|ood|anding)\s+for|abbreviat\w*|acronym\w*|initialism|initials|short\s+for|full\s+(?:name|form)\s+of"
    r"|spell(?:ed|s|t)?\s+out|mean|means)\b",
    regex.IGNORECASE,
)
_SHORT = regex.compile(r"(?<![\w.])(?=\p{Lu}[\p{L}\d&/.-]*\p{Lu})[\p{L}\d](?:[\p{L}\d&/.-]{0,8}[\p{L}\d])(?!\w)")
_LONGEST_DEFINITION = 12
"""Words before or within brackets in which a long form is looked for."""


def asked_abbreviation(question: str) -> str | None:
    """The abbreviation whose long form the question asks for: `JNIM` in "What does JNIM stand for?".

    None where the question asks for something else, or names several abbreviations.
    """
    if not _ASKS.search(question):
        return None
    found = set(_SHORT.findall(question))
    return found.pop() if len(found) == 1 else None


def defines(sentence: str, short: str) -> bool:
    """Whether the sentence holds `long form (short)` or `short (long form)`."""
    escaped = regex.escape(short)
    for match in regex.finditer(rf"[(\[]\s*{escaped}\s*[)\],;]", sentence):
        if _spells(short, sentence[: match.start()].split()[-_LONGEST_DEFINITION:]):
            return True
    for match in regex.finditer(rf"(?<!\w){escaped}\s*[(\[]([^)\]]+)[)\]]", sentence):
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
