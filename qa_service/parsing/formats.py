"""The registry of file formats. A new format is one parser, and one line in `FORMATS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from qa_service.parsing.decoding import decode
from qa_service.records import ArticleDraft

__all__ = ["FORMATS", "Parser", "parser_for"]

Parser = Callable[[bytes, str], Sequence[ArticleDraft]]
"""Parses the bytes and the name of a file to its raw texts and their metadata. Cleaning and splitting come later.

Raises:
    UnreadableSource: the file does not have this format.
"""


def _parse_plain(raw: bytes, name: str) -> tuple[ArticleDraft, ...]:
    """The whole file as one draft without metadata."""
    return (ArticleDraft(decode(raw, name)),)


FORMATS: Mapping[str, Parser] = {".txt": _parse_plain, ".text": _parse_plain, ".md": _parse_plain}
"""Parser by lower-case suffix."""


def parser_for(suffix: str) -> Parser:
    """The parser for a suffix of any case. An unknown suffix gets the plain text parser."""
    return FORMATS.get(suffix.lower(), _parse_plain)
