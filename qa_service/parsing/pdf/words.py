"""Glyphs of a page to words with their boxes."""

from __future__ import annotations

import ctypes
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw
import regex

__all__ = ["PageWords", "Word", "page_words"]

MOST_GLYPHS = 200_000
"""Glyphs of a page that are read. A page of print has some 3 000, a newspaper page up to 30 000."""
MOST_UNMAPPED = 0.3
"""Share of glyphs without a known character from which a page counts as a page without text."""
_SAMPLE = 4
"""Of so many glyphs, one is asked whether its character is known."""
_GAP = 0.25
"""Width of a gap between two glyphs, in heights of the line, from which they belong to two words."""
_RAISED = 0.8
"""A glyph with less than this height of the word before begins a word, such as a footnote mark."""
_RTL = regex.compile(r"[\p{Bidi_Class=R}\p{Bidi_Class=AL}]")
_BOLD = regex.compile(r"bold|black|heavy|semibd|demi|cmbx", regex.IGNORECASE)
_BULLETS = {0xF0B7: "•", 0xF0A7: "•", 0xF0D8: "•", 0xF076: "•", 0xF0FC: "✓", 0xF02D: "-"}
"""Code points that symbol fonts give to bullets."""
_HYPHENS = (0x02, 0xFFFE)
"""What PDFium gives for a hyphen at the end of a line, of either kind."""


class Word(NamedTuple):
    """A word and its box. `top` < `bottom`, from the fonts' heights: equal for all words of a line in one size."""

    x0: float
    top: float
    x1: float
    bottom: float
    text: str
    bold: bool

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def rtl(self) -> bool:
        return _RTL.search(self.text) is not None


@dataclass(slots=True)
class PageWords:
    """The words of a page, turned so that most of its text runs horizontally."""

    words: list[Word] = field(default_factory=list)
    width: float = 0.0
    height: float = 0.0
    turn: int = 0
    """Degrees by which the text was turned clockwise: 0, 90, 180 or 270."""
    glyphs: int = 0
    unmapped: int = 0

    @property
    def readable(self) -> bool:
        """Whether the page has text whose characters are known."""
        return bool(self.words) and self.unmapped <= MOST_UNMAPPED * self.glyphs


@dataclass(slots=True)
class _Glyph:
    x0: float
    bottom: float
    x1: float
    top: float
    char: str


def page_words(page: pdfium.PdfPage) -> PageWords:
    """The words of a page, in the order of its content stream."""
    text = page.get_textpage()
    try:
        by_turn, found = _glyph_runs(text)
    finally:
        text.close()
    if not by_turn:
        return found
    sizes = Counter({turn: sum(len(glyphs) for glyphs, _ in runs) for turn, runs in by_turn.items()})
    found.turn = sizes.most_common(1)[0][0]
    left, bottom, right, top = page.get_bbox()
    for glyphs, bold in by_turn[found.turn]:
        found.words.extend(_words(glyphs, bold))
    found.words = [_turned(word, found.turn, left, bottom, right, top) for word in found.words]
    found.width, found.height = right - left, top - bottom
    if found.turn in (90, 270):
        found.width, found.height = found.height, found.width
    return found


def _glyph_runs(text: pdfium.PdfTextPage) -> tuple[dict[int, list[tuple[list[_Glyph], bool]]], PageWords]:
    """Runs of glyphs without white space, by the direction of their text. Slanted text is left out: a stamp."""
    found = PageWords()
    by_turn: dict[int, list[tuple[list[_Glyph], bool]]] = {}
    handle = text.raw
    box = raw.FS_RECTF()
    pointer = ctypes.byref(box)
    unicode_of, box_of, object_of = raw.FPDFText_GetUnicode, raw.FPDFText_GetLooseCharBox, raw.FPDFText_GetTextObject
    unmapped_of = raw.FPDFText_HasUnicodeMapError
    bold_fonts: dict[bytes, bool] = {}
    current = b""
    size, run_size = 0.0, 0.0
    bold, turn = False, 0
    run: list[_Glyph] = []
    high = 0
    for index in range(min(text.count_chars(), MOST_GLYPHS)):
        code = unicode_of(handle, index)
        if code in (32, 13, 10, 0xA0, 9):
            run = []
            continue
        item = object_of(handle, index)
        owner = bytes(item)  # its address
        if owner != current:
            current = owner
            was = (bold, turn)
            bold = _is_bold(item, handle, index, bold_fonts)
            size = raw.FPDFText_GetFontSize(handle, index)
            turn = _turn(raw.FPDFText_GetCharAngle(handle, index))
            if was != (bold, turn):
                run = []
        found.glyphs += 1
        if code == 0xFFFD or code < 2 or (code in _HYPHENS and unmapped_of(handle, index) == 1):
            found.unmapped += 1
            continue
        if 0xE000 <= code <= 0xF8FF or code >= 0xF0000:
            found.unmapped += code not in _BULLETS
            code = ord(_BULLETS.get(code, " "))
        elif index % _SAMPLE == 0 and unmapped_of(handle, index) == 1:
            found.unmapped += _SAMPLE
        if 0xD800 <= code <= 0xDBFF:
            high = code
            continue
        if 0xDC00 <= code <= 0xDFFF:
            if not high:
                continue
            code, high = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00), 0
        if code in _HYPHENS:
            code = ord("-")
        if code < 32 or turn < 0 or not box_of(handle, index, pointer):
            continue
        glyph = _Glyph(box.left, box.bottom, box.right, box.top, chr(code))
        if turn == 0 and _RTL.match(glyph.char):
            _even_height(glyph, handle, index)
        if not run or _begins_word(run[-1], glyph, turn, size == run_size):
            run = [glyph]
            by_turn.setdefault(turn, []).append((run, bold))
        else:
            run.append(glyph)
        run_size = size
    return by_turn, found


