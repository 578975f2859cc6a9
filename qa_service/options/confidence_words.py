"""How sure an answer is, in words for people: the same on every face. The page's answer.js says the same.

There are three kinds. Answered: no words. Not sure: `doubt`. Without an answer: `DECLINED`.
"""

from __future__ import annotations

import math

from qa_service.records import Answer

__all__ = ["DECLINED", "UNSURE", "confidence_in_percent", "doubt"]

UNSURE_BELOW = 0.5
DECLINED = "I can't find that in these articles."
UNSURE = "Not sure: check whether the passages answer the question"


def doubt(answer: Answer) -> str | None:
    """The warning that stands before an unsure answer; None if there is no answer, or the answer is sure."""
    if answer.answer is None or answer.confidence >= UNSURE_BELOW:
        return None
    return f"{UNSURE} ({confidence_in_percent(answer)})."


def confidence_in_percent(answer: Answer) -> str:
    """The confidence as a whole percentage, never as certainty."""
    rounded = math.floor(100 * answer.confidence + 0.5)
    return "under 1 %" if rounded < 1 else "over 99 %" if rounded > 99 else f"{rounded} %"
