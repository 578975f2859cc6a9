"""Means of a part of the questions: those of a tag, of a language, of a kind of question."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

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
    """who, what, when, where, why, how or which, whichever is first among the first words; `yes-no` where the first
    word is a verb that asks for it; else `other`. English only."""
    words = [match[0].lower() for match in WORD.finditer(question)][:FIRST_WORDS]
    if words and words[0] in YES_OR_NO:
        return "yes-no"
    return next((ASKS[word] for word in words if word in ASKS), "other")


class Slices:
    """Adds up as the questions go by. Only those with gold count."""

    def __init__(self) -> None:
        self._found: dict[str, dict[str, _Part]] = {"tag": {}, "language": {}, "type": {}}

    def add(self, record: Mapping[str, Any]) -> None:
        """A line of `per_question.jsonl`."""
        if not record["measures"]:
            return
        language = [record["language"]] if record["language"] else []
        for by, values in (
            ("tag", dict.fromkeys(record["tags"])),
            ("language", language),
            ("type", [type_of(record["question"])]),
        ):
            for value in values:
                self._found[by].setdefault(value, _Part()).add(record["measures"])

    def means(self) -> dict[str, dict[str, dict[str, float]]]:
        """by -> value -> `n`, and each measure's mean over those of them that have it."""
        return {by: {value: part.means() for value, part in parts.items()} for by, parts in self._found.items()}


class _Part:
    def __init__(self) -> None:
        self._questions = 0
        self._sums: dict[str, tuple[int, float]] = {}

    def add(self, measures: Mapping[str, float]) -> None:
        self._questions += 1
        for name, value in measures.items():
            count, total = self._sums.get(name, (0, 0.0))
            self._sums[name] = (count + 1, total + value)

    def means(self) -> dict[str, float]:
        return {"n": self._questions, **{name: total / count for name, (count, total) in self._sums.items()}}
