"""Lists the files in an archive: ZIP, TAR (also compressed), and single files that gzip, bzip2 or xz compressed.

Nothing is believed that the archive says of itself: sizes are counted while unpacking, and names may not leave the
archive.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO, cast

from qa_service.parsing.packed.unpacking import LzmaReader

__all__ = ["DAMAGED", "MOST_MEMBERS", "Budget", "Entry", "TooLarge", "archive_kind", "entries"]

MOST_MEMBERS = 100_000
MOST_BYTES = 16 * 1024**3
"""Bytes that an archive may unpack to."""
RATIO, RATIO_FROM = 250, 64 * 1024**2
"""An archive that unpacks to more than `RATIO` times its size, and more than `RATIO_FROM` bytes, is refused."""
LARGEST_DIRECTORY = 24 * 1024 * 1024
"""Bytes of the directory of a ZIP file; 100 000 files need about 10 MiB."""
UNPACK = "Unpack it yourself, and ingest the folder"
DAMAGED = (
    zipfile.BadZipFile, tarfile.TarError, lzma.LZMAError, zlib.error, EOFError, OSError, ValueError, NotImplementedError
)  # fmt: skip
_COMPRESSED = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz"}
_ZIP_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)
_ENCRYPTED = 0x1
_LINK = 0o120000

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class TooLarge(Exception):
    """The archive unpacks to more than is allowed."""


@dataclass(slots=True)
class Budget:
    """What an archive, with the archives in it, may still unpack to."""

    packed: int
    unpacked: int = 0
    members: int = 0
    stopped: Callable[[], bool] = field(default=lambda: False)

    def take(self, number: int) -> None:
        """Count unpacked bytes.

        Raises:
            TooLarge: they are more than allowed.
        """
        self.unpacked += number
        if self.stopped():
            raise TooLarge("the ingest was stopped")
        if self.unpacked > MOST_BYTES:
            raise TooLarge(
                f"unpacks to more than {MOST_BYTES // 1024**3} GiB. Unpack it yourself, and ingest the folder"
            )
        if self.unpacked > max(RATIO_FROM, RATIO * self.packed):
            raise TooLarge(f"unpacks to more than {RATIO} times its size, as archives that are made to fill disks")

    def count(self) -> None:
        """Count a member."""
        self.members += 1
        if self.members > MOST_MEMBERS:
            raise TooLarge(f"has more than {MOST_MEMBERS:,} files. {UNPACK}")


class _Counted(io.RawIOBase):
    """Counts the bytes that are read from a compressed TAR, also of members that nobody unpacks."""

    def __init__(self, file: BinaryIO, budget: Budget) -> None:
        super().__init__()
        self._file = file
        self._budget = Budget(budget.packed, stopped=budget.stopped)

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        found = self._file.read(len(memoryview(target)))
        self._budget.take(len(found))
        memoryview(target)[: len(found)] = found
        return len(found)

    def close(self) -> None:
        self._file.close()
        super().close()


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in an archive: its path in it, and how to open it, or the reason to skip it."""

    path: str
    open: Callable[[], IO[bytes]] | None = None
    refused: str | None = None


def archive_kind(path: Path) -> str | None:
    """Name of the archive format of a file, by its content; None if it is no archive. Documents that are ZIP are none.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(512)
        if head[257:262] == b"ustar":
            return "TAR"
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            return None if _is_document(file, head) else "ZIP"
        for signature, kind in _COMPRESSED.items():
            if head.startswith(signature):
                with suppress(*DAMAGED), _unpacked(path, kind) as unpacked:
                    return "TAR" if unpacked.read(512)[257:262] == b"ustar" else kind
                return kind
    return None


def entries(path: Path, kind: str | None, name: str, budget: Budget) -> Iterator[Entry]:
    """The files of an archive, in its order. A file of TAR must be read before the next is taken."""
    if kind == "ZIP":
        with path.open("rb") as file, _zip(file) as archive:
            for info in archive.infolist():
                if not info.is_dir():
                    yield Entry(_shown(info.filename), partial(archive.open, info), _refused_zip(info))
    elif kind == "TAR":
        with _tar(path, budget) as tar:
            for member in tar:
                if member.isdir():
                    continue
                refused = _refused_path(member.name)
                if not member.isfile():
                    refused = "is a link or a device, not a file"
                yield Entry(_shown(member.name), partial(_extract, tar, member), refused)
    else:
        inner = PurePosixPath(name).name
        stem = inner.rpartition(".")[0] if inner.lower().endswith((".gz", ".bz2", ".xz")) else inner
        yield Entry(stem or "file", lambda: _unpacked(path, str(kind)))


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    file = tar.extractfile(member)
    if file is None:
        raise tarfile.TarError("it holds no bytes")
    return file


def _zip(file: BinaryIO) -> zipfile.ZipFile:
    """The open ZIP file. Its directory is read whole, so a larger one than `LARGEST_DIRECTORY` is refused before."""
    end = zipfile._EndRecData(file)  # type: ignore[attr-defined]
    if end and end[zipfile._ECD_SIZE] > LARGEST_DIRECTORY:  # type: ignore[attr-defined]
        raise TooLarge(f"has more than {MOST_MEMBERS:,} files. {UNPACK}")
    return zipfile.ZipFile(file)


def _tar(path: Path, budget: Budget) -> tarfile.TarFile:
    with path.open("rb") as file:
        head = file.read(6)
    kind = next((kind for signature, kind in _COMPRESSED.items() if head.startswith(signature)), None)
    if kind is None:
        return tarfile.open(path, "r:")
    counted = cast(BinaryIO, io.BufferedReader(_Counted(_unpacked(path, kind), budget)))
    return tarfile.open(fileobj=counted, mode="r|")


def _unpacked(path: Path, kind: str) -> BinaryIO:
    if kind == "xz":
        return cast(BinaryIO, io.BufferedReader(LzmaReader(path)))
    return cast(BinaryIO, gzip.open(path) if kind == "gzip" else bz2.open(path))


def _is_document(file: BinaryIO, head: bytes) -> bool:
    """Whether a ZIP file is a document, such as DOCX, ODT or EPUB."""
    if b"mimetypeapplication/" in head[:80]:
        return True
    try:
        with _zip(file) as archive:
            return "[Content_Types].xml" in archive.NameToInfo
    except (*DAMAGED, TooLarge):
        return b"[Content_Types].xml" in head


def _refused_zip(info: zipfile.ZipInfo) -> str | None:
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted. Unpack it with its password, and ingest the folder"
    if info.external_attr >> 16 & 0o170000 == _LINK:
        return "is a link or a device, not a file"
    if info.compress_type not in _ZIP_METHODS:
        return "is packed by a method that is not read. Unpack it yourself, and ingest the folder"
    return _refused_path(info.filename)


def _refused_path(path: str) -> str | None:
    parts = PurePosixPath(path.replace("\\", "/")).parts
    if path.startswith(("/", "\\")) or ".." in parts or (parts and parts[0].endswith(":")) or "\0" in path:
        return "its path leads out of the archive"
    if _CONTROL.search(path):
        return "its name holds a control character"
    return None


def _shown(path: str) -> str:
    """The path as a name: forward slashes, no `./` at the beginning, valid UTF-8."""
    clean = path.replace("\\", "/").encode("utf-8", "backslashreplace").decode("utf-8")
    return str(PurePosixPath(clean))
