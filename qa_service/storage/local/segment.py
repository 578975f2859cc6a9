"""The columns of many passages: features, with the article ids that filters need.

A segment is immutable. The base of a collection is a segment mapped from disk; its tail is a small segment in memory.
Both are derived from the catalogue and have the same columns, so both give exact scores.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qa_service.records import Filters
from qa_service.storage.feature_rows import FeatureRow, feature_columns
from qa_service.storage.features import Columns, admitted, hash64

__all__ = ["Segment"]

_FILES = {"ids": "seq"}
"""The file names of columns that differ from the column's name. A passage's key is its `seq` in the catalogue."""


@dataclass(frozen=True, eq=False)
class Segment(Columns):
    """n passages in the order of their `seq`, which is in `ids`. `article_id` (n,) has 64-bit hashes."""

    article_id: npt.NDArray[np.int64]

    @classmethod
    def empty(cls, dimension: int) -> Segment:
        return cls.of([], dimension)

    @classmethod
    def of(cls, rows: Sequence[FeatureRow], dimension: int) -> Segment:
        article_ids = np.array([hash64(r.passage.article_id) for r in rows], np.int64)
        return cls(**feature_columns(rows, dimension), article_id=article_ids)

    def matching(self, filters: Filters) -> npt.NDArray[np.bool_]:
        """Which passages the filters admit: bool (n,)."""
        return admitted(self, self.article_id, filters)

    def save(self, folder: Path) -> None:
        for f in fields(self):
            np.save(folder / f"{_FILES.get(f.name, f.name)}.npy", getattr(self, f.name))

    @classmethod
    def load(cls, folder: Path) -> Segment:
        """Map the columns from disk. Processes share the mapped memory."""
        names = {f.name: _FILES.get(f.name, f.name) for f in fields(cls)}
        return cls(**{name: np.load(folder / f"{file}.npy", mmap_mode="r") for name, file in names.items()})
