"""The tests that every engine passes, as mix-ins. A test module subclasses `EngineTests` and gives the engine:

    class TestLocalEngine(EngineTests):
        @pytest.fixture
        def engine(self, tmp_path: Path) -> Engine:
            return LocalEngine(tmp_path)

Only tests import this module, since it needs pytest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from qa_service.errors import ArticleNotFound, CollectionNotFound
from qa_service.records import Article, Filters, Passage, passage_id_of
from qa_service.records.encodings import PassageEncoding
from qa_service.storage.analysis import LexicalAnalysis
from qa_service.storage.features import NO_DATE, bm25, cosines, hash64, hash_terms
from qa_service.storage.port import NO_FILTERS, Engine, PassageGone, Snapshot, Store
from qa_service.storage.written import EncodedArticle, Origin, chunking_json

__all__ = ["ORIGIN", "EngineTests", "encoded_article", "some_articles"]

DIMENSION = 16
ORIGIN = Origin("fake@1", DIMENSION, chunking_json(pieces=64, tokens=64, overlap=0), 1)
EVERYTHING = 1_000_000
WORDS = [f"w{letter}{digit}" for letter in "bcdfgkm" for digit in "23456789"]
FIRST_DAY = date(2025, 1, 1)


def encoded_article(number: int, version: int = 0, passages: int | None = None) -> EncodedArticle:
    """An article with random text, metadata and vectors, the same ones for the same arguments."""
    rng = np.random.default_rng([number, version])
    sentences: list[tuple[str, tuple[int, int]]] = []
    text = ""
    for _ in range(2 * (1 + number % 4 if passages is None else passages)):
        sentence = " ".join(rng.choice(WORDS, size=int(rng.integers(3, 12)))) + "."
        sentences.append((sentence, (len(text), len(text) + len(sentence))))
        text += sentence + " "
    article = Article(
        article_id=f"article/{number}",
        text=text.strip(),
        title=f"Title {WORDS[number % 50]}" if number % 3 else None,
        outlet=[None, "AFP", "Afp", "DW", "Kayes Écho"][number % 5],
        author=[None, "Ann Bo", "Cy Du"][number % 3],
        published=FIRST_DAY + timedelta(days=number) if number % 4 else None,
        language=["en", "fr", None][number % 3],
        url=f"https://example.org/{number}",
        source=f"file-{number // 2}.txt",
        source_sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
    cut = [tuple(span for _, span in sentences[at : at + 2]) for at in range(0, len(sentences), 2)]
    slices = tuple(
        Passage(
            passage_id_of(article.article_id, spans[0][0], spans[-1][1]),
            article.article_id,
            spans[0][0],
            spans[-1][1],
            article.text[spans[0][0] : spans[-1][1]],
            7 + at,
            spans,
            (at == 0, False),
        )
        for at, spans in enumerate(cut)
    )
    return EncodedArticle(article, slices, tuple(_encoding(rng, passage, number) for passage in slices))


def _encoding(rng: np.random.Generator, passage: Passage, number: int) -> PassageEncoding:
    """Every tenth article has the same vector as all such articles, so that scores are equal."""
    vector = np.ones(DIMENSION) if number % 10 == 0 else rng.normal(size=DIMENSION)
    words = [0, *(at + 1 for at, character in enumerate(passage.text) if character == " ")]
    spans = [(0, 0), *((start, start + 2) for start in words)]
    bits = rng.integers(0, 256, size=(len(spans), DIMENSION // 8), dtype=np.uint8)
    return PassageEncoding((vector / np.linalg.norm(vector)).astype(np.float32), bits, np.array(spans, np.int32))


def some_articles(count: int = 60) -> list[EncodedArticle]:
    """The first `count` articles."""
    return [encoded_article(number) for number in range(count)]


FILTERS = [
    NO_FILTERS,
    Filters(outlet=("AFP",)),
    Filters(outlet=("DW", "Kayes Écho"), language=("fr",)),
    Filters(author=("Ann Bo",)),
    Filters(language=("en",)),
    Filters(article_id=("article/7",)),
    Filters(article_id=("article/7", "article/40", "nowhere")),
    Filters(published_from=FIRST_DAY + timedelta(days=30)),
    Filters(published_to=FIRST_DAY + timedelta(days=9)),
    Filters(published_from=FIRST_DAY + timedelta(days=7), published_to=FIRST_DAY + timedelta(days=7)),
    Filters(outlet=("nobody",)),
]


class _EngineFixtures:
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


CONTENT = [encoded_article(20, 1) if n == 20 else encoded_article(n) for n in range(60) if n not in (11, 13)]
"""What `filled` holds."""
PASSAGES = {passage.passage_id: (one, at) for one in CONTENT for at, passage in enumerate(one.passages)}


def all_ids(snapshot: Snapshot) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The keys of all passages, in the order of passage ids."""
    found = snapshot.nearest(np.ones(DIMENSION, np.float32), EVERYTHING, NO_FILTERS)
    return snapshot.features(found.ids).ids


