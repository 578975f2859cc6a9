"""The blocks of a page, and which of them are kept, as the rules see them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from qa_service.parsing.cleaning.lines import word_count
from qa_service.parsing.markup.markup_blocks import Block, local_name
from qa_service.parsing.web.matching import letters

__all__ = ["LONGEST_WORD", "PageBlocks", "is_short"]

LONGEST_NOTE = 60
"""Words of the longest caption or promotion. A longer block is prose, whatever its class says."""
LONGEST_WORD = 20
"""Characters of an average word, more than in any language. Counting words takes long."""


@dataclass(frozen=True)
class PageBlocks:
    tree: etree._Element
    blocks: Sequence[Block]
    kept: frozenset[int]

    @property
    def last(self) -> int:
        return max(self.kept, default=-1)

    def notes(self) -> Iterator[tuple[int, Block]]:
        """The kept blocks that can be something else than the article's text."""
        for i in sorted(self.kept):
            block = self.blocks[i]
            if not block.is_heading and block.table is None and is_short(block, LONGEST_NOTE):
                yield i, block

    @cached_property
    def pictures(self) -> frozenset[str]:
        """What the pictures of the page say of themselves."""
        found: set[str] = set()
        for element in self.tree.iter("img", "a"):
            if local_name(element) == "img" or element.find(".//img") is not None:
                found.update(letters(element.get(name) or "") for name in ("alt", "title", "data-caption"))
        return frozenset(found - {""})


def is_short(block: Block, words: int) -> bool:
    """Whether a block has fewer words than `words`."""
    return len(block.text) < LONGEST_WORD * words and word_count(block.text) < words
