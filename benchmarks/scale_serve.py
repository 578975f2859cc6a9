"""Measures large collections through the real server: questions, memory, and how soon an added article is found."""

from __future__ import annotations

import http.client
import json
import statistics
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.processes import memory_mib
from benchmarks.scale_build import COLLECTION
from benchmarks.server import ServerProcess
from benchmarks.shared import percentile
from qa_service.settings import load_settings

__all__ = ["serve"]

WARM_UP = 10
ADDED = 5
PATIENCE = 60.0
"""Seconds to wait until an added article is found."""


def serve(indexes: Sequence[Path], questions: Sequence[str]) -> list[dict[str, Any]]:
    """Start a server for each index, ask them in turn, and add articles to each. Returns the figures of each index.

    The servers run together, and each question goes to all of them before the next, so that a busy machine slows them
    equally. Memory is in MiB, of all processes of the server: see `processes`.
    """
    with ExitStack() as stack:
        clients = [_Client(stack.enter_context(ServerProcess(load_settings({"index": index})))) for index in indexes]
        for question in questions[:WARM_UP]:
            for client in clients:
                client.ask(question)
        times: list[list[float]] = [[] for _ in clients]
        for question in questions:
            for client, own in zip(clients, times, strict=True):
                started = time.perf_counter()
                client.ask(question)
                own.append((time.perf_counter() - started) * 1000)
        return [
            {
                "ready_s": client.server.ready_s,
                "ask_p50_ms": statistics.median(own),
                "ask_p95_ms": percentile(own, 0.95),
                "memory": memory_mib(client.server.pid),
                **client.add_articles(),
            }
            for client, own in zip(clients, times, strict=True)
        ]


class _Client:
    def __init__(self, server: ServerProcess) -> None:
        self.server = server
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)

    def ask(self, question: str) -> dict[str, Any]:
        return self._call("POST", "/v1/ask", {"question": question, "collection": COLLECTION})

    def add_articles(self) -> dict[str, float]:
        """Median milliseconds of adding an article, encoding included, and from then until a question finds it."""
        adding, finding = [], []
        for number in range(ADDED):
            text = f"The zorbwick{number} festival of Quenlaville was opened by Mayor Tolvanen{number}. It was raining."
            started = time.perf_counter()
            added = self._call("POST", "/v1/articles", {"collection": COLLECTION, "text": text})
            stored = time.perf_counter()
            while not any(
                text in p["text"] for p in self.ask(f"Who opened the zorbwick{number} festival?")["passages"]
            ):
                if time.perf_counter() - stored > PATIENCE:
                    raise RuntimeError(f"an added article was not found within {PATIENCE:.0f} s")
            adding.append((stored - started) * 1000)
            finding.append((time.perf_counter() - stored) * 1000)
            self._call("DELETE", f"/v1/articles/{added['articles'][0]['article_id']}?collection={COLLECTION}")
        return {"add_ms": statistics.median(adding), "found_ms": statistics.median(finding)}

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        sent = None if body is None else json.dumps(body)
        self._connection.request(method, path, sent, {"Content-Type": "application/json"})
        response = self._connection.getresponse()
        content = response.read()
        if response.status >= 300:
            raise RuntimeError(f"{method} {path}: {response.status} {content[:300]!r}")
        found: dict[str, Any] = json.loads(content) if content else {}
        return found
