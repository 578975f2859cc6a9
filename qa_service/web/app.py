"""The Flask application around one service."""

from __future__ import annotations

from flask import Flask
from flask_openapi3 import Info, OpenAPI
from pydantic import ValidationError
from werkzeug.routing import BaseConverter

from qa_service import __version__
from qa_service.evaluation.run.jobs import EvaluationJobs
from qa_service.options.refusals import refuse_fields
from qa_service.service import Service
from qa_service.web.errors import install_error_handlers
from qa_service.web.guards import install_guards
from qa_service.web.headers import install_headers
from qa_service.web.metrics import Metrics
from qa_service.web.openai.routes import openai_routes
from qa_service.web.question_slots import QuestionSlots
from qa_service.web.requests import accept_requests, check_query_string
from qa_service.web.routes.articles import article_routes
from qa_service.web.routes.ask import asking_routes
from qa_service.web.routes.evaluations import evaluation_routes
from qa_service.web.routes.operation import operation_routes
from qa_service.web.routes.pages import page_routes
from qa_service.web.schemas.responses import ErrorResponse
from qa_service.web.widget import install_widget

__all__ = ["create_app"]

MIB = 1024 * 1024


class _IdConverter(BaseConverter):
    """An article id in a path. It may be any text, with slashes at either end and doubled slashes too."""

    regex = "(?s:.+)"
    part_isolating = False


def create_app(service: Service) -> Flask:
    """The application around an open service.

    The caller closes `service`, and starts and closes `extensions["evaluations"]`.
    """
    settings = service.settings
    app = OpenAPI(
        "qa_service.web",
        info=Info(
            title="qa-service",
            version=__version__,
            description="Ranked passages with citations that anyone can check.",
        ),
        security_schemes={"key": {"type": "http", "scheme": "bearer"}} if settings.api_key else None,
        validation_error_model=ErrorResponse,
        validation_error_callback=_refused,
        doc_ui=False,
    )
    app.config["MAX_CONTENT_LENGTH"] = settings.max_upload_mb * MIB
    app.url_map.merge_slashes = False
    app.url_map.converters["id"] = _IdConverter
    metrics = Metrics(service)
    install_error_handlers(app)
    accept_requests(app)
    install_guards(app, settings)
    app.before_request(check_query_string)
    metrics.install(app)
    install_headers(app)
    slots = QuestionSlots(service, metrics)
    evaluations = app.extensions["evaluations"] = EvaluationJobs(service)
    for api in (
        asking_routes(slots),
        openai_routes(service, slots),
        article_routes(service),
        evaluation_routes(service, evaluations),
        operation_routes(service, metrics),
    ):
        app.register_api(api)
    install_widget(app)
    app.register_blueprint(page_routes(app, guarded=bool(settings.api_key)))
    return app


def _refused(error: ValidationError) -> None:
    refuse_fields(error)
