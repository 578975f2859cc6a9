"""Reads a table: an article of each row if a column holds texts, else one article of all rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import chain, groupby, islice

from qa_service.errors import UnreadableSource
from qa_service.parsing.facts.metadata import is_day_first
from qa_service.parsing.formats import SourceInfo
from qa_service.parsing.rows.article_columns import NO_COLUMN
from qa_service.parsing.rows.column_header import Cell, Header, find_header, shown, text_columns
from qa_service.parsing.rows.column_names import plain_name
from qa_service.parsing.rows.row_articles import Row, RowReader
from qa_service.records import ArticleDraft, ArticleMeta, Cleaning

__all__ = ["NumberedRow", "table_drafts"]

SAMPLE = 500
"""Rows that decide what the table is."""
LONG_CELL = 200
"""Characters of a cell that may be an article."""
PART_ROWS = 500
PART_CHARACTERS = 100_000
"""Size of an article that holds rows of a table of figures."""
_FIRST_DAY = date(1899, 12, 30)
_FEWEST_DAYS, _MOST_DAYS = 10_000, 80_000
"""Spreadsheets count the days of a date from the first day. These are of 1927 and 2119; smaller numbers are years."""

NumberedRow = tuple[int, Sequence[Cell]]
"""A row with the number that a spreadsheet shows."""


def table_drafts(rows: Iterable[NumberedRow], source: SourceInfo, title: str | None = None) -> Iterator[ArticleDraft]:
    """Yields the articles of a table. `title` names a table that has no title above its header.

    Raises:
        UnreadableSource: no row has a text.
        InvalidInput: `source.columns` has a field that does not exist.
    """
    filled = ((number, row) for number, row in rows if any(map(shown, row)))
    sample = list(islice(filled, SAMPLE))
    if not sample:
        return
    header = find_header([row for _, row in sample], source.columns)
    reader = RowReader(source)
    columns, by_length = text_columns(header, [row for _, row in sample[header.rows :]], source.columns)
    _warn_of_missing(header, source)
    body = chain(sample[header.rows :], filled)
    if "text" not in columns:
        if source.columns.get("text", NO_COLUMN) != NO_COLUMN:
            named = ", ".join(filter(None, header.names))
            what = f"no column is named {source.columns['text']!r}, nor usual for texts. Its columns are {named}"
            raise UnreadableSource(f"{source.name}: {what}. Choose one with --map text=NAME.", param=source.name)
        longest = max((len(shown(cell)) for _, row in sample[header.rows :] for cell in row), default=0)
        if longest >= LONG_CELL or any(name != NO_COLUMN for name in source.columns.values()):
            named = ", ".join(filter(None, header.names))
            what = "no column of text was found; the table is one article. Use --map text=COLUMN."
            source.warn(f"{what} Columns: {named}.")
        yield from _figures(body, header, title)
        return
    if by_length is not None:
        source.warn(f"no column has a usual name for texts, so {by_length!r} is read. Choose with --map text=NAME.")
    dates = {name for field in ("published", "updated") for name in columns.get(field, ())}
    days = [row[at] for _, row in sample for at, name in enumerate(header.names) if name in dates and at < len(row)]
    order = is_day_first(cell for cell in days if isinstance(cell, str))
    found = (Row(number, _values(row, header, dates)) for number, row in body)
    yield from reader.drafts(found, columns, day_first=order)
    reader.finish()


def _values(row: Sequence[Cell], header: Header, dates: set[str]) -> dict[str, object]:
    return {name: _day(cell) if name in dates else cell for name, cell in zip(header.names, row, strict=False) if name}


def _day(cell: Cell) -> Cell:
    """The date of a spreadsheet's cell that counts days; any other value as it is."""
    if isinstance(cell, int | float) and not isinstance(cell, bool) and _FEWEST_DAYS <= cell < _MOST_DAYS:
        return _FIRST_DAY + timedelta(days=int(cell))
    return cell


def _warn_of_missing(header: Header, source: SourceInfo) -> None:
    plain = {plain_name(name) for name in header.names}
    for field, name in source.columns.items():
        if name != NO_COLUMN and plain_name(name) not in plain:
            named = ", ".join(filter(None, header.names))
            source.warn(f"there is no column {name!r} for {field}. The columns are {named}.")


def _figures(rows: Iterable[NumberedRow], header: Header, title: str | None) -> Iterator[ArticleDraft]:
    """Articles of a table of figures. Each holds a bounded number of rows, and each row names its columns."""

    title = header.titles[0] if header.titles else title
    parts = _parts(rows)
    first, second = next(parts, None), next(parts, None)
    for part in chain(filter(None, (first, second)), parts):
        named = title
        if title is not None and second is not None:
            named = f"{title}, rows {part[0][0]} to {part[-1][0]}"
        paragraphs = [*header.titles[1:], *_paragraphs(part, header)]
        yield ArticleDraft("\n\n".join(paragraphs), meta=ArticleMeta(title=named), cleaning=Cleaning.DOCUMENT)


def _parts(rows: Iterable[NumberedRow]) -> Iterator[list[tuple[int, list[str]]]]:
    """The rows as texts, in lists of bounded size."""
    part: list[tuple[int, list[str]]] = []
    size = 0
    for number, row in rows:
        texts = [shown(cell) for cell in row]
        part.append((number, texts))
        size += sum(map(len, texts))
        if len(part) >= PART_ROWS or size >= PART_CHARACTERS:
            yield part
            part, size = [], 0
    if part:
        yield part


def _paragraphs(part: Sequence[tuple[int, list[str]]], header: Header) -> Iterator[str]:
    """The rows as tables. A row that has only its first cell, such as a note or a subtitle, is a paragraph."""
    from qa_service.parsing.markup.tables import table_text

    names = [list(header.names)] if header.named else []
    width = len(header.names)
    for is_note, rows in groupby((row for _, row in part), lambda row: width > 2 and bool(row[0]) and not any(row[1:])):
        if is_note:
            yield from (row[0] for row in rows)
        else:
            yield table_text([*names, *([*row, *[""] * (width - len(row))] for row in rows)], header=header.named)
