"""Which reader takes which file. A new format is one file beside this one and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from qa_service.parsing.plain import read_plain
from qa_service.records import ArticleDraft

__all__ = ["FORMATS", "Reader", "reader_for"]

Reader = Callable[[bytes, str], Sequence[ArticleDraft]]
"""From the bytes and the name of a file to its texts as they stand, with what the file itself says of each; raises
`UnreadableSource`. Cleaning and splitting come after."""

FORMATS: Mapping[str, Reader] = {
    ".txt": read_plain,
    ".text": read_plain,
    ".md": read_plain,
}
"""By suffix, in small letters."""


def reader_for(suffix: str) -> Reader:
    """The reader of a suffix, in any case; plain text where it is not a known one."""
    return FORMATS.get(suffix.lower(), read_plain)
