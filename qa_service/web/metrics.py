"""Prometheus metrics of one application, in its own registry."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from flask import Flask, Response, request
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from qa_service.errors import QAServiceError
from qa_service.service import Service
from qa_service.web.requests import elapsed_ms

__all__ = ["Metrics"]

log = logging.getLogger(__name__)

METHODS = frozenset({"GET", "HEAD", "POST", "DELETE", "OPTIONS", "PUT", "PATCH"})
BUCKETS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


class Metrics:
    """Counts requests and questions. Reads the sizes of the collections at each scrape."""

    def __init__(self, service: Service) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "qa_http_requests", "Requests answered.", ["method", "route", "status"], registry=self.registry
        )
        self._latency = Histogram(
            "qa_http_request_seconds", "Time to answer a request.", ["route"], buckets=BUCKETS, registry=self.registry
        )
        self._questions = Counter("qa_questions", "Questions asked, by outcome.", ["outcome"], registry=self.registry)
        for outcome in ("answered", "declined"):
            self._questions.labels(outcome)
        self.registry.register(_CollectionSizes(service))
        ProcessCollector(registry=self.registry)

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
