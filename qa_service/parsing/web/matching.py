"""Finds the blocks of a page in a text that was extracted from it without its structure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from qa_service.parsing.markup.markup_blocks import Block

__all__ = ["chosen", "letters"]

ANCHOR = 25
"""Fewest letters of a block that is found by its text alone. A shorter one must stand between its neighbours."""
WINDOW = 30
"""Letters of a piece, of which most must be found, where trafilatura took words out of a block."""
MOST_PIECES = 20
"""Pieces of a block that are looked for."""
NEARBY = 20_000
"""Letters after the last block that was found, where the next one mostly stands."""
MOST = 0.6

_NOT_LETTERS = re.compile(r"[\W_]+")


def letters(text: str) -> str:
    return _NOT_LETTERS.sub("", text).casefold()


def chosen(blocks: Sequence[Block], text: str) -> list[bool]:
    """For each block whether the extracted text holds it.

    Long blocks are found by their text. A short one, such as "Sport", counts only between its neighbours' places.
    """
    page = letters(text)
    keys = [_keys(block) for block in blocks]
    spans: list[tuple[int, int] | None] = []
    near = 0
    for key in keys:
        spans.append(_anchor(page, key, near))
        near = span[1] if (span := spans[-1]) is not None else near
    chain = _in_order(spans)
    kept = [i in chain for i in range(len(blocks))]
    covered = bytearray(len(page))
    for i in chain:
        start, end = spans[i] or (0, 0)
        covered[start:end] = b"\1" * (end - start)
    position = 0
    ends = [len(page)] * len(blocks)
    for i in range(len(blocks) - 1, 0, -1):
        ends[i - 1] = (spans[i] or (0, 0))[0] if i in chain else ends[i]
    for i, key in enumerate(keys):
        span = spans[i]
        if span is not None:
            if i in chain:
                position = max(position, span[1])
            elif not any(covered[span[0] : span[1]]):
                kept[i] = True
                covered[span[0] : span[1]] = b"\1" * (span[1] - span[0])
        elif 0 < len(key[0]) < ANCHOR and (at := page.find(key[0], position, ends[i])) >= 0:
            kept[i], position = True, at + len(key[0])
    return kept


def _in_order(spans: Sequence[tuple[int, int] | None]) -> set[int]:
    """The longest chain of blocks that stand in the same order in the page and in the extracted text."""
    tails: list[int] = []
    starts: list[int] = []
    above: dict[int, int] = {}
    for i, span in enumerate(spans):
        if span is None:
            continue
        at = bisect_left(starts, span[0])
        if at == len(tails):
            tails.append(i)
            starts.append(span[0])
        else:
            tails[at], starts[at] = i, span[0]
        if at:
            above[i] = tails[at - 1]
    chain: set[int] = set()
    last = tails[-1] if tails else None
    while last is not None:
        chain.add(last)
        last = above.get(last)
    return chain


def _keys(block: Block) -> tuple[str, ...]:
    if block.table is not None:
        return tuple(filter(None, map(letters, block.table.cells))) or ("",)
    return (letters(block.text),)


def _anchor(page: str, keys: tuple[str, ...], near: int) -> tuple[int, int] | None:
    """Where the page holds these texts: start and end. `near` is a place to begin at, to save time."""
    if len(keys) > 1:
        found = [key for key in keys if key in page]
        if len(found) < MOST * len(keys) or sum(map(len, keys)) < ANCHOR:
            return None
        longest = max(found, key=len)
        at = _place(page, longest, near)
        return at, at + len(longest)
    key = keys[0]
    if len(key) < ANCHOR:
        return None
    if (at := _place(page, key, near)) >= 0:
        return at, at + len(key)
    pieces = [key[i : i + WINDOW] for i in range(0, len(key) - WINDOW + 1, WINDOW)]
    places = [at for piece in pieces[:MOST_PIECES] if (at := _place(page, piece, near)) >= 0]
    if not places or len(places) < MOST * min(len(pieces), MOST_PIECES):
        return None
    return min(places), max(places) + WINDOW


def _place(page: str, key: str, near: int) -> int:
    at = page.find(key, near, near + NEARBY)
    return at if at >= 0 else page.find(key)
