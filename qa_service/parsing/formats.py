"""The registry of file formats. A new format is one file beside this one, and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from qa_service.parsing.plain import parse_plain
from qa_service.records import ArticleDraft

__all__ = ["FORMATS", "Parser", "parser_for"]

Parser = Callable[[bytes, str], Sequence[ArticleDraft]]
"""Parses the bytes and the name of a file to its raw texts and their metadata. Cleaning and splitting come later.

Raises:
    UnreadableSource: the file does not have this format.
"""

FORMATS: Mapping[str, Parser] = {
    ".txt": parse_plain,
    ".text": parse_plain,
    ".md": parse_plain,
}
"""Parser by lower-case suffix."""


def parser_for(suffix: str) -> Parser:
    """The parser for a suffix of any case. An unknown suffix gets the plain text parser."""
    return FORMATS.get(suffix.lower(), parse_plain)
