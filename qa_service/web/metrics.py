"""Prometheus metrics. Any worker of a server reports the sums over all its processes.

The workers count in files of the server's folder (prometheus_client's multiprocess mode). The counts of a worker that
has ended stay in the sums. An application outside a server counts in its own registry.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

from flask import Flask, Response, request
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from qa_service.errors import QAServiceError
from qa_service.service import Service
from qa_service.web.requests import elapsed_ms
from qa_service.web.server_folder import server_folder

__all__ = ["Metrics"]

log = logging.getLogger(__name__)

METHODS = frozenset({"GET", "HEAD", "POST", "DELETE", "OPTIONS", "PUT", "PATCH"})
BUCKETS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


class Metrics:
    """Counts requests and questions. Reads the sizes of the collections at each scrape."""

    def __init__(self, service: Service) -> None:
        counted = self._registry = CollectorRegistry()
        if (folder := server_folder()) is not None:
            MultiProcessCollector(self._registry, path=str(folder))  # type: ignore[no-untyped-call]
            counted = CollectorRegistry()  # not shown: the collector above reads the files
        self._requests = Counter(
            "qa_http_requests", "Requests answered.", ["method", "route", "status"], registry=counted
        )
        self._latency = Histogram(
            "qa_http_request_seconds", "Time to answer a request.", ["route"], buckets=BUCKETS, registry=counted
        )
        self._questions = Counter("qa_questions", "Questions asked, by outcome.", ["outcome"], registry=counted)
        for outcome in ("answered", "declined"):
            self._questions.labels(outcome)
        self._registry.register(_CollectionSizes(service))
        self._registry.register(_Processes(in_server=folder is not None))

    def text(self) -> bytes:
        """All metrics in Prometheus' text format."""
        return generate_latest(self._registry)

    def install(self, app: Flask) -> None:
        app.after_request(self._observe)

    def question(self, answerable: bool) -> None:
        self._questions.labels("answered" if answerable else "declined").inc()

    def _observe(self, response: Response) -> Response:
        # a label takes known values alone, so that a client cannot create time series
        route = request.url_rule.rule if request.url_rule else "none"
        method = request.method if request.method in METHODS else "other"
        self._requests.labels(method, route, str(response.status_code)).inc()
        self._latency.labels(route).observe(elapsed_ms() / 1000)
        return response


class _CollectionSizes(Collector):
    def __init__(self, service: Service) -> None:
        self._service = service

    def collect(self) -> Iterator[GaugeMetricFamily]:
        articles = GaugeMetricFamily("qa_collection_articles", "Articles in a collection.", labels=["collection"])
        passages = GaugeMetricFamily("qa_collection_passages", "Passages in a collection.", labels=["collection"])
        generation = GaugeMetricFamily("qa_collection_generation", "Generation of a collection.", labels=["collection"])
        try:
            collections = self._service.collections()
        except QAServiceError as error:  # the other metrics matter all the more then
            log.warning("collection sizes cannot be measured: %s", error)
            collections = []
        for info in collections:
            articles.add_metric([info.name], info.articles)
            passages.add_metric([info.name], info.passages)
            generation.add_metric([info.name], info.generation)
        yield from (articles, passages, generation)

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing, so that registering does not ask the service."""
        return []


class _Processes(Collector):
    """The usual metrics of a process, as sums over the server's processes; the start time is that of the oldest."""

    def __init__(self, *, in_server: bool) -> None:
        self._in_server = in_server

    def collect(self) -> Iterator[Metric]:
        found: dict[str, Metric] = {}
        for pid in self._pids():
            for metric in ProcessCollector(pid=partial(str, pid), registry=None).collect():
                found[metric.name] = _joined(found[metric.name], metric) if metric.name in found else metric
        yield from found.values()

    def describe(self) -> list[Metric]:
        return []

    def _pids(self) -> list[int | str]:
        """This process; in a server its parent and all children of the parent (Linux, proc_tid_children(5))."""
        if not self._in_server:
            return ["self"]
        parent = os.getppid()
        with suppress(OSError):
            return [parent, *map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split())]
        return [parent, "self"]


def _joined(one: Metric, other: Metric) -> Metric:
    value, more = one.samples[0].value, other.samples[0].value
    join = {"process_start_time_seconds": min, "process_max_fds": min}.get(one.name)
    total = join(value, more) if join is not None else value + more
    family = CounterMetricFamily if one.type == "counter" else GaugeMetricFamily
    return family(one.name, one.documentation, value=total)
