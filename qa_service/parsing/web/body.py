"""The article of a web page: trafilatura finds it, the page's own tree says how it reads.

trafilatura returns a text without most of its structure. So each block of the page is kept if that text holds it. What
stays is read from the page: tables with their headers, lists, powers, line breaks. Then a few rules mend the choice.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from copy import deepcopy

from lxml import etree
from trafilatura import bare_extraction

from qa_service.parsing.cleaning.lines import ends_with_stop, word_count
from qa_service.parsing.markup.markup import fragment_text
from qa_service.parsing.markup.markup_blocks import Block, join_blocks, read_blocks
from qa_service.parsing.web.matching import chosen, letters
from qa_service.parsing.web.page_blocks import PageBlocks
from qa_service.parsing.web.schema_org import is_article, linked_nodes
from qa_service.parsing.web.stories import is_beside
from qa_service.parsing.web.trim import trimmed

__all__ = ["PROSE_WORDS", "has_prose", "page_text", "part_text"]

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it warns of each page that holds no article

LONGEST = 1_000_000
"""Letters of the longest page that is searched for its article. A longer one is a book, and is read whole."""
FOUND = 0.7
"""Least share of the extracted text that must stand in blocks of the page. Otherwise a program shows the text."""
MORE = 2.0
"""The text that the page states for machines counts if it is so many times longer than the text that it shows."""
PROSE_WORDS, LONG_PROSE_WORDS = 12, 25
"""Fewest words of a block of prose that ends with a stop, and of one that does not."""


def page_text(tree: etree._Element) -> str:
    """The text of the article on a page; empty if the page holds none."""
    blocks = read_blocks(tree, whole_page=True)
    size = sum(len(block.text) for block in blocks)
    if size > LONGEST:
        kept = frozenset(i for i, block in enumerate(blocks) if block.linked < 0.5)
        return _joined(blocks, kept)
    text = _extracted(tree)
    kept = frozenset(i for i, is_kept in enumerate(chosen(blocks, text)) if is_kept)
    shown = sum(len(letters(blocks[i].text)) for i in kept)
    stated = _stated(tree)
    if shown >= FOUND * len(letters(text)):
        body = _joined(blocks, trimmed(PageBlocks(tree, blocks, kept)))
    else:
        body = stated or "\n\n".join(line for line in text.splitlines() if line.strip())
    return stated if len(letters(stated)) > MORE * len(letters(body)) else body


def part_text(part: etree._Element) -> str:
    """The text of a part of a page that is known to be an article."""
    blocks = read_blocks(part, whole_page=True)
    kept = frozenset(i for i, block in enumerate(blocks) if not is_beside(block.element, part))
    return _joined(blocks, trimmed(PageBlocks(part, blocks, kept)))


def has_prose(text: str, words: int = PROSE_WORDS) -> bool:
    """Whether a text holds a paragraph of prose, or a line of a table: `words` words that end with a stop."""
    return any(
        (count := word_count(line)) >= LONG_PROSE_WORDS or (count >= words and ends_with_stop(line))
        for line in text.splitlines()
    )


def _extracted(tree: etree._Element) -> str:
    found = bare_extraction(deepcopy(tree), include_comments=False, with_metadata=False)
    return (getattr(found, "text", None) or "") if found is not None else ""


def _joined(blocks: Sequence[Block], kept: frozenset[int]) -> str:
    return join_blocks(block for i, block in enumerate(blocks) if i in kept)


def _stated(tree: etree._Element) -> str:
    """The text of the article that the page states for machines, as JSON-LD's `articleBody`."""
    bodies = [node["articleBody"] for node in linked_nodes(tree) if is_article(node) and "articleBody" in node]
    body = max((one for one in bodies if isinstance(one, str)), key=len, default="")
    if "</" in body or "&lt;" in body or "<br" in body:
        return fragment_text(body)
    return "\n\n".join(" ".join(line.split()) for line in body.splitlines() if line.strip())
