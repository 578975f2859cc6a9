"""Where an English sentence divides into clauses, and which of its words only say who says it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import regex

from qa_service.text.lexicon.frame_words import SAYS

__all__ = ["attributions", "clause_spans"]

_VERB = r"(?:was|were|is|are|has|have|had|will|would|\w{3,}ed)\b"
_CUT = regex.compile(
    rf"[;:()\[\]“”\"—–]|\s-{{1,2}}\s|,(?!\d)|\band\b(?=\s+(?:(?:the|an?|its|his|her|their)\s+(?:\w+\s+){{1,3}})?(?:{_VERB}|\d))"
    r"|\b(?:after|amid|following|but|while|which|who|whom|whose|although|though|when|because|despite)\b",
    regex.IGNORECASE,
)
_SAYING = "|".join(sorted(SAYS))
_ATTRIBUTION = regex.compile(
    rf"\baccording to [^,.;]+|,\s*(?:{_SAYING})\b[^,;]{{0,60}}?\sthat\b"
    rf"|,\s*[^,;]{{0,60}}?\b(?:{_SAYING})\b(?![^,;]*\sthat\b)[^,;]*$"
    rf"|^[^,;]{{0,80}}?\b(?:{_SAYING})\b(?:[^,;]{{0,60}}?\sthat\b|\s+on\s+\w+|\s+\w+day)?(?=\s)",
    regex.IGNORECASE,
)
_PRONOUN = regex.compile(r"\W*(?:\w+\W+){0,2}?(?:it|its|he|his|she|her|they|their|them|we|our)\b", regex.IGNORECASE)


def attributions(text: str) -> Iterator[tuple[int, int]]:
    """Spans such as "according to the army" and ", officials said". One that the sentence goes on about is none:
    "Wagner said it lost 30 men"."""
    for match in _ATTRIBUTION.finditer(text):
        if match.start() or not _PRONOUN.match(text, match.end()):
            yield match.span()


def clause_spans(text: str, says_enough: Callable[[int, int], bool | None]) -> list[tuple[int, int]]:
    """Clauses, in order. `says_enough(start, end)` tells whether a span stands by itself; None where nothing is in it.

    One that does not ("Meanwhile in mid-November, …") belongs to the clause before it; at the beginning, and after a
    mark that begins anew, to the one that follows.
    """
    found: list[tuple[int, int]] = []
    held: tuple[int, int] | None = None
    for start, end, anew in _pieces(text):
        enough = says_enough(start, end)
        if enough is None:
            continue
        if enough:
            found.append((start if held is None else held[0], end))
            held = None
        elif found and held is None and not anew:
            found[-1] = found[-1][0], end
        else:
            held = (start if held is None else held[0]), end
    return found if held is None else [*found, held]


def _pieces(text: str) -> Iterator[tuple[int, int, bool]]:
    start, anew = 0, True
    for match in _CUT.finditer(text):
        yield start, match.start(), anew
        start, anew = match.end(), match[0] in (";", ":")
    yield start, len(text), anew
