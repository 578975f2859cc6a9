"""The questions of a BEIR folder (Thakur et al., "BEIR", NeurIPS Datasets and Benchmarks 2021): `queries.jsonl` with
the judgements in `qrels/`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qa_service.evaluation.sets.evaluation_question import EvaluationQuestion
from qa_service.evaluation.sets.file_place import FilePlace
from qa_service.evaluation.sets.json_lines import json_object
from qa_service.evaluation.sets.qrels import Qrels
from qa_service.evaluation.sets.question_fields import as_answerable, as_language, as_text, as_texts, question_of
from qa_service.evaluation.sets.set_errors import naming, tried
from qa_service.evaluation.sets.set_lines import Found, numbered_lines

__all__ = ["QUERIES", "find_files", "read_beir"]

QUERIES = "queries.jsonl"
NO_ANSWER = "null_query"
"""The `question_type` of MultiHop-RAG for questions that its corpus does not answer."""


def find_files(path: Path, qrels: Path | None) -> tuple[Path, Path]:
    """The files of queries and qrels. `path` is the folder or its file of queries; the default qrels are
    `qrels/test.tsv`, or the only file in `qrels/`.

    Raises:
        InvalidInput: a file is missing, or there are several qrels to choose from.
    """
    folder, queries = (path, path / QUERIES) if path.is_dir() else (path.parent, path)
    if not queries.is_file():
        what = f"there is no such file. A BEIR folder holds {QUERIES} and qrels/*.tsv{_else(path)}"
        raise FilePlace(queries).wrong(None, what)
    if qrels is not None:
        return queries, qrels
    found = sorted((folder / "qrels").glob("*.tsv"))
    usual = folder / "qrels" / "test.tsv"
    if usual in found or len(found) == 1:
        return queries, usual if usual in found else found[0]
    if found:
        what = f"holds {', '.join(file.name for file in found)}. Name the one that is meant with --qrels FILE"
    else:
        what = "there is no *.tsv in it. Name the judgements with --qrels FILE"
    raise FilePlace(folder / "qrels").wrong("qrels", what)


def _else(folder: Path) -> str:
    """A hint at other files in the folder, which need to be named themselves."""
    files = sorted(p.name for p in folder.glob("*") if p.suffix in (".jsonl", ".csv", ".json"))
    if not files:
        return ""
    return f". For another format name the file itself: it has {', '.join(files[:3])}{' …' if len(files) > 3 else ''}"


def read_beir(queries: Path, qrels: Qrels) -> Iterator[Found]:
    """Yield the questions in order: those with judgements, and those whose metadata say that nothing answers them.
    Yield None for each other question.

    `metadata` may hold `unanswerable: true` or `question_type: "null_query"` for an unanswerable question. It may also
    hold `question_type` (becomes a tag), `answers` (gold answers), and `language` or `lang`. Other fields are ignored.
    A question with a relevant document is answerable.

    Raises:
        InvalidInput: the file is not text.
    """
    for place, line in numbered_lines(queries):
        if line.strip():
            yield place, tried(_question, line, place, qrels)


def _question(line: str, place: FilePlace, qrels: Qrels) -> EvaluationQuestion | None:
    """None for a question that is not asked."""
    value = json_object(line, place)
    with naming(value.get("_id")):
        metadata = value.get("metadata") or {}
        if not isinstance(metadata, dict):
            raise place.wrong("metadata", f"must be an object (got {metadata!r:.80})")
        articles = qrels.of(as_text(value.get("_id"), place, "_id"))
        answered = any(grade > 0 for grade in articles.values())
        kind = metadata.get("question_type")
        unanswerable = as_answerable(metadata.get("unanswerable"), place, "metadata.unanswerable") or kind == NO_ANSWER
        if not articles and not unanswerable:
            return None
        if unanswerable and answered:
            raise place.wrong("metadata", f"says that nothing answers, but {qrels.path} has a relevant document for it")
        return question_of(
            place,
            ("_id", "text"),
            id=value["_id"],
            question=value.get("text"),
            answers=() if unanswerable else _answers(metadata, place),
            articles=articles,
            answerable=False if unanswerable else answered or None,
            tags=() if kind in (None, "") else (as_text(kind, place, "metadata.question_type"),),
            language=_language(metadata, place),
        )


def _answers(metadata: dict[str, Any], place: FilePlace) -> tuple[str, ...]:
    """The gold answers; some sets write [""] for an empty list."""
    answers = metadata.get("answers")
    if isinstance(answers, list):
        answers = [answer for answer in answers if answer is not None and answer != ""]
    return as_texts(answers, place, "metadata.answers")


def _language(metadata: dict[str, Any], place: FilePlace) -> str | None:
    name = "language" if metadata.get("language") else "lang"
    value = metadata.get(name)
    if isinstance(value, str):
        value = value.replace("_", "-").partition("-")[0]  # en-GB
    return as_language(value, place, f"metadata.{name}")
