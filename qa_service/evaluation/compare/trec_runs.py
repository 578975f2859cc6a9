"""Reads TREC run files of other systems; an error names file and line.

A line is `question Q0 document rank score tag`. As in trec_eval the score alone gives the order; of equal scores the
document with the greater id comes first.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from qa_service.errors import InvalidInput

__all__ = ["encoded", "read_run"]

FORM = "question Q0 document rank score tag"


def encoded(identity: str) -> str:
    """An id as our TREC files write it: white space and `%` percent-encoded."""
    if "%" not in identity and not any(map(str.isspace, identity)):
        return identity
    return "".join(quote(letter, safe="") if letter == "%" or letter.isspace() else letter for letter in identity)


def read_run(path: Path) -> dict[str, list[str]]:
    """Question id -> document ids, best first.

    Raises:
        InvalidInput: a line is malformed, or repeats a document.
    """
    scores: dict[str, dict[str, float]] = {}
    for number, fields in _lines(path):
        question, document = fields[0], fields[2]
        score = _score(fields[4], path, number)
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


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, 1):
                fields = line.split()
                if not fields:
                    continue
                if len(fields) != len(FORM.split()):
                    raise InvalidInput(
                        f"{path}, line {number}: {len(fields)} columns where a run has six, `{FORM}`.", param=str(path)
                    )
                yield number, fields
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path} is not UTF-8: {error.reason}.", param=str(path)) from None


def _score(text: str, path: Path, number: int) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InvalidInput(f"{path}, line {number}, score: {text!r} is not a number.", param="score")
    return value
