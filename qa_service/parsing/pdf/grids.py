"""Tables: the cells of ruled grids, and of columns that are clearly aligned."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import regex

from qa_service.parsing.pdf.blocks import Table
from qa_service.parsing.pdf.lines import line_of, lines_of, usual_height
from qa_service.parsing.pdf.regions import Gap, Item, bands_of, gaps_of, intersection
from qa_service.parsing.pdf.rules import Grid
from qa_service.parsing.pdf.words import Word

__all__ = ["aligned_table", "is_aligned_table", "ruled_table", "with_aligned_tables"]

_GUTTER = 0.8
_FEWEST_ROWS = 3
_SAME_PLACE = 0.25
"""Cells whose edges differ by less, in heights, are aligned."""
_PROSE_WORDS = 3.5
"""Words in a line of a column from which it may be prose."""
_PROSE_FILL = 0.7
_FULL = 0.85
"""Share of a column that lines of flowing text fill."""
_PROSE_LOWER = 0.35
_FIGURE = regex.compile(r"[\p{Sc}+−–(<>~-]*\d")
_MARKER = regex.compile(r"[•‣◦▪●○■–—*·-]|\(?\p{L}?\d{0,3}[.)]?(?:\d{1,2}[.)]?){0,3}|\[\d+\]|\(?[ivxlc]+[.)]")


def ruled_table(grid: Grid, words: Sequence[Word], em: float) -> Table | None:
    """The table of a ruled grid; None if its cells are empty, or hold one column of text."""
    cells: dict[tuple[int, int], list[Word]] = {}
    for word in words:
        row = _interval(grid.rows, word.middle)
        column = _interval(grid.columns, (word.x0 + word.x1) / 2)
        cells.setdefault((row, column), []).append(word)
    if len({column for _, column in cells}) < 2 or len({row for row, _ in cells}) < 2:
        return None
    rows = [
        [_cell(cells.get((row, column), []), em) for column in range(len(grid.columns) - 1)]
        for row in range(len(grid.rows) - 1)
    ]
    return Table(*grid.box, rows=_without_empty_columns(rows))


def is_aligned_table(items: Sequence[Item], em: float) -> bool:
    """Whether items with a common gutter are rows of a table, not columns of prose."""
    if any(isinstance(item, Table) for item in items):
        return False
    bands, gutters = _aligned(items, em)
    if not gutters:
        return False
    rows = [_row(band, gutters) for band in bands]
    full = [rows[index] for index in _table_rows(rows, em)]
    if len(full) < _FEWEST_ROWS:
        return False
    if not all(_is_aligned([row[column] for row in full if row[column]], em) for column in range(len(gutters) + 1)):
        return False
    columns = list(zip(*rows, strict=True))
    filled = [sum(map(bool, column)) for column in columns]
    if len(full) < 0.6 * sorted(filled)[-2]:
        return False
    if all(_MARKER.fullmatch(line_of(cell).text) for cell in columns[0] if cell):
        numbers = sum(line_of(cell).text.rstrip(".)").isdigit() for cell in columns[0] if cell)
        if len(columns) < 3 or not numbers:
            return False
    cells = [cell for row in full for cell in row if cell]
    if _lower_share(cells) > _PROSE_LOWER and (sum(map(len, cells)) > 1.5 * len(cells) or len(full) < 5):
        return False
    prose = [_is_prose([cell for cell in column if cell]) for column in columns]
    if sum(prose) > 1:
        return False
    if len(columns) == 2 and any(prose):
        # Labels with what they stand for, a line each.
        return not prose[0] and len(full) == len(rows) and _fill(columns[1]) < _FULL
    return not any(prose) or len(full) > 0.5 * len(rows)


def with_aligned_tables(items: Sequence[Item], em: float) -> list[Item]:
    """The items, with a table for each group of three or more rows that share three or more columns."""
    bands = bands_of(items)
    result: list[Item] = []
    start = 0
    while start < len(bands):
        end = _end_of_rows(bands, start, em)
        inside = [item for band in bands[start:end] for item in band]
        if end - start >= _FEWEST_ROWS and is_aligned_table(inside, em) and _has_figures(inside, em):
            for part in aligned_table(inside, em):
                result += [part] if isinstance(part, Table) else part
            start = end
        else:
            # A table may begin further down. Few starts are tried, since a page of columns has many bands.
            after = start + max(1, (end - start) // 4)
            result += [item for band in bands[start:after] for item in band]
            start = after
    return result


def _has_figures(items: Sequence[Item], em: float) -> bool:
    """Whether a column after the first is mostly numbers, or all columns are far apart."""
    bands, gutters = _aligned(items, em)
    rows = [_row(band, gutters) for band in bands]
    for column in range(1, len(gutters) + 1):
        cells = [row[column] for row in rows if row[column]]
        if sum(_FIGURE.match(min(cell, key=lambda w: w.x0).text) is not None for cell in cells) >= 0.6 * len(cells):
            return True
    return len(_aligned(items, 2 * em)[1]) == len(gutters)


def _end_of_rows(bands: Sequence[list[Item]], start: int, em: float) -> int:
    """The end of the bands from `start` that share at least two gutters; `start` if the first has fewer."""
    free: list[Gap] = [(float("-inf"), float("inf"))]
    for end in range(start, len(bands)):
        free = intersection(free, gaps_of(bands[end]), _GUTTER * em)
        if sum(low != float("-inf") and high != float("inf") for low, high in free) < 2:
            return end
    return len(bands)


def aligned_table(items: Sequence[Item], em: float) -> list[Table | list[Word]]:
    """The rows of an aligned table, with the lines of text above and below it."""
    words = [item for item in items if isinstance(item, Word)]
    bands, gutters = _aligned(words, em)
    rows = [_row(band, gutters) for band in bands]
    full = _table_rows(rows, em)
    above = [word for band in bands[: full[0]] for word in _words(band)]
    below = [word for band in bands[full[-1] + 1 :] for word in _words(band)]
    inside = [word for band in bands[full[0] : full[-1] + 1] for word in _words(band)]
    cells: list[list[str]] = []
    for row in rows[full[0] : full[-1] + 1]:
        texts = [line_of(cell).text if cell else "" for cell in row]
        if cells and not texts[0] and sum(map(bool, texts)) * 2 <= len(texts):
            cells[-1] = [f"{old} {new}".strip() for old, new in zip(cells[-1], texts, strict=True)]  # a wrapped cell
        else:
            cells.append(texts)
    table = Table(
        min(word.x0 for word in inside), min(word.top for word in inside),
        max(word.x1 for word in inside), max(word.bottom for word in inside), cells,
    )  # fmt: skip
    return [part for part in (above, table, below) if part]


def _aligned(items: Sequence[Item], em: float) -> tuple[list[list[Item]], list[float]]:
    """The bands, and the middle of each gutter that they share."""
    bands = bands_of(items)
    free: list[Gap] = [(float("-inf"), float("inf"))]
    for band in bands:
        free = intersection(free, gaps_of(band), _GUTTER * em)
    return bands, [(low + high) / 2 for low, high in free if low != float("-inf") and high != float("inf")]


def _table_rows(rows: Sequence[list[list[Word]]], em: float) -> list[int]:
    """The indices of the rows of several cells, without lines of prose above or below that happen to have gaps."""
    full = [index for index, row in enumerate(rows) if sum(map(bool, row)) > 1]
    places = [
        [
            _places([row[column] for index, row in enumerate(rows) if index in full and row[column]], edge)
            for edge in range(3)
        ]
        for column in range(len(rows[0]) if rows else 0)
    ]

    def fits(index: int) -> bool:
        if _lower_share([cell for cell in rows[index] if cell]) > 0.5:
            return False
        cells = [
            any(abs(place - places[column][edge]) < 0.5 * em for edge, place in enumerate(_edges_of(cell)))
            for column, cell in enumerate(rows[index])
            if cell
        ]
        return 2 * sum(cells) > len(cells) or all(word.bold for cell in rows[index] for word in cell)

    while full and not fits(full[0]):
        full = full[1:]
    while full and not fits(full[-1]):
        full = full[:-1]
    return full if 3 * sum(map(fits, full)) >= 2 * len(full) else []


def _is_aligned(cells: Sequence[Sequence[Word]], em: float) -> bool:
    """Whether nearly all cells of a column share their left edge, right edge or middle. The heading may differ."""
    for edge in range(3):
        places = [_edges_of(cell)[edge] for cell in cells]
        middle = statistics.median(places) if places else 0.0
        away = sum(abs(place - middle) > _SAME_PLACE * em for place in places)
        if away <= max(1 if len(places) > _FEWEST_ROWS else 0, 0.15 * len(places)):
            return True
    return False


def _edges_of(cell: Sequence[Word]) -> tuple[float, float, float]:
    left, right = min(word.x0 for word in cell), max(word.x1 for word in cell)
    return left, right, (left + right) / 2


def _places(cells: Sequence[Sequence[Word]], edge: int) -> float:
    """The median place of an edge of the cells: left, right or middle."""
    return statistics.median(_edges_of(cell)[edge] for cell in cells) if cells else 0.0


def _row(band: Sequence[Item], gutters: Sequence[float]) -> list[list[Word]]:
    row: list[list[Word]] = [[] for _ in range(len(gutters) + 1)]
    for word in _words(band):
        row[sum(gutter < (word.x0 + word.x1) / 2 for gutter in gutters)].append(word)
    return row


def _words(band: Sequence[Item]) -> list[Word]:
    return [item for item in band if isinstance(item, Word)]


def _is_prose(cells: Sequence[Sequence[Word]]) -> bool:
    """Whether the lines of a column are of several words, and mostly full or in the middle of a sentence."""
    words = sum(map(len, cells)) / len(cells)
    return (words >= 2 and _lower_share(cells) >= _PROSE_LOWER) or (
        _fill(cells) >= _PROSE_FILL and words >= _PROSE_WORDS
    )


def _fill(cells: Sequence[Sequence[Word]]) -> float:
    """The share of a column's width that its cells fill."""
    edges = [(min(word.x0 for word in cell), max(word.x1 for word in cell)) for cell in cells]
    width = max(right for _, right in edges) - min(left for left, _ in edges)
    return sum(right - left for left, right in edges) / len(edges) / max(width, 1.0)


def _lower_share(cells: Sequence[Sequence[Word]]) -> float:
    """The share of cells that begin with a small letter, as lines of prose do, unlike most cells of a table."""
    return sum(min(cell, key=lambda word: word.x0).text[:1].islower() for cell in cells) / len(cells)


def _cell(words: Sequence[Word], em: float) -> str:
    return " ".join(line.text for line in lines_of(words, usual_height(words) if words else em))


def _interval(edges: Sequence[float], value: float) -> int:
    return min(max(sum(edge <= value for edge in edges) - 1, 0), len(edges) - 2)


def _without_empty_columns(rows: list[list[str]]) -> list[list[str]]:
    kept = [column for column in zip(*(row for row in rows if any(row)), strict=True) if any(column)]
    return [list(row) for row in zip(*kept, strict=True)]
