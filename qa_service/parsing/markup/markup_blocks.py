"""The blocks of an HTML tree: paragraphs, headings, list items and tables, as plain text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from qa_service.parsing.markup.markup_tables import TableText, read_table
from qa_service.text.lexicon import words

__all__ = ["Block", "join_blocks", "local_name", "read_blocks"]

_DROPPED = words(
    "script style template head title iframe object embed applet audio video canvas svg map area datalist select option"
    " input textarea progress meter rp rt del s strike annotation annotation-xml"
)
"""Elements whose text is no part of what the author says: programs, controls, deleted words."""
_ROUND_THE_TEXT = words("noscript nav button dialog")
"""Dropped from a fragment. In a page that is damaged, or that needs a program, they may hold the article."""
_BLOCKS = words(
    "html body address article aside blockquote center dd details dialog dir div dl dt fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu ol p pre section summary table caption tbody"
    " thead tfoot tr td th ul"
)
_LISTS = words("ul ol menu dir dl")
_ITEMS = words("li dt dd")
_HEADINGS = words("h1 h2 h3 h4 h5 h6 summary legend")
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all)", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\n\r\f\xa0]+")
_PRE_SPACE = re.compile(r"[\t\f\r\xa0]")
_FILE_NAME = re.compile(r"\S+\.(?:jpe?g|png|gif|webp|svg|avif|bmp)", re.IGNORECASE)
_SUPERSCRIPT = str.maketrans("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ")
_POWER = re.compile(r"[0-9+\-−]{1,6}|n")
_NOTE_MARK = re.compile(r"[\[(]?(?:\d{1,3}|[*†‡a-z]{1,3})[\])]?")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of text that stands apart from what is above and below it."""

    text: str
    """Without the mark of a list item."""
    element: etree._Element
    """The innermost block element around it."""
    linked: float = 0.0
    """Share of its characters that are links."""
    is_item: bool = False
    is_heading: bool = False
    marker: str = ""
    """What stands before the text in its line: "- " or a number, for the first paragraph of a list item."""
    table: TableText | None = None


def read_blocks(root: etree._Element, *, whole_page: bool = False) -> list[Block]:
    """The blocks of a tree in reading order.

    With `whole_page`, hidden parts count, because a program may show them, and pictures leave no text.
    """
    return _Reader(whole_page).read(root)


def join_blocks(blocks: Iterable[Block]) -> str:
    """The text of blocks. Items of a list stand directly below each other, a blank line separates the others."""
    pieces: list[str] = []
    above: Block | None = None
    for block in blocks:
        if above is not None:
            pieces.append("\n" if block.is_item and above.is_item else "\n\n")
        pieces.append(block.marker + block.text)
        above = block
    return "".join(pieces)


