"""Splits a text into paragraphs, which no sentence crosses."""

from __future__ import annotations

from itertools import pairwise

import regex

from qa_service.text.basic.spaces import is_blank, strip_span

__all__ = ["LIST_ITEM", "TIME_STAMP", "paragraphs"]

NARROWEST_WRAP = 24
WIDEST_WRAP = 120
NARROW = 40
"""Line widths of hard-wrapped prose, in columns. A narrow text can be verse."""
SOFT = 0.5
SOFT_IF_NARROW = 0.8
"""Minimum share of soft line breaks in a wrapped block."""

LIST_ITEM = regex.compile(r"[\p{Pd}*•·‣▪◦●○]\s|\(?(?:\p{N}{1,3}|\p{L})[.)]\s")
"""The mark of a list item: a bullet or dash, or a number or letter with a stop or bracket."""

_TIME = r"(?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?"
TIME_STAMP = regex.compile(rf"\[{_TIME}\]|\({_TIME}\)|\d{{1,2}}:\d{{2}}:\d{{2}}(?:[.,]\d{{1,3}})?(?=\s|$)|>>(?=\s)")
"""The time of a line in a transcript, or the mark of the next speaker in subtitles."""
_SPEAKER = regex.compile(r"(?:\p{Lu}[\p{L}\p{M}.'’-]*\s?){1,3}(?:\p{N}{1,2}\s?)?:\s")

_SPLIT_WORD = regex.compile(r"\p{L}[-\u2010\u00ad]$")
_ENDS_SENTENCE = regex.compile(r"[.!?…:؟۔।॥。！？][\p{Pe}\p{Pf}\p{Pi}\"']*$")
_CONTINUES = regex.compile(r"[\p{Ll}\p{Lo}]")
_FIRST_WORD = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]|\S+")


def paragraphs(text: str) -> list[tuple[int, int]]:
    """Start and end of each paragraph, in order. They cover all characters but white space.

    Each visible line is a paragraph, except in a block of hard-wrapped prose. In such a block the widest line has 24 to
    120 columns. At least half of its line breaks are soft (four fifths below 40 columns): the next word does not fit
    into the widest line. One soft break stands inside a sentence (no full stop before, no capital after). There, only
    hard breaks, list items, time stamps and speakers end a paragraph. If a block is wrapped at the width of the text,
    others are wrapped too if all their line breaks are soft at that width: a short one often has no break inside a
    sentence.
    """
    blocks = [(block, _paragraphs_of(text, block)) for block in _blocks(text)]
    width = max((_width(block) for block, _ in blocks if len(block) > 1), default=0)
    all_soft = [len(block) > 1 and width <= WIDEST_WRAP and _is_all_soft(text, block, width) for block, _ in blocks]
    is_wrapped = any(soft and len(found) == 1 for soft, (_, found) in zip(all_soft, blocks, strict=True))
    joined: list[tuple[int, int]] = []
    for soft, (block, found) in zip(all_soft, blocks, strict=True):
        joined += [(block[0][0], block[-1][1])] if soft and is_wrapped else found
    if not joined:
        return []
    # An invisible line (a zero-width space) belongs to the paragraph before it.
    starts = [strip_span(text, 0, len(text))[0], *(start for start, _ in joined[1:])]
    return [strip_span(text, start, end) for start, end in pairwise([*starts, len(text)])]


def _blocks(text: str) -> list[list[tuple[int, int]]]:
    """Runs of visible lines, as stripped spans."""
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
    width = _width(lines)
    if len(lines) < 2 or not NARROWEST_WRAP <= width <= WIDEST_WRAP:
        return lines
    turns = sum(_SPEAKER.match(text, *line) is not None for line in lines) > 1
    soft = [
        _is_soft(text, before, after, width) and not (turns and _SPEAKER.match(text, *after))
        for before, after in pairwise(lines)
    ]
    middle = [s and _is_mid_sentence(text, *pair) for s, pair in zip(soft, pairwise(lines), strict=True)]
    needed = SOFT if width >= NARROW else SOFT_IF_NARROW
    if sum(soft) < needed * len(soft) or not any(middle):
        return lines
    joined = [lines[0]]
    for is_soft, (start, end) in zip(soft, lines[1:], strict=True):
        if is_soft:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _width(lines: list[tuple[int, int]]) -> int:
    return max((end - start for start, end in lines), default=0)


def _is_all_soft(text: str, lines: list[tuple[int, int]], width: int) -> bool:
    return all(_is_soft(text, before, after, width) for before, after in pairwise(lines))


def _is_soft(text: str, before: tuple[int, int], after: tuple[int, int], width: int) -> bool:
    if LIST_ITEM.match(text, *after) or TIME_STAMP.match(text, *after):
        return False
    if _SPLIT_WORD.search(text, max(before[0], before[1] - 2), before[1]) and _CONTINUES.match(text, *after):
        return True
    word = _FIRST_WORD.match(text, *after)
    return word is not None and before[1] - before[0] + 1 + len(word[0]) > width


def _is_mid_sentence(text: str, before: tuple[int, int], after: tuple[int, int]) -> bool:
    return not _ENDS_SENTENCE.search(text, *before) and _CONTINUES.match(text, *after) is not None