def admits(filters: Filters, article: Article) -> bool:
    """Whether the filters admit an article, by the definition in `Filters`."""
    for name in ("outlet", "author", "language", "article_id"):
        if (wanted := getattr(filters, name)) and getattr(article, name) not in wanted:
            return False
    if (filters.published_from or filters.published_to) and article.published is None:
        return False
    day = article.published or FIRST_DAY
    return (filters.published_from or day) <= day <= (filters.published_to or day)


class WriteTests(_EngineFixtures):
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

    def test_a_write_that_fails_changes_nothing(self, store: Store) -> None:
        store.write(some_articles(3))
        before = store.snapshot().info
        for added, deleted in (
            ([encoded_article(5), encoded_article(1)], []),
            ([encoded_article(5), encoded_article(5)], []),
            ([encoded_article(5)], ["article/0", "nowhere"]),
        ):
            with pytest.raises(Exception):  # noqa: B017, the engine's error
                store.write(added, deleted, {("job", 0): "{}"})
            assert store.refresh().info == before
            assert store.done_files("job") == {}
            assert store.snapshot().article("article/0") == encoded_article(0).article
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

    def test_an_old_snapshot_stays_as_it_is(self, store: Store) -> None:
        store.write(some_articles(20))
        old = store.snapshot()
        ids, info, terms = all_ids(old), old.info, hash_terms(["wb2", "wc3"])
        searched = old.matching(terms, 50, NO_FILTERS)
        statistics = old.statistics(terms)
        store.write([encoded_article(30)], ["article/3"])
        self.settle(store)
        assert old.info == info
        assert all_ids(old).tolist() == ids.tolist()
        again = old.matching(terms, 50, NO_FILTERS)
        assert (again.ids.tolist(), again.scores.tolist()) == (searched.ids.tolist(), searched.scores.tolist())
        assert old.statistics(terms).document_frequency.tolist() == statistics.document_frequency.tolist()
        for passage in ids.tolist():
            try:
                ((found, article),) = old.passages(np.array([passage]))
            except PassageGone:
                continue
            assert found.text in encoded_article(int(article.article_id.split("/")[1])).article.text

    def test_reads_for_writers_see_the_newest_state(self, filled: Store) -> None:
        assert {a.article_id for a in filled.articles_with_ids(["article/1", "article/13", "article/20"])} == {
            "article/1",
            "article/20",
        }
        assert filled.articles_with_ids(["article/20"]) == [encoded_article(20, 1).article]
        assert [a.article_id for a in filled.articles_of_source("file-5.txt")] == ["article/10"]
        assert filled.articles_of_source("file-99.txt") == []
        assert filled.passage_counts(["article/1", "article/3", "article/11"]) == {"article/1": 2, "article/3": 4}
        known = encoded_article(1).passages[0].passage_id
        assert filled.known_passages([known, known.upper() + "0", "0" * 16]) == {known}

    def test_verify_and_rebuild(self, filled: Store) -> None:
        report = filled.verify()
        assert (report.collection, report.articles, report.passages) == ("tests", len(CONTENT), len(PASSAGES))
        assert report.problems == ()
        terms = hash_terms(["wb2", "wc3", "wm9"])
        before, info = filled.snapshot().matching(terms, 30, NO_FILTERS), filled.snapshot().info
        filled.rebuild()
        after = filled.snapshot().matching(terms, 30, NO_FILTERS)
        assert filled.snapshot().info == info
        assert (before.ids.tolist(), before.scores.tolist()) == (after.ids.tolist(), after.scores.tolist())
        assert filled.verify().problems == ()
        assert filled.maintenance_due() is False


