"""Reads the sheets of a workbook: XLSX, XLS, ODS."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from qa_service.errors import UnreadableSource
from qa_service.parsing.rows.column_header import Cell

__all__ = ["Sheet", "read_sheets"]

_UNNAMED = re.compile(
    r"(?:sheet|tabelle|feuille?|hoja|foglio|blad|arkusz|ark|list|planilha|página|лист|sayfa|taulukko|munka|シート)\s*\d*",
    re.IGNORECASE,
)
"""Names that programs give to new sheets."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that is not empty. `title` is its name, if a person gave it. Row numbers are those of the program."""

    name: str
    title: str | None
    rows: Iterator[tuple[int, Sequence[Cell]]]


def read_sheets(file: BinaryIO, name: str, hidden: list[str] | None = None) -> Iterator[Sheet]:
    """Yields the visible sheets in order. Adds the names of the others to `hidden`.

    Raises:
        UnreadableSource: the workbook is damaged or encrypted.
    """
    try:
        workbook = CalamineWorkbook.from_filelike(file)
        for about in workbook.sheets_metadata:
            if about.typ != SheetTypeEnum.WorkSheet:
                continue
            sheet = workbook.get_sheet_by_name(about.name)
            if not sheet.total_height:
                continue
            if about.visible != SheetVisibleEnum.Visible:
                if hidden is not None:
                    hidden.append(about.name)
                continue
            yield Sheet(about.name, None if _UNNAMED.fullmatch(about.name) else about.name, _rows(sheet))
    except PasswordError:
        what = "is protected by a password. Save it without password"
        raise UnreadableSource(f"{name}: {what}.", param=name) from None
    except BaseException as error:
        is_panic = type(error).__name__ == "PanicException"  # calamine on a damaged file; it is no Exception
        if not is_panic and not isinstance(error, CalamineError | OSError):
            raise
        reason = " ".join(str(error).split())[:150]
        what = f"cannot be read as a spreadsheet ({reason}). Open it and save it as XLSX or CSV"
        raise UnreadableSource(f"{name}: {what}.", param=name) from None


def _rows(sheet: CalamineSheet) -> Iterator[tuple[int, Sequence[Cell]]]:
    """Each row with its number. A merged cell has its value in each of its rows, and in its first column."""
    first = sheet.start[0] if sheet.start else 0
    left = sheet.start[1] if sheet.start else 0
    merged: dict[tuple[int, int], tuple[int, int]] = {}
    for (top, column), (bottom, _) in sheet.merged_cell_ranges or ():
        merged.update({(row, column): (top, column) for row in range(top + 1, bottom + 1)})
    values: dict[tuple[int, int], Any] = {}
    wanted = set(merged.values())
    for number, row in enumerate(sheet.to_python(), first):
        cells: list[Any] = list(row)
        for at in range(len(cells)) if merged else ():
            place = (number, at + left)
            if place in wanted:
                values[place] = cells[at]
            elif cells[at] == "" and place in merged:
                cells[at] = values.get(merged[place], "")
        yield number + 1, cells
