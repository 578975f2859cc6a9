"""Declining and the answers given as figures of each question, so that two runs can be compared by them.

- `answered`: 1 if an answerable question was not declined, else 0;
- `declined`: 1 if an unanswerable question was declined, else 0;
- `answer_precision`: 1 if the given answer is right, 0 if it is wrong. A declined question has none.

For all, higher is better. They come from the fields `answerable`, `declined` and `answer_right`.
Without them a threshold that declines nothing would look as good as any, because no ranking measure shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["DECISIONS", "decision_of", "flip_of"]

ANSWERED, DECLINED, PRECISION = "answered", "declined", "answer_precision"
DECISIONS = (ANSWERED, DECLINED, PRECISION)
"""The decision of answerable questions, that of unanswerable questions, and whether a given answer is right."""


def decision_of(record: Mapping[str, Any]) -> dict[str, float]:
    """The decision in a line of `per_question.jsonl`, as far as the set says what is right."""
    answerable, right = record.get("answerable"), record.get("answer_right")
    found = {} if right is None else {PRECISION: float(right)}
    if answerable is None or "declined" not in record:
        return found
    return found | ({ANSWERED: float(not record["declined"])} if answerable else {DECLINED: float(record["declined"])})


def flip_of(before: Mapping[str, float], now: Mapping[str, float]) -> str | None:
    """The change of the decision between two runs: `withheld` (answerable, now declined), `invented` (unanswerable, now
    answered), `given` and `refused` the other way; None if it is the same."""
    for name, worse, better in ((ANSWERED, "withheld", "given"), (DECLINED, "invented", "refused")):
        if name in before and name in now and before[name] != now[name]:
            return better if now[name] > before[name] else worse
    return None
