"""Counts of a collection that each commit keeps up to date. So a commit costs what it changes, at any size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import sqlalchemy as sa

from qa_service.records import MOST_TAGS, ArticleMeta, Completeness
from qa_service.storage.local.rows import read_date

__all__ = ["FIELDS", "KINDS", "ChangedNames", "all_names", "counted_names", "first_and_last_date", "tags_and_fields"]

KINDS = ("outlet", "author", "language")
"""The columns of `articles` whose values are counted."""
FIELDS = tuple(field.name for field in fields(Completeness))
"""The fields of metadata whose articles are counted."""


def counted_names(meta: ArticleMeta) -> Iterator[tuple[str, str]]:
    """Kind and name of everything that the table `names` counts of an article."""
    yield from ((kind, name) for kind in KINDS if (name := getattr(meta, kind)) is not None)
    yield from (("tag", tag) for tag in meta.tags)
    yield from (("field", name) for name in FIELDS if getattr(meta, name) not in (None, ()))


class ChangedNames:
    """Collects the names of the articles that a commit adds and deletes."""

    def __init__(self) -> None:
        self._changes: Counter[tuple[str, str]] = Counter()

    def add(self, meta: ArticleMeta, count: int = 1) -> None:
        """Count an article; -1 for a deleted one."""
        for key in counted_names(meta):
            self._changes[key] += count

    def write(self, connection: sa.Connection) -> bool:
        """Bring the table `names` up to date. Returns whether a name came or went."""
        kept, gone, came_or_went = [], [], False
        for key, change in self._changes.items():
            if not change:
                continue
            found = connection.exec_driver_sql("SELECT articles FROM names WHERE kind = ? AND name = ?", key).scalar()
            count = (found or 0) + change
            kept += [(*key, count)] if count else []
            gone += [] if count else [key]
            came_or_went |= found is None or not count
        if kept:
            connection.exec_driver_sql("INSERT OR REPLACE INTO names (kind, name, articles) VALUES (?, ?, ?)", kept)
        if gone:
            connection.exec_driver_sql("DELETE FROM names WHERE kind = ? AND name = ?", gone)
        return came_or_went


def all_names(connection: sa.Connection) -> dict[str, tuple[str, ...]]:
    """The names of each kind, sorted, by the fields of `CollectionInfo`."""
    query = "SELECT name FROM names WHERE kind = ? ORDER BY name"
    return {f"{kind}s": tuple(connection.exec_driver_sql(query, (kind,)).scalars()) for kind in KINDS}


def tags_and_fields(connection: sa.Connection) -> dict[str, Any]:
    """The most frequent tags, and how complete the metadata is, by the fields of `CollectionInfo`."""
    tags = "SELECT name FROM names WHERE kind = 'tag' ORDER BY articles DESC, name LIMIT ?"
    counts = "SELECT name, articles FROM names WHERE kind = 'field'"
    return {
        "tags": tuple(connection.exec_driver_sql(tags, (MOST_TAGS,)).scalars()),
        "completeness": Completeness(**{name: count for name, count in connection.exec_driver_sql(counts)}),
    }


def first_and_last_date(connection: sa.Connection) -> dict[str, Any]:
    """The first and the last day on which an article was published, by the fields of `CollectionInfo`."""
    # SQLite reads one minimum or maximum from the index, but two in the same SELECT by a scan
    query = "SELECT (SELECT min(published) FROM articles), (SELECT max(published) FROM articles)"
    first, last = connection.exec_driver_sql(query).one()
    return {"first_date": read_date(first), "last_date": read_date(last)}
