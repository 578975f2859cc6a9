"""HTML as plain text: what a reader sees of a fragment, block by block.

Other formats carry HTML as well (feed entries, mail, EPUB chapters, Word by way of mammoth), so they share this file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree, html

from qa_service.text.lexicon import words

__all__ = ["fragment_text", "local_name", "parse_markup"]

_DROPPED = words(
    "script style noscript template head title iframe object embed applet audio video canvas svg map area"
    " datalist button select option input textarea progress meter nav dialog rp rt del s strike annotation"
    " annotation-xml"
)
"""Elements whose text is no part of what the author says: programs, controls, deleted words."""
_BLOCKS = words(
    "html body address article aside blockquote center dd details dialog dir div dl dt fieldset figcaption"
    " figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu ol p pre section summary table"
    " caption tbody thead tfoot tr td th ul"
)
_LISTS = frozenset({"ul", "ol", "menu", "dir", "dl"})
_ITEMS = frozenset({"li", "dt", "dd"})
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all)", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\n\r\f\xa0]+")
_PRE_SPACE = re.compile(r"[\t\f\r\xa0]")
_FILE_NAME = re.compile(r"\S+\.(?:jpe?g|png|gif|webp|svg|avif|bmp)", re.IGNORECASE)
_IS_XML = re.compile(r"\s*<\?xml\b|<html[^>]{0,300}\bxmlns\s*=", re.IGNORECASE)
_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,200}\?>")
_CLOSED = re.compile(r"<([A-Za-z][\w:-]*)((?:\s[^<>]*?)?[\s\"']?)/>")
_VOID = words("area base br col embed hr img input link meta param source track wbr")
_SUPERSCRIPT = str.maketrans("0123456789+-()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿ")
_POWER = re.compile(r"[0-9+\-−]{1,6}|n")
LAYOUT_CELL = 600
"""A table with a cell of more characters arranges a page. Its cells become paragraphs."""


def fragment_text(source: str | bytes | etree._Element) -> str:
    """The text of an HTML fragment, document or element.

    A blank line separates blocks. A heading stands on a line of its own, a list item on a line that begins with "- " or
    with its number. Tables become lines by `tables.table_text`. Links and pictures leave their text, other markup
    nothing.
    """
    root = source if isinstance(source, etree._Element) else parse_markup(source)
    return "" if root is None else _Writer().write(root)


def parse_markup(source: str | bytes) -> etree._Element | None:
    """The root element of an HTML or XHTML text; None if it holds no element and no text.

    Bytes are read in the encoding that they declare, see `parsing.charset`. Damaged markup is read as browsers do.
    """
    if not source.strip():
        return None
    if isinstance(source, bytes):
        from qa_service.parsing.charset import decode_markup

        source = decode_markup(source)
    text = _DECLARATION.sub("", source.lstrip("\ufeff"), count=1) if _IS_XML.search(source[:2000]) else source
    if text is not source or _IS_XML.search(source[:2000]):
        text = _CLOSED.sub(_reopened, text)
    raw = text.replace("\0", "").encode("utf-8", "replace")
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_pis=True)
    try:
        return etree.fromstring(raw, parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None  # nothing but white space or comments


def local_name(element: etree._Element) -> str:
    """The tag of an element in lower case, without its namespace; empty for comments and instructions."""
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    return tag.rpartition("}")[2].lower()


def _reopened(match: re.Match[str]) -> str:
    """An empty element of XHTML as HTML has it: an HTML parser takes `<script/>` and `<a/>` as never closed."""
    name = match[1]
    return match[0] if name.lower() in _VOID else f"<{name}{match[2]}></{name}>"


class _Writer:
    """Walks over a tree once, without recursion, and collects blocks of text."""

    def __init__(self) -> None:
        self.blocks: list[tuple[str, bool]] = []
        """Text, and whether it is a list item: items stand directly below each other."""
        self.line: list[str] = []
        self.lists: list[int | None] = []
        """The open lists: the number of the last item, None for a list without numbers."""
        self.marker = ""
        self.in_item = False
        self.preformatted = 0

    def write(self, root: etree._Element) -> str:
        walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        for event, element in walk:
            if event == "start":
                if self._start(element, is_root=element is root):
                    continue
                walk.skip_subtree()
            elif event == "end":
                self._end(element)
            if element is not root and element.tail and event != "start":
                self._text(element.tail)
        self._flush()
        return _joined(self.blocks)

    def _start(self, element: etree._Element, *, is_root: bool) -> bool:
        """Writes the beginning of an element. False: its content is dropped, or already written."""
        name = local_name(element)
        if (name in _DROPPED and not is_root) or _is_hidden(element):
            return False
        if name in _BLOCKS:
            self._flush()
        if name == "table" and (lines := _table(element)) is not None:
            if lines:
                self.blocks.append((lines, False))
            return False
        if name in _LISTS:
            self.lists.append(0 if name == "ol" else None)
        elif name in _ITEMS:
            self._begin_item(name)
        elif name == "pre":
            self.preformatted += 1
        elif name == "br":
            self.line.append("\n")
        elif name == "img":
            self._text(_alternative(element))
        elif name == "q":
            self.line.append("“")
        elif name == "sup":
            return self._superscript(element)
        if element.text:
            self._text(element.text)
        return True

    def _end(self, element: etree._Element) -> None:
        name = local_name(element)
        if name in _BLOCKS and not _is_hidden(element):
            self._flush()
        if name in _DROPPED or _is_hidden(element):
            return
        if name in _LISTS and self.lists:
            self.lists.pop()
        elif name in _ITEMS:
            self.marker, self.in_item = "", False
        elif name == "pre":
            self.preformatted = max(0, self.preformatted - 1)
        elif name == "q":
            self.line.append("”")

    def _begin_item(self, name: str) -> None:
        number = self.lists[-1] if self.lists else None
        if name == "li" and number is not None:
            self.lists[-1] = number + 1
            self.marker = f"{number + 1}. "
        else:
            self.marker = "- " if name == "li" else ""
        self.in_item = True

    def _superscript(self, element: etree._Element) -> bool:
        """Writes a power with Unicode's figures, so that 10⁶ does not become 106. Drops the mark of a footnote."""
        text = "".join(map(str, element.itertext())).strip()
        if element.find(".//{*}a") is not None and re.fullmatch(r"[\[(]?[\d*†‡a-z]{1,3}[\])]?", text):
            return False
        if _POWER.fullmatch(text):
            self.line.append(text.replace("−", "-").translate(_SUPERSCRIPT))
            return False
        if element.text:
            self._text(element.text)
        return True

    def _text(self, text: str) -> None:
        self.line.append(_PRE_SPACE.sub(" ", text) if self.preformatted else _SPACE.sub(" ", text))

    def _flush(self) -> None:
        """Ends the block. Two line breaks in a row begin a paragraph, as many pages write them."""
        text, self.line = "".join(self.line), []
        if self.preformatted:
            text = "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")
            if text.strip():
                self.blocks.append((text, False))
            return
        text = "\n".join(" ".join(line.split(" ")).strip() for line in _collapsed(text).split("\n"))
        for paragraph in re.split(r"\n{2,}", text.strip("\n")):
            if paragraph:
                self.blocks.append((self.marker + paragraph.strip("\n"), self.in_item))
                self.marker = ""


