"""Reads a collection to check answers against it. It caches texts, since a question often finds the articles of the
question before."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

from qa_service.records import Article, CollectionInfo, Filters, Passage
from qa_service.service.open_collections import with_newest
from qa_service.storage.port import Snapshot, Store

__all__ = ["Contents"]

KEPT_CHARACTERS = 8_000_000
"""At most 32 MB, at four bytes a character."""
KEPT_PASSAGES = 5_000
PAGE = 500

T = TypeVar("T")


class Contents:
    """Reads one collection. Not safe to use from several threads: make an object for each thread."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._articles: _Recent[Article] = _Recent(KEPT_CHARACTERS, lambda article: len(article.text))
        self._sources: _Recent[tuple[tuple[str, str], ...]] = _Recent(
            KEPT_CHARACTERS, lambda found: sum(len(text) for _, text in found)
        )
        self._passages: _Recent[tuple[Passage, ...]] = _Recent(KEPT_PASSAGES, len)

    def info(self) -> CollectionInfo:
        """The newest state of the collection, with commits of other processes. A new commit empties the cache."""
        before = self._store.snapshot().generation
        info = self._store.refresh().info
        if info.generation != before:
            for kept in (self._articles, self._sources, self._passages):
                kept.clear()
        return info

    def article(self, article_id: str) -> Article:
        """An article with its text. Its SHA-256 is computed from the text; the stored hash is not read.

        Raises:
            ArticleNotFound: no article has this id.
        """
        return self._articles.get(article_id, self._store.snapshot().article)

    def articles(self) -> Iterator[Article]:
        """All articles in order of id. Only one at a time is in memory."""
        after: str | None = None
        while True:
            page = self._store.snapshot().articles(PAGE, after)
            for summary in page.articles:
                yield self._store.snapshot().article(summary.article_id)
            if (after := page.next_after) is None:
                return

    def article_text(self, article_id: str) -> str:
        """Raises ArticleNotFound if no article has this id."""
        return self.article(article_id).text

    def articles_of_source(self, source: str) -> tuple[tuple[str, str], ...]:
        """Id and text of each article that was read from the file `source`."""
        return self._sources.get(source, self._read_source)

    def passages_of(self, article_id: str) -> tuple[Passage, ...]:
        """All passages of an article, in order; empty if there is no such article."""
        return self._passages.get(article_id, self._store.snapshot().passages_of)

    def known_articles(self, article_ids: Sequence[str]) -> set[str]:
        """The article ids that are stored."""
        return set(self._store.passage_counts(article_ids))

    def known_passages(self, passage_ids: Sequence[str]) -> set[str]:
        """The passage ids that are stored."""
        return self._store.known_passages(passage_ids)

    def count(self, filters: Filters) -> int:
        """Number of passages that the filters admit."""
        return self._store.snapshot().count(filters)

    def newest(self, read: Callable[[Snapshot], T]) -> T:
        """What `read` returns of the newest snapshot."""
        return with_newest(self._store, read)

    def _read_source(self, source: str) -> tuple[tuple[str, str], ...]:
        return tuple((article.article_id, article.text) for article in self._store.articles_of_source(source))


class _Recent(Generic[T]):
    """A cache of the values used last. It keeps as many as fit, and always the latest value."""

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