def _even_height(glyph: _Glyph, handle: object, index: int) -> None:
    """Gives a glyph the height of its font. PDFium's box of some right-to-left glyphs is that of the drawn shape."""
    x, y, matrix = ctypes.c_double(), ctypes.c_double(), raw.FS_MATRIX()
    raw.FPDFText_GetCharOrigin(handle, index, ctypes.byref(x), ctypes.byref(y))
    raw.FPDFText_GetMatrix(handle, index, ctypes.byref(matrix))
    size = raw.FPDFText_GetFontSize(handle, index) * abs(matrix.d)
    if size > 0:
        glyph.top, glyph.bottom = y.value + 0.9 * size, y.value - 0.25 * size


def _is_bold(item: object, handle: object, index: int, known: dict[bytes, bool]) -> bool:
    font = bytes(raw.FPDFTextObj_GetFont(item)) if item else b""
    if font not in known:
        buffer, flags = ctypes.create_string_buffer(128), ctypes.c_int()
        length = raw.FPDFText_GetFontInfo(handle, index, buffer, 128, ctypes.byref(flags))
        known[font] = _BOLD.search(buffer.raw[: max(0, min(length, 128))].decode("utf-8", "replace")) is not None
    return known[font]


def _turn(angle: float) -> int:
    """The direction of text in whole quarters; -1 for slanted text."""
    degrees = round(angle * 57.29578) % 360
    return next((turn for turn in (0, 90, 180, 270) if min((degrees - turn) % 360, (turn - degrees) % 360) <= 5), -1)


def _begins_word(before: _Glyph, glyph: _Glyph, turn: int, same_size: bool) -> bool:
    """Whether a glyph is too far from the one before, or of another size."""
    if turn in (90, 270):
        height, other = before.x1 - before.x0, glyph.x1 - glyph.x0
        gap = max(glyph.bottom - before.top, before.bottom - glyph.top)
        shift = abs((glyph.x0 + glyph.x1) - (before.x0 + before.x1)) / 2
    else:
        height, other = before.top - before.bottom, glyph.top - glyph.bottom
        gap = max(glyph.x0 - before.x1, before.x0 - glyph.x1)
        shift = abs((glyph.top + glyph.bottom) - (before.top + before.bottom)) / 2
    if height <= 0 or other <= 0:
        return False
    if same_size:
        # PDFium gives the letters of a ligature lower boxes, of the drawn shape.
        return gap > _GAP * max(height, other) or shift > max(height, other) / 2
    return gap > _GAP * height or shift > height / 2 or not _RAISED < other / height < 1 / _RAISED


def _words(glyphs: list[_Glyph], bold: bool) -> list[Word]:
    """The words of a run: one, or several where right-to-left text has gaps that the run's order hides."""
    text = "".join(glyph.char for glyph in glyphs)
    parts = [glyphs]
    if len(glyphs) > 1 and _RTL.search(text):
        parts = []
        before: _Glyph | None = None
        for glyph in _from_right(glyphs):
            if before is None or before.x0 - glyph.x1 > _GAP * (before.top - before.bottom):
                parts.append([])
            parts[-1].append(glyph)
            before = glyph
    return [
        Word(
            min(glyph.x0 for glyph in part),
            -max(glyph.top for glyph in part),
            max(glyph.x1 for glyph in part),
            max(-min(glyph.bottom for glyph in part), 1 - max(glyph.top for glyph in part)),  # at least 1 point high
            "".join(glyph.char for glyph in part).strip(),
            bold,
        )
        for part in parts
        if any(glyph.char.strip() for glyph in part)
    ]


def _from_right(glyphs: list[_Glyph]) -> list[_Glyph]:
    """Glyphs of right-to-left text in logical order. PDFium gives some words in this order and some reversed."""
    letters = [glyph for glyph in glyphs if not unicodedata.combining(glyph.char)]
    letters.sort(key=lambda glyph: -(glyph.x0 + glyph.x1))
    for mark in (glyph for glyph in glyphs if unicodedata.combining(glyph.char)):
        centre = mark.x0 + mark.x1
        near = min(range(len(letters)), key=lambda at: abs(letters[at].x0 + letters[at].x1 - centre), default=-1)
        letters.insert(near + 1, mark)
    return letters


def _turned(word: Word, turn: int, left: float, bottom: float, right: float, top: float) -> Word:
    """The word with its box in a page whose text runs horizontally, from the upper left corner."""
    x0, y0, x1, y1 = word.x0 - left, word.top + top, word.x1 - left, word.bottom + top
    width, height = right - left, top - bottom
    if turn == 270:  # runs upwards
        x0, y0, x1, y1 = height - y1, x0, height - y0, x1
    elif turn == 90:  # runs downwards
        x0, y0, x1, y1 = y0, width - x1, y1, width - x0
    elif turn == 180:
        x0, y0, x1, y1 = width - x1, height - y1, width - x0, height - y0
    return Word(x0, y0, x1, y1, word.text, word.bold)
