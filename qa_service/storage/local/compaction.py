"""Copies the encodings of live passages into new files, once deleted passages hold too much of the old files."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa

from qa_service.storage.local.appended import Appended, create_files
from qa_service.storage.local.changes import extent_values, record_blocks, set_values
from qa_service.storage.local.encodings import Block, Encodings, Extent, Place, open_encodings
from qa_service.storage.local.rows import place_of
from qa_service.storage.local.schema import blocks, encodings
from qa_service.storage.local.segment import Segment

__all__ = ["Compaction", "wasteful"]

SMALLEST_WASTE = 64
"""Up to this many deleted passages, the files are never copied."""
_PORTION = 2000


def wasteful(rows: int, passages: int) -> bool:
    """Whether deleted passages hold more than a third of files with so many rows."""
    return rows - passages > max(SMALLEST_WASTE, rows // 3)


class Compaction:
    """New files for the encodings of a collection. `copy` needs no lock; `publish` runs under the writer's lock."""

    def __init__(self, folder: Path, source: Encodings) -> None:
        self._folder, self._source = folder, source
        self._extent = Extent(create_files(folder), source.extent.dimension, width=source.extent.width)
        self._blocks: list[Block] = []
        self._places: list[dict[str, Any]] = []
        """The new places, with the `seq` of their passages, in ascending order."""

    def copy(self, segment: Segment) -> Segment:
        """Copy the encodings of a segment's passages. Returns the segment, reading from the new files."""
        columns = (segment.ids, segment.row, segment.at, segment.tokens, segment.wide)
        self._copy((seq, Place(*place)) for seq, *place in zip(*(c.tolist() for c in columns), strict=True))
        row, at = (np.array([place[name] for place in self._places], np.int64) for name in ("row", "at"))
        files = open_encodings(self._folder, self._extent)
        return replace(segment, row=row, at=at).within(files)

    def publish(self, connection: sa.Connection, newest: Encodings) -> None:
        """Copy what was added meanwhile, from `newest`, and put the new files in place of the old ones."""
        self._source = newest
        last = self._places[-1]["seq"] if self._places else 0
        added = sa.select(encodings).where(encodings.c.seq > last).order_by(encodings.c.seq)
        self._copy((row.seq, place_of(row)) for row in connection.execute(added).all())
        if self._places:  # a passage that was deleted meanwhile has no row to update
            moved = [{"key": place["seq"], "to_row": place["row"], "to_at": place["at"]} for place in self._places]
            places = encodings.update().where(encodings.c.seq == sa.bindparam("key"))
            connection.execute(places.values(row=sa.bindparam("to_row"), at=sa.bindparam("to_at")), moved)
        connection.execute(blocks.delete())
        record_blocks(connection, self._blocks)
        set_values(connection, **extent_values(self._extent))

    def remove_unnamed(self, named: str) -> None:
        """Delete the new files unless the catalogue names them; `named` are those that it names."""
        if named != self._extent.name:
            shutil.rmtree(self._folder / self._extent.name, ignore_errors=True)

    def _copy(self, passages: Iterable[tuple[int, Place]]) -> None:
        source = self._source
        left = iter(passages)
        while portion := list(islice(left, _PORTION)):
            appended = Appended(self._folder, self._extent)
            for seq, place in portion:
                vector, record = source.vectors[place.row].tobytes(), source.record(place).tobytes()
                copied = appended.copy(vector, record, place.tokens, place.wide)
                self._places.append({"seq": seq, **copied._asdict()})
            self._blocks += appended.write()
            self._extent = appended.extent
