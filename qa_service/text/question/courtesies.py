"""Removes courtesies from a question: "Could you tell me …", "… Thanks in advance!"."""

from __future__ import annotations

import regex

__all__ = ["without_courtesies"]

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


def without_courtesies(question: str) -> str:
    """The question with spaces instead of courtesies, so that offsets stay. Unchanged if nothing else is left."""
    before = _BEFORE.match(question)
    start = before.end() if before else 0
    after = _AFTER.search(question, start)
    end = after.start() if after else len(question)
    if not _ASKED.search(question, start, end):
        return question
    return " " * start + question[start:end] + " " * (len(question) - end)
