"""Reads the rows of tables, as `parsing.tables` writes them: `Line: 61; First quarter: 812; Second quarter: 955.`

A row is no prose: it has no verb, and a reader that has learnt from prose gives it little. What a question asks of a
table is plain, though: it names a row by one of its cells and a column by its header.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import regex

from qa_service.text.basic.words import normalise_word, word_spans
from qa_service.text.lexicon.stop_words import ENGLISH_STOP_WORDS

__all__ = ["Cell", "asked_cell", "asks_for_row", "row_cells"]

LONGEST_NAME = 90
_OTHERWISE = frozenset({"where", "when", "why", "who", "whom", "whose"})
_BRACKETS = regex.compile(r"\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a row. `start` and `end` of the value are offsets into the sentence. A cell may have no name."""

    name: str
    value: str
    start: int
    end: int


def row_cells(sentence: str) -> tuple[Cell, ...]:
    """The cells of a table's row; empty for a sentence that is no row: two parts need a name."""
    if "; " not in sentence or ": " not in sentence or not sentence.endswith("."):
        return ()
    cells, position = [], 0
    for part in sentence[:-1].split("; "):
        name, colon, value = part.partition(": ")
        if not colon:
            name, value = "", part
        start = position + len(part) - len(value)
        cells.append(Cell(name, value, start, position + len(part)))
        position += len(part) + 2
    named = [cell for cell in cells if cell.name]
    is_row = len(named) > 1 and len(named) >= len(cells) - 2 and all(len(cell.name) <= LONGEST_NAME for cell in named)
    return tuple(cells) if is_row else ()


def asked_cell(question: str, cells: Sequence[Cell]) -> Cell | None:
    """The cell that a question asks for: it names another cell's value, and this cell's column. None if it does not."""
    asked = _words(question)
    rows = [cell for cell in cells if _holds(asked, _words(cell.value), is_name=False)]
    if not rows:
        return None
    columns = [
        cell for cell in cells if cell not in rows and cell.name and _holds(asked, _words(cell.name), is_name=True)
    ]
    return max(columns, key=lambda cell: len(cell.name), default=None)


def asks_for_row(question: str, cells: Sequence[Cell]) -> bool:
    """Whether a question names a row by a cell with its column, such as "line 61", and asks for neither place nor time,
    person nor reason."""
    asked = _words(question)
    if not _OTHERWISE.isdisjoint(asked):
        return False
    named = (_words(f"{cell.name} {cell.value}") for cell in cells if cell.name)
    return any(_holds(asked, words, is_name=False) for words in named)


def _words(text: str) -> list[str]:
    return [normalise_word(text[start:end]) for start, end in word_spans(_BRACKETS.sub(" ", text))]


def _holds(asked: Sequence[str], words: Sequence[str], *, is_name: bool) -> bool:
    """Whether all words stand in the question: those of a value together and in order."""
    content = [word for word in words if word not in ENGLISH_STOP_WORDS]
    if not content or (len(content) == 1 and len(content[0]) < 2 and not content[0].isdigit()):
        return False
    if is_name:
        return set(content) <= {*asked, *(word + "s" for word in asked), *(word.removesuffix("s") for word in asked)}
    return any(list(asked[i : i + len(words)]) == list(words) for i in range(len(asked)))
