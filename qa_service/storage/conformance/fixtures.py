"""What the tests of an engine share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qa_service.storage.conformance.articles import ORIGIN, encoded_article, some_articles
from qa_service.storage.port import Engine, Store

__all__ = ["EngineFixtures"]


class EngineFixtures:
    """What a subclass gives, and what the tests share."""

    @pytest.fixture
    def engine(self) -> Engine:
        """An engine without collections. Subclasses override this."""
        raise NotImplementedError

    def settle(self, store: Store) -> None:
        """Called after writes. Subclasses can override it, to test the state after maintenance."""

    @pytest.fixture
    def store(self, engine: Engine) -> Iterator[Store]:
        """An empty collection."""
        opened = engine.open("tests", ORIGIN)
        yield opened
        opened.close()

    @pytest.fixture
    def filled(self, store: Store) -> Store:
        """A collection with a history: the first 60 articles, but 11 and 13, and 20 in its second version."""
        with store.writing():
            store.write(some_articles(40))
            self.settle(store)
            store.write([encoded_article(100)])
            store.write([*some_articles()[40:], encoded_article(20, 1)], ["article/20", "article/11"])
            store.write(deleted=["article/100", "article/13"])
        self.settle(store)
        return store
