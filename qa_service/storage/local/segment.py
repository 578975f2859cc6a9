"""The columns of many passages: features, with the article ids that filters need and the places of encodings.

A segment is immutable. The base of a collection is a segment mapped from disk; its tail is a small segment in memory.
Both are derived from the catalogue and have the same columns, so both give exact scores. The vectors of both are read
from the collection's files, see `encodings`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from qa_service.records import Filters
from qa_service.storage.feature_rows import FeatureRow, feature_columns
from qa_service.storage.features import Columns, admitted, hash64
from qa_service.storage.local.encodings import Encodings, Place

__all__ = ["Segment", "VectorColumn"]

_FILES = {"ids": "seq"}
"""The file names of columns that differ from the column's name. A passage's key is its `seq` in the catalogue."""
_TAGS = ("tag_offsets", "tags")
"""Columns that are not in a base of format 4: it was derived when articles had no tags."""
_NOWHERE = Place(-1, -1, 0, False)


@dataclass(frozen=True, slots=True, eq=False)
class VectorColumn:
    """Vectors of n passages in the collection's files: `rows` int64 (n,). Read it by index, as an array (n, d)."""

    files: Encodings
    rows: npt.NDArray[np.int64]

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.rows), self.files.vectors.shape[1]

    @property
    def dtype(self) -> np.dtype[np.float32]:
        return self.files.vectors.dtype

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, at: Any) -> npt.NDArray[np.float32]:
        vectors: npt.NDArray[np.float32] = self.files.vectors[self.rows[at]]
        return vectors


@dataclass(frozen=True, eq=False)
class Segment(Columns):
    """n passages in the order of their `seq`, which is in `ids`. `article_id` (n,) has 64-bit hashes.

    `row`, `at`, `tokens` and `wide` (n,) are the fields of `encodings.Place`.
    """

    vectors: Any
    """Float32 (n, d): a `VectorColumn`; an array if the passages are not in the collection's files."""
    article_id: npt.NDArray[np.int64]
    row: npt.NDArray[np.int64]
    at: npt.NDArray[np.int64]
    tokens: npt.NDArray[np.int32]
    wide: npt.NDArray[np.bool_]

    @classmethod
    def empty(cls, dimension: int) -> Self:
        return cls.of([], dimension)

    @classmethod
    def of(cls, rows: Sequence[FeatureRow], dimension: int) -> Self:
        """The columns of passages that are in no file."""
        return cls._of(rows, [_NOWHERE] * len(rows), dimension)

    @classmethod
    def stored(cls, rows: Sequence[tuple[FeatureRow, Place]], files: Encodings) -> Self:
        """The columns of passages whose encodings are in the files."""
        segment = cls._of([row for row, _ in rows], [place for _, place in rows], files.vectors.shape[1])
        return segment.within(files)

    @classmethod
    def _of(cls, rows: Sequence[FeatureRow], places: Sequence[Place], dimension: int) -> Self:
        return cls(
            **feature_columns(rows, dimension),
            article_id=np.array([hash64(r.passage.article_id) for r in rows], np.int64),
            row=np.array([p.row for p in places], np.int64),
            at=np.array([p.at for p in places], np.int64),
            tokens=np.array([p.tokens for p in places], np.int32),
            wide=np.array([p.wide for p in places], np.bool_),
        )

    @property
    def files(self) -> Encodings | None:
        """The files with the encodings; None if the passages are in no file."""
        return self.vectors.files if isinstance(self.vectors, VectorColumn) else None

    def within(self, files: Encodings) -> Self:
        """The same passages, read from `files`."""
        return replace(self, vectors=VectorColumn(files, self.row))

    def select(self, at: npt.NDArray[np.int64]) -> Self:
        """As `take`, without reading the vectors."""
        files = self.files
        if files is None:
            return self.take(at)
        return replace(self, vectors=np.empty((len(self), 0), np.float32)).take(at).within(files)

    @classmethod
    def concatenate(cls, parts: Sequence[Self]) -> Self:
        """The passages of all the parts, one part after another. Parts in files are in the same ones."""
        files = [part.files for part in parts if part.files is not None]
        if not files or any(part.files is None and len(part) for part in parts):
            return super().concatenate(parts)
        blank = [replace(part, vectors=np.empty((len(part), 0), np.float32)) for part in parts]
        return super().concatenate(blank).within(max(files, key=lambda one: one.extent.rows))

    def matching(self, filters: Filters) -> npt.NDArray[np.bool_]:
        """Which passages the filters admit: bool (n,)."""
        return admitted(self, self.article_id, filters)

    def save(self, folder: Path) -> None:
        """Write the columns. The vectors stay in the collection's files."""
        for name in _columns():
            np.save(folder / f"{_FILES.get(name, name)}.npy", _smallest(getattr(self, name), name))

    @classmethod
    def load(cls, folder: Path, files: Encodings) -> Self:
        """Map the columns from disk. Processes share the mapped memory."""
        stored = [name for name in _columns() if name not in _TAGS or (folder / f"{name}.npy").exists()]
        columns = {name: np.load(folder / f"{_FILES.get(name, name)}.npy", mmap_mode="r") for name in stored}
        # a plain array costs less at each use than `np.memmap`
        mapped: dict[str, Any] = {name: np.asarray(column) for name, column in columns.items()}
        if "tags" not in mapped:
            mapped |= {"tag_offsets": np.zeros(len(mapped["ids"]) + 1, np.int64), "tags": np.empty(0, np.int64)}
        return cls(**mapped, vectors=VectorColumn(files, mapped["row"]))


def _columns() -> list[str]:
    return [field.name for field in fields(Segment) if field.name != "vectors"]


def _smallest(column: npt.NDArray[Any], name: str) -> npt.NDArray[Any]:
    """Frequencies in as few bytes as the highest one needs: there is one for each term of each passage."""
    if name != "frequencies" or not len(column):
        return column
    return column.astype(np.min_scalar_type(int(column.max())))
