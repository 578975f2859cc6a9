"""`/healthz`, `/readyz` and `/metrics`."""

from __future__ import annotations

from flask import Response
from prometheus_client import CONTENT_TYPE_LATEST

from qa_service.errors import NotReady
from qa_service.service import Service
from qa_service.web.api_document import ApiRoutes
from qa_service.web.errors import json_response
from qa_service.web.metrics import Metrics
from qa_service.web.routes import OPERATION, responses
from qa_service.web.schemas.responses import ErrorResponse, StatusResponse

__all__ = ["operation_routes"]


def operation_routes(service: Service, metrics: Metrics) -> ApiRoutes:
    api = ApiRoutes("operation", __name__, abp_tags=[OPERATION])

    @api.get("/healthz", endpoint="live", responses={"200": StatusResponse}, operation_id="live")
    def live() -> Response:
        """Is the process alive?"""
        return json_response(StatusResponse(status="alive"))

    @api.get("/readyz", endpoint="ready", responses={"200": StatusResponse, "503": ErrorResponse}, operation_id="ready")
    def ready() -> Response:
        """Is a snapshot loaded?"""
        if not service.ready:
            raise NotReady("No snapshot is loaded yet; try again in a moment.")
        return json_response(StatusResponse(status="ready"))

    @api.get("/metrics", responses=responses(ok={"content": {"text/plain": {}}}), operation_id="metrics")
    def show_metrics() -> Response:
        """Counters in the Prometheus text format."""
        return Response(metrics.text(), content_type=CONTENT_TYPE_LATEST)

    return api
