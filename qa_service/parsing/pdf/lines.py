"""Words of a region to lines in logical order."""

from __future__ import annotations

import statistics
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

import regex

from qa_service.parsing.pdf.blocks import Line
from qa_service.parsing.pdf.words import Word

__all__ = ["CAP", "line_of", "lines_of", "usual_height"]

CAP = "\ue001"
"""Stands between a drop cap and its line until `joining` knows the document's words."""
_GLUED = 0.12
"""Words with a gap below this many heights have no space between them."""
_RAISED = 0.9
_MARK = regex.compile(r"[\d,]{1,5}|[*†‡§¶]{1,3}|\[\d{1,3}\]|[a-z]")
_UNIT = regex.compile(r"(?:^|\d)\p{Ll}{1,2}$")
_SUPERSCRIPT = str.maketrans("0123456789-−+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁺")
_LTR = regex.compile(r"[\p{L}\p{N}]")
_LEADING_STOP = regex.compile(r"^([.,:;!?،؛؟%]+)([^\p{P}].*)$")
_BRACKETS = str.maketrans("()[]{}«»", ")(][}{»«")
_OPENING, _CLOSING = "([{", ")]}"


def usual_height(words: Sequence[Word]) -> float:
    """The median height of a word's line, by characters; 10 for no words."""
    weights: dict[float, int] = {}
    for word in words:
        height = word.bottom - word.top
        weights[height] = weights.get(height, 0) + min(len(word.text), 12)
    half = sum(weights.values()) / 2
    for height in sorted(weights):
        half -= weights[height]
        if half <= 0:
            return height
    return 10.0


def lines_of(words: Sequence[Word], em: float) -> list[Line]:
    """The lines of a region of one column, from top to bottom."""
    caps, words = _drop_caps(words, em)
    ordered = sorted(words, key=lambda one: (one.middle, one.x0))
    marks = _marks(ordered, em)
    rows: list[list[Word]] = []
    for word in (one for one in ordered if one not in marks) if marks else ordered:
        _add(rows, word)
    rest = []
    for mark in marks:
        # A raised or lowered mark belongs to the line of the larger word that it touches.
        row = next((row for row in rows if any(_touches(mark, word) for word in row)), None)
        rest.append(mark) if row is None else row.append(mark)
    for word in rest:
        _add(rows, word, len(rows))
    lines = [line_of(row) for row in rows]
    lines.sort(key=lambda line: line.top + line.bottom)
    for cap in caps:
        _join_cap(cap, lines)
    return [line for line in lines if line.text]


def _marks(words: Sequence[Word], em: float) -> set[Word]:
    """The short words that are smaller than a word that they touch. `words` go downwards."""
    small = [at for at, word in enumerate(words) if len(word.text) <= 5 and word.height < _RAISED * em]
    if not small:
        return set()
    middles = [word.middle for word in words]
    reach = max(word.height for word in words)
    found = set()
    for at in small:
        mark = words[at]
        near = words[bisect_left(middles, mark.middle - reach) : bisect_right(middles, mark.middle + reach)]
        if any(_touches(mark, word) for word in near):
            found.add(mark)
    return found


def line_of(words: Sequence[Word]) -> Line:
    """One line of words, in logical order."""
    rtl = sum(len(w.text) for w in words if w.rtl) * 2 > sum(len(w.text) for w in words)
    ordered = sorted(words, key=lambda word: word.x0)
    height = usual_height(words)
    if rtl:
        ordered = _logical(ordered)
    ordered = _unspaced(ordered, height)
    # The main words give the line its height: a raised mark, or a large initial, does not.
    main = [word for word in ordered if abs(word.height - height) <= 0.15 * height] or ordered
    bold = sum(len(w.text) for w in ordered if w.bold) * 2 > sum(len(w.text) for w in ordered)
    return Line(
        words=ordered,
        text=_text(ordered, height, rtl),
        size=height,
        bold=bold,
        x0=min(word.x0 for word in ordered),
        x1=max(word.x1 for word in ordered),
        top=statistics.median(word.top for word in main),
        bottom=statistics.median(word.bottom for word in main),
        rtl=rtl,
    )


def _add(rows: list[list[Word]], word: Word, last: int = 3) -> None:
    """Adds a word to the row, of the `last` ones, whose words stand at its height, else as a row."""
    for row in rows[-last:]:
        if abs(row[0].middle - word.middle) < 0.3 * min(row[0].height, word.height):
            row.append(word)
            return
    rows.append([word])


