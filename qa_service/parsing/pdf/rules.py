"""Drawn lines of a page: the grids of ruled tables, and boxes around text."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

__all__ = ["Box", "Grid", "drawn_boxes", "grids_of"]

MOST_OBJECTS = 20_000
"""Objects of a page that are looked at. A map or a plot has more, and no table."""
MOST_LINES = 3_000
_THIN = 3.0
"""Greatest width of a drawn line, in points."""
_NEAR = 3.0
"""Lines that end within this distance touch."""
_SHORTEST = 6.0


class Box(NamedTuple):
    """A drawn line, which is a thin box, or a drawn rectangle."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def holds(self, x: float, y: float) -> bool:
        return self.x0 - 1 <= x <= self.x1 + 1 and self.top - 1 <= y <= self.bottom + 1


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table, or a box if it has a single cell: its edges in ascending order."""

    box: Box
    rows: tuple[float, ...]
    columns: tuple[float, ...]

    @property
    def is_table(self) -> bool:
        return len(self.rows) > 2 and len(self.columns) > 2


def drawn_boxes(page: pdfium.PdfPage) -> list[Box]:
    """The boxes of the drawn paths of a page, from its upper left corner."""
    left, _, _, top = page.get_bbox()
    edges = [ctypes.c_float() for _ in range(4)]
    pointers = [ctypes.byref(edge) for edge in edges]
    found = set()
    for index in range(min(raw.FPDFPage_CountObjects(page.raw), MOST_OBJECTS)):
        item = raw.FPDFPage_GetObject(page.raw, index)
        if raw.FPDFPageObj_GetType(item) != raw.FPDF_PAGEOBJ_PATH or not raw.FPDFPageObj_GetBounds(item, *pointers):
            continue
        x0, y0, x1, y1 = (edge.value for edge in edges)
        found.add(Box(round(x0 - left, 1), round(top - y1, 1), round(x1 - left, 1), round(top - y0, 1)))
    return sorted(found)


def grids_of(boxes: Sequence[Box], page_width: float, page_height: float) -> list[Grid]:
    """Groups of touching lines that enclose something. The page's own background is none."""
    lines = []
    for box in boxes:
        if box.width > 0.95 * page_width and box.height > 0.8 * page_height:
            continue
        if (box.height <= _THIN and box.width >= _SHORTEST) or (box.width <= _THIN and box.height >= _SHORTEST):
            lines.append(box)
        elif box.width > _THIN and box.height > _SHORTEST:
            lines += [
                Box(box.x0, box.top, box.x1, box.top),
                Box(box.x0, box.bottom, box.x1, box.bottom),
                Box(box.x0, box.top, box.x0, box.bottom),
                Box(box.x1, box.top, box.x1, box.bottom),
            ]
    if len(lines) > MOST_LINES:
        return []
    grids = []
    for group in _touching(lines):
        rows = _edges([line.top for line in group if line.width > line.height])
        columns = _edges([line.x0 for line in group if line.height > line.width])
        if len(rows) > 1 and len(columns) > 1:
            grids.append(Grid(Box(columns[0], rows[0], columns[-1], rows[-1]), rows, columns))
    return grids


def _touching(lines: list[Box]) -> list[list[Box]]:
    """The lines in groups, each connected."""
    owner = list(range(len(lines)))

    def root(index: int) -> int:
        while owner[index] != index:
            owner[index] = owner[owner[index]]
            index = owner[index]
        return index

    order = sorted(range(len(lines)), key=lambda index: lines[index].top)
    open_lines: list[int] = []
    for index in order:
        line = lines[index]
        open_lines = [other for other in open_lines if lines[other].bottom >= line.top - _NEAR]
        for other in open_lines:
            if lines[other].x0 <= line.x1 + _NEAR and line.x0 <= lines[other].x1 + _NEAR:
                owner[root(index)] = root(other)
        open_lines.append(index)
    groups: dict[int, list[Box]] = {}
    for index in order:
        groups.setdefault(root(index), []).append(lines[index])
    return list(groups.values())


def _edges(values: list[float]) -> tuple[float, ...]:
    """The distinct values in ascending order; values within `_NEAR` are equal."""
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > _NEAR:
            edges.append(value)
    return tuple(edges)
