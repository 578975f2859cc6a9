"""Question sets as a table with a header, as spreadsheets write it: CSV in any form, XLSX, XLS, ODS. `|` separates the
items of a list."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from qa_service.errors import InvalidInput, UnreadableSource
from qa_service.evaluation.sets.evaluation_question import EvaluationQuestion, GoldSpan
from qa_service.evaluation.sets.file_place import FilePlace
from qa_service.evaluation.sets.question_fields import as_filters, as_grades, as_language, question_of
from qa_service.evaluation.sets.set_errors import naming, tried
from qa_service.evaluation.sets.set_lines import Found
from qa_service.evaluation.sets.table_columns import COLUMNS, columns_of, is_header
from qa_service.parsing.rows.column_header import shown
from qa_service.parsing.rows.csv_table import BrokenTable, csv_rows
from qa_service.text.lexicon import words

__all__ = ["COLUMNS", "SUFFIXES", "begins_table", "read_table", "unread_columns"]

SUFFIXES = (".csv", ".xlsx", ".xls", ".ods")
"""A file with another suffix, such as .tsv, is a table if it begins with a header."""
SEPARATOR = "|"
MOST_ROWS_ABOVE = 20
"""Rows above the header, such as a title."""
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")

_YES = words("true yes 1 y x ja wahr oui vrai sí si verdadero sim verdadeiro vero tak prawda да истина")
_NO = words("false no 0 n nein falsch non faux falso não nie fałsz нет ложь")
_FLAGS = {"": None} | dict.fromkeys(_YES, True) | dict.fromkeys(_NO, False)
"""What spreadsheets and people write, in the languages of the usual spreadsheets."""

Row = tuple[int, Sequence[object]]


def read_table(path: Path) -> Iterator[Found]:
    """Yield the questions in order and skip empty rows. `article_id` holds the articles that answer. `outlet`,
    `author`, `published_from` and `published_to` are filters. Without `id`, the number of the row is the id.

    Raises:
        InvalidInput: the header is wrong, or the file is no table. The error names the row as a spreadsheet shows it.
    """
    columns: Mapping[str, int] | None = None
    width = 0
    for place, row in _filled(path):
        if columns is not None:
            yield place, tried(_question, columns, width, row, place)
        elif is_header(row):
            columns, _ = columns_of(row, place)
            width = len(row)
    if columns is None:
        _refuse_header(path)


def unread_columns(path: Path) -> tuple[str, ...]:
    """The names of the columns that are none of `COLUMNS`."""
    return next((columns_of(row, place)[1] for place, row in _filled(path) if is_header(row)), ())


def begins_table(path: Path) -> bool:
    """Whether a file of any name is a table of questions, by its first row that is not empty."""
    try:
        with path.open("rb") as file:
            begin = file.read(64).removeprefix(codecs.BOM_UTF8).lstrip()
        if begin.startswith(_WORKBOOKS):
            return path.suffix.lower() != ".zip"
        row = [] if begin.startswith((b"{", b"[", b"<")) else next((row for _, row in _filled(path)), [])
        return len(row) > 1 and is_header(row)
    except (InvalidInput, OSError):
        return False


def _filled(path: Path) -> Iterator[tuple[FilePlace, list[str]]]:
    """The rows that are not empty, as texts."""
    try:
        with path.open("rb") as file:
            begin = file.read(4)
            file.seek(0)
            if not begin:
                return
            rows = _sheet_rows(path, file) if begin in _WORKBOOKS else csv_rows(file, path.name, strict=True)
            for number, cells in rows:
                row = [cell if isinstance(cell, str) else _text(cell) for cell in cells]
                if any(cell.strip() for cell in row):
                    yield FilePlace(path, number, unit="row"), row
    except BrokenTable as error:
        what = f"is not CSV: {error.what}. Double the quotes inside a quoted field"
        raise FilePlace(path, error.row, unit="row").wrong(None, what) from None
    except UnreadableSource as error:
        raise FilePlace(path).wrong(None, error.message.removeprefix(f"{path.name}: ").rstrip(".")) from None
    except OSError as error:
        raise FilePlace(path).wrong(None, f"cannot be read: {error.strerror}") from None


def _refuse_header(path: Path) -> None:
    for place, row in _filled(path):
        columns_of(row, place)


def _sheet_rows(path: Path, file: object) -> Iterator[Row]:
    """The rows of the first sheet that has a header of questions, else of the first sheet."""
    from qa_service.parsing.rows.sheets import read_sheets

    first: list[Row] | None = None
    for sheet in read_sheets(file, path.name):  # type: ignore[arg-type]
        rows = list(sheet.rows)
        if any(is_header([shown(cell) for cell in row]) for _, row in rows[:MOST_ROWS_ABOVE]):
            yield from rows
            return
        first = rows if first is None else first
    yield from first or []


def _text(cell: object) -> str:
    return cell.isoformat()[:10] if isinstance(cell, date) else shown(cell)


def _question(columns: Mapping[str, int], width: int, cells: list[str], place: FilePlace) -> EvaluationQuestion:
    row = {name: cells[at] if at < len(cells) else "" for name, at in columns.items()}
    identity = row["id"].strip() if "id" in row else str(place.line)
    if extra := [cell for cell in cells[width:] if cell.strip()]:
        what = f"has {width + len(extra)} fields, the header has {width}. Put a field that holds a comma in quotes"
        raise place.wrong(None, what)
    with naming(identity):
        said = row.get("answerable", "").strip().casefold()
        if said not in _FLAGS:
            raise place.wrong("answerable", f"must be true, false or empty (got {said!r:.80})")
        days = {n: row[n].strip() for n in ("published_from", "published_to") if row.get(n, "").strip()}
        tags = _parts(row, "tags", place)
        articles = _parts(row, "article_id", place)
        return question_of(
            place,
            id=identity,
            question=row["question"],
            answers=tuple(_parts(row, "answers", place)),
            evidence=_evidence(row, articles, place),
            articles=as_grades(articles, place, "article_id"),
            answerable=_FLAGS[said],
            filters=as_filters({name: _parts(row, name, place) for name in ("outlet", "author")} | days, place),
            tags=tuple(dict.fromkeys(tags)),
            language=as_language(row.get("language", "").strip(), place),
        )


def _evidence(row: Mapping[str, str], articles: Sequence[str], place: FilePlace) -> tuple[GoldSpan, ...]:
    """Each text of evidence with its place: the file in `source`, else the only article, else any article."""
    source = row.get("source", "").strip() or None
    article_id = articles[0] if source is None and len(articles) == 1 else None
    texts = _parts(row, "evidence", place)
    return tuple(GoldSpan(source=source, text=text, article_id=article_id) for text in texts)


def _parts(row: Mapping[str, str], name: str, place: FilePlace) -> list[str]:
    cell = row.get(name, "")
    if not cell.strip():
        return []
    parts = [part.strip() for part in cell.split(SEPARATOR)]
    if not all(parts):
        raise place.wrong(name, f"has nothing before, between or after {SEPARATOR!r} (got {cell!r:.80})")
    return parts
