"""`benchmarks.scale`: the recombined articles are whole, and a collection of them passes `verify`."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
from builders import draft, fake_service, store_of

from benchmarks.recombined import FEWEST_TOKENS, Sentences, recombine
from benchmarks.scale import HEAD, rows
from benchmarks.scale_build import COLLECTION, build, recall
from qa_service.records import Filters
from qa_service.storage.local.store import LocalEngine


def sentences_of(index: Path) -> tuple[Sentences, LocalEngine]:
    service = fake_service(index)
    for number in range(4):
        service.add_article(draft(number))
    found = Sentences.read(store_of(service))
    service.close()
    return found, LocalEngine(index)


def test_recombined_articles_are_whole(tmp_path: Path) -> None:
    sentences, _ = sentences_of(tmp_path)
    assert len(sentences.texts) == len(sentences.vectors) == len(sentences.offsets) - 1
    assert np.diff(sentences.offsets).min() >= FEWEST_TOKENS
    lots = list(recombine(sentences, 30, 8))
    articles = [article for lot in lots for article in lot]
    assert {len(lot) for lot in lots[:-1]} == {8}
    assert sum(len(article.passages) for article in articles) == 30
    for article in articles:
        for passage, encoding in zip(article.passages, article.encodings, strict=True):
            assert article.article.text[passage.start : passage.end] == passage.text
            texts = passage.sentence_texts()
            assert " ".join(texts) == passage.text
            assert all(text in sentences.texts for text in texts[:-1])
            assert abs(float(np.linalg.norm(encoding.vector)) - 1) < 1e-5
            assert len(encoding.token_bits) == len(encoding.token_spans)
            assert 0 <= encoding.token_spans.min() <= encoding.token_spans.max() <= len(passage.text)
    again = [article.article for lot in recombine(sentences, 30, 8) for article in lot]
    assert again == [article.article for article in articles]


def test_a_collection_of_them_passes_verify(tmp_path: Path) -> None:
    sentences, source = sentences_of(tmp_path / "source")
    engine = LocalEngine(tmp_path / "large")
    build(engine, source.open("default").origin, sentences, 40)
    store = engine.open(COLLECTION)
    assert store.snapshot().info.passages == 40
    assert store.verify().problems == ()
    store.close()


def test_the_table_has_a_row_for_each_size() -> None:
    served = {"ask_p50_ms": 10.0, "ask_p95_ms": 12.0, "found_ms": 50.0, "ready_s": 1.5}
    kept = {"passages": 10_000, "disk_bytes_per_passage": 11_900, "commit_ms": 4.0, "fsync_ms": 1.0}
    kept |= {"merge_s": 2.0, "rebuild_s": 3.0, "open_s": 0.1, "recall": {"10": 1.0, "100": 0.99, "1000": 0.9}}
    one = {"serve": served | {"memory": {"pss": 700.0, "anonymous": 300.0}}, "maintain": kept}
    other = one | {"serve": one["serve"] | {"ask_p50_ms": 25.0}}
    first, second = rows({"sizes": [one, other]})
    assert len(first) == len(HEAD)
    assert first[:4] == ("10 000", "10.0 / 12.0 ms", "1.00", "700 MiB")
    assert second[2] == "2.50"


def test_recall_is_the_share_of_the_nearest_passages_that_are_found() -> None:
    class Searched:
        """Passage 7 has the tenth place and is missed: an eleventh comes up instead."""

        info = SimpleNamespace(passages=12)

        def snapshot(self) -> Searched:
            return self

        def nearest(self, vector: np.ndarray, depth: int, filters: Filters) -> SimpleNamespace:
            everything = [11, 10, 9, 8, 6, 5, 4, 3, 2, 7, 1, 0]
            return SimpleNamespace(ids=np.array(everything if depth == 12 else [i for i in everything if i != 7]))

    # of the first 10 it finds 9; of all 12 it finds 11
    assert recall(Searched(), np.zeros((2, 4), np.float32)) == {"10": 0.9, "100": 11 / 12, "1000": 11 / 12}


def test_a_small_collection_is_searched_without_loss(tmp_path: Path) -> None:
    service = fake_service(tmp_path)
    for number in range(4):
        service.add_article(draft(number))
    vectors = np.random.default_rng(1).normal(size=(3, 64)).astype(np.float32)
    assert recall(store_of(service), vectors) == {"10": 1.0, "100": 1.0, "1000": 1.0}
    service.close()
