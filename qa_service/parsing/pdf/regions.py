"""Splits a page into regions of one column each, in reading order.

A recursive X-Y cut (Nagy and Seth, "Hierarchical representation of optically scanned documents", 1984) over bands of
words: bands that share a gutter are split into columns; the other bands are read from top to bottom.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from qa_service.parsing.pdf.blocks import Table
from qa_service.parsing.pdf.words import Word

__all__ = ["Gap", "Item", "bands_of", "gaps_of", "intersection", "regions_of"]

Item = Word | Table
Gap = tuple[float, float]
_GUTTER = 0.65
"""Least width of a gutter, in heights of a line."""
_FEWEST_LINES = 3
"""Least number of lines on each side of a gutter."""
_FEWEST_NESTED = 6
"""The same within a column, where wide spaces of justified lines meet by chance."""
_NARROWEST = 5.0
"""Least width of a column, in heights of a line."""
_NARROWEST_CELL = 0.4
_MOST_OF = 0.7
_LEAST_BESIDE = 0.4
"""Share of the lines of the shorter column that have text beside them; a letter's sender and receiver have none."""
_DEEPEST = 8
_LONGEST_RUN = 500
_MOST_HEADING = 3
"""Lines of a heading."""


def regions_of(
    items: Sequence[Item],
    em: float,
    rtl: bool,
    is_table: Callable[[Sequence[Item]], bool],
    with_tables: Callable[[Sequence[Item]], Sequence[Item]],
    depth: int = 0,
    fewest: int = _FEWEST_LINES,
) -> list[list[Item]]:
    """The items by regions, in reading order. `em` is the usual height of a line.

    `is_table` says that items with a gutter are the rows of a table, which stay together. `with_tables` turns words
    that are tables for certain to tables.
    """
    items = with_tables(items)
    bands = bands_of(items)
    fewest = max(_FEWEST_LINES, min(fewest, round(_MOST_OF * len(bands))))
    found = _tallest_gutter(bands, em, fewest) if depth < _DEEPEST else None
    if found is None:
        return [list(items)] if items else []
    start, end, gutter = found
    end = _without_heading(bands, start, end, gutter)
    start = _after_heading(bands, start, end, gutter, em, rtl)
    above, inside, below = (
        [item for band in part for item in band] for part in (bands[:start], bands[start:end], bands[end:])
    )

    def rest(part: list[Item], fewest: int) -> list[list[Item]]:
        return regions_of(part, em, rtl, is_table, with_tables, depth + 1, fewest)

    if is_table(inside):
        middle = [inside]
    elif _parts(bands[start:end], gutter, em, _NARROWEST, fewest):
        sides = _sides(inside, gutter)
        middle = [region for side in (reversed(sides) if rtl else sides) for region in rest(side, _FEWEST_NESTED)]
    else:
        return [list(items)]
    return rest(above, fewest) + middle + rest(below, fewest)


def _tallest_gutter(bands: list[list[Item]], em: float, fewest: int) -> tuple[int, int, Gap] | None:
    """Start, end and gutter of the most bands that share a gutter: chance makes no tall ones."""
    edges = (
        min((item.x0 for band in bands for item in band), default=0.0),
        max((item.x1 for band in bands for item in band), default=0.0),
    )
    gaps = [[(low, high) for low, high in gaps_of(band) if high - low >= _GUTTER * em] for band in bands]
    best: tuple[int, int, Gap] | None = None
    for start in range(len(bands)):
        if best is not None and len(bands) - start <= best[1] - best[0]:
            break
        found = _gutter_from(bands, gaps, start, em, edges, fewest)
        if found is not None and (best is None or found[0] - start > best[1] - best[0]):
            best = start, *found
    return best


def bands_of(items: Sequence[Item]) -> list[list[Item]]:
    """The items by bands without vertical overlap, from top to bottom. Only the middle of a word's height counts."""
    cores = []
    for index, item in enumerate(items):
        top, bottom = item.top, item.bottom
        edge = 0.3 * (bottom - top) if isinstance(item, Word) else 0.0
        cores.append((top + edge, bottom - edge, index))
    cores.sort()
    bands: list[list[Item]] = []
    reach = float("-inf")
    for top, bottom, index in cores:
        if top > reach:
            bands.append([])
        bands[-1].append(items[index])
        reach = max(reach, bottom)
    return bands


def _middle(item: Item) -> float:
    return (item.x0 + item.x1) / 2


