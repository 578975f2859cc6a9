"""TREC run and qrels files of other systems: read line by line, a wrong line named by file and number.

A run's lines are `question Q0 document rank score tag`. As in trec_eval the score alone gives the order, and of equal
scores the document whose id is greater comes first.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from qa_service.errors import InvalidInput
from qa_service.evaluation.reading.fields import MOST_GRADE

__all__ = ["encoded", "read_qrels", "read_run"]


def encoded(identity: str) -> str:
    """An id as it stands in our TREC files: white space and `%` percent-encoded, the rest as it is."""
    if "%" not in identity and not any(map(str.isspace, identity)):
        return identity
    return "".join(quote(letter, safe="") if letter == "%" or letter.isspace() else letter for letter in identity)


def read_run(path: Path) -> dict[str, list[str]]:
    """Question id -> document ids, best first.

    Raises:
        InvalidInput: a line is not one of a run, or gives a document a second time.
    """
    scores: dict[str, dict[str, float]] = {}
    for number, fields in _lines(path, 6, "question Q0 document rank score tag"):
        question, document = fields[0], fields[2]
        score = _number(fields[4], path, number, "score")
        documents = scores.setdefault(question, {})
        if document in documents:
            raise InvalidInput(
                f"{path}, line {number}, document: question {question!r} has {document!r} already.", param="document"
            )
        documents[document] = score
    if not scores:
        raise InvalidInput(f"{path} holds no line of a TREC run.", param=str(path))
    return {
        question: sorted(documents, key=lambda document: (documents[document], document), reverse=True)
        for question, documents in scores.items()
    }


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """Question id -> document id -> grade; what is judged below 0 counts as 0.

    Raises:
        InvalidInput: a line is not `question 0 document grade`.
    """
    grades: dict[str, dict[str, int]] = {}
    for number, (question, _, document, grade) in _lines(path, 4, "question 0 document grade"):
        value = _number(grade, path, number, "grade")
        if value != int(value):
            raise InvalidInput(f"{path}, line {number}, grade: {grade!r} is not a whole number.", param="grade")
        if value > MOST_GRADE:
            raise InvalidInput(f"{path}, line {number}, grade: {grade} is more than {MOST_GRADE}.", param="grade")
        known = grades.setdefault(question, {})
        if known.setdefault(document, max(0, int(value))) != max(0, int(value)):
            raise InvalidInput(
                f"{path}, line {number}, grade: {question!r} has another grade of {document!r} already.", param="grade"
            )
    if not grades:
        raise InvalidInput(f"{path} holds no line of TREC qrels.", param=str(path))
    return grades


def _lines(path: Path, columns: int, form: str) -> Iterator[tuple[int, list[str]]]:
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, 1):
                fields = line.split()
                if not fields:
                    continue
                if len(fields) != columns:
                    raise InvalidInput(
                        f"{path}, line {number}: {len(fields)} columns where `{form}` has {columns}.", param=str(path)
                    )
                yield number, fields
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path} is not UTF-8: {error.reason}.", param=str(path)) from None


def _number(text: str, path: Path, number: int, name: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InvalidInput(f"{path}, line {number}, {name}: {text!r} is not a number.", param=name)
    return value
