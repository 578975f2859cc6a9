"""Reads the rows of a CSV file as spreadsheets and programs write it. The content decides the separator and quotes."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, count, product
from typing import Any, BinaryIO, TextIO

from qa_service.parsing.rows.article_columns import find_columns
from qa_service.parsing.rows.text_stream import open_text

__all__ = ["BrokenTable", "csv_rows"]

SEPARATORS = ",;\t|"
_QUOTING: tuple[dict[str, Any], ...] = ({}, {"doublequote": False, "escapechar": "\\"}, {"quoting": csv.QUOTE_NONE})
"""RFC 4180; backslashes as MySQL writes them; no quotes at all. Of equal fits the first is taken."""
_ONE_NAME = re.compile(r"\s*\"?(\w+)\"?\s*[\r\n]")
_QUESTIONS = ("question", "questions", "query", "frage")
SAMPLE = 1 << 18
"""Characters that decide the form of the table."""
MOST_SAMPLED = 200
LONGEST_CELL = 32 << 20
"""Characters of a cell. A quote that is never closed makes a cell of the rest of the file."""

csv.field_size_limit(LONGEST_CELL)  # for the whole process: the module has no other way


class BrokenTable(Exception):
    """The rows cannot be told apart from here on: the row's number, and what is wrong."""

    def __init__(self, row: int, what: str) -> None:
        super().__init__(f"row {row}: {what}")
        self.row = row
        self.what = what


@dataclass(frozen=True, slots=True)
class _Form:
    separator: str
    quoting: dict[str, Any]

    def rows(self, lines: Iterable[str], *, strict: bool = False) -> Iterator[list[str]]:
        return csv.reader(lines, delimiter=self.separator, strict=strict, **self.quoting)


def csv_rows(file: BinaryIO, name: str, *, strict: bool = False) -> Iterator[tuple[int, list[str]]]:
    """Yields each row with the number that a spreadsheet shows: from 1, with empty rows, without a `sep=` line.

    A strict table has a closing quote for each opening one, directly before a separator.

    Raises:
        UnreadableSource: as `open_text`.
        BrokenTable: the quotes are wrong.
    """
    with open_text(file, name) as text:
        sample = text.read(SAMPLE)
        complete = len(sample) < SAMPLE
        given, sample = _given_separator(sample)
        form = _form_of(sample, given, complete=complete)
        rows = form.rows(chain(_lines(sample, text), _further_lines(text)), strict=strict)
        for number in count(1):
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                limit = "field larger" in str(error)
                raise BrokenTable(number, "a quote is opened and never closed" if limit else str(error)) from None
            yield number, row


def _lines(sample: str, rest: TextIO) -> Iterator[str]:
    """The lines of the sample, the last of them continued from the rest."""
    lines = list(io.StringIO(sample.replace("\0", ""), newline=""))
    if not lines:
        return
    last = lines.pop()
    yield from lines
    if not last.endswith("\n"):  # a sample that ends in \r may go on with \n
        last += next(_further_lines(rest), "")
    yield from io.StringIO(last, newline="")


def _further_lines(text: TextIO) -> Iterator[str]:
    while line := text.readline(LONGEST_CELL):
        if len(line) == LONGEST_CELL:
            raise csv.Error(f"a line has more than {LONGEST_CELL >> 20} million characters")
        yield line.replace("\0", "")


def _given_separator(sample: str) -> tuple[str | None, str]:
    """The separator of a first line `sep=;`, which Excel writes and never shows, and the text after this line."""
    line = next(iter(io.StringIO(sample[:20], newline="")), "")
    content = line.rstrip("\r\n").strip('"')
    if content.lower().startswith("sep=") and len(content) == 5 and line != sample:
        return content[4], sample[len(line) :]
    return None, sample


def _form_of(sample: str, given: str | None, *, complete: bool) -> _Form:
    """The form in which most rows have as many cells as the first."""
    if given is not None:
        return _Form(given, {})
    best, most = _Form("\x1f", {}), (0.0, 0)  # a table of one column may hold any separator in its text
    if (name := _ONE_NAME.match(sample)) and (name[1].lower() in _QUESTIONS or "text" in find_columns([name[1]], {})):
        return best
    for separator, quoting in product(SEPARATORS, _QUOTING):
        form = _Form(separator, quoting)
        fit = _fit(form, sample, complete)
        if fit > most:
            best, most = form, fit
    return best


def _fit(form: _Form, sample: str, complete: bool) -> tuple[float, int]:
    """Share of the rows that have the usual number of cells, and this number. Nothing where rows have one cell."""
    widths = []
    try:
        for row in form.rows(io.StringIO(sample.replace("\0", ""), newline="")):
            if any(cell.strip() for cell in row):
                widths.append(len(row))
            if len(widths) > MOST_SAMPLED:
                break
    except csv.Error:
        complete = True  # the reader says what is wrong; the rows before it tell the form
    if not complete and len(widths) > 1:
        widths.pop()  # cut off
    counts = Counter(width for width in widths if width > 1)
    if not counts:
        return 0.0, 0
    width, rows = max(counts.items(), key=lambda found: (found[1], found[0]))
    share = rows / len(widths)
    return (round(share, 2), width) if rows > 1 or widths[0] > 1 else (0.0, 0)
