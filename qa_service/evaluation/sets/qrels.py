"""Relevance judgements: of BEIR (`query-id, corpus-id, score`, tabs, a header) or TREC (`qid 0 docid grade`).

Read by whoever needs judgements: beside questions (`of`), and of runs that are compared (`grades`). A grade is a whole
number, also written 1.0. Held as the file's bytes and two numbers a line, so that a million judgements take some 60 MB
and not a GB.
"""

from __future__ import annotations

import hashlib
import io
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qa_service.errors import InvalidInput
from qa_service.evaluation.sets.question_fields import MOST_GRADE
from qa_service.evaluation.sets.set_errors import Mistakes, tried
from qa_service.evaluation.sets.set_lines import Place, decoded

__all__ = ["Qrels", "hash_of", "hashes", "read_qrels"]

_GRADE = re.compile(r"(-?[0-9]{1,9})(?:\.0*)?")
EXAMPLE = "`q1 0 a1 1`, question, 0, article and grade"
_HEADER = frozenset({"score", "relevance", "rel", "grade", "label"})
"""What the third column may be called; BEIR's own is the first."""


@dataclass(frozen=True, eq=False)
class Qrels:
    """`keys`: hashes of the questions' ids, sorted, uint64 (n,); `starts`: where the line of each begins in `raw`."""

    path: Path
    raw: bytes
    keys: npt.NDArray[np.uint64]
    starts: npt.NDArray[np.int64]

    def of(self, question_id: str) -> dict[str, int]:
        """Grades by document id, in the order of the file; empty where nothing is judged for the question.

        Raises:
            InvalidInput: a document has two different grades.
        """
        key = np.uint64(hash_of(question_id))
        first, last = np.searchsorted(self.keys, key, "left"), np.searchsorted(self.keys, key, "right")
        grades: dict[str, int] = {}
        for start in self.starts[first:last].tolist():
            qid, document, grade = self._at(start)
            if qid == question_id and grades.setdefault(document, grade) != grade:
                what = f"{document!r} was given grade {grades[document]} for question {qid!r} already"
                raise self._place(start).wrong("score", f"{what}. Take one of the lines out")
        return grades

    def grades(self) -> dict[str, dict[str, int]]:
        """Question id -> document id -> grade, all of them, in the order of the file; below 0 counts as 0, as in
        trec_eval.

        Raises:
            InvalidInput: a document has two different grades.
        """
        ids = dict.fromkeys(self._at(start)[0] for start in np.sort(self.starts).tolist())
        return {name: {document: max(0, grade) for document, grade in self.of(name).items()} for name in ids}

    def unmatched(self, known: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
        """Where the first line begins of each question that is not among `known`, the hashes of the set's ids."""
        missing = ~np.isin(self.keys, known)
        _, first = np.unique(self.keys[missing], return_index=True)  # lines of one question stand in order
        return np.sort(self.starts[missing][first])

    def strangers(self, starts: npt.NDArray[np.int64]) -> Iterator[InvalidInput]:
        """What is wrong with each of the lines that `unmatched` found."""
        for start in starts.tolist():
            what = f"there is no question {self._at(start)[0]!r} in the set. Give the qrels that belong to it"
            yield self._place(start).wrong("query-id", what)

    def _at(self, start: int) -> tuple[str, str, int]:
        end = self.raw.find(b"\n", start)
        line = self.raw[start : end if end >= 0 else len(self.raw)]
        columns = _columns(decoded(line, Place(self.path, 1 if start == 0 else None)))
        return columns[0], columns[1], int(columns[2].partition(".")[0])

    def _place(self, start: int) -> Place:
        return Place(self.path, self.raw.count(b"\n", 0, start) + 1)


def read_qrels(path: Path) -> Qrels:
    """All judgements of a file, every line checked.

    Raises:
        InvalidInput: the file cannot be read, or lines have no three columns, or four, that end in a whole number.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Place(path).wrong("qrels", f"cannot be read: {error.strerror}") from None
    starts, ids, position, mistakes = array("q"), array("Q"), 0, Mistakes()
    for number, line in enumerate(io.BytesIO(raw), 1):
        start, position = position, position + len(line)
        place = Place(path, number)
        text = decoded(line, place)
        if not text.strip():
            continue
        columns = tried(_checked, text, place)
        if isinstance(columns, InvalidInput):
            mistakes.add(columns)
        elif columns is not None:
            starts.append(start)
            ids.append(hash_of(columns[0]))
    mistakes.refuse()
    if not ids:
        raise Place(path).wrong("qrels", f"holds no judgement. A line is such as {EXAMPLE}")
    keys = np.frombuffer(ids, np.uint64)
    order = np.argsort(keys, kind="stable")
    return Qrels(path, raw, keys[order], np.frombuffer(starts, np.int64)[order])


def hash_of(text: str) -> int:
    """64 bits that stand for an id; who looks one up compares the id itself too."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest(), "little")


def hashes(values: array[int]) -> npt.NDArray[np.uint64]:
    return np.frombuffer(values, np.uint64) if values else np.empty(0, np.uint64)


def _columns(line: str) -> list[str]:
    """Question, document and grade; of TREC's four columns the second means nothing."""
    parts = line.rstrip("\r\n").split("\t")
    if len(parts) == 3:
        return parts
    parts = line.split()
    return [parts[0], *parts[2:]] if len(parts) == 4 else parts


def _checked(text: str, place: Place) -> list[str] | None:
    """The columns; None for BEIR's header."""
    columns = _columns(text)
    if len(columns) != 3:
        what = "must be query-id, corpus-id and score with tabs between, or TREC's `qid 0 docid grade`"
        raise place.wrong(None, f"{what} (got {text.strip()!r:.80})")
    if (grade := _GRADE.fullmatch(columns[2].strip())) is None:
        if place.line == 1 and columns[2].strip().lower() in _HEADER:
            return None
        raise place.wrong("score", f"must be a whole number (got {columns[2]!r:.80})")
    if int(grade[1]) > MOST_GRADE:
        raise place.wrong("score", f"must be {MOST_GRADE} at most (got {columns[2]})")
    for name, value in zip(("query-id", "corpus-id"), columns, strict=False):
        if not value.strip():
            raise place.wrong(name, "must not be blank")
    return columns
