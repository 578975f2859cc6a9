"""Lines of a column to paragraphs, headings and list items."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from itertools import pairwise

import regex

from qa_service.parsing.cleaning.lines import ends_with_stop
from qa_service.parsing.pdf.blocks import Block, Line

__all__ = ["REST", "join_text", "paragraphs_of"]

REST = "\ue000"
"""Stands after the rest of a word that a line end splits, until `joining` has joined it."""

_BULLET = regex.compile(r"[•‣◦▪●○■∙*–—·o-](?=\s)\s*")
_NUMBERED = regex.compile(r"(?:\(?\d{1,3}[.)]|\(\p{Ll}{1,3}\)|\p{Ll}\))\s+\S")
_HYPHEN = regex.compile(r"(?<=[\p{L}\p{M}\d])[\-\u00ad\u2010]$")
_UNSPACED = regex.compile(r"[\U000f0000-\U000ffffd]?[\p{Han}\p{Hiragana}\p{Katakana}\u3000-\u303f\uff00-\uffef]")
_INDENT = 0.7
"""Least indent of a first line, in heights."""
_PITCH = 1.3
"""A line that is this many times further down than usual begins a paragraph."""
_SIZE = 0.1
_SHORT = 0.75
_ROW_GAP = 2.0
"""A gap in a line, in heights, from which the line is a row of a list or table."""
SMALL = 0.93
"""Text below this share of the page's usual size is a caption or a footnote."""


def paragraphs_of(lines: Sequence[Line], page: int, usual: float) -> list[Block]:
    """The blocks of a column. `usual` is the page's usual line height."""
    groups: list[list[Line]] = []
    pitch = _pitch(lines)
    edge = _justified_edge(lines)
    for index, line in enumerate(lines):
        if groups and not _begins(lines, index, groups[-1], pitch, usual, edge):
            groups[-1].append(line)
        else:
            groups.append([line])
    left = _left(lines)
    right = max((line.x1 for line in lines), default=0.0)
    return [_block(group, page, usual, left, right) for group in groups]


def join_text(before: str, after: str) -> str:
    """Two pieces of a paragraph as one. A line end stays after a hyphen, for `joining`."""
    if not before or not after:
        return before + after
    if _HYPHEN.search(before):
        rest, _, others = after.partition(" ")
        return f"{before}\n{rest}{REST} {others}"
    if _UNSPACED.match(before[-1]) and _UNSPACED.match(after):
        return before + after
    return f"{before} {after}"


def _block(lines: list[Line], page: int, usual: float, left: float, right: float) -> Block:
    text = ""
    for line in lines:
        text = join_text(text, line.text)
    size = statistics.median(line.size for line in lines)
    bold = all(line.bold for line in lines)
    first, last = lines[0], lines[-1]
    kind = "text"
    bullet = _BULLET.match(text)
    if bullet or _NUMBERED.match(text):
        kind = "item"
        text = "- " + text[bullet.end() :] if bullet else text
    elif size < SMALL * usual:
        kind = "aside"
    elif size > (1 + _SIZE) * usual or (bold and len(lines) <= 3 and not ends_with_stop(text)):
        kind = "heading"
    ends = ends_with_stop(text) or text.endswith(":")
    return Block(
        text, page, size, bold, first.top, kind,
        open_end=kind != "heading" and not ends,
        room=0.0 if _HYPHEN.search(text) else (last.x0 - left if last.rtl else right - last.x1),
        first_width=first.first_width,
        indented=not first.rtl and first.x0 > left + _INDENT * size,
        lines=len(lines),
    )  # fmt: skip


