"""Reads two columns of plain text that stand side by side, as `pdftotext -layout` writes them, one after the other.

A table looks alike, so the evidence must be strong: a gutter of two spaces at one place in many lines, and in both
columns prose, whose lines mostly go on in small letters.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import regex

from qa_service.parsing.cleaning.traced import Lines

__all__ = ["read_columns"]

FEWEST_ROWS = 5
"""Minimum lines with text in both columns."""
ALIGNED = 0.7
"""Minimum share of these in which the right column begins at the same place."""
BOTH = 0.6
"""Minimum share of them among the visible lines of the region."""
GOING_ON = 0.35
"""Minimum share of a column's lines that begin with a small letter, or in a script without capitals."""
WORDS = 3.0
"""Minimum words of a column's line on average."""
CANDIDATES = 3
WIDEST = 400
"""A longer line is no row of columns."""

_START = regex.compile(r"(?<=\S {2,})\S")
_GOES_ON = regex.compile(r"[\p{Pi}\p{Ps}\"']?[\p{Ll}\p{Lo}]")


class _Region(NamedTuple):
    start: int
    end: int
    gutter: int
    """Where the right column begins."""


def read_columns(lines: Lines) -> Lines:
    """Two columns that stand side by side are read one after the other."""
    shown = [line.expandtabs() if "\t" in line else line for line in lines.texts]
    regions = _regions(shown)
    if not regions:
        return lines
    texts: list[str] = []
    origins: list[int] = []
    changed: set[int] = set()
    done = 0
    for region in regions:
        rows = range(region.start, region.end)
        texts += lines.texts[done : region.start]
        origins += range(done, region.start)
        for column in (slice(None, region.gutter - 1), slice(region.gutter - 1, None)):
            texts += [shown[i][column].strip() for i in rows]
            origins += rows
        changed.update(rows)
        done = region.end
    texts += lines.texts[done:]
    origins += range(done, len(lines.texts))
    return lines.arranged(texts, origins, dict.fromkeys(changed, read_columns.__doc__ or ""))


def _regions(shown: list[str]) -> list[_Region]:
    starts = {
        i: {m.start() for m in _START.finditer(line)}
        for i, line in enumerate(shown)
        if "  " in line and len(line) <= WIDEST
    }
    gutters = Counter(at for own in starts.values() for at in own)
    found: list[_Region] = []
    for gutter, rows in sorted(gutters.most_common(CANDIDATES)):
        if rows < FEWEST_ROWS:
            continue
        for start, end in _runs(shown, gutter):
            taken = any(start < region.end and region.start < end for region in found)
            if not taken and _is_prose(shown[start:end], gutter):
                found.append(_Region(start, end, gutter))
    return sorted(found)


def _runs(shown: list[str], gutter: int) -> list[tuple[int, int]]:
    """Runs of rows with an empty gutter, from the first to the last row with text in both columns.

    Rows with text in one column follow if no blank line stands between.
    """
    runs: list[tuple[int, int]] = []
    first: int | None = None
    end = 0
    adjacent = False
    for i, line in enumerate([*shown, "x" * (gutter + 1)]):
        if len(line) > WIDEST or line[gutter - 2 : gutter].strip():  # text crosses the gutter
            if first is not None:
                runs.append((first, end))
            first, adjacent = None, False
        elif line[:gutter].strip() and line[gutter:].strip():
            first = i if first is None else first
            end, adjacent = i + 1, True
        elif not line.strip():
            adjacent = False
        elif first is not None and adjacent:
            end = i + 1
    return runs


def _is_prose(rows: list[str], gutter: int) -> bool:
    visible = [row for row in rows if row.strip()]
    both = [row for row in visible if row[:gutter].strip() and row[gutter:].strip()]
    if len(both) < max(FEWEST_ROWS, BOTH * len(visible)):
        return False
    if sum(not row[gutter].isspace() for row in both) < ALIGNED * len(both):
        return False
    columns = [[row[:gutter].strip() for row in both], [row[gutter:].strip() for row in both]]
    return all(
        sum(_GOES_ON.match(cell) is not None for cell in cells) >= GOING_ON * len(cells)
        and sum(len(cell.split()) for cell in cells) >= WORDS * len(cells)
        for cells in columns
    )
