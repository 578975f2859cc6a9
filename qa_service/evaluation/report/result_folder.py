"""Reads the output folder of an evaluation. Memory holds the offsets of large records, not the records."""

from __future__ import annotations

import csv
import json
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa_service.errors import InvalidInput

__all__ = ["OUTCOMES", "QuestionOffset", "lines", "order_questions", "outcome", "read_json", "read_line", "read_times"]

OUTCOMES = ("missed", "invented", "wrong", "withheld", "lower", "first", "refused", "unjudged")
"""Outcomes of a question, in the order of the report: nothing relevant returned; unanswerable but answered; answered
wrongly although found; declined although found; found below the first rank; found at the first rank; rightly declined;
no gold."""


@dataclass(frozen=True, slots=True, order=True)
class QuestionOffset:
    """A question of `per_question.jsonl` with its byte offset; the sort order is that of the report."""

    outcome: int
    value: float
    number: int
    offset: int


def outcome(question: dict[str, Any]) -> str:
    """The outcome (`OUTCOMES`) of a line of `per_question.jsonl`."""
    if question["answerable"] is False:
        return "refused" if question["declined"] else "invented"
    if not question["measures"]:
        return "unjudged"
    if question["first_relevant"] is None:
        return "missed"
    if question["declined"]:
        return "withheld"
    if question.get("answer_right") is False:
        return "wrong"
    return "first" if question["first_relevant"] == 1 else "lower"


def order_questions(path: Path, primary: str | None) -> list[QuestionOffset]:
    """The questions in the order of the report: the misses first, then by the measure `primary` from low to high, then
    in the order of the set. `number` counts from 1."""
    return sorted(
        QuestionOffset(OUTCOMES.index(outcome(line)), float(line["measures"].get(primary) or 0.0), number, offset)
        for number, (offset, line) in enumerate(lines(path), 1)
    )


def lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each JSON object of a JSON Lines file with its offset in bytes.

    Raises:
        InvalidInput: the file is missing, or a line is not a JSON object.
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
    """The JSON object in a file.

    Raises:
        InvalidInput: the file is missing or holds no JSON object.
    """
    try:
        return _parsed(path.read_bytes(), path, None)
    except FileNotFoundError as error:
        raise _missing(path) from error


def read_times(path: Path) -> array[float]:
    """Milliseconds of each question in `timings.csv`; empty without such a file.

    Raises:
        InvalidInput: the column `took_ms` of a line holds no number.
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
                message = f"{path}, line {rows.line_num}: took_ms is not a number."
                raise InvalidInput(message, param=path.name) from error
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
    message = f"{path} does not exist: give the folder that `qa-service evaluate --out` wrote."
    return InvalidInput(message, param=path.name)
