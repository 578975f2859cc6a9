"""Fills collections with recombined articles, and measures what needs no server: commit, merge, rebuild, open, disk."""

from __future__ import annotations

import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.recombined import Sentences, recombine
from benchmarks.shared import note
from qa_service.records import passage_id_of
from qa_service.storage.port import NO_FILTERS, Engine, Store
from qa_service.storage.writes import EncodedArticle, Origin

__all__ = ["COLLECTION", "build", "disk_bytes", "maintain"]

COLLECTION = "default"
LOT = 2000
"""Articles of a transaction while a collection is filled."""
SMALLEST_TAIL = 50_000
COMMITS = 20
DEPTH = 1000
"""Passages that dense search finds for a question, see the setting `depth`."""
RECALL_AT = (10, 100, 1000)


def build(engine: Engine, origin: Origin, sentences: Sentences, passages: int) -> dict[str, float]:
    """Fill a new collection with this many passages, merged now and then and at the end. Returns times in seconds."""
    started, written, since = time.perf_counter(), 0, 0
    writing = merging = 0.0
    with closing(engine.open(COLLECTION, create=origin)) as store:
        for lot in recombine(sentences, passages, LOT):
            writing += _seconds(partial(store.write, lot))
            size = sum(len(article.passages) for article in lot)
            since, written = since + size, written + size
            if since > max(SMALLEST_TAIL, written // 2) or written == passages:
                merging += _seconds(store.maintain)
                since = 0
                note(f"{written} passages after {time.perf_counter() - started:.0f} s")
    return {"seconds": time.perf_counter() - started, "write_s": writing, "merge_s": merging}


def maintain(engine: Engine, folder: Path, sentences: Sentences, questions: npt.NDArray[np.float32]) -> dict[str, Any]:
    """Costs of the collection in `folder` without a server. Names end in `_ms` or `_s`: milli- or seconds.

    `questions` float32 (n, d) are vectors of questions.
    """
    figures: dict[str, Any] = {"fsync_ms": _fsync_ms(folder)}
    figures["open_s"] = _seconds(lambda: engine.open(COLLECTION).close())
    with closing(engine.open(COLLECTION)) as store:
        info = store.snapshot().info
        figures |= {"passages": info.passages, "exact": store.snapshot().exact}
        figures["disk_bytes_per_passage"] = disk_bytes(folder / COLLECTION) / info.passages
        figures["commit_ms"], figures["delete_ms"] = _commits(store, sentences)
        figures["merge_s"] = _seconds(store.maintain)
        figures["rebuild_s"] = _seconds(store.rebuild)
        figures["recall"] = recall(store, questions)
        figures["peak_rss_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    return figures


def recall(store: Store, questions: npt.NDArray[np.float32]) -> dict[str, float]:
    """Mean share of the nearest 10, 100 and 1000 passages that dense search finds for the vectors of questions.

    A search as deep as the collection scores all passages from full vectors, so it gives the true order.
    """
    snapshot = store.snapshot()
    shares: dict[int, list[float]] = {first: [] for first in RECALL_AT}
    for vector in questions:
        found = snapshot.nearest(vector, DEPTH, NO_FILTERS).ids
        true = snapshot.nearest(vector, snapshot.info.passages, NO_FILTERS).ids
        for first, own in shares.items():
            wanted = true[:first]
            own.append(float(np.isin(wanted, found[:first]).mean()))
    return {str(first): statistics.mean(own) for first, own in shares.items()}


def _commits(store: Store, sentences: Sentences) -> tuple[float, float]:
    """Median milliseconds of adding an article, and of deleting it again."""
    added, deleted = [], []
    for lot in recombine(sentences, 2 * COMMITS, 1):
        article = _renamed(lot[0], f"one-{lot[0].article.article_id}")
        added.append(_seconds(partial(store.write, [article])) * 1000)
        deleted.append(_seconds(partial(store.write, deleted=[article.article.article_id])) * 1000)
    return statistics.median(added), statistics.median(deleted)


def _renamed(encoded: EncodedArticle, name: str) -> EncodedArticle:
    passages = tuple(
        replace(one, article_id=name, passage_id=passage_id_of(name, one.start, one.end)) for one in encoded.passages
    )
    return replace(encoded, article=replace(encoded.article, article_id=name), passages=passages)


def _fsync_ms(folder: Path) -> float:
    """Median milliseconds of flushing 4 KiB to this disk."""
    times = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(COMMITS):
            file.write(os.urandom(4096))
            file.flush()
            times.append(_seconds(partial(os.fsync, file.fileno())) * 1000)
    return statistics.median(times)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def disk_bytes(folder: Path) -> int:
    """The size of all files below a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
