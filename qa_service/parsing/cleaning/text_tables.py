"""Finds tables that are drawn in plain text: with pipes, in frames, with tabs, or in columns of spaces.

Columns of tabs and spaces need strong evidence, since prose has them too: three rows with the same columns, a header,
and a column of values below it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby

import regex

from qa_service.parsing.markup.table_header import header_rows, is_value
from qa_service.parsing.markup.tables import table_text

__all__ = ["TextTable", "find_tables", "with_pipe_tables", "with_table_lines"]

FEWEST_ROWS = 3
MOST_ROWS = 20_000
WIDEST = 2_000
"""A line with more characters is no row of a drawn table."""
_FRAMES = str.maketrans("│┃║─━═┼╋╬├┤┌┐└┘┬┴╠╣╔╗╚╝╦╩", "|||---" + "+" * 19)
_RULE = regex.compile(r"[\s|+:=-]*[-=]{3}[\s|+:=-]*")
_COLUMN_RULE = regex.compile(r"\s*(?:-{2,}|={2,})(?:\s+(?:-{2,}|={2,}))+\s*")
_DASHES = regex.compile(r"[-=]+")
_DELIMITER = regex.compile(r"\s*\|?(?:\s*:?-+:?\s*\|)*\s*:?-+:?\s*\|?\s*")
_PIPE = regex.compile(r"(?<!\\)\|")
_GAP = regex.compile(r" {2,}")


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table in lines `start` to `end` (end exclusive)."""

    start: int
    end: int
    rows: list[list[str]]
    header: bool | None = True
    is_markdown: bool = False
    """Whether Markdown has this kind of table."""

    @property
    def text(self) -> str:
        """The rows as lines, see `tables.table_text`."""
        return table_text(self.rows, header=self.header)


def with_table_lines(text: str) -> str:
    """The text with each drawn table replaced by lines that keep their header, see `tables.table_text`."""
    if not ("|" in text or "\t" in text or "  " in text or "│" in text):
        return text
    lines = text.splitlines()
    found = find_tables(lines)
    for table in reversed(found):
        lines[table.start : table.end] = ["", table.text, ""]
    return "\n".join(lines) if found else text


def with_pipe_tables(source: str) -> str:
    """A Markdown source with each drawn table that Markdown does not have as a table of pipes. Code stays."""
    lines = source.splitlines()
    is_code = [bool(n % 2) for n in accumulate(line.lstrip().startswith(("```", "~~~")) for line in lines)]
    for table in reversed(find_tables(lines)):
        if table.is_markdown or is_code[table.start] or lines[table.start].startswith(("    ", "\t")):
            continue
        rows = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in table.rows]
        rows.insert(1, "|" + "---|" * len(table.rows[0]))
        lines[table.start : table.end] = ["", *rows, ""]
    return "\n".join(lines)


def find_tables(lines: Sequence[str]) -> list[TextTable]:
    """The drawn tables, in order. Each is a run of lines without a blank line."""
    found: list[TextTable] = []
    for start, end in _blocks(lines):
        block = [line.translate(_FRAMES) for line in lines[start:end]]
        for read in (_with_pipes, _with_tabs, _with_rule, _with_spaces):
            own = [replace(one, start=start + one.start, end=start + one.end) for one in read(block)]
            if own:
                found += own
                break
    return found


