"""The questions of a BEIR folder (Thakur et al., "BEIR", NeurIPS Datasets and Benchmarks 2021): `queries.jsonl` with
the judgements in `qrels/`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qa_service.evaluation.sets.evaluation_question import EvaluationQuestion
from qa_service.evaluation.sets.json_lines import json_object
from qa_service.evaluation.sets.qrels import Qrels
from qa_service.evaluation.sets.question_fields import as_answerable, as_language, as_text, as_texts, question_of
from qa_service.evaluation.sets.set_errors import naming, tried
from qa_service.evaluation.sets.set_lines import Found, Place, numbered_lines

__all__ = ["QUERIES", "find_files", "read_beir"]

QUERIES = "queries.jsonl"
NO_ANSWER = "null_query"
"""MultiHop-RAG's `question_type` of what its corpus does not answer."""


def find_files(path: Path, qrels: Path | None) -> tuple[Path, Path]:
    """Queries and qrels of a folder, or of a file of queries in one: `qrels/test.tsv` if not given, or the only one.

    Raises:
        InvalidInput: there are none, or which is meant cannot be told.
    """
    folder, queries = (path, path / QUERIES) if path.is_dir() else (path.parent, path)
    if not queries.is_file():
        raise Place(queries).wrong(
            None, f"there is no such file. A BEIR folder holds {QUERIES} and qrels/*.tsv{_else(path)}"
        )
    if qrels is not None:
        return queries, qrels
    found = sorted((folder / "qrels").glob("*.tsv"))
    usual = folder / "qrels" / "test.tsv"
    if usual in found or len(found) == 1:
        return queries, usual if usual in found else found[0]
    if not found:
        raise Place(folder / "qrels").wrong("qrels", "there is no *.tsv in it. Name the judgements with --qrels FILE")
    names = ", ".join(file.name for file in found)
    raise Place(folder / "qrels").wrong("qrels", f"holds {names}. Name the one that is meant with --qrels FILE")


def _else(folder: Path) -> str:
    """What could have been meant instead."""
    files = (
        sorted(p.name for p in folder.glob("*") if p.suffix in (".jsonl", ".csv", ".json")) if folder.is_dir() else []
    )
    if not files:
        return ""
    return f". For another format name the file itself: it has {', '.join(files[:3])}{' …' if len(files) > 3 else ''}"


def read_beir(queries: Path, qrels: Qrels) -> Iterator[Found]:
    """The questions that have judgements, and those whose metadata say that nothing answers them, in order; None for
    each of the others.

    Of `metadata`, `unanswerable: true` and `question_type: "null_query"` say so; `question_type` is a tag too,
    `answers` the gold answers, `language` or `lang` the language; the rest is passed over. A question with a relevant
    document is answerable.

    Raises:
        InvalidInput: the file is no text.
    """
    for place, line in numbered_lines(queries):
        if line.strip():
            yield place, tried(_question, line, place, qrels)


def _question(line: str, place: Place, qrels: Qrels) -> EvaluationQuestion | None:
    """None for one that is not asked."""
    value = json_object(line, place)
    with naming(value.get("_id")):
        return _checked(value, place, qrels)


def _checked(value: dict[str, Any], place: Place, qrels: Qrels) -> EvaluationQuestion | None:
    metadata = value.get("metadata") or {}
    if not isinstance(metadata, dict):
        raise place.wrong("metadata", f"must be an object (got {metadata!r:.80})")
    articles = qrels.of(as_text(value.get("_id"), place, "_id"))
    kind = metadata.get("question_type")
    unanswerable = as_answerable(metadata.get("unanswerable"), place, "metadata.unanswerable") or kind == NO_ANSWER
    if not articles and not unanswerable:
        return None
    if unanswerable and any(grade > 0 for grade in articles.values()):
        raise place.wrong("metadata", f"says that nothing answers, but {qrels.path} has a relevant document for it")
    return question_of(
        place,
        id=value["_id"],
        question=value.get("text"),
        answers=() if unanswerable else _answers(metadata, place),
        articles=articles,
        answerable=False if unanswerable else any(grade > 0 for grade in articles.values()) or None,
        tags=() if kind in (None, "") else (as_text(kind, place, "metadata.question_type"),),
        language=_language(metadata, place),
        id_field="_id",
        question_field="text",
    )


def _answers(metadata: dict[str, Any], place: Place) -> tuple[str, ...]:
    """Sets say [""] where they know none."""
    answers = metadata.get("answers")
    if isinstance(answers, list):
        answers = [answer for answer in answers if answer is not None and answer != ""]
    return as_texts(answers, place, "metadata.answers")


def _language(metadata: dict[str, Any], place: Place) -> str | None:
    name = "language" if metadata.get("language") else "lang"
    value = metadata.get(name)
    if isinstance(value, str):
        value = value.replace("_", "-").partition("-")[0]  # en-GB
    return as_language(value, place, f"metadata.{name}")
