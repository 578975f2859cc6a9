"""What a collection holds, read back for whoever checks answers against it. Texts last read are kept: the articles that
one question finds are often those of the next."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from qa_service.records import Article, CollectionInfo, Filters, Passage
from qa_service.storage.local.article_passages import passages_of
from qa_service.storage.local.collection import Collection

__all__ = ["Contents"]

KEPT_CHARACTERS = 8_000_000
"""32 MB at most, in characters that take four bytes each."""
KEPT_PASSAGES = 5_000
PAGE = 500

T = TypeVar("T")


class Contents:
    """Reads of one collection. Not safe to use from several threads; each makes its own."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._articles: _Recent[Article] = _Recent(KEPT_CHARACTERS, lambda article: len(article.text))
        self._sources: _Recent[tuple[tuple[str, str], ...]] = _Recent(
            KEPT_CHARACTERS, lambda found: sum(len(text) for _, text in found)
        )
        self._passages: _Recent[tuple[Passage, ...]] = _Recent(KEPT_PASSAGES, len)

    def info(self) -> CollectionInfo:
        """As committed now, by whichever process. What was read before another commit is read anew after it."""
        before = self._collection.snapshot.info.generation
        info = self._collection.refresh().info
        if info.generation != before:
            for kept in (self._articles, self._sources, self._passages):
                kept.clear()
        return info

    def article(self, article_id: str) -> Article:
        """Raises ArticleNotFound where there is none. Its SHA-256 is computed from the text, not the column that
        citations are made of."""
        return self._articles.get(article_id, self._collection.catalogue.article)

    def articles(self) -> Iterator[Article]:
        """All of them, in order of id, one in memory at a time."""
        after: str | None = None
        while True:
            page = self._collection.catalogue.article_page(PAGE, after)
            for summary in page.articles:
                yield self._collection.catalogue.article(summary.article_id)
            if (after := page.next_after) is None:
                return

    def article_text(self, article_id: str) -> str:
        """Raises ArticleNotFound where there is none."""
        return self.article(article_id).text

    def articles_of_source(self, source: str) -> tuple[tuple[str, str], ...]:
        """(article id, text) of the articles read from a file; empty where there is none."""
        return self._sources.get(source, self._read_source)

    def passages_of(self, article_id: str) -> tuple[Passage, ...]:
        """All passages of an article, in order; empty where there is none."""
        return self._passages.get(article_id, lambda wanted: passages_of(self._collection.catalogue, wanted))

    def known_articles(self, article_ids: Sequence[str]) -> set[str]:
        """Those of the article ids that are stored."""
        return set(self._collection.catalogue.passage_counts(article_ids))

    def known_passages(self, passage_ids: Sequence[str]) -> set[str]:
        """Those of the passage ids that are stored."""
        keys = {identity: key for identity in passage_ids if (key := _passage_key(identity)) is not None}
        stored = np.isin(np.array(list(keys.values()), np.uint64), self._passage_keys)
        return {identity for identity, found in zip(keys, stored.tolist(), strict=True) if found}

    def count(self, filters: Filters) -> int:
        """Number of passages that the filters admit."""
        return sum(int(part.sum()) for part in self._collection.snapshot.admitted(filters))

    @cached_property
    def _passage_keys(self) -> npt.NDArray[np.uint64]:
        snapshot = self._collection.snapshot
        return np.sort(np.concatenate([snapshot.base.segment.key[snapshot.base_live], snapshot.tail.key]))

    def _read_source(self, source: str) -> tuple[tuple[str, str], ...]:
        catalogue = self._collection.catalogue
        with catalogue.engine.begin() as connection:
            found = catalogue.articles_of_source(connection, source)
        return tuple((article.article_id, article.text) for _, article in found)


def _passage_key(passage_id: str) -> int | None:
    """The number that a passage id of 16 lower-case hex digits stands for; None for any other text."""
    try:
        key = int(passage_id, 16)
    except ValueError:
        return None
    return key if f"{key:016x}" == passage_id else None


class _Recent(Generic[T]):
    """The values read last, as many as fit; the last one always."""

    def __init__(self, most: int, size: Callable[[T], int]) -> None:
        self._most = most
        self._size = size
        self._held = 0
        self._kept: OrderedDict[str, T] = OrderedDict()

    def get(self, key: str, read: Callable[[str], T]) -> T:
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        value = self._kept[key] = read(key)
        self._held += self._size(value)
        while self._held > self._most and len(self._kept) > 1:
            self._held -= self._size(self._kept.popitem(last=False)[1])
        return value

    def clear(self) -> None:
        self._kept.clear()
        self._held = 0
