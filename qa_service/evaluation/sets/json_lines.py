"""Question sets in our own format: JSON Lines with one question per line."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qa_service.evaluation.sets.evaluation_question import EvaluationQuestion, GoldSpan
from qa_service.evaluation.sets.file_place import FilePlace
from qa_service.evaluation.sets.json_stream import broken
from qa_service.evaluation.sets.question_fields import (
    as_answerable,
    as_filters,
    as_grades,
    as_id,
    as_language,
    as_text,
    as_texts,
    question_of,
    refuse_unknown,
)
from qa_service.evaluation.sets.set_errors import naming, tried
from qa_service.evaluation.sets.set_lines import Found, numbered_lines

__all__ = ["FIELDS", "json_object", "read_jsonl"]

FIELDS = (
    "id", "question", "answers", "evidence", "articles", "passages", "answerable", "filters", "tags", "language",
)  # fmt: skip
_SPANS = (("source", "text"), ("article_id", "start", "end"))
"""The two forms of a gold span."""


def read_jsonl(path: Path) -> Iterator[Found]:
    """Yield the questions in order and skip blank lines. `articles` and `passages` are ids with grades, or lists of
    ids.

    Raises:
        InvalidInput: the file is not text.
    """
    for place, line in numbered_lines(path):
        if line.strip():
            yield place, tried(_question, line, place)


def _question(line: str, place: FilePlace) -> EvaluationQuestion:
    value = json_object(line, place)
    if list(value) == ["questions"] and isinstance(value["questions"], list):
        what = "is a list in one object. Write its elements one a line, as `jq -c '.questions[]'` does"
        raise place.wrong("questions", what)
    with naming(value.get("id")):
        refuse_unknown(value, FIELDS, place)
        return question_of(
            place,
            id=value.get("id"),
            question=value.get("question"),
            answers=as_texts(value.get("answers"), place, "answers"),
            evidence=_spans(value.get("evidence"), place),
            articles=as_grades(value.get("articles"), place, "articles"),
            passages=as_grades(value.get("passages"), place, "passages"),
            answerable=as_answerable(value.get("answerable"), place),
            filters=as_filters(value.get("filters"), place),
            tags=as_texts(value.get("tags"), place, "tags", distinct=True),
            language=as_language(value.get("language"), place),
        )


def _spans(value: object, place: FilePlace) -> tuple[GoldSpan, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise place.wrong("evidence", f"must be a list of objects (got {value!r:.80})")
    return tuple(_span(item, place, f"evidence[{at}]") for at, item in enumerate(value))


def _span(value: Any, place: FilePlace, field: str) -> GoldSpan:
    if not isinstance(value, dict):
        raise place.wrong(field, f"must be an object (got {value!r:.80})")
    refuse_unknown(value, [name for names in _SPANS for name in names], place, field)
    if sorted(value) == ["source", "text"]:
        source, text = (as_text(value[name], place, f"{field}.{name}") for name in _SPANS[0])
        return GoldSpan(source=source, text=text)
    if sorted(value) != ["article_id", "end", "start"]:
        what = f"must have source and text, or article_id, start and end (got {', '.join(sorted(value)) or 'nothing'})"
        raise place.wrong(field, what)
    for name in ("start", "end"):
        number = value[name]
        if isinstance(number, bool) or not isinstance(number, int) or number < 0:
            raise place.wrong(f"{field}.{name}", f"must be a whole number from 0 on (got {number!r:.80})")
    if value["end"] <= value["start"]:
        raise place.wrong(f"{field}.end", f"{value['end']} is not after start, {value['start']}; the end is exclusive")
    return GoldSpan(
        article_id=as_id(value["article_id"], place, f"{field}.article_id"), start=value["start"], end=value["end"]
    )


def json_object(line: str, place: FilePlace) -> dict[str, Any]:
    """The JSON object on a line. A name that occurs twice is an error, because one of the two values would be lost."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
            raise place.wrong(twice, "stands twice in one object. Take one out")
        return found

    try:
        value = json.loads(line, object_pairs_hook=unique)
    except (ValueError, RecursionError) as error:
        raise place.wrong(None, f"{broken(error)}. Write one question a line{_likely(line)}") from None
    if not isinstance(value, dict):
        raise place.wrong(None, f"is not a JSON object (got {value!r:.80})")
    return value


def _likely(line: str) -> str:
    """A hint for input that is often confused with JSON Lines."""
    text = line.strip()
    if text in ("{", "["):
        return ", the whole of it on that line"
    if text.startswith("[") or text.endswith(("},", "}]")):
        return ", without brackets around them and commas between"
    return ", with names and texts in double quotes" if text.startswith("{'") else ""
