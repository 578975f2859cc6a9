"""Lines of UTF-8 files with their numbers, and the place that an error names."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeAlias

from qa_service.errors import InvalidInput
from qa_service.evaluation.sets.evaluation_question import EvaluationQuestion

__all__ = ["Found", "Place", "decoded", "first_line", "numbered_lines", "text_blocks"]

BLOCK = 1 << 16

_PACKED = {
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "zip, or a spreadsheet, which is saved as CSV",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "zstandard",
}
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in which file something stands; `line` counts from 1. `inside` is the way to it within a JSON document."""

    path: Path
    line: int | None = None
    inside: str = ""

    @property
    def within(self) -> str:
        """Where in its file: the way to it, else the line."""
        return self.inside or f"line {self.line}"

    def wrong(self, field: str | None, what: str) -> InvalidInput:
        """`{path}, line {line}, {field}: {what}.`, to be raised. The error's `param` is the field."""
        line = "" if self.line is None else f", line {self.line}"
        named = ".".join(part for part in (self.inside, field) if part)
        return InvalidInput(f"{self.path}{line}{', ' if named else ''}{named}: {what}.", param=field or "questions")


Found: TypeAlias = tuple[Place, EvaluationQuestion | InvalidInput | None]
"""What a reader gives for each place that holds a question: it, or what is wrong with it, so that the rest is read too;
None where it is one that is not asked. It raises only what nothing can be read behind."""


def numbered_lines(path: Path) -> Iterator[tuple[Place, str]]:
    """Each line with its place, line end included; a byte order mark is passed over.

    Raises:
        InvalidInput: the file cannot be opened, or a line is not UTF-8.
    """
    with _opened(path) as file:
        for number, line in enumerate(file, 1):
            place = Place(path, number)
            yield place, decoded(line, place)


def text_blocks(path: Path) -> Iterator[str]:
    """The text of a file in blocks of some 64 KB, for what may have no line ends at all; never an empty one.

    Raises:
        InvalidInput: the file cannot be opened, or is not UTF-8.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    with _opened(path) as file:
        while block := file.read(BLOCK):
            if line == 1 and file.tell() == len(block):
                _refuse_other_bytes(block, Place(path, 1))
                block = block.removeprefix(_BOM)
            try:
                text = decoder.decode(block)
            except UnicodeDecodeError as error:
                raise _not_utf8(error, Place(path, line + error.object.count(b"\n", 0, error.start))) from None
            line += block.count(b"\n")
            if text:
                yield text
        if decoder.getstate()[0]:
            raise Place(path, line).wrong(None, "is not UTF-8: it ends within a character. Save the file as UTF-8")


def first_line(path: Path) -> str:
    """The first line that is not blank, or as much of it as the first 64 KB hold."""
    for block in text_blocks(path):
        for line in block.split("\n"):
            if line.strip():
                return line
    return ""


def decoded(line: bytes, place: Place) -> str:
    """The text of a line; a byte order mark at the beginning of line 1 is left out."""
    if place.line == 1:
        _refuse_other_bytes(line, place)
    try:
        return (line.removeprefix(_BOM) if place.line == 1 else line).decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_utf8(error, place) from None


def _refuse_other_bytes(begin: bytes, place: Place) -> None:
    for magic, what in _PACKED.items():
        if begin.startswith(magic):
            raise place.wrong(None, f"is compressed ({what}). Unpack it and give what was in it")
    if begin.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in begin[:4]:
        raise place.wrong(None, "is UTF-16, not UTF-8. Save the file as UTF-8")


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise Place(path).wrong(None, f"cannot be read: {error.strerror}") from None


def _not_utf8(error: UnicodeDecodeError, place: Place) -> InvalidInput:
    return place.wrong(None, f"is not UTF-8 (byte {error.object[error.start]:#04x}). Save the file as UTF-8")
