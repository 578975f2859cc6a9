"""The base: the large immutable part of a collection's indexes, a folder on disk.

    bases/<name>/*.npy          the columns of `Segment`, without the vectors
    bases/<name>/df_*.npy       document frequencies: the number of passages in which each term occurs
    bases/<name>/vectors.faiss  FAISS: inner product, see `vector_index`
    bases/<name>/lexical/       Tantivy, see `lexical_index`
    bases/<name>/manifest.json  written last, with the size of each file; a folder without it is not a base

FAISS: Douze et al., "The Faiss library", 2024. A base is written under a temporary name, flushed and renamed, so it
exists whole or not at all. Both indexes only propose candidates; scores always come from the columns.
"""

from __future__ import annotations

import json
import logging
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import tantivy

from qa_service.errors import CollectionCorrupt
from qa_service.files.atomic import publish, sync
from qa_service.files.checksums import sha256_of
from qa_service.storage.local.encodings import Encodings
from qa_service.storage.local.lexical_index import lexical_schema, write_lexical
from qa_service.storage.local.segment import Segment
from qa_service.storage.local.vector_index import is_exhaustive, open_vectors, write_vectors

logger = logging.getLogger(__name__)

BASE_FORMAT = 5
"""Increase it when the files or the lexical analysis change. A base of another format is rebuilt, not read."""
_TAGLESS_FORMAT = 4
"""As `BASE_FORMAT`, without the tags of articles. It is read too, because articles had no tags then."""

_TERMS_AT_ONCE = 8_000_000
_BUILDING = ".building-"
_ABANDONED_SECONDS = 86_400