class SearchTests(_EngineFixtures):
    """Both searches against the scores of all passages."""

    @pytest.mark.parametrize("filters", FILTERS, ids=str)
    @pytest.mark.parametrize("depth", [1, 7, 40, EVERYTHING])
    def test_nearest_is_exact(self, filled: Store, filters: Filters, depth: int) -> None:
        snapshot = filled.snapshot()
        for query in (np.ones(DIMENSION), np.random.default_rng(5).normal(size=DIMENSION)):
            vector = (query / np.linalg.norm(query)).astype(np.float32)
            features = snapshot.features(all_ids(snapshot))
            self._equals(snapshot, filters, depth, cosines(features, vector), snapshot.nearest(vector, depth, filters))

    @pytest.mark.parametrize("filters", FILTERS, ids=str)
    @pytest.mark.parametrize("depth", [1, 7, 40, EVERYTHING])
    def test_matching_is_exact(self, filled: Store, filters: Filters, depth: int) -> None:
        snapshot = filled.snapshot()
        for words in (["wb2"], ["wc3", "wd4", "afp"], ["nothing"], WORDS[:30]):
            terms = hash_terms(words)
            scores = bm25(snapshot.features(all_ids(snapshot)), terms, snapshot.statistics(terms))
            self._equals(snapshot, filters, depth, scores, snapshot.matching(terms, depth, filters), positive=True)

    def _equals(
        self, snapshot: Snapshot, filters: Filters, depth: int, scores: object, found: object, positive: bool = False
    ) -> None:
        features = snapshot.features(all_ids(snapshot))
        every = np.asarray(scores)
        keys = [f"{key:016x}" for key in features.key.tolist()]
        kept = np.array([admits(filters, PASSAGES[key][0].article) for key in keys]) & ((every > 0) | (not positive))
        order = [at for at in np.argsort(-every, kind="stable").tolist() if kept[at]][:depth]
        assert getattr(found, "ids").tolist() == features.ids[order].tolist()  # noqa: B009
        assert getattr(found, "scores").tolist() == every[order].tolist()  # noqa: B009
        assert getattr(found, "scores").dtype == every.dtype  # noqa: B009

    def test_statistics_count_what_is_stored(self, filled: Store) -> None:
        terms = ["wb2", "wc3", "titl", "afp", "nothing"]
        found = filled.snapshot().statistics(hash_terms(terms))
        bags = [terms_of(one, at) for one, at in PASSAGES.values()]
        assert found.passages == len(bags)
        assert found.document_frequency.tolist() == [sum(term in bag for bag in bags) for term in terms]
        assert found.mean_length == pytest.approx(sum(sum(bag.values()) for bag in bags) / len(bags))

    def test_counting(self, filled: Store) -> None:
        for filters in FILTERS:
            expected = sum(admits(filters, one.article) for one, _ in PASSAGES.values())
            assert filled.snapshot().count(filters) == expected, filters

    def test_published_within(self, filled: Store) -> None:
        snapshot = filled.snapshot()
        day = FIRST_DAY + timedelta(days=7)
        assert snapshot.published_within([(day, day)])
        assert not snapshot.published_within([(FIRST_DAY, FIRST_DAY)])  # 0 has no date
        assert snapshot.published_within([(FIRST_DAY, FIRST_DAY), (day, day)])
        assert not snapshot.published_within([])
        assert not snapshot.published_within([(None, FIRST_DAY)])
        assert snapshot.published_within([(FIRST_DAY + timedelta(days=58), None)])
        assert not snapshot.published_within([(FIRST_DAY + timedelta(days=60), None)])
        gone = FIRST_DAY + timedelta(days=13)
        assert not snapshot.published_within([(gone, gone)])  # 13 was deleted
        assert snapshot.published_within([(day, day)], Filters(article_id=("article/7",)))
        assert not snapshot.published_within([(day, day)], Filters(article_id=("article/9",)))
        assert not snapshot.published_within([(None, None)], Filters(outlet=("nobody",)))