def _touches(mark: Word, word: Word) -> bool:
    near = min(abs(mark.x0 - word.x1), abs(word.x0 - mark.x1)) < 0.4 * word.height
    return near and mark.height < _RAISED * word.height and word.top - 0.2 * word.height < mark.middle < word.bottom


def _text(words: Sequence[Word], height: float, rtl: bool) -> str:
    text = ""
    for index, word in enumerate(words):
        if index == 0:
            text = word.text
            continue
        before = words[index - 1]
        gap = before.x0 - word.x1 if rtl else word.x0 - before.x1
        small = before.height < _RAISED * height and before.top < word.top + 0.3 * height
        if index == 1 and small and _MARK.fullmatch(before.text) and not before.text.isalpha():
            text += " " + word.text  # the mark at the beginning of a footnote
            continue
        glued = gap < _GLUED * min(word.height, before.height)
        raised = word.height < _RAISED * height and word.bottom < before.bottom - 0.12 * height
        if glued and raised and _MARK.fullmatch(word.text):
            if (_UNIT.search(text.rpartition(" ")[2]) and word.text in ("2", "3")) or text[-1:].isdigit():
                text += word.text.translate(_SUPERSCRIPT)  # m², 10⁶
            continue  # a footnote's mark
        text += word.text if glued else " " + word.text
    return _mirrored(text) if rtl else text


def _logical(words: list[Word]) -> list[Word]:
    """Words of a right-to-left line, given from left to right, in logical order. Latin words keep theirs."""
    ordered: list[Word] = []
    run: list[Word] = []
    for word in reversed(words):
        if word.rtl or not _LTR.search(word.text):
            ordered += reversed(run)
            run = []
            ordered.append(word)
        else:
            stop = _LEADING_STOP.match(word.text)
            run.append(word._replace(text=stop[2] + stop[1]) if stop else word)
    return ordered + run[::-1]


def _mirrored(text: str) -> str:
    """Brackets of a right-to-left line by their meaning, where the file holds them by their look."""
    brackets = [char for char in text if char in _OPENING + _CLOSING]
    if brackets and brackets[0] in _CLOSING and brackets[-1] in _OPENING:
        text = text.translate(_BRACKETS)
        text = regex.sub(r"([(\[{]) +", r"\1", text)
        text = regex.sub(r" +([)\]}])", r"\1", text)
    return text


def _unspaced(words: list[Word], height: float) -> list[Word]:
    """Joins letters of letter-spaced words: "H A R B O U R" is a word."""
    single = sum(len(word.text) == 1 and word.text.isalpha() for word in words)
    if len(words) < 5 or single < 0.8 * len(words):
        return words
    gaps = [max(0.0, after.x0 - before.x1) for before, after in pairwise(words)]
    limit = 1.6 * statistics.median(gaps) + 0.02 * height
    joined = [words[0]]
    for gap, word in zip(gaps, words[1:], strict=True):
        last = joined[-1]
        if gap > limit:
            joined.append(word)
        else:
            top, bottom = min(last.top, word.top), max(last.bottom, word.bottom)
            joined[-1] = Word(last.x0, top, word.x1, bottom, last.text + word.text, last.bold)
    return joined


def _drop_caps(words: Sequence[Word], em: float) -> tuple[list[Word], list[Word]]:
    """The drop caps, and the other words: capitals over two lines or more, with text at their right."""
    caps = []
    for word in words:
        if word.height < 1.7 * em or len(word.text.strip("“\"'‘«")) > 2 or not word.text[-1:].isupper():
            continue
        beside = [
            other
            for other in words
            if other.height < 0.7 * word.height
            and -0.5 * em < other.x0 - word.x1 < 1.5 * em
            and word.top - 0.3 * em < other.middle < word.bottom + 0.3 * em
        ]
        if len({round(other.middle) for other in beside}) >= 2:
            caps.append(word)
    return caps, [word for word in words if word not in caps]


def _join_cap(cap: Word, lines: list[Line]) -> None:
    beside = [
        line
        for line in lines
        if cap.top - 0.3 * line.size < (line.top + line.bottom) / 2 < cap.bottom and line.x0 > cap.x1 - 0.5 * line.size
    ]
    if beside:
        beside[0].text = cap.text + CAP + beside[0].text
        for line in beside:  # the cap's width is no indent
            line.x0 = min(line.x0, cap.x0)
