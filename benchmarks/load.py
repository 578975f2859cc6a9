"""Times of ingesting, of asking in this process, and of asking over HTTP from several clients at once."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

from benchmarks.shared import ArticlesAndQuestions, percentile
from qa_service.records import Question
from qa_service.service import Service
from qa_service.settings import Settings

WARM_UP = 5
"""Questions that are asked first without timing, because of lazy set-up."""


def ingest(chosen: ArticlesAndQuestions, settings: Settings) -> dict[str, Any]:
    """Ingest a set and time it. The time includes committing and indexing, not loading the model."""
    with closing(Service.open(settings)) as service:
        service.embedder.encode_query("The model is loaded by its first use.")
        started = time.perf_counter()
        report = chosen.ingest(service)
        seconds = time.perf_counter() - started
    if not report.passages:
        raise RuntimeError(f"{chosen.name}: nothing was ingested: {report.files[:3]}")
    counts = {"articles": report.articles, "passages": report.passages}
    return counts | {"seconds": seconds, "passages_per_s": report.passages / seconds}


def ask_one_by_one(questions: Sequence[str], settings: Settings) -> dict[str, Any]:
    """Ask in this process, and return the median and the 95th percentile in milliseconds."""
    with closing(Service.open(settings)) as service:
        for question in questions[:WARM_UP]:
            service.ask(Question(question))
        times = []
        for question in questions:
            started = time.perf_counter()
            service.ask(Question(question))
            times.append((time.perf_counter() - started) * 1000)
    return _percentiles(times)


def ask_over_http(port: int, questions: Sequence[str], clients: int) -> dict[str, Any]:
    """Ask each question once over HTTP, from `clients` threads with a connection each, on 127.0.0.1.

    The clients run on the measured machine and use some of its time.
    """
    _ask_all(port, questions[:WARM_UP], threading.Barrier(1))
    together = threading.Barrier(clients)
    shares = [questions[i::clients] for i in range(clients)]
    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        times = [t for share in pool.map(lambda share: _ask_all(port, share, together), shares) for t in share]
    seconds = time.perf_counter() - started
    return {"clients": clients, **_percentiles(times), "per_s": len(times) / seconds}


def _percentiles(times: Sequence[float]) -> dict[str, float]:
    return {"p50_ms": percentile(times, 0.5), "p95_ms": percentile(times, 0.95)}


def _ask_all(port: int, questions: Sequence[str], together: threading.Barrier) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    together.wait(timeout=60)
    times = []
    for question in questions:
        body = json.dumps({"question": question})
        started = time.perf_counter()
        connection.request("POST", "/v1/ask", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        content = response.read()
        times.append((time.perf_counter() - started) * 1000)
        if response.status != 200:
            raise RuntimeError(f"POST /v1/ask answered {response.status}: {content[:300]!r}")
    connection.close()
    return times
