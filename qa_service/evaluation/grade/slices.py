"""Means and intervals of a part of the questions: by tag, by language, by type of question."""

from __future__ import annotations

import re
from array import array
from collections.abc import Mapping
from typing import Any

from qa_service.evaluation.grade.bootstrap import bootstrap_intervals

__all__ = ["Slices", "type_of"]

WORD = re.compile(r"[^\W\d_]+")
ASKS: Mapping[str, str] = {
    **{word: word for word in ("who", "what", "when", "where", "why", "how", "which")},
    **dict.fromkeys(("whom", "whose"), "who"),
}
YES_OR_NO = frozenset(
    WORD.findall(
        "is isn are aren was wasn were weren am do don does doesn did didn has hasn have haven had hadn can cannot "
        "could couldn will won would wouldn shall should shouldn may might must"
    )
)
FIRST_WORDS = 3
"""`In which year`, `From about what time`."""


def type_of(question: str) -> str:
    """The first of who, what, when, where, why, how and which among the first words; `yes-no` if the first word is a
    verb; else `other`. English only."""
    words = [match[0].lower() for match in WORD.finditer(question)][:FIRST_WORDS]
    if words and words[0] in YES_OR_NO:
        return "yes-no"
    return next((ASKS[word] for word in words if word in ASKS), "other")


class Slices:
    """Collects the measures of each part. Only questions with gold count; a part without such questions has `n` 0."""

    def __init__(self) -> None:
        self._found: dict[str, dict[str, _SlicePart]] = {"tag": {}, "language": {}, "type": {}}

    def add(self, record: Mapping[str, Any]) -> None:
        """A line of `per_question.jsonl`."""
        language = [record["language"]] if record["language"] else []
        kinds = {"tag": dict.fromkeys(record["tags"]), "language": language, "type": [type_of(record["question"])]}
        for by, values in kinds.items():
            for value in values:
                self._found[by].setdefault(value, _SlicePart()).add(record["measures"])

    def means(self) -> dict[str, dict[str, dict[str, Any]]]:
        """by -> value -> `n`, the mean of each measure, and under `low` and `high` the bounds of its 95 % interval. A
        single question has no interval."""
        return {by: {value: part.means() for value, part in parts.items()} for by, parts in self._found.items()}


class _SlicePart:
    def __init__(self) -> None:
        self._questions = 0
        self._columns: dict[str, array[float]] = {}

    def add(self, measures: Mapping[str, float]) -> None:
        self._questions += bool(measures)
        for name, value in measures.items():
            self._columns.setdefault(name, array("d")).append(value)

    def means(self) -> dict[str, Any]:
        found = bootstrap_intervals(self._columns)
        several = {name: bounds for name, bounds in found.items() if len(self._columns[name]) > 1}
        return {
            "n": self._questions,
            **{name: mean for name, (mean, _, _) in found.items()},
            "low": {name: low for name, (_, low, _) in several.items()},
            "high": {name: high for name, (_, _, high) in several.items()},
        }
