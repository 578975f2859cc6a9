"""A collection: a folder with the catalogue, the encodings, the bases and the lock of the writer.

<index>/<name>/catalogue.sqlite3    the source of truth
<index>/<name>/encodings/<files>/   vectors and tokens, part of the truth, see `encodings`
<index>/<name>/bases/<base>/        derived from both, see `base`
<index>/<name>/writer.lock

Questions read the indexes: a base and a tail.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Self

import sqlalchemy as sa

from qa_service.errors import CollectionBusy, CollectionCorrupt, CollectionNotFound, QAServiceError
from qa_service.files.locks import Lock
from qa_service.records import CollectionInfo
from qa_service.storage.feature_rows import LexicalAnalysis
from qa_service.storage.local import changes
from qa_service.storage.local.appended import remove_other_files
from qa_service.storage.local.base import Base, open_base, publish_base, remove_other_bases, remove_unnamed, write_base
from qa_service.storage.local.catalogue import Catalogue, State, catalogue_version
from qa_service.storage.local.compaction import Compaction, wasteful
from qa_service.storage.local.conversion import CONVERTED, convert
from qa_service.storage.local.encodings import Encodings, open_encodings
from qa_service.storage.local.indexes import Indexes, first_indexes, next_indexes
from qa_service.storage.local.segment import Segment
from qa_service.storage.port import WRITER_WAIT
from qa_service.storage.writes import Origin, check_name, is_name

__all__ = ["Collection", "list_collections", "writer_lock"]

logger = logging.getLogger(__name__)

CATALOGUE = "catalogue.sqlite3"
SMALLEST_MERGE = 64
"""A tail of at most this many passages is never merged, except into an empty base."""
LARGEST_TAIL = 4096
"""Most passages of a tail. Every question scores the whole tail; a longer tail would take more than 1 to 2 ms."""


def writer_lock(folder: Path, wait: float) -> Lock:
    """The lock that allows one writer of the collection in `folder`.

    Raises:
        CollectionBusy: the lock is still held after `wait` seconds.
    """
    message = f"Another process is writing to collection {folder.name!r}; waited {wait:g} s. Try again when it is done."
    return Lock(folder / "writer.lock", wait=wait, error=CollectionBusy(message))


def list_collections(index: Path) -> list[str]:
    if not index.is_dir():
        return []
    return sorted(p.name for p in index.iterdir() if is_name(p.name) and (p / CATALOGUE).is_file())


class Collection:
    """An open collection. A commit replaces `indexes` as a whole, so a reader needs no lock."""

    def __init__(self, folder: Path, catalogue: Catalogue) -> None:
        self.folder = folder
        self.name = folder.name
        self.catalogue = catalogue
        self.origin = catalogue.origin()
        self.analysis = LexicalAnalysis(self.origin.title_weight)
        self._dimension = self.origin.dimension
        self._held = threading.local()
        self._refreshing = threading.Lock()
        self._deriving = threading.Lock()
        self.indexes = self._open_indexes()

    @classmethod
    def open(cls, index: Path, name: str, *, create: Origin | None = None) -> Self:
        """Open `index/name`; if it does not exist, create it with the origin `create`.

        Raises:
            CollectionNotFound: it does not exist and `create` is None.
            CollectionCorrupt: its catalogue cannot be read.
            CollectionBusy: it has the format of an earlier version, and another process has it open.
            CollectionMismatch: it has the format of a later version.
        """
        folder = index / check_name(name)
        if not (folder / CATALOGUE).is_file():
            if create is None:
                raise CollectionNotFound.of(name, list_collections(index))
            folder.mkdir(parents=True, exist_ok=True)
            with writer_lock(folder, WRITER_WAIT):
                if not (folder / CATALOGUE).is_file():  # another process may have created it
                    Catalogue.create(folder / CATALOGUE, create)
        if catalogue_version(folder / CATALOGUE) in CONVERTED:
            with writer_lock(folder, WRITER_WAIT):
                found = catalogue_version(folder / CATALOGUE)
                if found in CONVERTED:  # another process may have converted it
                    convert(folder / CATALOGUE, found)
        catalogue = Catalogue.open(folder / CATALOGUE)
        try:
            return cls(folder, catalogue)
        except BaseException:
            catalogue.close()
            raise

    def close(self) -> None:
        self.catalogue.close()

    @contextmanager
    def writing(self, wait: float = WRITER_WAIT) -> Iterator[None]:
        """See `port.Store.writing`."""
        if getattr(self._held, "yes", False):
            yield
            return
        with writer_lock(self.folder, wait):
            self._held.yes = True
            try:
                yield
            finally:
                self._held.yes = False

    def advance(self) -> Indexes:
        """Read the commits since the last call, also those of other processes. Returns the newest indexes."""
        with self._refreshing:
            generation, base = self.catalogue.generation()
            if base != self.indexes.base.name:
                self.indexes = self._open_indexes()
            elif generation != self.indexes.info.generation:
                self.indexes = self._advance(self.indexes)
            return self.indexes

    def maintenance_due(self, *, bulk: bool = False) -> bool:
        """Whether a merge pays now. A bulk ingest allows a longer tail, since it merges at its end."""
        indexes = self.indexes
        if wasteful(indexes.files.extent.rows, indexes.size):  # by an article that is often replaced
            return True
        if bulk:
            return indexes.changed > max(LARGEST_TAIL, indexes.base_size // 4)
        if indexes.base_size == 0:
            return len(indexes.tail) > 0
        return indexes.changed > max(SMALLEST_MERGE, min(indexes.base_size // 8, LARGEST_TAIL))

    def maintain(self) -> None:
        """Merge the tail into a new base. The content stays, and the writer's lock is held only to publish.

        Returns at once if another thread of this process merges. A merge only makes questions faster, so a failure is
        logged and not raised.
        """
        if not self._deriving.acquire(blocking=False):
            return
        try:
            indexes = self.advance()
            segment = Segment.concatenate([*indexes.live_base(), indexes.tail])
            self._derive(segment, indexes.info.generation, indexes.base.name)
            self.advance()
        except (QAServiceError, OSError) as error:
            logger.warning("collection %s: not merged now: %s", self.name, error)
        finally:
            self._deriving.release()

    def rebuild(self) -> None:
        """Derive the base from the catalogue alone.

        Raises:
            CollectionBusy: other processes published a base during each try.
        """
        self._rebuild()
        self.advance()

    def _rebuild(self) -> None:
        for _ in range(3):
            with self.catalogue.engine.begin() as connection:
                state = self.catalogue.state(connection)
                files = self._files_or_none(state)
                segment = self._segment(connection, 0, files) if files else None
            if segment is not None and self._derive(segment, state.generation, state.base):
                return
        raise CollectionBusy(f"Others keep deriving the indexes of collection {self.name!r}. Try again later.")

    def _derive(self, segment: Segment, generation: int, before: str) -> bool:
        """Publish a base with the content at `generation`. Returns False if another base has replaced `before`.

        Later additions become the tail of the new base, later deletions its tombstones.
        """
        bases, building, compaction = self.folder / "bases", None, None
        try:
            compaction = self._compaction(segment)
            if compaction is not None:
                segment = compaction.copy(segment)
            building = write_base(bases, f"g{generation}-{uuid.uuid4().hex[:8]}", segment, self.analysis.recipe)
            with self.writing():
                if self.catalogue.generation()[1] != before:
                    return False
                name = publish_base(building)
                with self.catalogue.engine.execution_options(write=True).begin() as connection:
                    if compaction is not None:
                        compaction.publish(connection, self._files(self.catalogue.state(connection)))
                    changes.set_base(connection, name, generation)
                    files = self.catalogue.state(connection).extent.name
                remove_other_bases(bases, keep=name)
                remove_other_files(self.catalogue.files, keep=files)
        except (CollectionCorrupt, OSError):
            if self.catalogue.generation()[1] != before:
                return False  # another process published a base, and removed the files that were copied
            raise
        finally:
            with self.catalogue.engine.begin() as connection:
                state = self.catalogue.state(connection)  # an interrupt can come just after the commit
            if building is not None:
                remove_unnamed(building, state.base)
            if compaction is not None:
                compaction.remove_unnamed(state.extent.name)
        logger.info("collection %s: derived base %s of %d passages", self.name, name, len(segment))
        return True

    def _compaction(self, segment: Segment) -> Compaction | None:
        """New files for the encodings; None if deleted passages hold little of the segment's files."""
        with self.catalogue.engine.begin() as connection:
            state = self.catalogue.state(connection)
        files, extent = segment.files, state.extent
        if files is None or files.extent.name != extent.name or not wasteful(extent.rows, state.passages):
            return None
        return Compaction(self.catalogue.files, files)

    def _open_indexes(self) -> Indexes:
        base = self._open_base()
        with self.catalogue.engine.begin() as connection:
            state = self.catalogue.state(connection)
            if state.base == base.name and (files := self._files_or_none(state)):
                dead = self.catalogue.dead_since(connection, state.base_generation)
                after = int(base.segment.ids[-1]) if len(base.segment) else 0
                return first_indexes(self._info(connection, state), base, dead, self._segment(connection, after, files))
        return self._open_indexes()  # another process published a base in between

    def _open_base(self) -> Base:
        """Open the base that the catalogue names. If it is missing or damaged, derive it from the catalogue."""
        for _ in range(3):
            with self.catalogue.engine.begin() as connection:
                state = self.catalogue.state(connection)
            if not state.base:
                return Base.empty(self._dimension)
            try:
                files = self._files(state)
                return open_base(self.folder / "bases", state.base, self.analysis.recipe, files)
            except CollectionCorrupt as error:
                if self.catalogue.generation()[1] != state.base:
                    continue
                logger.warning("%s: deriving the indexes anew from the catalogue", error)
                try:
                    self._rebuild()
                except CollectionBusy:
                    raise error from None
        raise CollectionCorrupt(
            f"{self.folder}: its indexes cannot be opened. Run: qa-service rebuild --collection {self.name}"
        )

    def _advance(self, before: Indexes) -> Indexes:
        with self.catalogue.engine.begin() as connection:
            state = self.catalogue.state(connection)
            if state.base == before.base.name and (files := self._files_or_none(state)):
                dead = self.catalogue.dead_since(connection, before.info.generation)
                added = self._segment(connection, before.last_seq, files)
                return next_indexes(before, self._info(connection, state, before.info), dead, added)
        return self._open_indexes()

    def _segment(self, connection: sa.Connection, after: int, files: Encodings) -> Segment:
        """The passages with `seq` above `after`. Rows take ten times the memory of columns, so this reads portions."""
        stored = self.catalogue.rows(connection, after, self.analysis, files)
        parts = [Segment.stored([], files)]
        while rows := list(islice(stored, 5000)):
            parts.append(Segment.stored(rows, files))
        return Segment.concatenate(parts)

    def _files(self, state: State) -> Encodings:
        return open_encodings(self.catalogue.files, state.extent)

    def _files_or_none(self, state: State) -> Encodings | None:
        """The files of a state; None if another process has replaced them meanwhile, with the base."""
        try:
            return self._files(state)
        except CollectionCorrupt:
            if self.catalogue.generation()[1] == state.base:
                raise
            return None

    def _info(self, connection: sa.Connection, state: State, before: CollectionInfo | None = None) -> CollectionInfo:
        """The description of a state; `before` describes an earlier one."""
        overview = self.catalogue.overview(connection, state, before)
        fingerprint, chunking = f"{state.fingerprint:064x}", self.origin.chunking_kind
        return CollectionInfo(
            self.name, state.generation, fingerprint, **overview, chunking=chunking, runtime=self.origin.runtime
        )
