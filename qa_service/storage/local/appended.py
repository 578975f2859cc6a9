"""Writes the files of a collection's encodings, see `encodings`: new folders, appended blocks, old folders removed."""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qa_service.errors import CollectionCorrupt, CollectionMismatch
from qa_service.files.atomic import sync, sync_names
from qa_service.records.encodings import PassageEncoding
from qa_service.storage.local.encodings import FILES, Block, Extent, Place, too_short
from qa_service.storage.local.token_format import pack_places

__all__ = ["Appended", "create_files", "remove_other_files"]


class Appended:
    """Encodings to append to the files of one folder, in the order of `add`."""

    def __init__(self, folder: Path, extent: Extent) -> None:
        self._folder, self._begin = folder / extent.name, extent
        self._width = extent.width
        self._vectors: list[bytes] = []
        self._records: list[bytes] = []
        self._rows, self._bytes = extent.rows, extent.token_bytes

    @property
    def extent(self) -> Extent:
        """How much is committed after the transaction."""
        return replace(self._begin, rows=self._rows, token_bytes=self._bytes, width=self._width)

    def add(self, encoding: PassageEncoding, sentence: npt.NDArray[np.int64]) -> Place:
        """Append the encoding of a passage; `sentence` is int64 (t,), see `BinaryTokens`.

        Raises:
            CollectionMismatch: it does not have the shape of the collection's encodings.
        """
        bits, spans, dimension = encoding.token_bits, encoding.token_spans, self._begin.dimension
        if encoding.vector.shape != (dimension,) or len(bits) != len(spans):
            raise CollectionMismatch(
                f"An encoding has a vector of shape {encoding.vector.shape}, {len(bits)} token embeddings and "
                f"{len(spans)} spans; wanted {dimension} dimensions, and a span for each token."
            )
        if len(bits):
            self._width = self._width or bits.shape[1]
            if bits.shape[1] != self._width:
                raise CollectionMismatch(f"Tokens have {bits.shape[1]} bytes; the collection's have {self._width}.")
        places, wide = pack_places(spans, sentence)
        return self.copy(encoding.vector.astype("<f4").tobytes(), bits.tobytes() + places, len(bits), wide)

    def copy(self, vector: bytes, record: bytes, tokens: int, wide: bool) -> Place:
        """Append an encoding that is packed already."""
        place = Place(self._rows, self._bytes, tokens, wide)
        self._vectors.append(vector)
        self._records.append(record)
        self._rows += 1
        self._bytes += len(record)
        return place

    def write(self) -> list[Block]:
        """Bring everything to disk. Returns a block for each file that grew, valid once the catalogue names it.

        Raises:
            CollectionCorrupt: a file is shorter than the catalogue says.
        """
        return [
            _append(self._folder / file, begin, content)
            for file, begin, parts in zip(FILES, self._begin.sizes, (self._vectors, self._records), strict=True)
            if (content := b"".join(parts))
        ]


def create_files(folder: Path) -> str:
    """Create a folder with empty files in `folder`. Returns its name, which no other has."""
    name = uuid.uuid4().hex[:12]
    (folder / name).mkdir(parents=True)
    for file in FILES:
        (folder / name / file).touch()
    sync(folder / name)
    sync_names(folder)
    sync_names(folder.parent)
    return name


def remove_other_files(folder: Path, keep: str) -> None:
    """Delete the files that the catalogue does not name. The caller holds the writer's lock."""
    for other in folder.iterdir():
        if other.name != keep:
            shutil.rmtree(other, ignore_errors=True)


def _append(path: Path, begin: int, content: bytes) -> Block:
    """Write `content` at `begin`, in place of what an unfinished commit left there, and bring it to disk."""
    try:
        with path.open("r+b") as file:
            if (held := file.seek(0, os.SEEK_END)) < begin:
                raise too_short(path, held, begin)
            file.seek(begin)
            file.truncate()
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except FileNotFoundError as error:
        raise CollectionCorrupt(f"{path}: is missing. Restore the collection's folder from a backup.") from error
    except OSError as error:  # a full disk; the system does not name the file
        raise OSError(error.errno, error.strerror, str(path)) from error
    return Block(path.name, begin, begin + len(content), hashlib.sha256(content).digest())
