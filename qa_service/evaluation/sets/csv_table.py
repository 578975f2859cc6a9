"""Question sets as a table: CSV with a header (RFC 4180), as spreadsheets write it. `|` separates the items of a
list."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from qa_service.evaluation.sets.evaluation_question import EvaluationQuestion
from qa_service.evaluation.sets.file_place import FilePlace
from qa_service.evaluation.sets.question_fields import as_filters, as_grades, as_language, question_of, refuse_unknown
from qa_service.evaluation.sets.set_errors import naming, tried
from qa_service.evaluation.sets.set_lines import Found, numbered_lines

__all__ = ["COLUMNS", "read_table"]

COLUMNS = (
    "id", "question", "answers", "answerable", "tags", "language", "article_id", "outlet", "author",
    "published_from", "published_to",
)  # fmt: skip
REQUIRED = ("id", "question")
SEPARATOR = "|"

_FLAGS = {"": None, "true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def read_table(path: Path) -> Iterator[Found]:
    """Yield the questions in order and skip empty rows. `article_id` holds the articles that answer. `outlet`,
    `author`, `published_from` and `published_to` are filters.

    Raises:
        InvalidInput: the header is wrong, or the file is not CSV. The error names the line where the row begins.
    """
    header: list[str] | None = None
    for place, row in _rows(path):
        if not any(cell.strip() for cell in row):
            continue
        if header is not None:
            yield place, tried(_question, header, row, place)
        else:
            header = _header(row, place)


def _rows(path: Path) -> Iterator[tuple[FilePlace, list[str]]]:
    """Each row with the place where it begins."""
    reader = csv.reader((line for _, line in numbered_lines(path)), strict=True)
    while True:
        place = FilePlace(path, reader.line_num + 1)
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise place.wrong(None, f"is not CSV: {error}. Double the quotes inside a quoted field") from None
        yield place, row


def _header(row: list[str], place: FilePlace) -> list[str]:
    names = [cell.strip() for cell in row]
    if len(names) == 1 and any(mark in names[0] for mark in ";\t"):
        raise place.wrong(None, "the header has one column. Separate columns with commas")
    if not set(names) & set(COLUMNS):
        raise place.wrong(None, f"is no header. Begin with a line of column names, such as {','.join(COLUMNS[:4])}")
    refuse_unknown(names, COLUMNS, place)
    for name in names:
        if names.count(name) > 1:
            raise place.wrong(name, "stands in the header twice. Take one out")
    for name in REQUIRED:
        if name not in names:
            raise place.wrong(name, f"the header has no such column. It needs {' and '.join(REQUIRED)}")
    return names


def _question(header: list[str], cells: list[str], place: FilePlace) -> EvaluationQuestion:
    if len(cells) != len(header):
        what = f"has {len(cells)} fields, the header has {len(header)}. Put a field that holds a comma in quotes"
        raise place.wrong(None, what)
    row = dict(zip(header, cells, strict=True))
    with naming(row["id"].strip()):
        said = row.get("answerable", "").strip().lower()
        if said not in _FLAGS:
            raise place.wrong("answerable", f"must be true, false or empty (got {said!r:.80})")
        days = {n: row[n].strip() for n in ("published_from", "published_to") if row.get(n, "").strip()}
        tags = _parts(row, "tags", place)
        return question_of(
            place,
            id=row["id"].strip(),
            question=row["question"],
            answers=tuple(_parts(row, "answers", place)),
            articles=as_grades(_parts(row, "article_id", place), place, "article_id"),
            answerable=_FLAGS[said],
            filters=as_filters({name: _parts(row, name, place) for name in ("outlet", "author")} | days, place),
            tags=tuple(dict.fromkeys(tags)),
            language=as_language(row.get("language", "").strip(), place),
        )


def _parts(row: Mapping[str, str], name: str, place: FilePlace) -> list[str]:
    cell = row.get(name, "")
    if not cell.strip():
        return []
    parts = [part.strip() for part in cell.split(SEPARATOR)]
    if not all(parts):
        raise place.wrong(name, f"has nothing before, between or after {SEPARATOR!r} (got {cell!r:.80})")
    return parts
