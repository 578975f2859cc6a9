"""Tests of the writer lock, and of readers while another thread writes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from qa_service.errors import CollectionBusy
from qa_service.storage.conformance.articles import all_ids, encoded_article, some_articles
from qa_service.storage.conformance.fixtures import EngineFixtures
from qa_service.storage.port import WRITER_WAIT, Engine, Store
from qa_service.storage.writes import EncodedArticle

__all__ = ["LockTests"]

PATIENCE = 60.0
"""Seconds to wait for another thread, which a busy machine may hold up."""
SHORT = 0.05
"""Seconds in which another thread would go on if nothing held it up."""


class LockTests(EngineFixtures):
    """One writer at a time; readers see whole writes."""

    @pytest.fixture
    def other(self, engine: Engine, store: Store) -> Iterator[Store]:
        """Another handle on the collection of `store`."""
        opened = engine.open("tests")
        yield opened
        opened.close()

    @pytest.fixture
    def thread(self) -> Iterator[ThreadPoolExecutor]:
        """Another thread."""
        with ThreadPoolExecutor(1) as pool:
            yield pool

    @pytest.mark.parametrize("same_handle", [True, False])
    def test_another_thread_waits_and_is_refused(
        self, store: Store, other: Store, thread: ThreadPoolExecutor, same_handle: bool
    ) -> None:
        second = store if same_handle else other
        with store.writing():
            began = time.monotonic()
            with pytest.raises(CollectionBusy, match="'tests'"):
                thread.submit(hold, second, 2 * SHORT).result(PATIENCE)
            assert 2 * SHORT <= time.monotonic() - began < WRITER_WAIT
        thread.submit(hold, second, 0).result(PATIENCE)

    def test_a_waiting_thread_gets_the_lock_when_it_is_free(
        self, store: Store, other: Store, thread: ThreadPoolExecutor
    ) -> None:
        entered = Event()
        with store.writing():
            waiting = thread.submit(hold, other, PATIENCE, entered.set)
            assert not entered.wait(SHORT)
        waiting.result(PATIENCE)
        assert entered.is_set()

    def test_a_thread_that_holds_the_lock_goes_on(self, store: Store, other: Store, thread: ThreadPoolExecutor) -> None:
        with store.writing():
            with store.writing(wait=0):
                assert store.write(some_articles(1)) == 1
            with pytest.raises(CollectionBusy):  # the outer block still holds it
                thread.submit(hold, other, 0).result(PATIENCE)
        thread.submit(hold, other, 0).result(PATIENCE)

    def test_another_handle_in_the_same_thread_is_refused(self, store: Store, other: Store) -> None:
        with store.writing(), pytest.raises(CollectionBusy):
            hold(other, wait=0)
        hold(other, wait=0)

    def test_an_error_frees_the_lock(self, store: Store, other: Store) -> None:
        with pytest.raises(ZeroDivisionError), store.writing():
            raise ZeroDivisionError
        hold(other, wait=0)

    def test_a_write_waits_for_the_lock(self, store: Store, other: Store, thread: ThreadPoolExecutor) -> None:
        with store.writing():
            writing = thread.submit(other.write, some_articles(2))
            time.sleep(SHORT)
            assert not writing.done()
            assert store.refresh().generation == 0
            assert store.write([encoded_article(5)]) == 1
        assert writing.result(PATIENCE) == 2
        assert store.refresh().info.articles == 3

    def test_no_update_is_lost(self, store: Store, other: Store) -> None:
        """Each write depends on what the thread read before. Two threads add the same article if both read first."""

        def add_next(handle: Store) -> None:
            for _ in range(4):
                with handle.writing(PATIENCE):
                    number = handle.refresh().info.articles
                    time.sleep(0.001)
                    handle.write([encoded_article(number)])

        with ThreadPoolExecutor(2) as pool:
            for running in [pool.submit(add_next, handle) for handle in (store, other)]:
                running.result(PATIENCE)
        assert store.refresh().info.articles == other.refresh().info.articles == store.refresh().generation == 8

    def test_no_reader_sees_a_write_that_goes_on(self, store: Store, other: Store) -> None:
        store.write(some_articles(3))
        before, looks = store.snapshot().info, []

        def look() -> None:
            for handle in (store, other):
                assert handle.snapshot().info == handle.refresh().info == before
                found = handle.articles_with_ids([f"article/{n}" for n in range(6)])
                assert {a.article_id for a in found} == {"article/0", "article/1", "article/2"}
                assert handle.articles_with_ids(["article/1"]) == [encoded_article(1).article]
                assert handle.done_files("job") == {}
            looks.append(1)

        added = Watched([encoded_article(4), encoded_article(1, 1), encoded_article(5)], look)
        other.refresh()
        assert store.write(added, ["article/0", "article/1"], {("job", 0): "{}"}) == 2
        assert looks
        assert other.refresh().info == store.snapshot().info != before
        assert other.done_files("job") == {0: "{}"}

    def test_no_reader_sees_half_of_a_write(self, store: Store, other: Store, thread: ThreadPoolExecutor) -> None:
        """A thread replaces all articles again and again. Each read finds all of them in the same version."""
        versions = [[encoded_article(n, version, passages=2 + version) for n in range(10)] for version in (0, 1)]
        ids = [one.article.article_id for one in versions[0]]
        texts = [{one.article.article_id: one.article.text for one in articles} for articles in versions]

        def flip() -> None:
            for at in range(1, 7):
                store.write(versions[at % 2], ids)

        store.write(versions[0])
        running, reads = thread.submit(flip), 0
        while reads < 5 or not running.done():
            snapshot = other.refresh()
            info = snapshot.info
            assert (info.articles, info.passages) in [(10, 20), (10, 30)]
            assert info.generation % 2 == (info.passages == 20)
            assert snapshot.count() == len(all_ids(snapshot)) == info.passages
            assert {a.article_id: a.text for a in other.articles_with_ids(ids)} in texts
            assert set(other.passage_counts(ids).values()) in [{2}, {3}]
            reads += 1
        running.result(PATIENCE)


class Watched(list[EncodedArticle]):
    """Articles that call `look` before each of them is read."""

    def __init__(self, articles: list[EncodedArticle], look: Callable[[], None]) -> None:
        super().__init__(articles)
        self._look = look

    def __iter__(self) -> Iterator[EncodedArticle]:
        for article in super().__iter__():
            self._look()
            yield article


def hold(store: Store, wait: float, then: Callable[[], None] = lambda: None) -> None:
    """Take the writer lock, call `then` and release the lock."""
    with store.writing(wait):
        then()
