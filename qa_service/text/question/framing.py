"""Removes phrases around the question itself: courtesies, and phrases that only name a source.

Ranking already prefers articles of the source. As search words, phrases such as "according to AFP" find sentences that
mention the outlet ("told AFP"), which its own articles seldom contain.
"""

from __future__ import annotations

from collections.abc import Sequence

import regex

__all__ = ["without_courtesies", "without_frames"]

_THANKS = r"(?:many thanks|thanks|thank you|thx|cheers)(?:,? (?:a lot|a million|so much|very much|in advance))*"
_BEFORE = regex.compile(
    rf"""^\W*(?:
        (?:(?:hi|hello|hey|good (?:morning|afternoon|evening))(?:\ (?:there|all|everyone))?\s*[,.!:]+\s*)
      | (?:(?:please|kindly)\b,?\s*)
      | (?:(?:can|could|would|will)\ you\ (?:please\ |kindly\ )?(?:tell|remind)\ (?:me|us)\b(?:,?\ please)?,?\s*)
      | (?:tell\ (?:me|us)\b(?:,?\ please)?,?\s*)
      | (?:(?:do|would)\ you\ (?:happen\ to\ )?know\s+)
      | (?:i(?:['’]d|\ would)\ like\ to\ know\s+|i\ (?:want|need)\ to\ know\s+)
      | (?:{_THANKS}[.!,]+\s*)
    )+""",
    regex.IGNORECASE | regex.VERBOSE,
)
_AFTER = regex.compile(rf"(?:,|(?<=[.?!…])|(?<=\w))\s*(?<!\w)(?:please|{_THANKS})[.!\s]*$", regex.IGNORECASE)
_ASKED = regex.compile(r"\p{L}{2,}")

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


def without_courtesies(question: str) -> str:
    """The question with spaces instead of courtesies, so that offsets stay. Unchanged if nothing else is left."""
    before = _BEFORE.match(question)
    start = before.end() if before else 0
    after = _AFTER.search(question, start)
    end = after.start() if after else len(question)
    if not _ASKED.search(question, start, end):
        return question
    return " " * start + question[start:end] + " " * (len(question) - end)


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
    return left if _ASKED.search(left) else question
