"""Opens a text file of any encoding as a stream of characters, so that a large file needs little memory."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, TextIO

from qa_service.errors import UnreadableSource
from qa_service.parsing.cleaning.decoding import WELL_FORMED_PER_DAMAGED, decode

__all__ = ["open_text"]

BLOCK = 1 << 20
MOST_DECODED = 64 << 20
"""Bytes of a file that is not UTF-8 and that is decoded as a whole."""
_MARKED = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # first: it begins with the mark of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@contextmanager
def open_text(file: BinaryIO, name: str, newline: str | None = "") -> Iterator[TextIO]:
    """The characters of an open file, from its beginning, without byte order mark. `newline` is that of `open`.

    UTF-8 and marked UTF-16 are decoded while they are read; damaged bytes become U+FFFD. The file stays open.

    Raises:
        UnreadableSource: the file is empty or binary, its encoding is unknown, or it is large and not UTF-8.
    """
    file.seek(0)
    head = file.read(4)
    encoding = next((encoding for mark, encoding in _MARKED if head.startswith(mark)), None)
    if encoding is None and b"\0" not in head and head and _is_utf8(file):
        encoding = "utf-8-sig"
    file.seek(0)
    if encoding is None:
        raw = file.read(MOST_DECODED + 1)
        if len(raw) > MOST_DECODED:
            what = f"is larger than {MOST_DECODED >> 20} MB and not UTF-8. Save it as UTF-8"
            raise UnreadableSource(f"{name}: {what}.", param=name)
        yield io.StringIO(decode(raw, name), newline=newline)
        return
    text = io.TextIOWrapper(file, encoding, errors="replace", newline=newline)
    try:
        yield text
    finally:
        if not file.closed:
            text.detach()


def _is_utf8(file: BinaryIO) -> bool:
    """Whether a file is UTF-8, of which few bytes may be damaged. Reads all of it."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    damaged = well_formed = 0
    while block := file.read(BLOCK):
        if b"\0" in block or b"\x1b" in block:  # UTF-16 without mark, ISO 2022
            return False
        text = decoder.decode(block)
        if not text.isascii():
            damaged += text.count("\ufffd")
            well_formed += len(text) - len(text.encode("ascii", "ignore"))
    return not damaged or well_formed - damaged >= WELL_FORMED_PER_DAMAGED * damaged
