"""The encodings of a collection's passages: two files that only grow, mapped into memory.

    encodings/<name>/vectors.f32   float32 (n, d), little-endian: passage vectors
    encodings/<name>/tokens.bin    a record for each passage, see `token_format`

The catalogue is the truth about these files (law 2): it names the folder, the length of each file, the place of each
passage in them, and the SHA-256 of each block that a commit appended. A writer appends, flushes, and commits to the
catalogue last. So bytes beyond the named length belong to no commit. Readers ignore them, and the next writer
overwrites them. Bytes within that length never change.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from qa_service.errors import CollectionCorrupt
from qa_service.records.encodings import TokenColumns
from qa_service.storage.local.token_format import (
    place_bytes,
    sentences_of_marks,
    spans_of_marks,
    unpack_wide,
)

__all__ = [
    "FILES",
    "Block",
    "Encodings",
    "Extent",
    "Place",
    "Places",
    "damaged_blocks",
    "has_uncommitted",
    "open_encodings",
    "too_short",
]

FILES = ("vectors.f32", "tokens.bin")


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of the files in `encodings/<name>` is committed: rows of vectors and bytes of tokens.

    `dimension` is that of the vectors. `width` is the number of bytes for the bits of a token; 0 as long as there is no
    token.
    """

    name: str
    dimension: int
    rows: int = 0
    token_bytes: int = 0
    width: int = 0

    @property
    def sizes(self) -> tuple[int, int]:
        """The length of each of FILES, in bytes."""
        return 4 * self.dimension * self.rows, self.token_bytes


class Place(NamedTuple):
    """Where a passage's encoding is: its row in `vectors.f32`, the first byte in `tokens.bin`, its number of tokens."""

    row: int
    at: int
    tokens: int
    wide: bool


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """The places of n passages: `at` int64 (n,), `tokens` int64 (n,), `wide` bool (n,)."""

    at: npt.NDArray[np.int64]
    tokens: npt.NDArray[np.int64]
    wide: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Block:
    """Bytes `begin` to `end` of a file, appended by one commit."""

    file: str
    begin: int
    end: int
    sha256: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Encodings:
    """The committed part of the files: `vectors` float32 (n, d) and `records` uint8 (b,). Later commits do not change
    it, and it can be read as long as it is referenced, also after the files are deleted."""

    extent: Extent
    vectors: npt.NDArray[np.float32]
    records: npt.NDArray[np.uint8]

    def tokens(self, places: Places, siblings: npt.NDArray[np.int64]) -> TokenColumns:
        """The tokens of passages, in their order."""
        width, records = self.extent.width, self.records
        offsets = np.concatenate([[0], np.cumsum(places.tokens)])
        begins, counts = places.at.tolist(), places.tokens.tolist()
        middles = [begin + width * count for begin, count in zip(begins, counts, strict=True)]
        bits = [records[begin:middle] for begin, middle in zip(begins, middles, strict=True)]
        marks = [records[middle : middle + count] for middle, count in zip(middles, counts, strict=True)]
        if not bits:
            return TokenColumns(np.empty((0, max(1, width)), np.uint8), np.empty(0, np.int64), offsets, siblings)
        sentence = sentences_of_marks(np.concatenate(marks), offsets)
        for number in np.flatnonzero(places.wide).tolist():
            own = slice(int(offsets[number]), int(offsets[number + 1]))
            sentence[own] = unpack_wide(self._places(middles[number], counts[number], True))[:, 2]
        return TokenColumns(np.concatenate(bits).reshape(-1, max(1, width)), sentence, offsets, siblings)

    def spans(self, places: Places) -> list[npt.NDArray[np.int32]]:
        """The spans of each passage's tokens, int32 (t, 2)."""
        found = []
        for at, count, wide in zip(places.at.tolist(), places.tokens.tolist(), places.wide.tolist(), strict=True):
            stored = self._places(at + self.extent.width * count, count, wide)
            found.append(unpack_wide(stored)[:, :2] if wide else spans_of_marks(stored))
        return found

    def record(self, place: Place) -> npt.NDArray[np.uint8]:
        """The record of a passage."""
        return self.records[place.at : place.at + place.tokens * (self.extent.width + place_bytes(place.wide))]

    def _places(self, begin: int, tokens: int, wide: bool) -> npt.NDArray[np.uint8]:
        return self.records[begin : begin + tokens * place_bytes(wide)]


def open_encodings(folder: Path, extent: Extent) -> Encodings:
    """Map the committed part of the files.

    Raises:
        CollectionCorrupt: a file is missing, or shorter than the catalogue says.
    """
    vectors, records = (_map(folder / extent.name / file, size) for file, size in zip(FILES, extent.sizes, strict=True))
    return Encodings(extent, vectors.view("<f4").reshape(extent.rows, extent.dimension), records)


def has_uncommitted(folder: Path, extent: Extent) -> bool:
    """Whether a commit that did not finish left bytes in the files."""
    sizes = zip((folder / extent.name / file for file in FILES), extent.sizes, strict=True)
    return any(path.is_file() and path.stat().st_size > size for path, size in sizes)


def damaged_blocks(folder: Path, blocks: Sequence[Block]) -> Iterator[str]:
    """Read the blocks of a folder's files. Yields a line for each that does not have its checksum."""
    for block in blocks:
        name = f"{block.file}: bytes {block.begin} to {block.end}"
        try:
            with (folder / block.file).open("rb") as file:
                file.seek(block.begin)
                digest, left = hashlib.sha256(), block.end - block.begin
                while left and (part := file.read(min(left, 1 << 20))):
                    digest.update(part)
                    left -= len(part)
        except OSError as error:
            yield f"{name}: cannot be read: {error}"
            continue
        if digest.digest() != block.sha256:
            yield f"{name}: do not have the SHA-256 {block.sha256.hex()}"


def _map(path: Path, size: int) -> npt.NDArray[np.uint8]:
    try:
        held = path.stat().st_size
        if held < size:
            raise too_short(path, held, size)
        # NumPy cannot map an empty file; a plain array costs less at each use than `np.memmap`
        return np.asarray(np.memmap(path, np.uint8, "r", shape=(size,))) if size else np.empty(0, np.uint8)
    except OSError as error:
        raise CollectionCorrupt(f"{path}: cannot be read: {error}") from error


def too_short(path: Path, held: int, size: int) -> CollectionCorrupt:
    """The error for a file with `held` bytes that must have `size`."""
    return CollectionCorrupt(
        f"{path}: has {held} bytes, the catalogue names {size}. Restore the collection's folder from a backup."
    )
