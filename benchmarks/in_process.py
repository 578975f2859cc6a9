"""Ingesting and asking without a network between."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from typing import Any

from benchmarks.measure import percentile
from benchmarks.sets import QuestionSet
from qa_service.records import Question
from qa_service.service import Service
from qa_service.settings import Settings

__all__ = ["WARM_UP", "ask_one_by_one", "ingest"]

WARM_UP = 5
"""Questions asked before any is timed: the first ones pay for lazy set-up."""


def ingest(chosen: QuestionSet, settings: Settings) -> dict[str, Any]:
    """Loading the model is left out of the time; committing and indexing are in it."""
    with closing(Service.open(settings)) as service:
        service.embedder.encode_query("The model is loaded by its first use.")
        started = time.perf_counter()
        report = chosen.ingest(service)
        seconds = time.perf_counter() - started
    if not report.passages:
        raise RuntimeError(f"{chosen.name}: nothing was ingested: {report.files[:3]}")
    return {
        "articles": report.articles,
        "passages": report.passages,
        "seconds": seconds,
        "passages_per_s": report.passages / seconds,
    }


def ask_one_by_one(questions: Sequence[str], settings: Settings) -> dict[str, Any]:
    with closing(Service.open(settings)) as service:
        for question in questions[:WARM_UP]:
            service.ask(Question(question))
        times = []
        for question in questions:
            started = time.perf_counter()
            service.ask(Question(question))
            times.append((time.perf_counter() - started) * 1000)
    return {"p50_ms": percentile(times, 0.5), "p95_ms": percentile(times, 0.95)}
