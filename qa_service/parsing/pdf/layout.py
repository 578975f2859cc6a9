"""A page to blocks in reading order."""

from __future__ import annotations

from collections.abc import Sequence

from qa_service.parsing.markup.tables import table_text
from qa_service.parsing.pdf.blocks import Block, Table
from qa_service.parsing.pdf.grids import aligned_table, is_aligned_table, ruled_table, with_aligned_tables
from qa_service.parsing.pdf.lines import lines_of, usual_height
from qa_service.parsing.pdf.paragraphs import paragraphs_of
from qa_service.parsing.pdf.regions import Item, regions_of
from qa_service.parsing.pdf.rules import Box, Grid, grids_of
from qa_service.parsing.pdf.words import Word

__all__ = ["page_blocks"]

_LARGEST_BOX = 0.5
"""Share of a page's words from which a frame is the page's own, not a box beside the text."""


def page_blocks(words: Sequence[Word], boxes: Sequence[Box], page: int, width: float, height: float) -> list[Block]:
    """The blocks of a page. `boxes` are its drawn lines; `page` is its 1-based number."""
    usual = usual_height(words)
    rtl = sum(len(word.text) for word in words if word.rtl) * 2 > sum(len(word.text) for word in words)
    items: list[Item] = []
    asides: list[tuple[Box, list[Block]]] = []
    waiting = list(words)
    for grid in sorted(grids_of(boxes, width, height), key=lambda one: one.box.width * one.box.height):
        inside = [word for word in waiting if grid.box.holds((word.x0 + word.x1) / 2, word.middle)]
        if len(inside) < 2:
            continue
        table = ruled_table(grid, inside, usual) if grid.is_table else None
        if table is not None:
            items.append(table)
        elif _is_box(grid, inside, len(words), width):
            blocks = _blocks(list(inside), page, usual_height(inside), rtl)
            for block in blocks:
                block.kind = "table" if block.kind == "table" else "aside"
                block.open_end = False  # a box is complete
            asides.append((grid.box, blocks))
        else:
            continue
        taken = set(map(id, inside))
        waiting = [word for word in waiting if id(word) not in taken]
    regions = _regions([*items, *waiting], usual, rtl)
    parts = [(_reach(region), _region_blocks(region, page, usual)) for region in regions]
    for box, blocks in sorted(asides, key=lambda one: one[0].top):
        parts.insert(_beside(box, [reach for reach, _ in parts]) + 1, (box, blocks))
    return [block for _, blocks in parts for block in blocks]


def _blocks(items: list[Item], page: int, usual: float, rtl: bool) -> list[Block]:
    regions = _regions(items, usual, rtl)
    return [block for region in regions for block in _region_blocks(region, page, usual)]


def _regions(items: Sequence[Item], usual: float, rtl: bool) -> list[list[Item]]:
    return regions_of(
        items, usual, rtl, lambda part: is_aligned_table(part, usual), lambda part: with_aligned_tables(part, usual)
    )


def _region_blocks(region: Sequence[Item], page: int, usual: float) -> list[Block]:
    """The blocks of a region of one column, or of an aligned table."""
    if is_aligned_table(region, usual):
        blocks = []
        for part in aligned_table(region, usual):
            blocks += [_table(part, page)] if isinstance(part, Table) else _text(part, page, usual)
        return blocks
    blocks = []
    words = sorted((item for item in region if isinstance(item, Word)), key=lambda word: word.middle)
    for table in sorted((item for item in region if isinstance(item, Table)), key=lambda item: item.top):
        blocks += _text([word for word in words if word.middle < table.top], page, usual)
        words = [word for word in words if word.middle >= table.top]
        blocks.append(_table(table, page))
    return blocks + _text(words, page, usual)


def _text(words: Sequence[Word], page: int, usual: float) -> list[Block]:
    return paragraphs_of(lines_of(words, usual), page, usual)


def _table(table: Table, page: int) -> Block:
    return Block(table_text(table.rows), page, top=table.top, kind="table")


def _is_box(grid: Grid, inside: Sequence[Word], on_page: int, width: float) -> bool:
    """Whether a frame holds a text of its own: not a link's frame or a mark behind a few words, not the whole page."""
    lines = grid.box.height / usual_height(inside)
    return lines > 2.5 and len(inside) > 5 and len(inside) < _LARGEST_BOX * on_page and grid.box.width < 0.9 * width


def _reach(region: Sequence[Item]) -> Box:
    return Box(
        min(item.x0 for item in region), min(item.top for item in region),
        max(item.x1 for item in region), max(item.bottom for item in region),
    )  # fmt: skip


def _beside(box: Box, regions: Sequence[Box]) -> int:
    """The index of the region that a box stands in or beside; -1 if it stands above all."""
    shared = [min(box.bottom, one.bottom) - max(box.top, one.top) for one in regions]
    beside = [index for index, overlap in enumerate(shared) if overlap > 0]
    if beside:
        return max(beside, key=lambda index: (shared[index], -abs(regions[index].x0 - box.x0)))
    return max((index for index, one in enumerate(regions) if one.bottom <= box.top), default=-1)
