"""Declining as a figure of each question, so that two runs can be compared by it.

- `answered`: 1 if an answerable question was not declined, else 0;
- `declined`: 1 if an unanswerable question was declined, else 0.

For both, higher is better. They come from the fields `answerable` and `declined`, which every version of a folder has.
Without them a threshold that declines nothing would look as good as any, because no ranking measure shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["DECISIONS", "decision_of", "flip_of"]

ANSWERED, DECLINED = "answered", "declined"
DECISIONS = (ANSWERED, DECLINED)
"""The decision of answerable questions, then of unanswerable questions."""


def decision_of(record: Mapping[str, Any]) -> dict[str, float]:
    """The decision in a line of `per_question.jsonl`; empty if the set does not say whether the question is
    answerable."""
    answerable = record.get("answerable")
    if answerable is None or "declined" not in record:
        return {}
    return {ANSWERED: float(not record["declined"])} if answerable else {DECLINED: float(record["declined"])}


def flip_of(before: Mapping[str, float], now: Mapping[str, float]) -> str | None:
    """The change of the decision between two runs: `withheld` (answerable, now declined), `invented` (unanswerable, now
    answered), `given` and `refused` the other way; None if it is the same."""
    for name, worse, better in ((ANSWERED, "withheld", "given"), (DECLINED, "invented", "refused")):
        if name in before and name in now and before[name] != now[name]:
            return better if now[name] > before[name] else worse
    return None
