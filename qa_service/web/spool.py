"""The files of an upload, on disk while the request is read.

All files of a request share one temporary file. A file for each would need thousands of descriptors, and memory for
each small file would add up to the whole upload.
"""

from __future__ import annotations

import io
import os
import tempfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

__all__ = ["Spool"]


class Spool:
    """A temporary file that holds several files, one after the other. The system removes it when it is closed."""

    def __init__(self) -> None:
        self.file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  it lives as long as the request
        self.end = 0
        self.parts = 0
        """Parts that are open. The file is closed with the last of them."""

    def part(self) -> Part:
        """A new file at the end. Write it whole before the next part begins."""
        return Part(self)


class Part(io.RawIOBase):
    """One file of a spool."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        spool.parts += 1
        self._start = spool.end
        self._size = 0
        self._at = 0

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def write(self, content: ReadableBuffer) -> int:
        left = memoryview(content).cast("B")
        size = len(left)
        while left:
            written = os.pwrite(self._spool.file.fileno(), left, self._spool.end)
            self._spool.end += written
            self._size += written
            left = left[written:]
        return size

    def readinto(self, buffer: WriteableBuffer) -> int:
        into = memoryview(buffer).cast("B")
        wanted = min(len(into), self._size - self._at)
        found = os.pread(self._spool.file.fileno(), wanted, self._start + self._at) if wanted > 0 else b""
        into[: len(found)] = found
        self._at += len(found)
        return len(found)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        begins = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, begins + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._spool.parts -= 1
            if not self._spool.parts:
                self._spool.file.close()
