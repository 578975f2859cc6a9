"""Finds proper names by their capitals, as antecedents of pronouns."""

from __future__ import annotations

import regex

from qa_service.text.lexicon.date_words import MONTH_NAMES, WEEKDAYS
from qa_service.text.lexicon.followup_words import NOT_NAMES, PRONOUNS

__all__ = ["name_spans"]

_NAME = regex.compile(
    r"\b\p{Lu}[\p{L}\p{M}\p{N}'’.-]*(?<![.'’])(?:(?:\s+(?:of|the|for|al|de|du|ag|bin|el|d'|la|le|van|von)){0,2}\s+\p{Lu}[\p{L}\p{M}\p{N}"
    r"'’.-]*(?<![.'’])){0,7}+"
)
_POSSESSIVE = regex.compile(r"['’]s?$")
_CALENDAR = frozenset((*MONTH_NAMES, *WEEKDAYS))


def name_spans(text: str, *, first: bool = False) -> list[tuple[int, int]]:
    """Spans of proper names, without a possessive 's. Months and weekdays are no names.

    The first word of the text counts only with an inner capital, before another capitalised word, or with `first`.
    """
    found = []
    for match in _NAME.finditer(text):
        start, end = match.span()
        words = [(m.start() + start, m.group()) for m in regex.finditer(r"\S+", match.group())]
        while words and words[0][1].casefold() in NOT_NAMES | PRONOUNS | _CALENDAR:
            words.pop(0)
        if not words:
            continue
        start = words[0][0]
        if suffix := _POSSESSIVE.search(text, start, end):
            end = suffix.start()
        if start == 0 and not first and " " not in text[start:end] and text[start + 1 : end].islower():
            after = text[end:].lstrip()
            if not after[:1].isupper() and after:
                continue
        if end > start:
            found.append((start, end))
    return found
