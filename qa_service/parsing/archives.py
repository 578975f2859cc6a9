"""Unpacks archives: ZIP, TAR (also compressed), and single files that gzip, bzip2 or xz compressed.

A member is unpacked to a temporary file, one at a time. Nothing is believed that the archive says of itself: sizes are
counted while unpacking, and names may not leave the archive.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO, cast

from qa_service.errors import InvalidInput, UnreadableSource
from qa_service.parsing.sidecar import SIDECAR, read_sidecar
from qa_service.parsing.sources import is_hidden, is_left_out
from qa_service.parsing.unpacking import LzmaReader
from qa_service.records import ArticleMeta

__all__ = ["Member", "archive_kind", "members"]

MOST_MEMBERS = 100_000
MOST_BYTES = 16 * 1024**3
"""Bytes that an archive may unpack to."""
RATIO, RATIO_FROM = 250, 64 * 1024**2
"""An archive that unpacks to more than `RATIO` times its size, and more than `RATIO_FROM` bytes, is refused."""
DEEPEST = 3
"""Archives within archives."""
BLOCK = 1024 * 1024
LARGEST_DIRECTORY = 24 * 1024 * 1024
"""Bytes of the directory of a ZIP file; 100 000 files need about 10 MiB."""
UNPACK = "Unpack it yourself, and ingest the folder"
LARGEST_SIDECAR = 4 * 1024 * 1024
_COMPRESSED = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz"}
_ZIP_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)
_DAMAGED = (zipfile.BadZipFile, tarfile.TarError, lzma.LZMAError, zlib.error, EOFError, OSError, ValueError,
            NotImplementedError)  # fmt: skip
_ENCRYPTED = 0x1
_LINK = 0o120000


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive, unpacked to `path`, or the reason to skip it. The caller deletes `path`."""

    name: str
    """Name of the archive, `/`, and the path in the archive."""
    path: Path | None = None
    metadata: ArticleMeta | None = None
    skip_reason: str | None = None


@dataclass(slots=True)
class _Budget:
    """What an archive, with the archives in it, may still unpack to."""

    packed: int
    unpacked: int = 0
    members: int = 0
    stopped: Callable[[], bool] = field(default=lambda: False)

    def take(self, number: int) -> None:
        """Count unpacked bytes.

        Raises:
            _TooLarge: they are more than allowed.
        """
        self.unpacked += number
        if self.stopped():
            raise _TooLarge("the ingest was stopped")
        if self.unpacked > MOST_BYTES:
            raise _TooLarge(
                f"unpacks to more than {MOST_BYTES // 1024**3} GiB. Unpack it yourself, and ingest the folder"
            )
        if self.unpacked > max(RATIO_FROM, RATIO * self.packed):
            raise _TooLarge(f"unpacks to more than {RATIO} times its size, as archives that are made to fill disks")

    def count(self) -> None:
        """Count a member."""
        self.members += 1
        if self.members > MOST_MEMBERS:
            raise _TooLarge(f"has more than {MOST_MEMBERS:,} files. {UNPACK}")


class _Counted(io.RawIOBase):
    """Counts the bytes that are read from a compressed TAR, also of members that nobody unpacks."""

    def __init__(self, file: BinaryIO, budget: _Budget) -> None:
        super().__init__()
        self._file = file
        self._budget = _Budget(budget.packed, stopped=budget.stopped)

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


class _TooLarge(Exception):
    """The archive unpacks to more than is allowed."""


@dataclass(frozen=True, slots=True)
class _Entry:
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
                with suppress(*_DAMAGED), _unpacked(path, kind) as unpacked:
                    return "TAR" if unpacked.read(512)[257:262] == b"ustar" else kind
                return kind
    return None


def members(path: Path, name: str, folder: Path, stopped: Callable[[], bool] = lambda: False) -> Iterator[Member]:
    """Yields the files in an archive, each unpacked in `folder`. Archives in it are unpacked too.

    Hidden files, READMEs and `sources.toml` are left out, as in a folder. Links and devices are skipped.

    Raises:
        UnreadableSource: the archive is damaged or too large; the members before were yielded.
    """
    budget = _Budget(path.stat().st_size, stopped=stopped)
    yield from _members(path, name, folder, budget, 1)


def _members(path: Path, name: str, folder: Path, budget: _Budget, depth: int) -> Iterator[Member]:
    kind = archive_kind(path)
    try:
        sidecars, wrong = _sidecars(path, kind, name, folder, budget)
        yield from (Member(f"{name}/{at}", skip_reason=f"{name}/{at}: {reason}") for at, reason in wrong.items())
        seen: set[str] = set()
        for entry in _entries(path, kind, name, budget):
            budget.count()
            member = f"{name}/{entry.path}"
            inner = PurePosixPath(entry.path)
            if any(is_hidden(part) for part in inner.parts) or is_left_out(inner.name):
                continue
            if entry.path in seen:
                yield Member(member, skip_reason=f"{member}: the archive has another file of this name before it.")
                continue
            seen.add(entry.path)
            if entry.open is None or entry.refused is not None:
                yield Member(member, skip_reason=f"{member}: {entry.refused}.")
                continue
            try:
                found = _unpack(entry.open, folder, inner.suffix, budget)
            except (*_DAMAGED, RuntimeError) as error:
                yield Member(member, skip_reason=f"{member}: cannot be unpacked: {_said(error)}.")
                if kind != "ZIP":
                    raise
                continue
            if archive_kind(found) is None:
                yield Member(member, found, sidecars.get(str(inner.parent), {}).get(inner.name))
                continue
            try:
                if depth >= DEEPEST:
                    yield Member(member, skip_reason=f"{member}: archives are read {DEEPEST} deep. Unpack it yourself.")
                else:
                    yield from _nested(found, member, folder, budget, depth)
            finally:
                found.unlink(missing_ok=True)
    except _TooLarge as error:
        raise UnreadableSource(f"{name}: {error}.", param=name) from None
    except _DAMAGED as error:
        raise UnreadableSource(f"{name}: is damaged or cut off: {_said(error)}.", param=name) from None


