"""Declining as figures of single questions, so that two runs can be held against each other by them.

- `answered`: of a question that the collection answers, 1 where it was not declined;
- `declined`: of one that nothing answers, 1 where it was.

Of both more is better. They are read off what every folder has of a question (`answerable`, `declined`), whatever
version wrote it. Without them a threshold that declines nothing looks as good as any: no ranking tells.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["DECISIONS", "decision_of", "flip_of"]

ANSWERED, DECLINED = "answered", "declined"
DECISIONS = (ANSWERED, DECLINED)
"""The first is of answerable questions, the second of unanswerable ones."""


def decision_of(record: Mapping[str, Any]) -> dict[str, float]:
    """The one of the two that a line of `per_question.jsonl` has; neither where the set does not say whether there is
    an answer."""
    answerable = record.get("answerable")
    if answerable is None or "declined" not in record:
        return {}
    return {ANSWERED: float(not record["declined"])} if answerable else {DECLINED: float(record["declined"])}


def flip_of(before: Mapping[str, float], now: Mapping[str, float]) -> str | None:
    """What became of the decision, by both runs' figures of a question: `withheld` (has an answer, is declined now),
    `invented` (has none, is answered now), `given` and `refused` the other way; None where it is the same."""
    for name, worse, better in ((ANSWERED, "withheld", "given"), (DECLINED, "invented", "refused")):
        if name in before and name in now and before[name] != now[name]:
            return better if now[name] > before[name] else worse
    return None
