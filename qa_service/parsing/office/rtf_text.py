"""Reads RTF to HTML elements, with the tables of control words of striprtf (https://github.com/joshy/striprtf).

It keeps what striprtf drops: footnotes, text boxes, headings, list marks, cells merged in tables, and the title. It
drops what Word hides: deleted text of tracked changes and hidden text.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace

from lxml import etree
from striprtf.striprtf import charset_map, destinations, specialchars

from qa_service.parsing.markup.elements import make_element
from qa_service.parsing.office.rtf_blocks import RtfBlocks
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
    return RtfText(make_element("div", *reader.blocks.made, *reader.notes), reader.info)


@dataclass(slots=True)
class _Group:
    """What holds inside the current braces."""

    target: str = "body"
    """Where text goes, see `_TARGETS`; empty for nowhere."""
    hidden: bool = False
    encoding: str = ""
    skip: int = 1
    """Number of characters after a Unicode character that old programs show in its place."""


class _Reader:
    def __init__(self) -> None:
        self.blocks = RtfBlocks()
        self.notes: list[etree._Element] = []
        self.info: dict[str, str] = {}
        self._groups = [_Group()]
        self._codepage = "cp1252"
        self._fonts: dict[str, str] = {}
        self._texts: dict[str, list[str]] = {}
        self._bytes = bytearray()
        self._to_skip = 0
        self._starred = False
        self._font = ""

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
        self.blocks.add_paragraph(self._taken("body"))
        self.blocks.end_table()

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
            self.blocks.styles[self.blocks.style] = name.casefold()
        if target == above:
            return
        if target in ("note", "box") and (text := self._taken(target)).strip():
            made = make_element("div", *(make_element("p", line) for line in text.split("\n") if line.strip()))
            (self.notes if target == "note" else self.blocks.made).append(made)
        elif target == "list":
            shown = self._taken("list").strip()
            self.blocks.mark = f"{shown} " if any(c.isalnum() for c in shown) else "- "
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
        elif group.target in ("body", "style") and self.blocks.take(word, number):
            pass
        elif group.target == "body":
            self._layout(word)
        elif word in _WORDS:
            self._write(_WORDS[word])

    def _layout(self, word: str) -> None:
        """The ends of cells and paragraphs. Inside a table, a paragraph ends a line."""
        if word == "cell":
            self.blocks.add_cell(self._taken("body"))
        elif word in ("par", "sect", "page") and not self.blocks.in_table:
            self.blocks.add_paragraph(self._taken("body"))
        elif word in _WORDS:
            self._write(_WORDS[word])


def _known(encoding: str) -> str | None:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        return None