def local_name(element: etree._Element) -> str:
    """The tag of an element in lower case, without its namespace; empty for comments and instructions."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


class _Reader:
    """Walks over a tree once, without recursion but into table cells, and collects its blocks."""

    def __init__(self, whole_page: bool) -> None:
        self.whole_page = whole_page
        self.blocks: list[Block] = []
        self.open: list[etree._Element] = []
        """The open block elements."""
        self.line: list[str] = []
        self.linked = 0
        self.links = 0
        """Number of open links."""
        self.lists: list[int | None] = []
        """The open lists: the number of the last item, None for a list without numbers."""
        self.marker = ""
        self.items = 0
        self.headings = 0
        self.preformatted = 0

    def read(self, root: etree._Element) -> list[Block]:
        self.open.append(root)
        walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        for event, element in walk:
            if event == "start":
                if not self._start(element, element is root):
                    walk.skip_subtree()
                continue
            if event == "end":
                self._end(element, element is root)
            if element is not root and element.tail:
                self._text(element.tail)
        self._flush()
        return self.blocks

    def _is_dropped(self, element: etree._Element, name: str) -> bool:
        if name in _DROPPED:
            return True
        if self.whole_page:
            return False
        if name in _ROUND_THE_TEXT or element.get("hidden") is not None:
            return True
        return _HIDDEN.search(element.get("style") or "") is not None

    def _start(self, element: etree._Element, is_root: bool) -> bool:
        """Reads the beginning of an element. False: its content is dropped, or already read."""
        name = local_name(element)
        if self._is_dropped(element, name) and not is_root:
            return False
        if name in _BLOCKS:
            self._flush()
            if name == "table" and (table := read_table(element, self._cell)) is not None:
                if table.lines:
                    self.blocks.append(Block(table.lines, element, table=table))
                return False
            self.open.append(element)
        self._count(name, 1)
        if name in _LISTS:
            self.lists.append(0 if name == "ol" else None)
        elif name in _ITEMS:
            self._begin_item(name)
        elif name == "br":
            self._break()
        elif name == "img":
            self._text("" if self.whole_page else _alternative(element))
        elif name == "q":
            self._text("“")
        elif name == "sup" and self._superscript(element):
            return False
        self._text(element.text or "")
        return True

    def _end(self, element: etree._Element, is_root: bool) -> None:
        name = local_name(element)
        if self.open[-1] is element and not is_root:
            self._flush()
            self.open.pop()
        elif name in _BLOCKS or self._is_dropped(element, name):
            return
        self._count(name, -1)
        if name in _LISTS and self.lists:
            self.lists.pop()
        elif name in _ITEMS:
            self.marker = ""
        elif name == "q":
            self._text("”")

    def _count(self, name: str, step: int) -> None:
        self.links += step * (name == "a")
        self.items += step * (name in _ITEMS)
        self.headings += step * (name in _HEADINGS)
        self.preformatted += step * (name == "pre")

    def _begin_item(self, name: str) -> None:
        number = self.lists[-1] if self.lists else None
        self.marker = "- " if name == "li" else ""
        if name == "li" and number is not None:
            self.lists[-1] = number + 1
            self.marker = f"{number + 1}. "

    def _superscript(self, element: etree._Element) -> bool:
        """Whether the element is done: a power has Unicode's figures (10⁶ is not 106), a note's mark is left out."""
        text = "".join(map(str, element.itertext())).strip()
        if _NOTE_MARK.fullmatch(text) and element.find(".//{*}a") is not None:
            return True
        if _POWER.fullmatch(text):
            self._text(text.replace("−", "-").translate(_SUPERSCRIPT))
            return True
        return False

    def _cell(self, element: etree._Element) -> str:
        return join_blocks(_Reader(self.whole_page).read(element))

    def _break(self) -> None:
        """A line break. Two in a row begin a paragraph, as many pages write them."""
        if not self.preformatted and "".join(self.line[-2:]).rstrip(" ").endswith("\n"):
            self._flush()
        else:
            self.line.append("\n")

    def _text(self, text: str) -> None:
        text = _PRE_SPACE.sub(" ", text) if self.preformatted else _SPACE.sub(" ", text)
        if text:
            self.line.append(text)
            self.linked += len(text.strip()) if self.links > 0 else 0

    def _flush(self) -> None:
        """Ends the block."""
        text, linked = "".join(self.line), self.linked
        self.line, self.linked = [], 0
        if self.preformatted:
            text = "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")
        else:
            text = "\n".join(_SPACE.sub(" ", line).strip(" ") for line in text.split("\n")).strip("\n")
        if not text or text.isspace():
            return
        share = min(1.0, linked / len(text))
        if self.headings > 0:
            self.blocks.append(Block(text, self.open[-1], share, is_heading=True))
        else:
            self.blocks.append(Block(text, self.open[-1], share, is_item=self.items > 0, marker=self.marker))
        self.marker = ""


def _alternative(element: etree._Element) -> str:
    """The text in place of a picture. A file name is none, and the caption of a figure says it better."""
    text = (element.get("alt") or "").strip()
    if not text or _FILE_NAME.fullmatch(text):
        return ""
    figure = next(element.iterancestors("{*}figure"), None)
    return "" if figure is not None and figure.find(".//{*}figcaption") is not None else text
