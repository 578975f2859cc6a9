"""Reads TREC run files of other systems; an error names file and line.

A line is `question Q0 document rank score tag`. As in trec_eval the score alone gives the order; of equal scores the
document with the greater id comes first.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from qa_service.errors import InvalidInput
from qa_service.evaluation.sets.file_place import FilePlace

__all__ = ["read_run"]

FORM = "question Q0 document rank score tag"


def read_run(path: Path) -> dict[str, list[str]]:
    """Question id -> document ids, best first.

    Raises:
        InvalidInput: a line is malformed, or repeats a document.
    """
    scores: dict[str, dict[str, float]] = {}
    for place, (question, _, document, _, score, _) in _lines(path):
        documents = scores.setdefault(question, {})
        if document in documents:
            raise place.wrong("document", f"question {question!r} has {document!r} already")
        documents[document] = _score(score, place)
    if not scores:
        raise InvalidInput(f"{path} holds no line of a TREC run.", param=str(path))
    return {
        question: sorted(documents, key=lambda document: (documents[document], document), reverse=True)
        for question, documents in scores.items()
    }


def _lines(path: Path) -> Iterator[tuple[FilePlace, list[str]]]:
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, 1):
                fields = line.split()
                if not fields:
                    continue
                if len(fields) != len(FORM.split()):
                    message = f"{path}, line {number}: {len(fields)} columns where a run has six, `{FORM}`."
                    raise InvalidInput(message, param=str(path))
                yield FilePlace(path, number), fields
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path} is not UTF-8: {error.reason}.", param=str(path)) from None


def _score(text: str, place: FilePlace) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise place.wrong("score", f"{text!r} is not a number")
    return value
