"""Repairs a raw text before it is cleaned: its characters, and words that are split at line ends."""

from __future__ import annotations

from qa_service.parsing.cleaning.characters import repair_line
from qa_service.parsing.cleaning.columns import read_columns
from qa_service.parsing.cleaning.lines import normalise_line_ends
from qa_service.parsing.cleaning.split_words import join_split_words
from qa_service.parsing.cleaning.traced import Lines

__all__ = ["repair", "repair_lines"]


def repair(text: str, *, columns: bool = True) -> str:
    """The repaired text, with LF line ends. Repairing it again changes nothing."""
    return repair_lines(Lines.of(normalise_line_ends(text).split("\n")), columns=columns).text


def repair_lines(lines: Lines, *, columns: bool) -> Lines:
    """The repaired lines. With `columns`, two columns that stand side by side are read one after the other."""
    while True:
        repaired = _repair_characters(lines)
        repaired = join_split_words(read_columns(repaired) if columns else repaired)
        if repaired.texts == lines.texts:
            return repaired
        lines = repaired


def _repair_characters(lines: Lines) -> Lines:
    texts: list[str] = []
    changed: dict[int, str] = {}
    for i, line in enumerate(lines.texts):
        repaired, rule = repair_line(line)
        texts.append(repaired)
        if rule is not None:
            changed[i] = rule.__doc__ or ""
    return lines.with_texts(texts, changed) if changed else lines
