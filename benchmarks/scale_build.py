"""Fills collections with recombined articles, and measures what needs no server: commit, merge, rebuild, open, disk."""

from __future__ import annotations

import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.recombined import Sentences, recombine
from benchmarks.shared import note
from qa_service.storage.port import Engine, Store
from qa_service.storage.writes import Origin

__all__ = ["COLLECTION", "build", "maintain"]

COLLECTION = "default"
LOT = 2000
"""Articles of a transaction while a collection is filled."""
SMALLEST_TAIL = 50_000
COMMITS = 20


def build(engine: Engine, origin: Origin, sentences: Sentences, passages: int) -> dict[str, Any]:
    """Fill a new collection with this many passages, merged now and then and at the end. Returns times in seconds."""
    started, written, since = time.perf_counter(), 0, 0
    spent = {"write_s": 0.0, "maintain_s": 0.0}
    with closing(engine.open(COLLECTION, create=origin)) as store:
        for lot in recombine(sentences, passages, LOT):
            spent["write_s"] += _seconds(lambda lot=lot: store.write(lot))  # type: ignore[misc]
            size = sum(len(article.passages) for article in lot)
            since, written = since + size, written + size
            if since > max(SMALLEST_TAIL, written // 2) or written == passages:
                spent["maintain_s"] += _seconds(store.maintain)
                since = 0
                note(f"{written} passages after {time.perf_counter() - started:.0f} s")
    return {"seconds": time.perf_counter() - started, **spent}


def maintain(engine: Engine, folder: Path, sentences: Sentences) -> dict[str, Any]:
    """Times in milliseconds of committing an article, in seconds of a merge, a rebuild and opening; the peak of this
    process's memory in MiB."""
    figures: dict[str, Any] = {"fsync_ms": _fsync_ms(folder)}
    figures["open_s"] = _seconds(lambda: engine.open(COLLECTION).close())
    with closing(engine.open(COLLECTION)) as store:
        figures["passages"] = store.snapshot().info.passages
        figures["disk_bytes_per_passage"] = _bytes(folder / COLLECTION) / figures["passages"]
        figures["open_peak_mib"] = _peak_mib()
        figures["commit_ms"], figures["delete_ms"] = _commits(store, sentences)
        figures["commit_peak_mib"] = _peak_mib()
        figures["merge_s"] = _seconds(store.maintain)
        figures["merge_peak_mib"] = _peak_mib()
        figures["rebuild_s"] = _seconds(store.rebuild)
        figures["rebuild_peak_mib"] = _peak_mib()
    return figures


def _commits(store: Store, sentences: Sentences) -> tuple[float, float]:
    """Median milliseconds of adding an article of two passages, and of deleting it again."""
    added, deleted = [], []
    for lot in recombine(sentences, COMMITS, 1):
        article = lot[0]
        name = f"one-{article.article.article_id}"
        from dataclasses import replace

        from qa_service.records import passage_id_of

        cut = tuple(
            replace(p, article_id=name, passage_id=passage_id_of(name, p.start, p.end)) for p in article.passages
        )
        renamed = replace(article, article=replace(article.article, article_id=name), passages=cut)
        added.append(_seconds(lambda one=renamed: store.write([one])) * 1000)  # type: ignore[misc]
        deleted.append(_seconds(lambda one=name: store.write(deleted=[one])) * 1000)  # type: ignore[misc]
    return statistics.median(added), statistics.median(deleted)


def _fsync_ms(folder: Path) -> float:
    """Median milliseconds of flushing 4 KiB to this disk."""
    times = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(COMMITS):
            file.write(os.urandom(4096))
            file.flush()
            times.append(_seconds(lambda: os.fsync(file.fileno())) * 1000)
    return statistics.median(times)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