def _collapsed(text: str) -> str:
    return re.sub(r" {2,}", " ", text)


def _joined(blocks: list[tuple[str, bool]]) -> str:
    pieces: list[str] = []
    for i, (text, is_item) in enumerate(blocks):
        if i:
            pieces.append("\n" if is_item and blocks[i - 1][1] else "\n\n")
        pieces.append(text)
    return "".join(pieces)


def _is_hidden(element: etree._Element) -> bool:
    if not isinstance(element.tag, str):
        return False
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))


def _alternative(element: etree._Element) -> str:
    """The text in place of a picture. A file name is none, and the caption of a figure says it better."""
    text = (element.get("alt") or "").strip()
    if not text or _FILE_NAME.fullmatch(text):
        return ""
    figure = next(element.iterancestors("figure", "{*}figure"), None)
    return "" if figure is not None and figure.find(".//{*}figcaption") is not None else text


def _table(element: etree._Element) -> str | None:
    """The lines of a table of figures; None for a table that only arranges the page."""
    if element.find(".//{*}table") is not None:
        return None
    heads: list[bool] = []
    rows: list[list[str]] = []
    for cells, is_head in _rows(element):
        rows.append(cells)
        heads.append(is_head)
    columns = max((len(row) for row in rows), default=0)
    if not rows or any(len(cell) > LAYOUT_CELL for row in rows for cell in row):
        return None
    if columns < 2 or (len(rows) < 2 and not heads[0]):
        return None
    from qa_service.parsing.tables import table_text

    rows = [row + [""] * (columns - len(row)) for row in rows]
    above = next((i for i, is_head in enumerate(heads) if not is_head), len(heads))
    header = None
    if above:
        titles = [
            " ".join(dict.fromkeys(cell for cell in column if cell)) for column in zip(*rows[:above], strict=True)
        ]
        rows, header = [titles, *rows[above:]], True
    caption = element.find("{*}caption")
    return table_text(rows, header=header, caption=fragment_text(caption) if caption is not None else None)


def _rows(table: etree._Element) -> Iterator[tuple[list[str], bool]]:
    """Each row's cells, a cell over several columns or rows in each of them, and whether the row is a header."""
    waiting: dict[int, tuple[int, str]] = {}
    for row in table.iter("tr", "{*}tr"):
        cells: list[str] = []
        kinds: list[str] = []
        for cell in row.iterchildren("td", "th", "{*}td", "{*}th"):
            _fill(cells, waiting)
            text = " ".join(fragment_text(cell).split())
            kinds.append(local_name(cell))
            for _ in range(_span(cell, "colspan")):
                if (down := _span(cell, "rowspan")) > 1:
                    waiting[len(cells)] = (down - 1, text)
                cells.append(text)
        _fill(cells, waiting)
        if any(cells):
            parent = row.getparent()
            in_head = parent is not None and local_name(parent) == "thead"
            yield cells, in_head or (bool(kinds) and all(kind == "th" for kind in kinds))


def _fill(cells: list[str], waiting: dict[int, tuple[int, str]]) -> None:
    """Adds the cells that reach down from rows above, up to the next free column."""
    while (column := len(cells)) in waiting:
        left, text = waiting.pop(column)
        if left > 1:
            waiting[column] = (left - 1, text)
        cells.append(text)


def _span(cell: etree._Element, name: str) -> int:
    value = (cell.get(name) or "").strip()
    return min(int(value), 50) if value.isdecimal() and int(value) > 0 else 1
