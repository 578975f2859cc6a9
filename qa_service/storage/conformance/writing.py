"""Tests of writing: adding, replacing, deleting, several handles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qa_service.errors import ArticleNotFound, CollectionNotFound, Conflict, InvalidInput
from qa_service.storage.conformance.articles import (
    CONTENT,
    DIMENSION,
    FIRST_DAY,
    ORIGIN,
    PASSAGES,
    encoded_article,
    some_articles,
)
from qa_service.storage.conformance.fixtures import EngineFixtures
from qa_service.storage.features import hash_terms
from qa_service.storage.port import NO_FILTERS, Engine, Store

__all__ = ["WriteTests"]


class WriteTests(EngineFixtures):
    """Adding, replacing, deleting; several handles."""

    def test_engine_opens_and_names_collections(self, engine: Engine) -> None:
        assert engine.names() == []
        with pytest.raises(CollectionNotFound):
            engine.open("tests")
        store = engine.open("tests", ORIGIN)
        assert (store.name, store.origin, engine.names()) == ("tests", ORIGIN, ["tests"])
        again = engine.open("tests", replace(ORIGIN, title_weight=3))
        assert again.origin == ORIGIN
        again.close()
        store.close()

    @pytest.mark.parametrize("name", ["../x y", "../up", "", ".hidden", "a/b", "a b", "x" * 65, "a\n"])
    def test_a_name_that_names_no_collection(self, engine: Engine, name: str) -> None:
        for create in (None, ORIGIN):
            with pytest.raises(InvalidInput, match="cannot name a collection"):
                engine.open(name, create)
        assert engine.names() == []

    def test_an_empty_collection(self, store: Store) -> None:
        snapshot = store.snapshot()
        assert (snapshot.generation, snapshot.info.articles, snapshot.info.passages) == (0, 0, 0)
        assert snapshot.count() == len(snapshot.nearest(np.ones(DIMENSION, np.float32), 5, NO_FILTERS).ids) == 0
        assert len(snapshot.matching(hash_terms(["wb2"]), 5, NO_FILTERS).ids) == 0
        assert len(snapshot.features(np.empty(0, np.int64))) == 0
        assert snapshot.articles(10).articles == ()
        assert store.verify().problems == ()

    def test_added_articles_are_there(self, store: Store) -> None:
        assert store.write(some_articles(3)) == 1
        info = store.snapshot().info
        assert (info.generation, info.articles, info.passages) == (1, 3, 1 + 2 + 3)
        assert info.chunking == "sentences"
        assert store.snapshot().article("article/2") == encoded_article(2).article

    def test_replaced_and_deleted_articles_are_gone(self, store: Store) -> None:
        store.write(some_articles(3))
        assert store.write([encoded_article(1, 1)], ["article/1", "article/2"]) == 2
        assert store.snapshot().article("article/1") == encoded_article(1, 1).article
        with pytest.raises(ArticleNotFound):
            store.snapshot().article("article/2")
        assert store.write(deleted=["article/0", "article/1"]) == 3
        assert store.snapshot().count() == store.snapshot().info.articles == 0
        assert store.write([encoded_article(1)]) == 4
        assert store.snapshot().passages_of("article/1") == encoded_article(1).passages

    def test_info_follows_each_write(self, store: Store) -> None:
        """By number: 1 AFP, Ann Bo, fr; 2 Afp, Cy Du; 3 DW, en; 6 AFP, en."""

        def names() -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
            info = store.snapshot().info
            return info.outlets, info.authors, info.languages

        store.write([encoded_article(number) for number in (1, 2, 3)])
        assert names() == (("AFP", "Afp", "DW"), ("Ann Bo", "Cy Du"), ("en", "fr"))
        store.write([encoded_article(6)], ["article/1"])  # another of AFP takes its place, by nobody
        assert names() == (("AFP", "Afp", "DW"), ("Cy Du",), ("en",))
        store.write(deleted=["article/6"])
        assert names() == (("Afp", "DW"), ("Cy Du",), ("en",))
        info = store.snapshot().info
        days = [encoded_article(number).article.meta.published for number in (2, 3)]
        assert [info.first_date, info.last_date] == days
        store.write(deleted=["article/2", "article/3"])
        assert names() == ((), (), ())
        info = store.snapshot().info
        assert (info.articles, info.passages, info.first_date, info.last_date) == (0, 0, None, None)

    def test_tags_and_completeness_follow_each_write(self, store: Store) -> None:
        """By number: 1 budget; 3 budget and Écho; 5 nothing; all three with a URL, 3 without title."""

        def told() -> tuple[tuple[str, ...], int, int, int]:
            info = store.snapshot().info
            return info.tags, info.completeness.tags, info.completeness.title, info.completeness.url

        store.write([encoded_article(number) for number in (1, 3, 5)])
        assert told() == (("budget", "Écho"), 2, 2, 3)
        store.write(deleted=["article/1"])
        assert told() == (("budget", "Écho"), 1, 1, 2)
        store.write(deleted=["article/3"])
        assert told() == ((), 0, 1, 1)
        store.write([encoded_article(1)])
        assert told() == (("budget",), 1, 2, 2)
        assert store.verify().problems == ()

    def test_tags_the_last_correction_and_pages_belong_to_the_content(self, store: Store) -> None:
        """Each changes the fingerprint. Without them it is that of the versions that did not know them."""
        plain = encoded_article(5)
        assert not (plain.article.meta.tags or plain.article.meta.updated or plain.article.pages)
        metas = [replace(plain.article.meta, tags=("a", "b")), replace(plain.article.meta, updated=FIRST_DAY)]
        articles = [replace(plain.article, meta=meta) for meta in metas]
        articles += [replace(plain.article, pages=((0, 2), (9, 3))), plain.article]
        seen = []
        for number, article in enumerate(articles):
            store.write([replace(plain, article=article)], ["article/5"] if number else [])
            assert store.articles_with_ids(["article/5"]) == [article] == [store.snapshot().article("article/5")]
            assert store.snapshot().articles(1).articles[0].pages == article.pages
            seen.append(store.snapshot().info.fingerprint)
        assert len(set(seen)) == 4
        assert seen[-1] == "ffdc5aad1a06bc6e10c3aeec8ca9e18dde9b5354a09362d5c0f3787ba7ff930f"
        assert store.verify().problems == ()

    def test_a_write_that_fails_changes_nothing(self, store: Store) -> None:
        store.write(some_articles(3), done={("job", 1): "{}"})
        before, stored = store.snapshot().info, encoded_article(1)
        same_passages = replace(stored, article=replace(stored.article, article_id="article/90"))
        for error, added, deleted, number in (
            (Conflict, [encoded_article(5), stored], [], 0),
            (Conflict, [encoded_article(5), encoded_article(5)], [], 0),
            (Conflict, [encoded_article(5), same_passages], [], 0),
            (Conflict, [encoded_article(5)], ["article/0"], 1),
            (ArticleNotFound, [encoded_article(5)], ["article/0", "nowhere"], 0),
            (ArticleNotFound, [], ["article/5"], 0),
        ):
            with pytest.raises(error):
                store.write(added, deleted, {("job", 2): "{}", ("job", number): "[]"})
            assert store.snapshot().info == store.refresh().info == before
            assert store.done_files("job") == {1: "{}"}
            assert store.snapshot().article("article/0") == encoded_article(0).article
        assert store.verify().problems == ()

    def test_a_deleted_id_may_be_repeated(self, store: Store) -> None:
        store.write(some_articles(4))
        assert store.write([encoded_article(1, 1)], ["article/1", "article/3", "article/1", "article/3"]) == 2
        assert store.snapshot().article("article/1") == encoded_article(1, 1).article
        assert (store.snapshot().info.articles, store.snapshot().count()) == (3, 1 + 2 + 3)
        assert store.verify().problems == ()

    def test_files_of_jobs_are_recorded_with_the_articles(self, store: Store) -> None:
        assert store.write([encoded_article(1)], done={("j", 0): "{}", ("j", 2): "[]"}) == 1
        assert store.write(done={("k", 1): "{}"}) == 1
        assert store.done_files("j") == {0: "{}", 2: "[]"}
        store.forget_job("j")
        assert (store.done_files("j"), store.done_files("k")) == ({}, {1: "{}"})

    def test_another_handle_sees_a_commit_after_refresh(self, engine: Engine, store: Store) -> None:
        other = engine.open("tests")
        before = other.snapshot()
        store.write(some_articles(20))
        self.settle(store)
        assert before.generation == other.snapshot().generation == before.count() == 0
        assert other.refresh().info == store.snapshot().info
        other.write(deleted=["article/3"])
        assert store.snapshot().generation == 1
        assert store.refresh().info == other.snapshot().info
        other.close()

    def test_reads_for_writers_see_the_newest_state(self, filled: Store) -> None:
        assert {a.article_id for a in filled.articles_with_ids(["article/1", "article/13", "article/20"])} == {
            "article/1",
            "article/20",
        }
        assert filled.articles_with_ids(["article/20"]) == [encoded_article(20, 1).article]
        assert [a.article_id for a in filled.articles_of_source("file-5.txt")] == ["article/10"]
        assert filled.articles_of_source("file-99.txt") == []
        stored = filled.articles_with_ids(["article/10"])[0].meta.source_sha256
        assert filled.versions_of_source("file-5.txt") == {"article/10": stored}
        below = filled.sources_below("file-")
        assert below == sorted(set(below)) != []
        assert filled.sources_below("file-5") == ["file-5.txt"]
        assert filled.sources_below("file-99") == []
        assert filled.passage_counts(["article/1", "article/3", "article/11"]) == {"article/1": 2, "article/3": 4}
        known = encoded_article(1).passages[0].passage_id
        assert filled.known_passages([known, known.upper() + "0", "0" * 16]) == {known}

    def test_verify_and_rebuild(self, writable: Store) -> None:
        report = writable.verify()
        assert (report.collection, report.articles, report.passages) == ("tests", len(CONTENT), len(PASSAGES))
        assert report.problems == ()
        terms = hash_terms(["wb2", "wc3", "wm9"])
        before, info = writable.snapshot().matching(terms, 30, NO_FILTERS), writable.snapshot().info
        writable.rebuild()
        after = writable.snapshot().matching(terms, 30, NO_FILTERS)
        assert writable.snapshot().info == info
        assert (before.ids.tolist(), before.scores.tolist()) == (after.ids.tolist(), after.scores.tolist())
        assert writable.verify().problems == ()
        assert writable.maintenance_due() is False