class ReadTests(_EngineFixtures):
    """Columns, passages, tokens and articles as they were written."""

    def test_features_are_what_was_stored(self, filled: Store) -> None:
        snapshot = filled.snapshot()
        ids = all_ids(snapshot)
        features = snapshot.features(np.random.default_rng(1).permutation(ids))
        assert [f"{key:016x}" for key in features.key.tolist()] == sorted(PASSAGES)
        assert features.ids.tolist() == ids.tolist()
        numbers: dict[int, str] = {}
        for at, (one, place) in enumerate(PASSAGES[key] for key in sorted(PASSAGES)):
            article, passage, encoding = one.article, one.passages[place], one.encodings[place]
            assert features.vectors[at].tolist() == encoding.vector.tolist()
            assert int(features.outlet[at]) == hash64(article.outlet)
            assert int(features.author[at]) == hash64(article.author)
            assert int(features.language[at]) == hash64(article.language)
            assert int(features.published[at]) == (article.published.toordinal() if article.published else NO_DATE)
            assert int(features.token_count[at]) == passage.token_count
            bag = terms_of(one, place)
            span = slice(features.term_offsets[at], features.term_offsets[at + 1])
            found = dict(zip(features.terms[span].tolist(), features.frequencies[span].tolist(), strict=True))
            assert found == {hash64(term): count for term, count in bag.items()}
            assert features.terms[span].tolist() == sorted(found)
            assert int(features.length[at]) == sum(bag.values())
            assert numbers.setdefault(int(features.article[at]), article.article_id) == article.article_id
        assert len(numbers) == len(CONTENT)
        few = snapshot.features(ids[[5, 2]])
        assert few.ids.tolist() == ids[[2, 5]].tolist()
        assert few.vectors.tolist() == features.vectors[[2, 5]].tolist()

    def test_passages_come_with_their_articles(self, filled: Store) -> None:
        snapshot = filled.snapshot()
        ids = np.random.default_rng(2).permutation(all_ids(snapshot))
        assert len(ids) == len(PASSAGES)
        keys = dict(zip((features := snapshot.features(ids)).ids.tolist(), features.key.tolist(), strict=True))
        for key, (passage, article) in zip(ids.tolist(), snapshot.passages(ids), strict=True):
            one, at = PASSAGES[f"{keys[key]:016x}"]
            assert passage == one.passages[at]
            assert one.article.text[passage.start : passage.end] == passage.text
            assert article.article_id == one.article.article_id
            assert article.published == one.article.published
            assert (article.article_sha256, article.source_sha256) == (one.article.sha256, one.article.source_sha256)
            assert (article.characters, article.passages) == (len(one.article.text), len(one.passages))

    def test_tokens_are_what_was_stored(self, filled: Store) -> None:
        snapshot = filled.snapshot()
        ids = all_ids(snapshot)[::3]
        for key, tokens in zip(snapshot.features(ids).key.tolist(), snapshot.tokens(ids), strict=True):
            one, at = PASSAGES[f"{key:016x}"]
            assert tokens.bits.tolist() == one.encodings[at].token_bits.tolist()
            assert tokens.spans.tolist() == one.encodings[at].token_spans.tolist()
            assert tokens.siblings == len(one.passages)
            first, second = one.passages[at].sentences
            begins = [start + one.passages[at].start for start, _ in tokens.spans.tolist()]
            expected = [-1, *(int(begin >= second[0]) for begin in begins[1:])]
            assert tokens.sentence.tolist() == expected
            assert first[0] == one.passages[at].start

    def test_adjacent_passages_are_those_of_the_article(self, filled: Store) -> None:
        snapshot = filled.snapshot()
        features = snapshot.features(all_ids(snapshot))
        key_of = dict(zip(features.ids.tolist(), (f"{key:016x}" for key in features.key.tolist()), strict=True))
        for key, beside in zip(features.ids.tolist(), snapshot.adjacent(features.ids), strict=True):
            one, at = PASSAGES[key_of[key]]
            expected = [one.passages[n].passage_id for n in (at - 1, at + 1) if 0 <= n < len(one.passages)]
            assert [key_of[other] for other in beside.tolist()] == expected

    def test_passages_of_an_article_stand_in_its_order(self, filled: Store) -> None:
        assert filled.snapshot().passages_of("article/3") == encoded_article(3).passages
        assert filled.snapshot().passages_of("nowhere") == ()

    def test_articles_are_paged_in_the_order_of_ids(self, filled: Store) -> None:
        snapshot = filled.snapshot()
        for filters in FILTERS:
            expected = sorted(one.article.article_id for one in CONTENT if admits(filters, one.article))
            found: list[str] = []
            after: str | None = None
            while True:
                page = snapshot.articles(7, after, filters)
                assert page.total == len(expected)
                found += [summary.article_id for summary in page.articles]
                if (after := page.next_after) is None:
                    break
                assert len(page.articles) == 7
            assert found == expected, filters

    def test_info_tells_the_content(self, filled: Store) -> None:
        info, articles = filled.snapshot().info, [one.article for one in CONTENT]
        assert (info.articles, info.passages, info.generation) == (len(CONTENT), len(PASSAGES), 4)
        assert info.outlets == tuple(sorted({a.outlet for a in articles if a.outlet}))
        assert info.authors == tuple(sorted({a.author for a in articles if a.author}))
        assert info.languages == ("en", "fr")
        assert info.first_date == min(a.published for a in articles if a.published)
        assert info.last_date == max(a.published for a in articles if a.published)
        assert filled.snapshot().exact


