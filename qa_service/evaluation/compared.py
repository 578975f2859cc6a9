"""Runs brought to one form for a comparison: the output folder of `evaluate`, or a TREC run file of another system.

Of a folder only what every question needs is held: its figures and the rank of its first relevant document. What the
flips show is read in a second pass, for them alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ir_measures

from qa_service.errors import InvalidInput
from qa_service.evaluation.grading import Graded, falling
from qa_service.evaluation.measures import per_questions
from qa_service.evaluation.trec_files import encoded, read_run

__all__ = ["BATCH", "ComparedRun", "first_rank", "is_trec_measure", "judge", "lines_of", "open_run"]

BATCH = 500


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """A run and what it scored. `figures` and `ranks` have the questions with gold, in the run's order; a rank is that
    of the first relevant document, from 1, or None. `documents` are the ids of a run file, best first, and of a folder
    the ids as judged where a comparison has to judge them itself."""

    path: Path
    type: str
    """`folder` or `run`."""
    questions: int
    collection: str | None = None
    fingerprint: str | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)
    """Settings that were given for this run alone."""
    relevance: str | None = None
    top_k: int | None = None
    overlap: float | None = None
    figures: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    ranks: Mapping[str, int | None] = field(default_factory=dict)
    gold: Mapping[str, str] = field(default_factory=dict)
    """Question id -> digest of the question's words and gold."""
    documents: Mapping[str, Sequence[str]] = field(default_factory=dict)


def open_run(path: Path) -> ComparedRun:
    """Reads either form; a run file is not judged yet.

    Raises:
        InvalidInput: the path is neither, the folder is unfinished, or a line is not what it should be.
    """
    if path.is_dir():
        return _open_folder(path)
    if not path.is_file():
        raise InvalidInput(f"{path} does not exist; give an output folder of evaluate or a TREC run file.", param="run")
    documents = read_run(path)
    return ComparedRun(path, "run", len(documents), documents=documents)


def lines_of(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file.

    Raises:
        InvalidInput: a line is not a JSON object.
    """
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                found = json.loads(line)
            except json.JSONDecodeError as error:
                raise InvalidInput(f"{path}, line {number}: not JSON ({error.msg}).", param=str(path)) from None
            if not isinstance(found, dict):
                raise InvalidInput(f"{path}, line {number}: not an object.", param=str(path))
            yield found


def first_rank(record: Mapping[str, Any]) -> int | None:
    """Rank of the first relevant document of a line of per_question.jsonl: for relevance by article, articles are
    counted once each; else passages."""
    by_article = record["relevance"] == "article"
    seen: set[str] = set()
    for passage in record["passages"]:
        seen.add(passage["article_id"] if by_article else passage["passage_id"])
        if passage["grade"] > 0:
            return len(seen)
    return None


def judge(
    documents: Mapping[str, Sequence[str]],
    qrels: Mapping[str, Mapping[str, int]],
    names: Sequence[str],
    k: int,
    asked_ids: Set[str] | None = None,
) -> tuple[dict[str, dict[str, float]], dict[str, int | None]]:
    """Figures and first relevant ranks of the first k documents, for each question that has relevant ones. One that
    the run has nothing for counts as missed (trec_eval's -c), unless `asked_ids` says that it was not asked. Ids may be
    percent-encoded or as they are in either."""
    wanted = [question for question, grades in qrels.items() if any(grade > 0 for grade in grades.values())]
    figures: dict[str, dict[str, float]] = {}
    ranks: dict[str, int | None] = {}
    for start in range(0, len(wanted), BATCH):
        asked, batch = [], []
        for question in wanted[start : start + BATCH]:
            returned = documents.get(question, documents.get(encoded(question)))
            if returned is None:
                if asked_ids is not None and question not in asked_ids:
                    continue
                returned = ()
            plain = {encoded(document): document for document in qrels[question]}
            ids = [plain.get(document, document) for document in returned[:k]]
            grades = tuple(qrels[question].get(document, 0) for document in ids)
            first = next((rank for rank, grade in enumerate(grades, 1) if grade > 0), None)
            asked.append(question)
            batch.append(Graded(falling(ids), qrels[question], grades, first))
        for question, graded, values in zip(asked, batch, per_questions(batch, names), strict=True):
            # A folder's figures were rounded so when they were written; 1/3 and .333333 must tie.
            figures[question] = {name: round(value, 6) for name, value in values.items()}
            ranks[question] = graded.first_relevant
    return figures, ranks


def is_trec_measure(name: str) -> bool:
    """Whether ir-measures computes it, so that a run file has it too."""
    try:
        ir_measures.parse_measure(name)
    except (NameError, ValueError, SyntaxError):
        return False
    return True


def _open_folder(path: Path) -> ComparedRun:
    for name in ("summary.json", "per_question.jsonl"):
        if not (path / name).is_file():
            raise InvalidInput(
                f"{path} has no {name}, so it is not the finished output of evaluate (--out).", param="run"
            )
    try:
        summary = json.loads((path / "summary.json").read_text(encoding="utf-8"))
        manifest_file = path / "manifest.json"
        manifest = json.loads(manifest_file.read_text(encoding="utf-8")) if manifest_file.is_file() else {}
    except json.JSONDecodeError as error:
        raise InvalidInput(f"{path}: summary.json or manifest.json is not JSON ({error.msg}).", param="run") from None
    figures: dict[str, Mapping[str, float]] = {}
    ranks: dict[str, int | None] = {}
    gold: dict[str, str] = {}
    questions = 0
    for number, record in enumerate(lines_of(path / "per_question.jsonl"), 1):
        questions += 1
        try:
            if record["measures"]:
                figures[record["id"]], ranks[record["id"]] = record["measures"], first_rank(record)
                gold[record["id"]] = _digest([record["question"], record["gold"]])
        except (KeyError, TypeError) as error:
            raise InvalidInput(
                f"{path / 'per_question.jsonl'}, line {number}: {error} is missing or not what evaluate writes.",
                param="run",
            ) from None
    collection = manifest.get("collection") or {}
    return ComparedRun(
        path,
        "folder",
        questions,
        collection=collection.get("name", summary.get("collection")),
        fingerprint=collection.get("fingerprint"),
        overrides=manifest.get("overrides") or {},
        relevance=summary.get("relevance"),
        top_k=summary.get("top_k"),
        overlap=summary.get("overlap"),
        figures=figures,
        ranks=ranks,
        gold=gold,
    )


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
