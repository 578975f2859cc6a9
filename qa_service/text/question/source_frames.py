"""Removes phrases that only name a source from a question: "According to AFP, …", "What did AFP say about …".

Ranking already prefers articles of the source. As search words, these phrases find sentences that mention the outlet
("told AFP"), which its own articles seldom contain.
"""

from __future__ import annotations

from collections.abc import Sequence

import regex

__all__ = ["without_frames"]

_MASK = "\ue000"
_NAME = rf"(?:the )?['\"‘“]?{_MASK}+(?:['’]s|['\"’”])?(?: (?:reports?|articles?|reporting|coverage))?"
_NAMES = rf"{_NAME}(?:(?:,? and |,? or | with |, ){_NAME})*"
_ABOUT = r"(?:about|on|of|over|regarding|concerning)"
_FRAMES = tuple(
    regex.compile(pattern, regex.IGNORECASE)
    for pattern in (
        rf",?\s*\(?\baccording to (?:both |(?:an? )?(?:articles?|reports?) (?:from|by|in|of) )*{_NAMES}\)?,?",
        rf"^\W*what (?:did|does|do|has|have) (?:both )?{_NAMES} "
        rf"(?:say|said|report(?:ed)?|write|written|claim(?:ed)?|publish(?:ed)?) {_ABOUT}\b",
        rf"^\W*(?:do|does|did) (?:both )?{_NAMES} (?:dis)?agree (?:with {_NAME} )?(?:that|{_ABOUT}|whether|how|why)\b",
        rf"^\W*how (?:do|does|did) {_NAMES} (?:differ|disagree) (?:from {_NAME} )?{_ABOUT}\b",
        rf"^\W*compare (?:what )?{_NAMES}(?: (?:say|report|write))? {_ABOUT}\b",
    )
)
_WORD = regex.compile(r"\p{L}{2,}")


def without_frames(question: str, names: Sequence[tuple[int, int]]) -> str:
    """The question with spaces instead of source phrases, so that offsets stay. Unchanged if nothing else is left.

    `names` are the spans of the sources in the question. Names outside such phrases stay.
    """
    if not names:
        return question
    masked = list(question)
    for start, end in names:
        masked[start:end] = _MASK * (end - start)
    text = "".join(masked)
    kept = list(question)
    for frame in _FRAMES:
        for found in frame.finditer(text):
            kept[found.start() : found.end()] = " " * (found.end() - found.start())
    left = "".join(kept)
    return left if _WORD.search(left) else question
