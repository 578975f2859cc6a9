"""SQuAD (Rajpurkar et al., EMNLP 2016; 2.0: ACL 2018): `data[].paragraphs[].qas[]`, with answers as strings.

The contexts are ignored: the answer strings alone decide whether a passage answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qa_service.errors import InvalidInput
from qa_service.evaluation.sets.evaluation_question import EvaluationQuestion
from qa_service.evaluation.sets.file_place import FilePlace
from qa_service.evaluation.sets.json_stream import elements_of
from qa_service.evaluation.sets.question_fields import as_answerable, as_text, question_of
from qa_service.evaluation.sets.set_errors import naming, tried
from qa_service.evaluation.sets.set_lines import Found

__all__ = ["read_squad"]


def read_squad(path: Path) -> Iterator[Found]:
    """Yield the questions in order; the title of the article becomes a tag. `is_impossible` marks an unanswerable
    question; a question with answers is answerable.

    Raises:
        InvalidInput: the file is not such a document. The error names the line where the article (`data[n]`) begins.
    """
    for number, (place, article) in enumerate(elements_of(path, "data")):
        at = FilePlace(path, place.line, f"data[{number}]")
        try:
            yield from _questions(_object(article, at), at)
        except InvalidInput as error:
            yield at, error


def _questions(article: dict[str, Any], at: FilePlace) -> Iterator[Found]:
    title = article.get("title")
    tags = () if title in (None, "") else (as_text(title, at, "title"),)
    for paragraph_at, paragraph in _items(article, "paragraphs", at):
        for question_at, question in _items(_object(paragraph, paragraph_at), "qas", paragraph_at):
            yield question_at, tried(_question, question, tags, question_at)


def _question(asked: object, tags: tuple[str, ...], place: FilePlace) -> EvaluationQuestion:
    value = _object(asked, place)
    with naming(value.get("id")):
        impossible = as_answerable(value.get("is_impossible"), place, "is_impossible")
        given = _items({"answers": [], **value}, "answers", place)
        answers = dict.fromkeys(as_text(_object(answer, at).get("text"), at, "text") for at, answer in given)
        if impossible and answers:
            raise place.wrong("is_impossible", "is true, but answers are given. Take out one of the two")
        return question_of(
            place,
            id=value.get("id"),
            question=value.get("question"),
            answers=tuple(answers),
            answerable=False if impossible else bool(answers) or None,
            tags=tags,
        )


def _object(value: object, place: FilePlace) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise place.wrong(None, f"must be an object (got {value!r:.80})")
    return value


def _items(value: dict[str, Any], name: str, place: FilePlace) -> Iterator[tuple[FilePlace, object]]:
    items = value.get(name)
    if not isinstance(items, list):
        raise place.wrong(name, "is missing. Give a list" if items is None else f"must be a list (got {items!r:.80})")
    for at, item in enumerate(items):
        yield FilePlace(place.path, place.line, f"{place.inside}.{name}[{at}]"), item
