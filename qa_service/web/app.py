"""The Flask application around one service."""

from __future__ import annotations

import logging

from flask import Flask, Response

from qa_service.evaluation.run.evaluation_jobs import EvaluationJobs
from qa_service.service import Service
from qa_service.web.api_document import Document, openapi_app
from qa_service.web.errors import install_error_handlers
from qa_service.web.guards import OPEN_ENDPOINTS, install_guards
from qa_service.web.metrics import Metrics
from qa_service.web.openai.routes import openai_routes
from qa_service.web.question_slots import QuestionSlots
from qa_service.web.requests import ApiRequest, check_query_string, current_request
from qa_service.web.routes.articles import article_routes
from qa_service.web.routes.ask import asking_routes
from qa_service.web.routes.evaluations import evaluation_routes
from qa_service.web.routes.jobs import job_routes
from qa_service.web.routes.operation import operation_routes
from qa_service.web.routes.pages import page_routes

__all__ = ["create_app"]

log = logging.getLogger(__name__)

MIB = 1024 * 1024
NOTHING = "default-src 'none'; frame-ancestors 'none'"
PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
DOCS = PAGE.replace("img-src 'self'", "img-src 'self' data:")
"""Swagger UI has its icons in data: addresses. It needs no inline script or style."""


def create_app(service: Service) -> Flask:
    """The application around an open service.

    The caller closes `service`, and starts and closes `extensions["evaluations"]`.
    """
    settings = service.settings
    app = openapi_app(settings)
    app.request_class = ApiRequest
    app.config["MAX_CONTENT_LENGTH"] = settings.max_upload_mb * MIB
    metrics = Metrics(service)
    install_error_handlers(app)
    install_guards(app, settings)
    app.before_request(check_query_string)
    metrics.install(app)
    app.after_request(_headers)
    slots = QuestionSlots(service, metrics)
    evaluations = app.extensions["evaluations"] = EvaluationJobs(service)
    described = (
        asking_routes(settings, slots),
        openai_routes(service, slots),
        article_routes(service),
        job_routes(service),
        evaluation_routes(service, evaluations),
        operation_routes(service, metrics),
    )
    for routes in (*described, page_routes(app, Document(settings, described), guarded=bool(settings.api_key))):
        app.register_blueprint(routes)
    return app


def _headers(response: Response) -> Response:
    """Add the headers that every response carries, and log the request."""
    request = current_request()
    headers = response.headers
    headers["X-Request-ID"] = request.id
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"  # the page's address holds the question
    policy = NOTHING
    if response.mimetype == "text/html":
        policy = DOCS if request.path == "/docs" else PAGE
    headers.setdefault("Content-Security-Policy", policy)  # an evaluation report has its own policy
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "no-store" if request.path.startswith("/v1/") else "no-cache")
    level = logging.DEBUG if request.endpoint in OPEN_ENDPOINTS else logging.INFO
    # without the query string, which holds the question
    log.log(
        level,
        "%s %s %d %.1f ms %s",
        request.method,
        request.path,
        response.status_code,
        request.elapsed_ms(),
        request.id,
    )
    return response