def _begins(
    lines: Sequence[Line], index: int, group: list[Line], pitch: float, usual: float, edge: float | None
) -> bool:
    """Whether a line begins a paragraph."""
    before, line = lines[index - 1], lines[index]
    size = before.size
    near = lines[max(0, index - 3) : index + 4]
    stop = ends_with_stop(before.text) or before.text.endswith(":")
    fits = _fits(before, line, near)
    if _is_row(before, edge) or _is_row(line, edge):
        return True
    if line.x0 > before.x1 or line.x1 < before.x0:
        return True  # lines of a paragraph share their left or right edge
    if line.bottom - before.bottom > _PITCH * max(pitch, size if size > 1.1 * usual else 0.0):
        return True
    difference = abs(line.size - size) / size
    if difference > _SIZE and (difference > 2 * _SIZE or max(size, line.size) > 1.1 * usual or stop or fits):
        return True  # else a line in another font in the middle of a sentence
    if size > 1.15 * usual:
        return False  # the lines of a headline
    if _HYPHEN.search(before.text):
        return False
    if _BULLET.match(line.text) or (_NUMBERED.match(line.text) and ends_with_stop(before.text)):
        return True
    if stop and edge is not None and abs((before.x0 if before.rtl else before.x1) - edge) > 0.15 * size:
        return True
    if before.bold != line.bold and (fits or stop or (_all_bold(before) and not _any_bold(line))):
        return True
    if fits and (stop or (_starts_new(line.text) and _width(before) < _SHORT * _width_of(near))):
        return True
    indent = before.x1 - line.x1 if line.rtl or before.rtl else line.x0 - before.x0
    if indent > _INDENT * size:
        after = lines[index + 1] if index + 1 < len(lines) else None
        back = after is None or (line.x1 - after.x1 if line.rtl else after.x0 - line.x0) < -0.5 * size
        marked = _NUMBERED.match(group[0].text) or _BULLET.match(group[0].text)
        return (stop and not marked) or (back and not marked and len(group) > 1)
    # The first line of the next item of a list with hanging indent, such as references.
    return indent < -_INDENT * size and len(group) > 1 and stop


def _fits(before: Line, line: Line, near: Sequence[Line]) -> bool:
    """Whether the line's first word had room on the line before, so that the break was wanted."""
    if line.rtl:
        return before.x0 - line.first_width > min(one.x0 for one in near)
    return before.x1 + line.first_width < max(one.x1 for one in near) - 0.1 * line.size


def _all_bold(line: Line) -> bool:
    return all(word.bold for word in line.words)


def _any_bold(line: Line) -> bool:
    return any(word.bold for word in line.words)


def _starts_new(text: str) -> bool:
    return not text[:1].islower()


def _width(line: Line) -> float:
    return line.x1 - line.x0


def _width_of(lines: Sequence[Line]) -> float:
    return max(line.x1 for line in lines) - min(line.x0 for line in lines)


def _is_row(line: Line, edge: float | None) -> bool:
    """Whether a line has wide gaps that are not the stretched spaces of a justified line."""
    if edge is not None and abs((line.x0 if line.rtl else line.x1) - edge) <= 1:
        return False
    gaps = (
        (before.x0 - word.x1 if line.rtl else word.x0 - before.x1, index)
        for index, (before, word) in enumerate(zip(line.words, line.words[1:], strict=False))
    )
    return any(gap > _ROW_GAP * line.size and not (index == 0 and _marker(line)) for gap, index in gaps)


def _marker(line: Line) -> bool:
    return len(line.words[0].text) <= 4 and bool(_BULLET.match(line.text) or _NUMBERED.match(line.text))


def _justified_edge(lines: Sequence[Line]) -> float | None:
    """The edge that most lines reach exactly, because the text is justified; else None."""
    if len(lines) < 4:
        return None
    ends = [round(line.x0 if line.rtl else line.x1) for line in lines]
    edge = statistics.mode(ends)
    return float(edge) if sum(abs(end - edge) <= 1 for end in ends) >= 0.6 * len(ends) else None


def _pitch(lines: Sequence[Line]) -> float:
    """The usual distance of two lines: the median of those that are no gap between blocks."""
    steps = [
        after.bottom - before.bottom
        for before, after in pairwise(lines)
        if abs(after.size - before.size) <= _SIZE * before.size
    ]
    steps = [step for step, line in zip(steps, lines, strict=False) if 0 < step < 2.2 * line.size]
    if not steps:
        return statistics.median(line.size for line in lines) * 1.2 if lines else 0.0
    steps.sort()
    return steps[(len(steps) - 1) // 3]


def _left(lines: Sequence[Line]) -> float:
    """The left edge that most lines share."""
    if not lines:
        return 0.0
    return statistics.mode(round(line.x0 / 2) * 2.0 for line in lines)
