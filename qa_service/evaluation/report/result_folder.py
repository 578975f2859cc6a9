"""Reads an evaluation's output folder without holding it: what is large is found again by its place in the file."""

from __future__ import annotations

import csv
import json
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa_service.errors import InvalidInput

__all__ = ["OUTCOMES", "Place", "lines", "order_questions", "outcome", "read_json", "read_line", "read_times"]

OUTCOMES = ("missed", "invented", "withheld", "lower", "first", "refused", "unjudged")
"""What came of a question, the ones to look at first in front: nothing relevant returned; answered although nothing
answers it; declined although it was found; found below the first rank; found at the first; declined rightly; nothing
known of what is relevant."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A question of `per_question.jsonl`; the order of places is the order of the report."""

    outcome: int
    value: float
    number: int
    offset: int


def outcome(question: dict[str, Any]) -> str:
    """Which of `OUTCOMES` a line of `per_question.jsonl` is."""
    if question["answerable"] is False:
        return "refused" if question["declined"] else "invented"
    if not question["measures"]:
        return "unjudged"
    if question["first_relevant"] is None:
        return "missed"
    if question["declined"]:
        return "withheld"
    return "first" if question["first_relevant"] == 1 else "lower"


def order_questions(path: Path, primary: str | None) -> list[Place]:
    """Where each question stands, the misses first, then by the measure `primary` from low to high, then as the set has
    them. `number` counts from 1."""
    return sorted(
        Place(OUTCOMES.index(outcome(line)), float(line["measures"].get(primary) or 0.0), number, offset)
        for number, (offset, line) in enumerate(lines(path), 1)
    )


def lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each JSON object of a JSON Lines file with its offset in bytes.

    Raises:
        InvalidInput: the file is not there, or a line is not a JSON object.
    """
    offset = 0
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                yield offset, _parsed(line, path, number)
                offset += len(line)
    except FileNotFoundError as error:
        raise _missing(path) from error


def read_line(file: Any, offset: int) -> dict[str, Any]:
    """The line of an open binary JSON Lines file that begins at `offset`."""
    file.seek(offset)
    found: dict[str, Any] = json.loads(file.readline())
    return found


def read_json(path: Path) -> dict[str, Any]:
    """A file that is one JSON object.

    Raises:
        InvalidInput: it is not there or not one.
    """
    try:
        return _parsed(path.read_bytes(), path, None)
    except FileNotFoundError as error:
        raise _missing(path) from error


def read_times(path: Path) -> array[float]:
    """Milliseconds of each question in `timings.csv`; none where there is no such file.

    Raises:
        InvalidInput: a line has no number in its column `took_ms`.
    """
    took = array("d")
    if not path.exists():
        return took
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        for row in rows:
            try:
                took.append(float(row["took_ms"]))
            except (KeyError, TypeError, ValueError) as error:
                raise InvalidInput(
                    f"{path}, line {rows.line_num}: took_ms is not a number.", param=path.name
                ) from error
    return took


def _parsed(text: bytes, path: Path, number: int | None) -> dict[str, Any]:
    where = str(path) if number is None else f"{path}, line {number}"
    try:
        value = json.loads(text)
    except ValueError as error:
        raise InvalidInput(f"{where}: not JSON ({error}). Evaluate again.", param=path.name) from error
    if not isinstance(value, dict):
        raise InvalidInput(f"{where}: not a JSON object. Evaluate again.", param=path.name)
    return value


def _missing(path: Path) -> InvalidInput:
    return InvalidInput(
        f"{path} is not there: give the folder that `qa-service evaluate --out` wrote.", param=path.name
    )
