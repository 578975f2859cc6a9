"""Names that an English question asks about one by one: "How do Mali and Niger differ in …", "What did A and B say …".

Names that merely stand together are none, nor are those after "both": what Torvill and Dean won they won together.
"""

from __future__ import annotations

import regex

__all__ = ["compared_names"]

_NAME = r"(?-i:\p{Lu}[\p{L}\p{M}\p{N}.’'-]*)"
_NAMED = rf"(?:the\s+)?{_NAME}(?:\s+(?:(?:of|for)\s+(?:the\s+)?)?{_NAME})*"
_LIST = rf"(?P<name>{_NAMED})(?:,\s+(?P<name>{_NAMED})){{0,3}},?\s+and\s+(?P<name>{_NAMED})"
# "the Russian foreign ministry": words in small letters too, between the verb's two halves
_PHRASE = rf"(?:the\s+)?(?:\p{{Ll}}+\s+)?{_NAME}(?:\s+[\p{{L}}\p{{M}}\p{{N}}.’'-]+?){{0,4}}?"
_DO = r"(?:do|does|did|have|has|are|is|were|was)"
_PHRASES = rf"(?P<name>{_PHRASE})(?:,\s+(?P<name>{_PHRASE}))?,?\s+and\s+(?P<name>{_PHRASE})"
_CUES = [
    regex.compile(pattern, regex.IGNORECASE)
    for pattern in (
        rf"\b(?:differ\w*|compar\w*|contrast\w*|distinction\w*|similarit\w*|common)\b(?:\s+\p{{Ll}}+){{0,3}}?\s+between\s+"
        rf"{_LIST}",
        rf"\b(?:compare|contrast)\s+(?P<name>{_NAMED})\s+(?:with|to|and|against)\s+(?P<name>{_NAMED})",
        rf"\b(?:{_DO}|how)\s+{_LIST}\s+(?:differ|compare|each)\b",
        rf"\bhow\s+(?:are|were)\s+{_LIST}\s+different\b",
        rf"\b{_DO}\s+{_PHRASES}\s+(?:each\s+)?(?:say|claim)\b",
    )
]


def compared_names(question: str) -> tuple[tuple[int, int], list[tuple[int, int]]] | None:
    """(start, end) of what the names stand in, and of each of them, at least two; None where none are compared.

    The question about one of them has that one in place of them all.
    """
    for cue in _CUES:
        if match := cue.search(question):
            names = sorted(match.spans("name"))
            if len({question[start:end].casefold() for start, end in names}) == len(names):
                return (names[0][0], names[-1][1]), names
    return None
