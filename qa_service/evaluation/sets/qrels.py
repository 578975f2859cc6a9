"""Relevance judgements: of BEIR (`query-id, corpus-id, score`, tabs, a header) or TREC (`qid 0 docid grade`).

`of` serves question sets, `grades` serves comparisons. A grade is a whole number, also written 1.0. Memory holds the
bytes of the file and two numbers per line, so a million judgements take some 60 MB. ir-measures reads qrels too, but
its errors do not name the line.
"""

from __future__ import annotations

import hashlib
import io
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import numpy as np
import numpy.typing as npt

from qa_service.errors import InvalidInput
from qa_service.evaluation.sets.file_place import FilePlace
from qa_service.evaluation.sets.question_fields import MOST_GRADE
from qa_service.evaluation.sets.set_errors import Mistakes, tried
from qa_service.evaluation.sets.set_lines import decoded

__all__ = ["Qrels", "hash_of", "hashes", "read_qrels", "trec_id"]

_GRADE = re.compile(r"(-?[0-9]{1,9})(?:\.0*)?")
EXAMPLE = "`q1 0 a1 1`, question, 0, article and grade"
_HEADER = frozenset({"score", "relevance", "rel", "grade", "label"})
"""Names of the third column in a header."""


@dataclass(frozen=True, eq=False)
class Qrels:
    """`keys` uint64 (n,): sorted hashes of the question ids. `starts` int64 (n,): where each line begins in `raw`."""

    path: Path
    raw: bytes
    keys: npt.NDArray[np.uint64]
    starts: npt.NDArray[np.int64]

    def of(self, question_id: str) -> dict[str, int]:
        """Grades by document id, in the order of the file; empty for a question without judgements.

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
        """All grades: question id -> document id -> grade, in the order of the file. A grade below 0 becomes 0, as in
        trec_eval.

        Raises:
            InvalidInput: a document has two different grades.
        """
        ids = dict.fromkeys(self._at(start)[0] for start in np.sort(self.starts).tolist())
        return {name: {document: max(0, grade) for document, grade in self.of(name).items()} for name in ids}

    def unmatched(self, known: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
        """The starts of the first lines of questions that are not among `known`, the hashes of the set's ids."""
        missing = ~np.isin(self.keys, known)
        _, first = np.unique(self.keys[missing], return_index=True)  # lines of one question stand in order
        return np.sort(self.starts[missing][first])

    def strangers(self, starts: npt.NDArray[np.int64]) -> Iterator[InvalidInput]:
        """An error for each line that `unmatched` found."""
        for start in starts.tolist():
            what = f"there is no question {self._at(start)[0]!r} in the set. Give the qrels that belong to it"
            yield self._place(start).wrong("query-id", what)

    def _at(self, start: int) -> tuple[str, str, int]:
        end = self.raw.find(b"\n", start)
        line = self.raw[start : end if end >= 0 else len(self.raw)]
        columns = _columns(decoded(line, FilePlace(self.path, 1 if start == 0 else None)))
        return columns[0], columns[1], int(columns[2].partition(".")[0])

    def _place(self, start: int) -> FilePlace:
        return FilePlace(self.path, self.raw.count(b"\n", 0, start) + 1)


def read_qrels(path: Path) -> Qrels:
    """The judgements of a file. Every line is checked.

    Raises:
        InvalidInput: the file cannot be read, or lines do not have three or four columns that end in a whole number.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise FilePlace(path).wrong("qrels", f"cannot be read: {error.strerror}") from None
    starts, ids, position, mistakes = array("q"), array("Q"), 0, Mistakes()
    for number, line in enumerate(io.BytesIO(raw), 1):
        start, position = position, position + len(line)
        place = FilePlace(path, number)
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
        raise FilePlace(path).wrong("qrels", f"holds no judgement. A line is such as {EXAMPLE}")
    keys = np.frombuffer(ids, np.uint64)
    order = np.argsort(keys, kind="stable")
    return Qrels(path, raw, keys[order], np.frombuffer(starts, np.int64)[order])


def trec_id(identity: str) -> str:
    """An id as our TREC files write it: white space and `%` percent-encoded."""
    return re.sub(r"[\s%]", lambda match: quote(match[0]), identity)


def hash_of(text: str) -> int:
    """A 64-bit hash of an id. A lookup by hash must compare the id as well."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest(), "little")


def hashes(values: array[int]) -> npt.NDArray[np.uint64]:
    return np.frombuffer(values, np.uint64) if values else np.empty(0, np.uint64)


def _columns(line: str) -> list[str]:
    """Question, document and grade. The second of TREC's four columns has no meaning."""
    parts = line.rstrip("\r\n").split("\t")
    if len(parts) == 3:
        return parts
    parts = line.split()
    return [parts[0], *parts[2:]] if len(parts) == 4 else parts


def _checked(text: str, place: FilePlace) -> list[str] | None:
    """The columns; None for a BEIR header."""
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
