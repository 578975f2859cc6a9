"""What the tests of an engine share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qa_service.storage.conformance.articles import ORIGIN, encoded_article, some_articles
from qa_service.storage.port import Engine, Store

__all__ = ["EngineFixtures"]


class EngineFixtures:
    """What a subclass gives, and what the tests share."""

    @classmethod
    def new_engine(cls, folder: Path) -> Engine:
        """An engine without collections; it can store them in the empty `folder`. Subclasses override this."""
        raise NotImplementedError

    @classmethod
    def settle(cls, store: Store) -> None:
        """Called after writes. Subclasses can override it, to test the state after maintenance."""

    @pytest.fixture
    def engine(self, tmp_path: Path) -> Engine:
        return self.new_engine(tmp_path)

    @pytest.fixture
    def store(self, engine: Engine) -> Iterator[Store]:
        """An empty collection."""
        opened = engine.open("tests", ORIGIN)
        yield opened
        opened.close()

    @pytest.fixture
    def writable(self, store: Store) -> Store:
        """A collection with the content of `filled`, for tests that change it."""
        self._fill(store)
        return store

    @pytest.fixture(scope="class")
    @classmethod
    def filled(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
        """A collection with a history, for tests that only read: it is built once for each engine.

        It holds the first 60 articles except 11 and 13. Article 20 is in its second version.
        """
        opened = cls.new_engine(tmp_path_factory.mktemp("filled")).open("tests", ORIGIN)
        cls._fill(opened)
        yield opened
        opened.close()

    @classmethod
    def _fill(cls, store: Store) -> None:
        with store.writing():
            store.write(some_articles(40))
            cls.settle(store)
            store.write([encoded_article(100)])
            store.write([*some_articles()[40:], encoded_article(20, 1)], ["article/20", "article/11"])
            store.write(deleted=["article/100", "article/13"])
        cls.settle(store)