def _without_heading(bands: list[list[Item]], start: int, end: int, gutter: Gap) -> int:
    """The end of a run without a heading of what follows: lines on one side, after a gap, before a line over both."""
    if end == len(bands):
        return end
    steps = sorted(_top(after) - _top(before) for before, after in pairwise(bands[start:end]))
    for last in range(end - 1, max(start + 1, end - 1 - _MOST_HEADING), -1):
        if all(_sides(bands[last], gutter)):
            return end
        if _top(bands[last]) - _top(bands[last - 1]) > 1.35 * steps[len(steps) // 2]:
            return last
    return end


def _after_heading(bands: list[list[Item]], start: int, end: int, gutter: Gap, em: float, rtl: bool) -> int:
    """The start of a run without the lines of a heading above it that are shorter than the first column."""
    begin = start
    steps = sorted(
        _top(after) - _top(before) for before, after in zip(bands[start:end], bands[start + 1 : end], strict=False)
    )
    for index in range(start + 1, end):
        first, second = _sides(bands[index - 1], gutter)[:: -1 if rtl else 1]
        if second:
            break
        high = max(item.bottom - item.top for item in first)
        if high > 1.1 * em or _top(bands[index]) - _top(bands[index - 1]) > 1.35 * steps[len(steps) // 2]:
            begin = index
    return begin


def _top(band: list[Item]) -> float:
    return min(item.top for item in band)


def _sides(items: list[Item], gutter: Gap) -> list[list[Item]]:
    middle = (gutter[0] + gutter[1]) / 2
    return [[item for item in items if (_middle(item) < middle) is left] for left in (True, False)]


def _gutter_from(
    bands: list[list[Item]], gaps: list[list[Gap]], start: int, em: float, edges: Gap, fewest: int
) -> tuple[int, Gap] | None:
    """The end of the longest run of bands from `start` that share a gutter, and the widest such gutter."""
    free: list[Gap] = [(float("-inf"), float("inf"))]
    runs: list[list[Gap]] = []
    for gaps_here in gaps[start : start + _LONGEST_RUN]:
        free = intersection(free, gaps_here, _GUTTER * em)
        runs.append([gap for gap in free if gap[0] != float("-inf") and gap[1] != float("inf")])
        if not runs[-1] and free[0][1] < edges[0] + em and free[-1][0] > edges[1] - em:
            break  # a line over the whole width
    for count in range(len(runs), 1, -1):
        # A longer run with the same gaps was refused for its sides; a shorter one has less on each side.
        if count < len(runs) and runs[count - 1] == runs[count]:
            continue
        for gap in sorted(runs[count - 1], key=lambda gap: gap[0] - gap[1]):
            if _parts(bands[start : start + count], gap, em, _NARROWEST_CELL, fewest):
                return start + count, gap
    return None


def gaps_of(band: list[Item]) -> list[Gap]:
    """The free intervals of a band, from minus to plus infinity."""
    gaps = []
    reach = float("-inf")
    for item in sorted(band, key=lambda one: one.x0):
        if item.x0 > reach:
            gaps.append((reach, item.x0))
        reach = max(reach, item.x1)
    gaps.append((reach, float("inf")))
    return gaps


def intersection(one: list[Gap], other: list[Gap], least: float) -> list[Gap]:
    found = []
    i = j = 0
    while i < len(one) and j < len(other):
        low, high = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if high - low >= least:
            found.append((low, high))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return found


def _parts(bands: list[list[Item]], gap: Gap, em: float, narrowest: float, fewest: int) -> bool:
    """Whether a gap has enough text on both sides to part columns."""
    middle = (gap[0] + gap[1]) / 2
    counts = []
    for left in (True, False):
        lines = 0
        low, high = float("inf"), float("-inf")
        for band in bands:
            side = [item for item in band if (_middle(item) < middle) is left]
            lines += bool(side) + 2 * any(isinstance(item, Table) for item in side)
            for item in side:
                low, high = min(low, item.x0), max(high, item.x1)
        if lines < fewest or high - low < narrowest * em:
            return False
        counts.append(lines)
    sides = [{_middle(item) < middle for item in band} for band in bands]
    both = sum(len(side) == 2 for side in sides)
    # Where the lines of one column stand between those of the other, the bands change sides.
    changes = sum(len(one) == 1 == len(two) and one != two for one, two in pairwise(sides))
    return both + changes // 2 >= _LEAST_BESIDE * min(counts)
