"""Writes a table as lines of text, so that each row can be found, quoted and understood alone.

A row becomes one sentence that repeats the header: `Line: 61; First quarter: 812; Second quarter: 955.` A table
without header and with two columns becomes lines such as `Length: 412 metres.` A table that only arranges a page
becomes paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from qa_service.parsing.markup.table_header import header_rows, is_layout, is_value
from qa_service.text.basic.long_sentences import LONGEST
from qa_service.text.basic.sentences import split_sentences
from qa_service.text.basic.spaces import is_blank

__all__ = ["table_text"]

LONGEST_NAME = 80
"""Code points of a column's or row's name that rows repeat."""
_NO_VALUE = frozenset("-–—−")
_STOP_INSIDE = re.compile(r"\.\s")
_STOPS = (".", "!", "?", "…", "。", "؟", "।")


def table_text(rows: Sequence[Sequence[str]], header: bool | None = None, caption: str | None = None) -> str:
    """A table as lines, one a row, with the caption above. Empty if no cell has a visible character.

    A merged cell is given as the same value in each place. `header` says whether the first row names the columns; None
    finds out. A cell without value is left out. A row above `LONGEST` code points becomes several lines, and each
    begins with the row's first cell.
    """
    cells = _tidy(rows)
    title = " ".join((caption or "").split())
    captions = [title] if title else []
    while len(cells) > 1 and len(cells[0]) > 1 and _is_merged(cells[0]):
        captions.append(cells.pop(0)[0])
    if is_layout(cells, header):
        body = "\n\n".join(cell for row in cells for cell in _distinct(row))
    else:
        body = "\n".join(_lines(cells, header_rows(cells, header)))
    return "\n\n".join(part for part in (*dict.fromkeys(captions), body) if part)


def _tidy(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """The rows with equal lengths, without empty rows and columns. Each cell is one line."""
    width = max((len(row) for row in rows), default=0)
    cells = [[_one_line(row[i]) if i < len(row) else "" for i in range(width)] for row in rows]
    cells = [row for row in cells if any(row)]
    used = [i for i in range(width) if any(row[i] for row in cells)]
    return [[row[i] for i in used] for row in cells]


def _one_line(cell: str) -> str:
    lines = [" ".join(line.split()) for line in cell.splitlines()]
    shown = [line for line in lines if not is_blank(line)]
    joined = [line if line.endswith((*_STOPS, ",", ";", ":", "-")) else f"{line}," for line in shown[:-1]]
    return " ".join([*joined, *shown[-1:]])


def _is_merged(row: Sequence[str]) -> bool:
    """Whether one cell covers the whole row, as a title inside a table does."""
    return len(row) > 1 and len(set(row)) == 1 and not is_value(row[0])


def _distinct(row: Sequence[str]) -> list[str]:
    return [cell for cell in dict.fromkeys(row) if cell]


def _lines(cells: Sequence[Sequence[str]], header: int) -> list[str]:
    names = _column_names(cells[:header])
    lines: list[str] = []
    group = ""
    for row in cells[header:]:
        if _is_merged(row):
            group = _short(row[0])
        elif not header and len(row) == 2 and all(row):
            lines.append(_sentence([f"{row[0].removesuffix(':')}: {row[1]}"]))
        else:
            parts = _parts(row, names)
            lines += _bounded([group, *parts] if group else parts, kept=2 if group else 1)
    return lines


def _column_names(rows: Sequence[Sequence[str]]) -> list[str]:
    """The name of each column: the cells of all header rows above it, each once."""
    columns = zip(*rows, strict=True)
    return [_short(" ".join(_distinct(column))).removesuffix(":") for column in columns]


def _parts(row: Sequence[str], names: Sequence[str]) -> list[str]:
    """The cells that have a value, with their column's name. A cell merged over columns stands there once."""
    parts: list[str] = []
    for i, cell in enumerate(row):
        if not cell or set(cell) <= _NO_VALUE or (i and cell == row[i - 1] and names and not names[i]):
            continue
        parts.append(f"{names[i]}: {cell}" if names and names[i] else cell)
    return parts


def _bounded(parts: list[str], kept: int) -> list[str]:
    """The parts as sentences of at most `LONGEST` code points. Each begins with the first `kept` parts."""
    if sum(len(part) + 2 for part in parts) <= LONGEST:
        return [_sentence(parts)] if parts else []
    first = [_short(part) for part in parts[:kept]]
    room = LONGEST - sum(len(part) + 2 for part in first)
    groups: list[list[str]] = []
    used = room
    for part in parts[kept:]:
        if used + len(part) + 2 > room:
            groups.append([])
            used = 0
        groups[-1].append(part)
        used += len(part) + 2
    return [_sentence([*first, *group]) for group in groups] or [_sentence(parts)]


def _sentence(parts: Sequence[str]) -> str:
    """The parts as one sentence. A full stop inside a short cell would end it early, so it becomes a dash."""
    line = "; ".join(parts)
    line = line if line.endswith(_STOPS) else f"{line}."
    if len(line) > LONGEST or not _STOP_INSIDE.search(line):
        return line
    for before, after in reversed(list(pairwise(split_sentences(line)))):
        if line[before[1] - 1] == ".":
            line = f"{line[: before[1] - 1]} – {line[after[0] :]}"
    return line


def _short(name: str) -> str:
    if len(name) <= LONGEST_NAME:
        return name
    return (name[:LONGEST_NAME].rpartition(" ")[0] or name[: LONGEST_NAME - 1]) + "…"
