"""Reads RTF to HTML elements, with the tables of control words of striprtf (https://github.com/joshy/striprtf).

It keeps what striprtf drops: footnotes, text boxes, headings, list marks, cells merged in tables, and the title. It
drops what Word hides: deleted text of tracked changes and hidden text.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field, replace

from lxml import etree
from striprtf.striprtf import charset_map, destinations, specialchars

from qa_service.parsing.elements import make_element
from qa_service.text.lexicon import words

__all__ = ["RtfText", "read_rtf"]

_TOKEN = re.compile(
    r"\\([a-zA-Z]{1,32})(-?\d{1,10})?[ ]?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)|\\"
)
_TARGETS = {
    "footnote": "note",
    "shptxt": "box",
    "listtext": "list",
    "pntext": "list",
    "stylesheet": "style",
    "fonttbl": "font",
    "info": "info",
}
"""Where the text of a group goes, by the control word at its beginning."""
_INFO = words("title author keywords")
_OPEN = words("shp shpinst fldrslt")
"""Groups that are marked as additions, or listed as such by striprtf, but hold text of the document."""
_WORDS = {**specialchars, "par": "\n", "sect": "\n", "page": "\n", "line": "\n", "nestcell": "; ", "nestrow": "\n"}
DEEPEST = 1000
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
"""Characters that XML does not have."""
_SURROGATE = re.compile("[\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class RtfText:
    """The text as HTML elements, and the fields of the information group."""

    root: etree._Element
    info: dict[str, str]


def read_rtf(raw: bytes) -> RtfText:
    """The text of an RTF file. Unknown control words are skipped.

    Raises:
        ValueError: groups are nested more than `DEEPEST` times.
    """
    reader = _Reader()
    reader.run(raw.decode("latin-1"))
    return RtfText(make_element("div", *reader.blocks, *reader.notes), reader.info)


@dataclass(slots=True)
class _Group:
    """What holds inside the current braces."""

    target: str = "body"
    """Where text goes, see `_TARGETS`; empty for nowhere."""
    hidden: bool = False
    encoding: str = ""
    skip: int = 1
    """Number of characters after a Unicode character that old programs show in its place."""


@dataclass(slots=True)
class _Row:
    cells: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    is_header: bool = False


class _Reader:
    def __init__(self) -> None:
        self.blocks: list[etree._Element] = []
        self.notes: list[etree._Element] = []
        self.info: dict[str, str] = {}
        self._groups = [_Group()]
        self._codepage = "cp1252"
        self._fonts: dict[str, str] = {}
        self._styles: dict[str, str] = {}
        self._texts: dict[str, list[str]] = {}
        self._bytes = bytearray()
        self._rows: list[_Row] = []
        self._row = _Row()
        self._to_skip = 0
        self._starred = self._in_table = False
        self._mark = self._font = self._style = self._outline = self._merge = ""

    def run(self, source: str) -> None:
        position = 0
        while (token := _TOKEN.match(source, position)) is not None:
            position = token.end()
            word, number, code, sign, brace, plain = token.groups()
            if code is not None or plain is not None:
                self._add_bytes(bytes.fromhex(code) if code is not None else plain.encode("latin-1"))
                continue
            if word is None and sign is None and brace is None:
                continue  # a line end of the source says nothing
            self._decode()
            if brace == "{":
                self._groups.append(replace(self._groups[-1]))
                if len(self._groups) > DEEPEST:
                    raise ValueError("its groups are nested too deeply")
            elif brace == "}":
                self._close()
            elif word == "bin":
                position += max(0, int(number or 0))
            elif word is not None:
                self._word(word, number)
            elif sign == "*":
                self._starred = True
            elif sign in _WORDS:
                self._write(_WORDS[sign])
        self._decode()
        self._end_paragraph()
        self._end_table()

    def _add_bytes(self, raw: bytes) -> None:
        skipped = min(self._to_skip, len(raw))
        self._to_skip -= skipped
        self._bytes += raw[skipped:]

    def _decode(self) -> None:
        if self._bytes:
            self._write(self._bytes.decode(self._groups[-1].encoding or self._codepage, "replace"))
            self._bytes.clear()
        self._to_skip = 0

    def _write(self, text: str) -> None:
        group = self._groups[-1]
        if group.target and not group.hidden:
            self._texts.setdefault(group.target, []).append(text)

    def _taken(self, target: str) -> str:
        text = _CONTROL.sub("", "".join(self._texts.pop(target, [])))
        return _SURROGATE.sub(lambda m: m[0].encode("utf-16", "surrogatepass").decode("utf-16", "replace"), text)

    def _close(self) -> None:
        target = self._groups[-1].target
        if len(self._groups) > 1:
            self._groups.pop()
        above = self._groups[-1].target
        if target == "style" and (name := self._taken("style").split(";")[0].strip()):
            self._styles[self._style] = name.casefold()
        if target == above:
            return
        if target in ("note", "box") and (text := self._taken(target)).strip():
            made = make_element("div", *(make_element("p", line) for line in text.split("\n") if line.strip()))
            (self.notes if target == "note" else self.blocks).append(made)
        elif target == "list":
            shown = self._taken("list").strip()
            self._mark = f"{shown} " if any(c.isalnum() for c in shown) else "- "
        elif target in _INFO:
            self.info[target] = self._taken(target).strip()

    def _word(self, word: str, number: str | None) -> None:
        group = self._groups[-1]
        starred, self._starred = self._starred, False
        if word in _TARGETS:
            group.target = _TARGETS[word] if group.target else ""
        elif word in _INFO and group.target == "info":
            group.target = word
        elif word not in _OPEN and (starred or word in destinations):
            group.target = ""
        elif word == "u" and number is not None:
            self._write(chr(int(number) % 0x10000))
            self._to_skip = group.skip
        elif word == "uc":
            group.skip = min(int(number or 1), 16)
        elif word in ("v", "deleted"):
            group.hidden = number != "0"
        elif word == "plain":
            group.hidden, group.encoding = False, ""
        elif word == "ansicpg":
            self._codepage = _known(f"cp{number}") or self._codepage
        elif word == "f" and group.target == "font":
            self._font = number or ""
        elif word == "f":
            group.encoding = self._fonts.get(number or "", "")
        elif word == "fcharset" and (number or "") in map(str, charset_map):
            self._fonts[self._font] = _known(charset_map[int(number or 0)]) or ""
        elif group.target in ("body", "style"):
            self._layout(word, number)
        elif word in _WORDS:
            self._write(_WORDS[word])

    def _layout(self, word: str, number: str | None) -> None:
        """Paragraphs, their styles, and tables."""
        if word == "s":
            self._style = number or ""
        elif word == "pard":
            self._style = self._outline = ""
            self._in_table = False
        elif word == "outlinelevel":
            self._outline = number or ""
        elif word == "intbl":
            self._in_table = True
        elif word == "trowd":
            self._row.merged, self._row.is_header = [], False
        elif word == "trhdr":
            self._row.is_header = True
        elif word in ("clmrg", "clvmrg"):
            self._merge = word
        elif word == "cellx":
            self._row.merged.append(self._merge)
            self._merge = ""
        elif word == "cell":
            self._row.cells.append(self._taken("body").strip())
        elif word == "row":
            self._end_row()
        elif word in ("par", "sect", "page") and not self._in_table:
            self._end_paragraph()
        elif word in _WORDS:
            self._write(_WORDS[word])

    def _end_row(self) -> None:
        row, above = self._row, self._rows[-1].cells if self._rows else []
        for i, merge in enumerate(row.merged[: len(row.cells)]):
            if merge == "clmrg" and i:
                row.cells[i] = row.cells[i - 1]
            elif merge == "clvmrg" and i < len(above):
                row.cells[i] = above[i]
        self._rows.append(row)
        self._row = _Row(merged=list(row.merged))

    def _end_paragraph(self) -> None:
        text, mark = self._taken("body").strip(), self._mark
        self._mark = ""
        if not text:
            return
        self._end_table()
        style = self._styles.get(self._style, "")
        if style == "title":
            self.blocks.append(make_element("h1", text, class_="title"))
        elif self._outline in tuple("012345") or re.fullmatch(r"heading [1-6]", style):
            level = int(self._outline) + 1 if self._outline in tuple("012345") else int(style[-1])
            self.blocks.append(make_element(f"h{level}", text))
        else:
            self.blocks.append(make_element("p", mark + text))

    def _end_table(self) -> None:
        rows, self._rows = self._rows, []
        head = 0
        while head < len(rows) and rows[head].is_header:
            head += 1
        made = [make_element("tr", *(make_element("td", cell) for cell in row.cells)) for row in rows]
        if made:
            self.blocks.append(
                make_element(
                    "table",
                    *([make_element("thead", *made[:head])] if head else []),
                    make_element("tbody", *made[head:]),
                )
            )


def _known(encoding: str) -> str | None:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        return None