class HistoryTests(_EngineFixtures):
    """Law 3: the history of a collection does not show."""

    def test_another_order_gives_the_same_collection(self, engine: Engine, filled: Store) -> None:
        other = engine.open("fresh", ORIGIN)
        for number in np.random.default_rng(3).permutation(len(CONTENT)).tolist():
            other.write([CONTENT[number]])
        used, fresh = filled.snapshot(), other.snapshot()
        assert replace(used.info, name="", generation=0) == replace(fresh.info, name="", generation=0)
        vector = np.full(DIMENSION, 0.25, np.float32)
        terms = hash_terms(["wb2", "wc3", "wd4", "we5"])
        for filters in FILTERS:
            for one, two in (
                (used.nearest(vector, 50, filters), fresh.nearest(vector, 50, filters)),
                (used.matching(terms, 50, filters), fresh.matching(terms, 50, filters)),
            ):
                assert one.scores.tolist() == two.scores.tolist()
                assert passage_ids(used, one.ids) == passage_ids(fresh, two.ids)
        other.close()

    def test_a_change_and_its_opposite_restore_the_fingerprint(self, filled: Store) -> None:
        before = filled.snapshot().info
        filled.write([encoded_article(77)])
        assert filled.snapshot().info.fingerprint != before.fingerprint
        filled.write(deleted=["article/77"])
        after = filled.snapshot().info
        assert (after.fingerprint, after.generation) == (before.fingerprint, before.generation + 2)


class EngineTests(WriteTests, SearchTests, ReadTests, HistoryTests):
    """All of them."""


def terms_of(one: EncodedArticle, at: int) -> dict[str, int]:
    """The lexical terms of a passage, with how often each occurs."""
    article = one.article
    about = (article.title, article.outlet, article.author)
    return dict(LexicalAnalysis(ORIGIN.title_weight).count(one.passages[at].text, about, article.language))


def passage_ids(snapshot: Snapshot, ids: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> Sequence[str]:
    """The ids of passages, by the engine's keys."""
    return [passage.passage_id for passage, _ in snapshot.passages(ids)]