@dataclass(frozen=True, eq=False)
class Base:
    """An open base. `df_terms` int64 (m,) is sorted; `df_counts` int32 (m,) has the document frequency of each term."""

    name: str
    segment: Segment
    df_terms: npt.NDArray[np.int64]
    df_counts: npt.NDArray[np.int32]
    total_length: int
    vectors: Any
    """A FAISS index over `segment.vectors`, with the same rows; None if the base is empty."""
    lexical: Any
    """A Tantivy searcher; None if the base is empty."""
    schema: Any

    @classmethod
    def empty(cls, dimension: int) -> Base:
        none, nothing = np.empty(0, np.int64), np.empty(0, np.int32)
        return cls("", Segment.empty(dimension), none, nothing, 0, None, None, lexical_schema())

    @property
    def exact(self) -> bool:
        """Whether dense search finds exactly the nearest vectors."""
        return self.vectors is None or is_exhaustive(self.vectors)

    def document_frequency(self, terms: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Number of passages of the base that hold each term, deleted passages included: int64, as long as `terms`."""
        found = np.zeros(len(terms), np.int64)
        if len(self.df_terms):
            at = np.minimum(np.searchsorted(self.df_terms, terms), len(self.df_terms) - 1)
            known = self.df_terms[at] == terms
            found[known] = self.df_counts[at[known]]
        return found


def write_base(bases: Path, name: str, segment: Segment, recipe: str) -> Path:
    """Write the segment and its indexes to disk under a temporary name. Returns the folder, for `publish_base`.

    `recipe` names the lexical analysis; `open_base` refuses a base with another one.
    """
    bases.mkdir(parents=True, exist_ok=True)
    building = bases / f"{_BUILDING}{name}"
    building.mkdir()
    try:
        _write(building, segment, recipe)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
    return building


def _write(building: Path, segment: Segment, recipe: str) -> None:
    segment.save(building)
    terms, counts = _document_frequencies(segment.terms)
    np.save(building / "df_terms.npy", terms)
    np.save(building / "df_counts.npy", counts.astype(np.int32))
    write_vectors(building / "vectors.faiss", segment.vectors)
    write_lexical(building, len(segment))
    files = sorted(p for p in building.rglob("*") if p.is_file() and not p.name.endswith(".lock"))
    manifest = {
        "format": BASE_FORMAT,
        "recipe": recipe,
        "encodings": segment.files.extent.name if segment.files else "",
        "passages": len(segment),
        "total_length": int(segment.length.sum()),
        "files": {p.relative_to(building).as_posix(): p.stat().st_size for p in files},
        "lexical_sha256": {p.name: sha256_of(p) for p in files if p.parent.name == "lexical"},
    }
    (building / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    sync(building)  # here, because `publish_base` runs while other writers wait


def publish_base(building: Path) -> str:
    """Rename a written base to its final name. Returns the name."""
    published = _published(building)
    publish(building, published)
    return published.name


def remove_unnamed(building: Path, named: str) -> None:
    """Delete a written base, also when it has its final name, unless the catalogue names it."""
    if (published := _published(building)).name != named:
        for folder in (building, published):
            shutil.rmtree(folder, ignore_errors=True)


def _published(building: Path) -> Path:
    return building.with_name(building.name.removeprefix(_BUILDING))


def open_base(bases: Path, name: str, recipe: str, files: Encodings) -> Base:
    """Map a base from disk. `files` has the encodings of its passages.

    Raises:
        CollectionCorrupt: the base is missing, incomplete or of another format.
    """
    folder = bases / name
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        found = manifest["format"], manifest["recipe"]
        if found not in ((BASE_FORMAT, recipe), (_TAGLESS_FORMAT, recipe)):
            raise CollectionCorrupt(
                f"{folder}: was derived as format {found[0]}, {found[1]}; wanted {BASE_FORMAT}, {recipe}."
            )
        for file, size in manifest["files"].items():
            if (held := (folder / file).stat().st_size) != size:
                raise CollectionCorrupt(f"{folder / file}: has {held} bytes instead of {size}.")
        index = tantivy.Index.open(str(folder / "lexical"))
        segment = Segment.load(folder, files)
        if manifest["encodings"] != files.extent.name or segment.row.max(initial=-1) >= files.extent.rows:
            raise CollectionCorrupt(f"{folder}: was derived from other encodings than {files.extent.name}.")
        return Base(
            name=name,
            segment=segment,
            df_terms=np.load(folder / "df_terms.npy", mmap_mode="r"),
            df_counts=np.load(folder / "df_counts.npy", mmap_mode="r"),
            total_length=manifest["total_length"],
            vectors=open_vectors(folder / "vectors.faiss"),
            lexical=index.searcher(),
            schema=index.schema,
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:  # faiss raises RuntimeError, tantivy ValueError
        raise CollectionCorrupt(f"{folder}: cannot be opened as a base: {error}") from error


def damaged_lexical_files(folder: Path) -> list[str]:
    """The files of a base's Tantivy index that have changed. No other check reads all of their bytes."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    written = manifest.get("lexical_sha256", {})  # earlier bases have none
    return [name for name, sha256 in written.items() if sha256_of(folder / "lexical" / name) != sha256]


def remove_other_bases(bases: Path, keep: str) -> None:
    """Delete every base except `keep`. A process that has another base open can still read its mapped files.

    An unfinished base is deleted after a day, since another process may be writing it."""
    for folder in bases.iterdir():
        fresh = folder.name.startswith(_BUILDING) and time.time() - folder.stat().st_mtime < _ABANDONED_SECONDS
        if folder.name != keep and not fresh:
            shutil.rmtree(folder, ignore_errors=True)


def _document_frequencies(held: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The distinct terms, sorted, and the number of occurrences of each. Sorting in portions bounds the memory."""
    terms, counts = np.empty(0, np.int64), np.empty(0, np.int64)
    for begin in range(0, len(held), _TERMS_AT_ONCE):
        found, often = np.unique(held[begin : begin + _TERMS_AT_ONCE], return_counts=True)
        every = np.concatenate([terms, found])
        terms, place = np.unique(every, return_inverse=True)
        counts = np.bincount(place, np.concatenate([counts, often])).astype(np.int64)
    return terms, counts
