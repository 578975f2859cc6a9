"""Paragraphs: the blocks that a sentence never crosses."""

from __future__ import annotations

from itertools import pairwise

import regex

from qa_service.text.basic.spaces import is_blank, strip_span

__all__ = ["LIST_ITEM", "paragraphs"]

NARROWEST_WRAP = 40
WIDEST_WRAP = 120
"""Columns to which prose is wrapped by hand, by mail programs or by text formatters."""

LIST_ITEM = regex.compile(r"[\p{Pd}*•·‣▪◦●○]\s|\(?(?:\p{N}{1,3}|\p{L})[.)]\s")
"""How an item of a list begins: a bullet or dash, or a number or letter with a stop or bracket."""

_ENDS_SENTENCE = regex.compile(r"[.!?…:؟۔।॥。！？][\p{Pe}\p{Pf}\p{Pi}\"']*$")
_CONTINUES = regex.compile(r"[\p{Ll}\p{Lo}]")
_FIRST_WORD = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]|\S+")


def paragraphs(text: str) -> list[tuple[int, int]]:
    """(start, end) of each paragraph, in code points, in order: they cover every character but white space.

    Each line that shows something is a paragraph, except where a block of lines is clearly prose that was hard-wrapped:
    its widest line has 40 to 120 columns; at least half of its line breaks stand where a formatter that fills lines had
    to break, the next word not fitting into the widest line; and one of these is in mid-sentence (no full stop before,
    a letter that is no capital after). In such a block only the other breaks, and those before a list item, end a
    paragraph.
    """
    joined: list[tuple[int, int]] = []
    for block in _blocks(text):
        joined += _paragraphs_of(text, block)
    if not joined:
        return []
    # What doesn't show (a zero-width space on a line of its own) belongs to the paragraph before it.
    starts = [strip_span(text, 0, len(text))[0], *(start for start, _ in joined[1:])]
    return [strip_span(text, start, end) for start, end in pairwise([*starts, len(text)])]


def _blocks(text: str) -> list[list[tuple[int, int]]]:
    """Runs of lines that show something, each line stripped."""
    blocks: list[list[tuple[int, int]]] = [[]]
    position = 0
    for line in text.splitlines(keepends=True):
        start, end = strip_span(text, position, position + len(line))
        position += len(line)
        if not is_blank(line):
            blocks[-1].append((start, end))
        elif blocks[-1]:
            blocks.append([])
    return blocks


def _paragraphs_of(text: str, lines: list[tuple[int, int]]) -> list[tuple[int, int]]:
    width = max((end - start for start, end in lines), default=0)
    if len(lines) < 2 or not NARROWEST_WRAP <= width <= WIDEST_WRAP:
        return lines
    soft = [_is_soft(text, before, after, width) for before, after in pairwise(lines)]
    middle = [s and _is_mid_sentence(text, *pair) for s, pair in zip(soft, pairwise(lines), strict=True)]
    if 2 * sum(soft) < len(soft) or not any(middle):
        return lines
    joined = [lines[0]]
    for is_soft, (start, end) in zip(soft, lines[1:], strict=True):
        if is_soft:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _is_soft(text: str, before: tuple[int, int], after: tuple[int, int], width: int) -> bool:
    if LIST_ITEM.match(text, *after):
        return False
    word = _FIRST_WORD.match(text, *after)
    return word is not None and before[1] - before[0] + 1 + len(word[0]) > width


def _is_mid_sentence(text: str, before: tuple[int, int], after: tuple[int, int]) -> bool:
    return not _ENDS_SENTENCE.search(text, *before) and _CONTINUES.match(text, *after) is not None
