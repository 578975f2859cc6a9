"""Unpacks the queries and qrels of a BEIR folder from a zip archive, up to a limit.

The sizes in an archive may be false, so bytes are counted as they are unpacked (42.zip; Fifield, "A better zip bomb",
WOOT 2019). A name that leads out of the folder refuses the whole archive.
"""

from __future__ import annotations

import errno
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from qa_service.errors import InvalidInput

__all__ = ["unpack_beir"]

MOST_ENTRIES = 10_000
BLOCK = 1 << 16
READ = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Other compressions may return any amount for one block."""
QUERIES = "queries.jsonl"
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\:]")
_ENCRYPTED = 0x1


def unpack_beir(archive: Path, folder: Path, *, most_bytes: int) -> None:
    """Unpack `queries.jsonl` and `qrels/*.tsv` of `archive` into `folder`; one folder of the archive may hold them.

    Raises:
        InvalidInput: the archive cannot be read, holds no queries, holds a link or a name that leads elsewhere, or
            unpacks to more than `most_bytes`.
    """
    try:
        with archive.open("rb") as file, zipfile.ZipFile(file) as opened:
            entries = opened.infolist()
            if len(entries) > MOST_ENTRIES:
                raise _wrong(archive, f"holds {len(entries)} entries, {MOST_ENTRIES} are read at most")
            for entry in entries:
                _check(archive, entry)
            left = most_bytes
            for entry, target in _wanted(archive, entries, folder):
                target.parent.mkdir(parents=True, exist_ok=True)
                with opened.open(entry) as source, target.open("xb") as sink:
                    left = _copy(source, sink, left, archive, most_bytes)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, ValueError, OSError) as error:
        if isinstance(error, OSError) and error.errno not in (errno.EINVAL, errno.EEXIST):
            raise  # not an error of the archive, such as a full disk
        raise _wrong(archive, f"cannot be unpacked ({error})") from None


def _check(archive: Path, entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename
    parts = PurePosixPath(name).parts
    if _UNSAFE.search(name) or name.startswith("/") or ".." in parts:
        shown = name[:80].encode("ascii", "backslashreplace").decode()
        raise _wrong(archive, f"holds {shown!r}, which is no name within a folder")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise _wrong(archive, f"holds {name!r}, which is a link")
    if entry.flag_bits & _ENCRYPTED:
        raise _wrong(archive, f"is encrypted ({name!r})")


def _wanted(archive: Path, entries: list[zipfile.ZipInfo], folder: Path) -> Iterator[tuple[zipfile.ZipInfo, Path]]:
    """Yield the entries to unpack with their targets; the folder with the queries is the one that counts."""
    tops = [PurePosixPath(e.filename).parent for e in entries if PurePosixPath(e.filename).name == QUERIES]
    if len(tops) != 1:
        found = f"holds {len(tops)} files {QUERIES}" if tops else f"holds no {QUERIES}"
        raise _wrong(archive, f"{found}. Send the zip of one BEIR folder: {QUERIES} and qrels/*.tsv")
    for entry in entries:
        path = PurePosixPath(entry.filename)
        if entry.is_dir() or not path.is_relative_to(tops[0]):
            continue
        inside = path.relative_to(tops[0])
        if inside == PurePosixPath(QUERIES) or (len(inside.parts) == 2 and inside.match("qrels/*.tsv")):
            if entry.compress_type not in READ:
                raise _wrong(archive, f"holds {entry.filename!r} in another compression than deflate. Pack it anew")
            yield entry, folder / inside


def _copy(source: IO[bytes], sink: IO[bytes], left: int, archive: Path, most_bytes: int) -> int:
    """Returns how many bytes may still be unpacked."""
    while block := source.read(BLOCK):
        left -= len(block)
        if left < 0:
            raise _wrong(archive, f"unpacks to more than {most_bytes >> 20} MiB. Send queries and qrels alone")
        sink.write(block)
    return left


def _wrong(archive: Path, what: str) -> InvalidInput:
    return InvalidInput(f"{archive.name}: {what}.", param="file")
