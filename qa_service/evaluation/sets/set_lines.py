"""Reads UTF-8 files line by line or in blocks."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TypeAlias

from qa_service.errors import InvalidInput
from qa_service.evaluation.sets.evaluation_question import EvaluationQuestion
from qa_service.evaluation.sets.file_place import FilePlace

__all__ = ["Found", "decoded", "first_line", "numbered_lines", "text_blocks"]

BLOCK = 1 << 16

_PACKED = {
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "zip, or a spreadsheet, which is saved as CSV",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "zstandard",
}
_BOM = b"\xef\xbb\xbf"


Found: TypeAlias = tuple[FilePlace, EvaluationQuestion | InvalidInput | None]
"""A reader yields a place with its question, with the error in it, or with None for a question that is not asked. It
raises only errors that stop the reading."""


def numbered_lines(path: Path) -> Iterator[tuple[FilePlace, str]]:
    """Yield each line with its place, line end included. A byte order mark is skipped.

    Raises:
        InvalidInput: the file cannot be opened, or a line is not UTF-8.
    """
    with _opened(path) as file:
        for number, line in enumerate(file, 1):
            place = FilePlace(path, number)
            yield place, decoded(line, place)


def text_blocks(path: Path) -> Iterator[str]:
    """Yield the text of a file in blocks of about 64 KB, for files that may have no line ends. No block is empty.

    Raises:
        InvalidInput: the file cannot be opened, or is not UTF-8.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    with _opened(path) as file:
        while block := file.read(BLOCK):
            if line == 1 and file.tell() == len(block):
                _refuse_other_bytes(block, FilePlace(path, 1))
                block = block.removeprefix(_BOM)
            try:
                text = decoder.decode(block)
            except UnicodeDecodeError as error:
                raise _not_utf8(error, FilePlace(path, line + error.object.count(b"\n", 0, error.start))) from None
            line += block.count(b"\n")
            if text:
                yield text
        if decoder.getstate()[0]:
            raise FilePlace(path, line).wrong(None, "is not UTF-8: it ends within a character. Save the file as UTF-8")


def first_line(path: Path) -> str:
    """The first line that is not blank, or its part within the first 64 KB."""
    for block in text_blocks(path):
        for line in block.split("\n"):
            if line.strip():
                return line
    return ""


def decoded(line: bytes, place: FilePlace) -> str:
    """The text of a line, without the byte order mark of line 1."""
    if place.line == 1:
        _refuse_other_bytes(line, place)
    try:
        return (line.removeprefix(_BOM) if place.line == 1 else line).decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_utf8(error, place) from None


def _refuse_other_bytes(begin: bytes, place: FilePlace) -> None:
    for magic, what in _PACKED.items():
        if begin.startswith(magic):
            raise place.wrong(None, f"is compressed ({what}). Unpack it and give what was in it")
    if begin.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in begin[:4]:
        raise place.wrong(None, "is UTF-16, not UTF-8. Save the file as UTF-8")


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise FilePlace(path).wrong(None, f"cannot be read: {error.strerror}") from None


def _not_utf8(error: UnicodeDecodeError, place: FilePlace) -> InvalidInput:
    return place.wrong(None, f"is not UTF-8 (byte {error.object[error.start]:#04x}). Save the file as UTF-8")
