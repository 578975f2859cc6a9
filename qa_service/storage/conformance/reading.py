"""Tests of reading: columns, passages, tokens and articles as they were written."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields

import numpy as np

from qa_service.records.encodings import MOST_SIBLINGS
from qa_service.storage.conformance.articles import (
    CONTENT,
    FILTERS,
    PASSAGES,
    admits,
    all_ids,
    encoded_article,
    terms_of,
)
from qa_service.storage.conformance.fixtures import EngineFixtures
from qa_service.storage.features import NO_DATE, hash64
from qa_service.storage.port import Store

__all__ = ["ReadTests"]


class ReadTests(EngineFixtures):
    """Columns, passages, tokens and articles as they were written."""

    def test_features_are_what_was_stored(self, filled: Store) -> None:
        snapshot = filled.snapshot()
        ids = all_ids(snapshot)
        features = snapshot.features(np.random.default_rng(1).permutation(ids))
        assert [f"{key:016x}" for key in features.key.tolist()] == sorted(PASSAGES)
        assert features.ids.tolist() == ids.tolist()
        vectors, terms = snapshot.vectors(ids), snapshot.terms(ids)
        numbers: dict[int, str] = {}
        for at, (one, place) in enumerate(PASSAGES[key] for key in sorted(PASSAGES)):
            meta, passage, encoding = one.article.meta, one.passages[place], one.encodings[place]
            assert vectors[at].tolist() == encoding.vector.tolist()
            assert int(features.outlet[at]) == hash64(meta.outlet)
            assert int(features.author[at]) == hash64(meta.author)
            assert int(features.language[at]) == hash64(meta.language)
            assert int(features.published[at]) == (meta.published.toordinal() if meta.published else NO_DATE)
            assert int(features.token_count[at]) == passage.token_count
            bag = terms_of(one, place)
            span = slice(terms.term_offsets[at], terms.term_offsets[at + 1])
            found = dict(zip(terms.terms[span].tolist(), terms.frequencies[span].tolist(), strict=True))
            assert found == {hash64(term): count for term, count in bag.items()}
            assert terms.terms[span].tolist() == sorted(found)
            assert int(terms.length[at]) == sum(bag.values())
            assert numbers.setdefault(int(features.article[at]), one.article.article_id) == one.article.article_id
        assert len(numbers) == len(CONTENT)
        few = snapshot.features(ids[[5, 2]])
        assert few.ids.tolist() == ids[[2, 5]].tolist()
        assert snapshot.vectors(ids[[5, 2]]).tolist() == vectors[[5, 2]].tolist()
        few_terms = snapshot.terms(ids[[5, 2]])
        assert few_terms.length.tolist() == terms.length[[5, 2]].tolist()
        assert few_terms.terms.tolist() == [
            term for at in (5, 2) for term in terms.terms[terms.term_offsets[at] : terms.term_offsets[at + 1]].tolist()
        ]

    def test_passages_come_with_their_articles(self, filled: Store) -> None:
        snapshot = filled.snapshot()
        ids = np.random.default_rng(2).permutation(all_ids(snapshot))
        assert len(ids) == len(PASSAGES)
        keys = dict(zip((features := snapshot.features(ids)).ids.tolist(), features.key.tolist(), strict=True))
        for key, (passage, article) in zip(ids.tolist(), snapshot.passages(ids), strict=True):
            one, at = PASSAGES[f"{keys[key]:016x}"]
            assert passage == one.passages[at]
            assert one.article.text[passage.start : passage.end] == passage.text
            assert (article.article_id, article.meta) == (one.article.article_id, one.article.meta)
            assert article.pages == one.article.pages
            assert article.article_sha256 == one.article.sha256
            assert (article.characters, article.passages) == (len(one.article.text), len(one.passages))

    def test_tokens_are_what_was_stored(self, filled: Store) -> None:
        snapshot = filled.snapshot()
        ids = np.random.default_rng(3).permutation(all_ids(snapshot))[::3]
        read, spans = snapshot.tokens(ids), snapshot.token_spans(ids)
        assert len(read) == len(spans) == len(ids)
        for number, (passage, _) in enumerate(snapshot.passages(ids)):
            one, at = PASSAGES[passage.passage_id]
            tokens = read.passage(number)
            assert tokens.bits.tolist() == one.encodings[at].token_bits.tolist()
            assert spans[number].tolist() == one.encodings[at].token_spans.tolist()
            assert tokens.siblings == len(one.passages)
            first, second = one.passages[at].sentences
            begins = [start + one.passages[at].start for start, _ in spans[number].tolist()]
            expected = [-1, *(int(begin >= second[0]) for begin in begins[1:])]
            assert tokens.sentence.tolist() == expected
            assert first[0] == one.passages[at].start

    def test_many_siblings_are_counted_up_to_a_limit(self, writable: Store) -> None:
        writable.write(
            [encoded_article(200, passages=MOST_SIBLINGS + 2), encoded_article(201, passages=MOST_SIBLINGS - 1)]
        )
        snapshot = writable.snapshot()
        ids = all_ids(snapshot)
        counts: dict[str, set[int]] = {}
        for (passage, _), count in zip(snapshot.passages(ids), snapshot.tokens(ids).siblings.tolist(), strict=True):
            counts.setdefault(passage.article_id, set()).add(count)
        assert counts["article/200"] == {MOST_SIBLINGS}
        assert counts["article/201"] == {MOST_SIBLINGS - 1}
        assert counts["article/3"] == {4}

    def test_no_passages_have_no_tokens(self, filled: Store) -> None:
        nothing = np.empty(0, np.int64)
        read = filled.snapshot().tokens(nothing)
        assert (len(read), read.offsets.tolist(), filled.snapshot().token_spans(nothing)) == (0, [0], [])

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
        info, articles = filled.snapshot().info, [one.article.meta for one in CONTENT]
        assert (info.articles, info.passages, info.generation) == (len(CONTENT), len(PASSAGES), 4)
        assert info.outlets == tuple(sorted({a.outlet for a in articles if a.outlet}))
        assert info.authors == tuple(sorted({a.author for a in articles if a.author}))
        assert info.languages == ("en", "fr")
        assert info.first_date == min(a.published for a in articles if a.published)
        assert info.last_date == max(a.published for a in articles if a.published)
        tags = Counter(tag for a in articles for tag in a.tags)
        assert set(tags) == {"budget", "Budget", "Écho"}
        assert info.tags == tuple(sorted(tags, key=lambda tag: (-tags[tag], tag)))
        for field in fields(info.completeness):
            stated = sum(bool(getattr(a, field.name)) for a in articles)
            assert getattr(info.completeness, field.name) == stated
            assert stated > 0
        assert filled.snapshot().exact
