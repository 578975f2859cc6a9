"""Reads the runs of a comparison: output folders of `evaluate`, and TREC run files and answers of other systems.

Memory holds the figures of each question and the rank of its first relevant document. A second pass reads the details
of the flips alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qa_service.errors import InvalidInput
from qa_service.evaluation.compare.answer_runs import GivenAnswer, is_answer_run, read_answers
from qa_service.evaluation.compare.decisions import decision_of
from qa_service.evaluation.compare.trec_runs import read_run
from qa_service.evaluation.report.result_folder import lines, read_json
from qa_service.evaluation.run.resume import JOURNAL, MANIFEST
from qa_service.evaluation.sets.qrels import trec_id

__all__ = ["ComparedRun", "first_rank", "lines_of", "open_run", "refuse_unfinished", "words_digest"]


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """A run with its figures.

    `figures`: measures of the questions with gold, and decisions (`decisions`), in the order of the run. `ranks`: for
    the questions with gold, the rank of the first relevant document from 1, or None. `documents`: ids, best first, of a
    run file, or of a folder that the comparison judges itself.
    """

    path: Path
    type: str
    """`folder`, `run` or `answers`."""
    questions: int
    collection: str | None = None
    fingerprint: str | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)
    """Settings that were given for this run alone."""
    manifest: Mapping[str, Any] = field(default_factory=dict)
    relevance: str | None = None
    top_k: int | None = None
    overlap: float | None = None
    figures: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    ranks: Mapping[str, int | None] = field(default_factory=dict)
    gold: Mapping[str, str] = field(default_factory=dict)
    """Question id -> digest of the question's words, its gold and whether it is answerable."""
    words: Mapping[str, bytes] = field(default_factory=dict)
    """Question id -> `words_digest` of the question's words."""
    documents: Mapping[str, Sequence[str]] = field(default_factory=dict)
    answers: Mapping[str, GivenAnswer] = field(default_factory=dict)

    def documents_of(self, identity: str) -> Sequence[str] | None:
        """The documents for a question; None if there are none. A run file may have the id percent-encoded."""
        return self.documents.get(identity, self.documents.get(trec_id(identity)))


def open_run(path: Path) -> ComparedRun:
    """Read a folder, a run file or a file of answers; files are not judged yet.

    Raises:
        InvalidInput: the path is neither, the folder is unfinished, or a line is wrong.
    """
    if path.is_dir():
        return _open_folder(path)
    if not path.is_file():
        what = "an output folder of evaluate, a TREC run file or a file of answers"
        raise InvalidInput(f"{path} does not exist; give {what}.", param="run")
    if is_answer_run(path):
        given = read_answers(path)
        return ComparedRun(
            path, "answers", len(given), documents={one: each.ids for one, each in given.items()}, answers=given
        )
    documents = read_run(path)
    return ComparedRun(path, "run", len(documents), documents=documents)


def refuse_unfinished(folder: Path) -> None:
    """
    Raises:
        InvalidInput: the folder is not the finished output of `evaluate`; the message says what to do.
    """
    if (folder / MANIFEST).exists():
        journal = folder / JOURNAL
        asked = journal.read_bytes().count(b"\n") if journal.is_file() else 0
        raise InvalidInput(
            f"{folder} is unfinished: {asked} {'question was' if asked == 1 else 'questions were'} asked when its "
            "evaluation was interrupted. Run the same evaluate command again; it goes on where it stopped.",
            param="run",
        )
    for name in ("summary.json", "per_question.jsonl"):
        if not (folder / name).is_file():
            message = f"{folder} has no {name}, so it is not the finished output of evaluate (--out)."
            raise InvalidInput(message, param="run")


def lines_of(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file.

    Raises:
        InvalidInput: a line is not a JSON object.
    """
    return (record for _, record in lines(path))


def first_rank(record: Mapping[str, Any]) -> int | None:
    """Rank of the first relevant document in a line of per_question.jsonl. Relevance by article counts each article
    once; other kinds count passages."""
    by_article = record["relevance"] == "article"
    seen: set[str] = set()
    for passage in record["passages"]:
        seen.add(passage["article_id"] if by_article else passage["passage_id"])
        if passage["grade"] > 0:
            return len(seen)
    return None


def _open_folder(path: Path) -> ComparedRun:
    refuse_unfinished(path)
    summary = read_json(path / "summary.json")
    manifest = read_json(path / "manifest.json") if (path / "manifest.json").is_file() else {}
    figures: dict[str, Mapping[str, float]] = {}
    ranks: dict[str, int | None] = {}
    gold: dict[str, str] = {}
    words: dict[str, bytes] = {}
    questions = 0
    for questions, record in enumerate(lines_of(path / "per_question.jsonl"), 1):
        try:
            measures, decision = _named_as_now(record["measures"], manifest), decision_of(record)
            if measures or decision:
                identity = record["id"]
                figures[identity] = {**measures, **decision}
                told = json.dumps([record["question"], record["gold"], record.get("answerable")], sort_keys=True)
                gold[identity] = hashlib.sha256(told.encode()).hexdigest()
                words[identity] = words_digest(record["question"])
            if measures:
                ranks[identity] = first_rank(record)
        except (KeyError, TypeError) as error:
            where = f"{path / 'per_question.jsonl'}, line {questions}"
            raise InvalidInput(f"{where}: {error} is missing or not what evaluate writes.", param="run") from None
    collection = manifest.get("collection") or {}
    return ComparedRun(
        path,
        "folder",
        questions,
        collection=collection.get("name", summary.get("collection")),
        fingerprint=collection.get("fingerprint"),
        overrides=manifest.get("overrides") or {},
        manifest=manifest,
        relevance=summary.get("relevance"),
        top_k=summary.get("top_k"),
        overlap=summary.get("overlap"),
        figures=figures,
        ranks=ranks,
        gold=gold,
        words=words,
    )


def _named_as_now(measures: Mapping[str, float], manifest: Mapping[str, Any]) -> Mapping[str, float]:
    """The measures under their present names: what format 1 called `answer_recall` is `answer_in_passages`."""
    if manifest.get("format") != 1:
        return measures
    return {"answer_in_passages" if name == "answer_recall" else name: value for name, value in measures.items()}


def words_digest(question: str) -> bytes:
    """A digest of eight bytes of a question's words."""
    return hashlib.blake2b(question.encode(), digest_size=8).digest()