def _nested(path: Path, name: str, folder: Path, budget: _Budget, depth: int) -> Iterator[Member]:
    try:
        yield from _members(path, name, folder, budget, depth + 1)
    except UnreadableSource as error:
        yield Member(name, skip_reason=error.message)


def _entries(path: Path, kind: str | None, name: str, budget: _Budget) -> Iterator[_Entry]:
    """The files of an archive, in its order. A file of TAR must be read before the next is taken."""
    if kind == "ZIP":
        with path.open("rb") as file, _zip(file) as archive:
            for info in archive.infolist():
                if not info.is_dir():
                    yield _Entry(_shown(info.filename), partial(archive.open, info), _refused_zip(info))
    elif kind == "TAR":
        with _tar(path, budget) as tar:
            for member in tar:
                if member.isdir():
                    continue
                refused = _refused_path(member.name)
                if not member.isfile():
                    refused = "is a link or a device, not a file"
                yield _Entry(_shown(member.name), partial(_extract, tar, member), refused)
    else:
        inner = PurePosixPath(name).name
        stem = inner.rpartition(".")[0] if inner.lower().endswith((".gz", ".bz2", ".xz")) else inner
        yield _Entry(stem or "file", lambda: _unpacked(path, str(kind)))


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    file = tar.extractfile(member)
    if file is None:
        raise tarfile.TarError("it holds no bytes")
    return file


def _zip(file: BinaryIO) -> zipfile.ZipFile:
    """The open ZIP file. Its directory is read whole, so a larger one than `LARGEST_DIRECTORY` is refused before."""
    end = zipfile._EndRecData(file)  # type: ignore[attr-defined]
    if end and end[zipfile._ECD_SIZE] > LARGEST_DIRECTORY:  # type: ignore[attr-defined]
        raise _TooLarge(f"has more than {MOST_MEMBERS:,} files. {UNPACK}")
    return zipfile.ZipFile(file)


def _tar(path: Path, budget: _Budget) -> tarfile.TarFile:
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
    except (*_DAMAGED, _TooLarge):
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
    return None


def _shown(path: str) -> str:
    """The path as a name: forward slashes, no `./` at the beginning, valid UTF-8."""
    clean = path.replace("\\", "/").encode("utf-8", "backslashreplace").decode("utf-8")
    return str(PurePosixPath(clean))


def _unpack(open_member: Callable[[], IO[bytes]], folder: Path, suffix: str, budget: _Budget) -> Path:
    with tempfile.NamedTemporaryFile(dir=folder, suffix=suffix[:16], delete=False) as target:
        path = Path(target.name)
        try:
            with open_member() as member:
                while block := member.read(BLOCK):
                    budget.take(len(block))
                    target.write(block)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    return path


def _sidecars(
    path: Path, kind: str | None, name: str, folder: Path, budget: _Budget
) -> tuple[dict[str, Mapping[str, ArticleMeta]], dict[str, str]]:
    """The metadata of each folder in the archive that has a sidecar, and for each wrong sidecar the reason."""
    found: dict[str, Mapping[str, ArticleMeta]] = {}
    wrong: dict[str, str] = {}
    if kind not in ("ZIP", "TAR"):
        return found, wrong
    names: dict[str, list[str]] = {}
    contents: dict[str, bytes] = {}
    for number, entry in enumerate(_entries(path, kind, name, budget)):
        if number >= MOST_MEMBERS:
            break  # `_members` says so
        inner = PurePosixPath(entry.path)
        if entry.refused is None:
            names.setdefault(str(inner.parent), []).append(inner.name)
        if inner.name == SIDECAR and entry.refused is None and entry.open is not None:
            with entry.open() as member:
                contents[str(inner.parent)] = member.read(LARGEST_SIDECAR)
            budget.take(len(contents[str(inner.parent)]))
    for parent, content in contents.items():
        with tempfile.TemporaryDirectory(dir=folder) as beside:
            for file in names[parent]:  # the sidecar names files beside it
                with suppress(OSError):
                    (Path(beside) / file).touch()
            (Path(beside) / SIDECAR).write_bytes(content)
            at = str(PurePosixPath(parent) / SIDECAR)
            try:
                found[parent] = dict(read_sidecar(Path(beside))[0])
            except InvalidInput as error:
                wrong[at] = error.message.replace(f"{Path(beside) / SIDECAR}: ", "")
    return found, wrong


def _said(error: BaseException) -> str:
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__
