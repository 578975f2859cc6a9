"""Questions over HTTP from several clients at once: a bounded number, to 127.0.0.1 alone."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks.in_process import WARM_UP
from benchmarks.measure import percentile

__all__ = ["ask_over_http"]


def ask_over_http(port: int, questions: Sequence[str], clients: int) -> dict[str, Any]:
    """Each question once, dealt to `clients` threads with a lasting connection each.

    The clients run on the machine that they measure, so they take some of its time.
    """
    _ask_all(port, questions[:WARM_UP], threading.Barrier(1))
    together = threading.Barrier(clients)
    shares = [questions[i::clients] for i in range(clients)]
    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        times = [t for share in pool.map(lambda share: _ask_all(port, share, together), shares) for t in share]
    seconds = time.perf_counter() - started
    return {
        "clients": clients,
        "p50_ms": percentile(times, 0.5),
        "p95_ms": percentile(times, 0.95),
        "per_s": len(times) / seconds,
    }


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
