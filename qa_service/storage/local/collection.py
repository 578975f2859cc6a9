"""A collection: a folder with the catalogue, its bases and the writer's lock, and the snapshot that questions read.

<index>/<name>/catalogue.sqlite3    the truth
<index>/<name>/bases/<base>/        derived, see `base`
<index>/<name>/writer.lock
"""

from __future__ import annotations

import logging
import re
import shutil
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import sqlalchemy as sa

from qa_service.errors import (
    CollectionBusy,
    CollectionCorrupt,
    CollectionNotFound,
    InvalidInput,
    QAServiceError,
)
from qa_service.files.locks import Lock
from qa_service.records import CollectionInfo
from qa_service.storage.analysis import LexicalAnalysis
from qa_service.storage.local import changes
from qa_service.storage.local.base import Base, open_base, publish_base, remove_other_bases, write_base
from qa_service.storage.local.catalogue import Catalogue, Origin, State
from qa_service.storage.local.rows import StoredPassage
from qa_service.storage.local.segment import Segment, SegmentRow
from qa_service.storage.local.snapshot import Snapshot, first_snapshot, next_snapshot

__all__ = ["Collection", "check_name", "list_collections", "writer_lock"]

logger = logging.getLogger(__name__)

CATALOGUE = "catalogue.sqlite3"
WRITER_WAIT = 10.0
"""Seconds a second writer waits before it gives up."""
SMALLEST_MERGE = 64
"""Passages that may always wait in the tail."""
LARGEST_TAIL = 4096
"""Passages from which the tail, scored exhaustively, would cost a question more than a millisecond or two."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def check_name(name: str) -> str:
    """Raise InvalidInput unless `name` can name a collection (and so a folder)."""
    if not _NAME.fullmatch(name):
        raise InvalidInput(
            f"{name!r} cannot name a collection: use 1 to 64 letters, digits, '.', '_' or '-', "
            "beginning with a letter or digit.",
            param="collection",
        )
    return name


def writer_lock(folder: Path, wait: float) -> Lock:
    """The lock of the only writer of the collection in `folder`.

    Raises:
        CollectionBusy: another holder keeps the lock for `wait` seconds.
    """
    message = f"Another process is writing to collection {folder.name!r}; waited {wait:g} s. Try again when it is done."
    return Lock(folder / "writer.lock", wait=wait, error=CollectionBusy(message))


def list_collections(index: Path) -> list[str]:
    if not index.is_dir():
        return []
    return sorted(p.name for p in index.iterdir() if _NAME.fullmatch(p.name) and (p / CATALOGUE).is_file())


class Collection:
    """An open collection. `snapshot` is swapped whole; reading it needs no lock."""

    def __init__(self, folder: Path, catalogue: Catalogue) -> None:
        self.folder = folder
        self.name = folder.name
        self.catalogue = catalogue
        origin = catalogue.origin()
        self.analysis = LexicalAnalysis(origin.title_weight)
        self._dimension = origin.dimension
        self._held = threading.local()
        self._refreshing = threading.Lock()
        self._deriving = threading.Lock()
        self.snapshot = self._open_snapshot()

    @classmethod
    def open(cls, index: Path, name: str, *, create: Origin | None = None) -> Collection:
        """Open `index/name`; where it does not exist, create it for `create`.

        Raises:
            CollectionNotFound: it does not exist and `create` is None.
            CollectionCorrupt: its catalogue cannot be read.
        """
        folder = index / check_name(name)
        if not (folder / CATALOGUE).is_file():
            if create is None:
                raise CollectionNotFound.of(name, list_collections(index))
            folder.mkdir(parents=True, exist_ok=True)
            with writer_lock(folder, WRITER_WAIT):
                if not (folder / CATALOGUE).is_file():  # nobody else was quicker
                    Catalogue.create(folder / CATALOGUE, create)
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
        """Hold the writer's lock of this collection. A thread that holds it already goes on."""
        if getattr(self._held, "yes", False):
            yield
            return
        with writer_lock(self.folder, wait):
            self._held.yes = True
            try:
                yield
            finally:
                self._held.yes = False

    def commit(
        self,
        added: Sequence[changes.EncodedArticle],
        deleted: Sequence[int],
        done: Mapping[changes.JobFile, str] | None = None,
    ) -> int:
        """One transaction, see `changes.commit`; the caller holds the lock. Returns the generation, which `snapshot`
        then shows."""
        generation = changes.commit(self.catalogue, added, deleted, done)
        self._show()
        return generation

    def _show(self) -> None:
        """`refresh` after a commit: what is on disk has been done, whatever comes of showing it."""
        try:
            self.refresh()
        except (QAServiceError, OSError) as error:
            logger.error("collection %s: what was committed cannot be shown yet: %s", self.name, error)

    def refresh(self) -> Snapshot:
        """Show what has been committed since, by whichever process. Returns the snapshot then current."""
        with self._refreshing:
            generation, base = self.catalogue.generation()
            if base != self.snapshot.base.name:
                self.snapshot = self._open_snapshot()
            elif generation != self.snapshot.info.generation:
                self.snapshot = self._advance(self.snapshot)
            return self.snapshot

    def merge_due(self, *, bulk: bool = False) -> bool:
        """Whether the tail has grown enough to be merged; a bulk ingest waits for more, as it merges at its end."""
        snapshot = self.snapshot
        if bulk:
            return snapshot.changed > max(LARGEST_TAIL, snapshot.base_size // 4)
        if snapshot.base_size == 0:
            return len(snapshot.tail) > 0
        return snapshot.changed > max(SMALLEST_MERGE, min(snapshot.base_size // 8, LARGEST_TAIL))

    def merge(self) -> None:
        """Derive a base from the current snapshot's columns. Content stays as it is, and writers are not held up: the
        lock is taken only to publish. Returns at once where a thread of this process is at it already. Merging makes
        questions faster and nothing else, so that it cannot be done now is no error."""
        if not self._deriving.acquire(blocking=False):
            return
        try:
            snapshot = self.refresh()
            live = snapshot.base_live.nonzero()[0]
            segment = Segment.concatenate([snapshot.base.segment.take(live), snapshot.tail])
            self._derive(segment, snapshot.info.generation, snapshot.base.name)
            self.refresh()
        except (QAServiceError, OSError) as error:
            logger.warning("collection %s: not merged now: %s", self.name, error)
        finally:
            self._deriving.release()

    def rebuild(self) -> None:
        """Derive the base from the catalogue alone, as if no index had ever been.

        Raises:
            CollectionBusy: others kept publishing bases of their own meanwhile.
        """
        self._rebuild()
        self.refresh()

    def _rebuild(self) -> None:
        for _ in range(3):
            with self.catalogue.engine.begin() as connection:
                state = self.catalogue.state(connection)
                segment = self._segment(connection, after=0)
            if self._derive(segment, state.generation, state.base):
                return
        raise CollectionBusy(f"Others keep deriving the indexes of collection {self.name!r}. Try again later.")

    def _derive(self, segment: Segment, generation: int, before: str) -> bool:
        """Publish a base made of the content at `generation`; False where another than `before` was published since.

        What was added or deleted meanwhile is simply tail and tombstones of the new base.
        """
        bases = self.folder / "bases"
        building = write_base(bases, f"g{generation}-{uuid.uuid4().hex[:8]}", segment, self.analysis.recipe)
        try:
            with self.writing():
                if self.catalogue.generation()[1] != before:
                    return False
                name = publish_base(building)
                changes.record_base(self.catalogue, name, generation)
                remove_other_bases(bases, keep=name)
        finally:
            shutil.rmtree(building, ignore_errors=True)
        logger.info("collection %s: derived base %s of %d passages", self.name, name, len(segment))
        return True

    def _open_snapshot(self) -> Snapshot:
        base = self._open_base()
        with self.catalogue.engine.begin() as connection:
            state = self.catalogue.state(connection)
            if state.base == base.name:
                dead = self.catalogue.dead_since(connection, state.base_generation)
                after = int(base.segment.seq[-1]) if len(base.segment) else 0
                return first_snapshot(self._info(connection, state), base, dead, self._segment(connection, after))
        return self._open_snapshot()  # another process published a base in between

    def _open_base(self) -> Base:
        """The base that the catalogue names; derived anew where it is missing or damaged."""
        for _ in range(3):
            name = self.catalogue.generation()[1]
            if not name:
                return Base.empty(self._dimension)
            try:
                return open_base(self.folder / "bases", name, self.analysis.recipe)
            except CollectionCorrupt as error:
                if self.catalogue.generation()[1] != name:
                    continue
                logger.warning("%s: deriving the indexes anew from the catalogue", error)
                try:
                    self._rebuild()
                except CollectionBusy:
                    raise error from None
        raise CollectionCorrupt(
            f"{self.folder}: its indexes cannot be opened. Run: qa-service rebuild --collection {self.name}"
        )

    def _advance(self, before: Snapshot) -> Snapshot:
        with self.catalogue.engine.begin() as connection:
            state = self.catalogue.state(connection)
            dead = self.catalogue.dead_since(connection, before.info.generation)
            added = self._segment(connection, before.last_seq)
            info = self._info(connection, state)
            base_unchanged = state.base == before.base.name
        if not base_unchanged:
            return self._open_snapshot()
        return next_snapshot(before, info, dead, added)

    def _segment(self, connection: sa.Connection, after: int) -> Segment:
        """The passages with `seq` above `after`, analysed; in portions, as rows take ten times a column's memory."""
        stored = self.catalogue.stored_passages(connection, after)
        parts = [Segment.empty(self._dimension)]
        while rows := [self.row_of(p) for p in islice(stored, 5000)]:
            parts.append(Segment.of(rows, self._dimension))
        return Segment.concatenate(parts)

    def _info(self, connection: sa.Connection, state: State) -> CollectionInfo:
        overview = self.catalogue.overview(connection)
        return CollectionInfo(self.name, state.generation, f"{state.fingerprint:064x}", **overview)

    def row_of(self, stored: StoredPassage) -> SegmentRow:
        """The passage as a row of the indexes, analysed anew."""
        meta = stored.meta
        return SegmentRow(
            seq=stored.seq,
            passage_id=stored.passage.passage_id,
            article=stored.article,
            article_id=stored.passage.article_id,
            outlet=meta.outlet,
            author=meta.author,
            language=meta.language,
            published=meta.published,
            token_count=stored.passage.token_count,
            vector=stored.vector,
            terms=self.analysis.count(stored.passage.text, (meta.title, meta.outlet, meta.author), meta.language),
        )
