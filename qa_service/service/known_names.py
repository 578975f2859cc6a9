"""Finds the name under which a collection already has a file that is named by itself."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from qa_service.errors import CollectionNotFound
from qa_service.ingest.files import GivenFile
from qa_service.service.open_collections import OpenCollections
from qa_service.storage.port import Store

__all__ = ["with_known_names"]

MOST_PARTS = 12
"""Folders of a name, and the file: each longer name is one more look-up."""


def with_known_names(files: Sequence[GivenFile], collections: OpenCollections, collection: str) -> list[GivenFile]:
    """The files; one that was named by itself gets the longest end of its path that the collection has as a source.

    So `ingest news/desk/council.txt` corrects the article that `ingest news/` stored as `desk/council.txt`. A file
    keeps its bare name if the collection knows no longer one. If a folder of this ingest holds it too, it is left out.

    Raises:
        InvalidInput: the name cannot name a collection.
    """
    store: Store | None = None
    with suppress(CollectionNotFound):  # a new collection knows no file
        store = collections.get(collection)
    others = {file.name: file.path for file in files if file.skip_reason is None}
    return [named for file in files if (named := _named(file, others, store)) is not None]


def _named(file: GivenFile, others: dict[str, Path], store: Store | None) -> GivenFile | None:
    if not file.bare or file.skip_reason is not None:
        return file
    for end in _ends(file.path):
        if end in others:
            if others[end].samefile(file.path):
                return None
        elif store is not None and _is_source(store, end):
            return replace(file, name=end)
    return file


def _ends(path: Path) -> Iterator[str]:
    """The ends of the path with at least one folder, the longest first."""
    parts = Path(os.path.abspath(path)).parts[1:]  # noqa: PTH100 - a link keeps the name that the user gave
    for count in range(min(len(parts), MOST_PARTS), 1, -1):
        end = "/".join(parts[-count:])
        with suppress(UnicodeEncodeError):  # no source has a name that is not UTF-8
            end.encode("utf-8")
            yield end


def _is_source(store: Store, name: str) -> bool:
    """Whether the collection has articles of this file, or of the files in this archive."""
    return bool(store.versions_of_source(name)) or bool(store.sources_below(f"{name}/"))
