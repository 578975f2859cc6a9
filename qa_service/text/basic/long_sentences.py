"""Cuts a sentence that is too long to quote: lists, minutes and transcripts without full stops."""

from __future__ import annotations

from itertools import pairwise

import regex

from qa_service.text.basic.spaces import strip_span

__all__ = ["LONGEST", "sentence_parts"]

LONGEST = 400
"""Maximum code points of a sentence that stays whole. A part is longer only if it has no white space or comma."""
LONGEST_SPEECH = 200
"""The same for the parts of a long sentence without punctuation, as in a transcript: it joins many statements."""
SHORTEST_ITEM = 60
"""An item of a list that is shorter shares its part with the next item."""

_BRACKETED = regex.compile(r"\([^()]{0,400}+\)|\[[^][]{0,400}+\]")
_ITEMS = regex.compile(r"[;；؛]\s*|\s(?=[-|*•·‣▪◦●○]\s)")
_COMMAS = regex.compile(r"[,،:]\s+|[，、：]\s*|\s(?=[–—]\s)")
_CONJUNCTIONS = regex.compile(r"\s(?=(?:and|but|so|because|then|now|well|und|aber|et|mais|y|pero|и|но)\s)")
_PUNCTUATION = regex.compile(r"[^\P{P}\p{Pc}'’&@#%/-]")
_SPACES = regex.compile(r"\s+")


def sentence_parts(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The sentence as a list of one span if it has at most 400 code points, else the spans of its parts, in order.

    The parts cover all characters but white space. A long sentence is cut at each semicolon and bullet, unless an item
    would be shorter than 60 code points. A part that is still too long is cut near its middle: at a comma or dash,
    else before a conjunction, else between words. Without any punctuation, as in a transcript, 200 code points are too
    long. No semicolon or comma inside brackets counts.
    """
    if end - start <= LONGEST:
        return [(start, end)]
    inside = {i for m in _BRACKETED.finditer(text, start, end) for i in range(m.start() + 1, m.end())}
    limit = LONGEST if _PUNCTUATION.search(text, start, end) else LONGEST_SPEECH
    items = [start]
    for m in _ITEMS.finditer(text, start, end):
        if m.start() not in inside and m.end() - items[-1] >= SHORTEST_ITEM <= end - m.end():
            items.append(m.end())
    return [span for a, b in pairwise([*items, end]) for span in _halves(text, *strip_span(text, a, b), inside, limit)]


def _halves(text: str, start: int, end: int, inside: set[int], limit: int) -> list[tuple[int, int]]:
    spans, waiting = [], [(start, end)]
    while waiting:
        start, end = waiting.pop()
        at = _middle(text, start, end, inside) if end - start > limit else None
        if at is None:
            spans.append((start, end))
        else:
            waiting += [strip_span(text, at, end), strip_span(text, start, at)]
    return spans


def _middle(text: str, start: int, end: int, inside: set[int]) -> int | None:
    """The best place for a cut in the middle half of the span; None if that half has no white space or comma."""
    quarter = (end - start) // 4
    for places in (_COMMAS, _CONJUNCTIONS, _SPACES):
        found = [
            m.end()
            for m in places.finditer(text, start + quarter, end - quarter)
            if places is _SPACES or m.start() not in inside
        ]
        if found:
            return min(found, key=lambda at: abs(start + end - 2 * at))
    return None
