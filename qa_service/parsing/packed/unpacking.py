"""Reads xz files with a limit on memory, which Python's `lzma.open` lacks."""

from __future__ import annotations

import io
import lzma
from pathlib import Path
from typing import Any

__all__ = ["LzmaReader"]

MOST_MEMORY = 256 * 1024 * 1024
"""xz -9 needs 65 MiB to unpack."""
BLOCK = 64 * 1024


class LzmaReader(io.RawIOBase):
    """The unpacked bytes of an xz file.

    Reading raises lzma.LZMAError if the file is damaged or needs too much memory, EOFError if it is cut off.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._file = path.open("rb")
        self._unpack = lzma.LZMADecompressor(memlimit=MOST_MEMORY)

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        wanted = len(memoryview(target))
        while True:
            if self._unpack.eof:
                rest = self._unpack.unused_data.lstrip(b"\0") or self._file.read(BLOCK).lstrip(b"\0")
                if not rest:
                    return 0
                self._unpack = lzma.LZMADecompressor(memlimit=MOST_MEMORY)
                found = self._unpack.decompress(rest, wanted)
            else:
                block = self._file.read(BLOCK) if self._unpack.needs_input else b""
                if not block and self._unpack.needs_input:
                    raise EOFError("the file ends too early")
                found = self._unpack.decompress(block, wanted)
            if found:
                memoryview(target)[: len(found)] = found
                return len(found)

    def close(self) -> None:
        self._file.close()
        super().close()
