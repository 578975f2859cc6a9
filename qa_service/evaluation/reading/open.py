"""Opens a question set of any format: tells which it is, and checks every line before the first question is asked."""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np

from qa_service.errors import InvalidInput
from qa_service.evaluation.reading.beir import QUERIES, find_files, read_beir
from qa_service.evaluation.reading.jsonl import read_jsonl
from qa_service.evaluation.reading.lines import Place, first_line
from qa_service.evaluation.reading.qrels import Qrels, hash_of, hashes, read_qrels
from qa_service.evaluation.reading.question_set import QuestionSet, Read, sha256_of, state_of
from qa_service.evaluation.reading.squad import read_squad
from qa_service.evaluation.reading.table import read_table
from qa_service.evaluation.reading.trec import read_trec
from qa_service.evaluation.records import EvaluationQuestion

__all__ = ["FORMATS", "open_questions"]

FORMATS: Mapping[str, str] = {
    "jsonl": "JSON Lines with id and question",
    "csv": "a table with a header",
    "beir": f"a folder with {QUERIES} and qrels/, or such a file of queries",
    "trec": "topics, with --qrels",
    "squad": "SQuAD JSON",
}
_SQUAD = re.compile(r'\{\s*"(?:data|version)"')
_JUDGED = ("beir", "trec")
"""What has its gold in a file of its own."""


def open_questions(path: Path, *, format: str | None = None, qrels: Path | None = None) -> QuestionSet:
    """A question set, checked whole. Its name is the file's without suffix, or the folder's.

    Args:
        format: one of `FORMATS`; told from path and content if not given.
        qrels: the judgements; needed for TREC topics, and for BEIR where there are several and none is `test.tsv`.

    Raises:
        InvalidInput: something is wrong; the message names file, line and field, and what to do.
    """
    if format is not None and format not in FORMATS:
        raise InvalidInput(f"format: {format!r} is unknown. Known are {_known()}.", param="format")
    kind = format or _format_of(path)
    if kind != "beir" and not path.is_file():
        what = "is not a regular file" if path.exists() else "there is no such file or folder"
        raise Place(path).wrong(None, what)
    if qrels is not None and kind not in _JUDGED:
        raise InvalidInput(f"qrels: a set in the format {kind} has its gold in itself. Leave it out.", param="qrels")
    files = _files(path, kind, qrels)
    states = tuple(state_of(file) for file in files)
    judged = read_qrels(files[1]) if kind in _JUDGED else None
    read = _reader(kind, files[0], judged)
    total, kinds = _check(files[0], read, judged)
    name = path.resolve().name if path.is_dir() else path.stem
    return QuestionSet(name, path, kind, sha256_of(files), total, kinds, states, read)


def _files(path: Path, kind: str, qrels: Path | None) -> tuple[Path, ...]:
    if kind == "beir":
        return find_files(path, qrels)
    if kind == "trec" and qrels is None:
        raise Place(path).wrong("qrels", "TREC topics come with judgements. Name their file with --qrels FILE")
    return (path,) if qrels is None else (path, qrels)


def _reader(kind: str, path: Path, qrels: Qrels | None) -> Read:
    if qrels is not None:
        return partial(read_beir if kind == "beir" else read_trec, path, qrels)
    return partial({"jsonl": read_jsonl, "csv": read_table, "squad": read_squad}[kind], path)


def _check(path: Path, read: Read, qrels: Qrels | None) -> tuple[int, frozenset[str]]:
    """Read everything once: -> how many questions, and what gold they have."""
    ids = array("Q")
    kinds: set[str] = set()
    for _, question in read():
        ids.append(hash_of(question.id))
        kinds |= _kinds(question)
    _refuse_duplicates(ids, read)
    if qrels is not None:
        qrels.refuse_unmatched(hashes(ids))
    if not ids:
        raise Place(path).wrong(None, "holds no question")
    return len(ids), frozenset(kinds)


def _kinds(question: EvaluationQuestion) -> set[str]:
    gold = {
        "passage": any(grade > 0 for grade in question.passages.values()),
        "evidence": bool(question.evidence),
        "article": any(grade > 0 for grade in question.articles.values()),
        "answer": bool(question.answers),
    }
    return {kind for kind, given in gold.items() if given}


def _refuse_duplicates(ids: array[int], read: Read) -> None:
    """Ids are compared as hashes first: 8 bytes each, and the ids themselves only where two are equal."""
    values, counts = np.unique(hashes(ids), return_counts=True)
    twice = set(values[counts > 1].tolist())
    seen: dict[str, Place] = {}
    for place, question in read() if twice else ():
        if hash_of(question.id) in twice:
            first = seen.setdefault(question.id, place)
            if first is not place:
                what = f"{question.id!r} was given on line {first.line} already. Give each question its own"
                raise place.wrong("id", what)


def _format_of(path: Path) -> str:
    if path.is_dir():
        return "beir"
    if path.suffix.lower() == ".csv":
        return "csv"
    first = first_line(path).strip() if path.is_file() else "{}"
    if first.startswith("{"):
        return _json_format(first)
    if first.startswith("<") or first.count("\t") == 1:
        return "trec"
    raise Place(path).wrong("format", f"cannot be told. Name it with --format; known are {_known()}")


def _json_format(first: str) -> str:
    """From the first line, or its beginning."""
    if first == "{" or _SQUAD.match(first):
        return "squad"
    try:
        value = json.loads(first)
    except (ValueError, RecursionError):
        return "jsonl"  # which says what is wrong with the line
    return "beir" if isinstance(value, dict) and "_id" in value else "jsonl"


def _known() -> str:
    return "; ".join(f"{name} ({what})" for name, what in FORMATS.items())
