"""Reads UTF-8 files line by line, or as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO, TypeAlias

from qa_service.errors import InvalidInput
from qa_service.evaluation.sets.evaluation_question import EvaluationQuestion
from qa_service.evaluation.sets.file_place import FilePlace

__all__ = ["Found", "decoded", "numbered_lines", "whole_text"]

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


def whole_text(path: Path) -> str:
    """The text of a file without its byte order mark.

    Raises:
        InvalidInput: the file cannot be opened, or is not UTF-8.
    """
    with _opened(path) as file:
        raw = file.read()
    _refuse_other_bytes(raw, FilePlace(path, 1))
    try:
        return raw.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        place = FilePlace(path, 1 + error.object.count(b"\n", 0, error.start))
        if error.reason == "unexpected end of data":
            raise place.wrong(None, "is not UTF-8: it ends within a character. Save the file as UTF-8") from None
        raise _not_utf8(error, place) from None


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