def _blocks(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Runs of visible lines that a table may stand in."""
    numbered = groupby(range(len(lines)), key=lambda i: bool(lines[i].strip()) and len(lines[i]) <= WIDEST)
    for is_shown, numbers in numbered:
        run = list(numbers)
        if is_shown and FEWEST_ROWS <= len(run) <= MOST_ROWS:
            yield run[0], run[-1] + 1


def _with_pipes(block: Sequence[str]) -> Iterator[TextTable]:
    """Tables with a line of dashes below the header, or with a pipe at both ends of each row."""
    for start, end in _runs(block, lambda line: "|" in line or (_RULE.fullmatch(line) is not None and "+" in line)):
        run = block[start:end]
        rules = [i for i, line in enumerate(run) if _RULE.fullmatch(line)]
        rows = [_cells_of(line) for i, line in enumerate(run) if i not in rules]
        is_framed = all(line.strip()[0] in "|+" and line.strip()[-1] in "|+" for line in run)
        has_header = len(run) > 2 and any(0 < i < len(run) - 1 and _DELIMITER.fullmatch(run[i]) for i in rules[:2])
        widths = {len(row) for row in rows}
        if not rows or max(widths) < 2 or not (has_header or (is_framed and len(rows) >= FEWEST_ROWS)):
            continue
        if not has_header and len(widths) > 1:
            continue
        if len(rules) > 3:  # a rule below each row: a row may take several lines
            rows = _between(run, rules)
        is_markdown = not any(line.lstrip().startswith("+") for line in run) and has_header
        yield TextTable(start, end, rows, True if has_header or len(rules) > 1 else None, is_markdown)


def _cells_of(line: str) -> list[str]:
    shown = line.strip()
    shown = shown[1:] if shown.startswith("|") else shown
    shown = shown[:-1] if shown.endswith("|") and not shown.endswith("\\|") else shown
    return [cell.strip().replace("\\|", "|") for cell in _PIPE.split(shown)]


def _between(run: Sequence[str], rules: Sequence[int]) -> list[list[str]]:
    """The rows of a frame, each from all its lines."""
    rows: list[list[str]] = []
    for above, below in zip([-1, *rules], [*rules, len(run)], strict=True):
        parts = [_cells_of(line) for line in run[above + 1 : below]]
        if parts:
            width = max(map(len, parts))
            columns = [[part[i] for part in parts if i < len(part) and part[i]] for i in range(width)]
            rows.append([" ".join(column) for column in columns])
    return rows


def _with_tabs(block: Sequence[str]) -> Iterator[TextTable]:
    for start, end in _runs(block, lambda line: "\t" in line.strip()):
        rows = [[cell.strip() for cell in line.split("\t")] for line in block[start:end]]
        if len({len(row) for row in rows}) == 1 and _is_table(rows):
            yield TextTable(start, end, rows)


def _with_rule(block: Sequence[str]) -> Iterator[TextTable]:
    """Tables with a line of dashes for each column, below the header or above it: those of pandoc and of RST."""
    first = next((i for i, line in enumerate(block[:2]) if _COLUMN_RULE.fullmatch(line)), None)
    if first is None:
        return
    lines = [line.expandtabs() for line in block]
    starts = [0, *(match.start() for match in list(_DASHES.finditer(lines[first]))[1:])]
    rows = [
        [line[a:b].strip() for a, b in zip(starts, [*starts[1:], None], strict=True)]
        for line in lines
        if not _RULE.fullmatch(line)
    ]
    has_header = first == 1 or (len(lines) > 2 and _RULE.fullmatch(lines[2]) is not None)
    if len(rows) > 1 and all(sum(map(bool, row)) for row in rows):
        yield TextTable(0, len(block), rows, True if has_header else None)


def _with_spaces(block: Sequence[str]) -> Iterator[TextTable]:
    """Tables with two blank places between columns: as many columns in each row, or at the same place in all rows."""
    for start, end in _runs(block, lambda line: bool(_GAP.search(line.strip())) or bool(_RULE.fullmatch(line))):
        lines = [line.expandtabs() for line in block[start:end]]
        drawn = [line for line in lines if not _RULE.fullmatch(line)]
        rows = [_GAP.split(line.strip()) for line in drawn]
        if len({len(row) for row in rows}) > 1:
            columns = _columns(drawn)
            rows = [[line[a:b].strip() for a, b in columns] for line in drawn]
        if all(sum(map(bool, row)) > 1 for row in rows) and _is_table(rows):
            yield TextTable(start, end, rows)


def _columns(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Start and end of each column: the places between gaps of two blank places in all lines."""
    width = max(map(len, lines), default=0)
    is_used = [False] * width
    for line in lines:
        for i, character in enumerate(line):
            is_used[i] = is_used[i] or character != " "
    picture = "".join("x" if used else " " for used in is_used)
    return [match.span() for match in regex.finditer(r"x(?: ?x)*", picture)]


def _is_table(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the rows have a header and a column of values below it."""
    if len(rows) < FEWEST_ROWS or not header_rows(rows, None):
        return False
    below = list(zip(*rows[1:], strict=True))
    return any(2 * sum(map(is_value, column)) > len(column) for column in below)


def _runs(block: Sequence[str], may_be_row: Callable[[str], bool]) -> Iterator[tuple[int, int]]:
    for is_row, numbers in groupby(range(len(block)), key=lambda i: may_be_row(block[i])):
        run = list(numbers)
        if is_row and len(run) >= FEWEST_ROWS:
            yield run[0], run[-1] + 1
