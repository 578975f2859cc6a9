"""The OpenAPI document. The first request for it makes it, so that a server starts sooner."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from flask_openapi3 import APIBlueprint, Info, OpenAPI
from flask_openapi3.types import ParametersTuple
from flask_openapi3.utils import parse_parameters
from werkzeug.routing import BaseConverter

from qa_service import __version__
from qa_service.options.refusals import refuse_fields
from qa_service.settings import Settings
from qa_service.web.openai.errors import is_openai_path
from qa_service.web.schemas.responses import ErrorResponse

__all__ = ["ApiRoutes", "Document", "openapi_app"]


class ApiRoutes(APIBlueprint):
    """A blueprint whose operations are described when `describe` is called."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._undescribed: list[Callable[[], ParametersTuple]] = []

    def _collect_openapi_info(self, rule: str, func: Callable[..., Any], **about: Any) -> ParametersTuple:
        self._undescribed.append(partial(super()._collect_openapi_info, rule, func, **about))
        return parse_parameters(func, doc_ui=False)

    def describe(self) -> None:
        """Make the schemas of all operations. Call it once."""
        for describe in self._undescribed:
            describe()


class _IdConverter(BaseConverter):
    """An article id in a path. It may be any text, with slashes at either end and doubled slashes too."""

    regex = "(?s:.+)"
    part_isolating = False


class _App(OpenAPI):
    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func  # no function here is a coroutine; Flask would check each one at each request


def openapi_app(settings: Settings) -> OpenAPI:
    """An application without routes."""
    app = _App(
        "qa_service.web",
        info=Info(
            title="qa-service",
            version=__version__,
            description="Ranked passages with citations that anyone can check.",
        ),
        security_schemes={"key": {"type": "http", "scheme": "bearer"}} if settings.api_key else None,
        validation_error_model=ErrorResponse,
        validation_error_callback=refuse_fields,
        doc_ui=False,
    )
    app.url_map.merge_slashes = False
    app.url_map.converters["id"] = _IdConverter
    return app


class Document:
    """The document of these routes, as JSON. Several threads may ask for it at once."""

    def __init__(self, settings: Settings, routes: Iterable[ApiRoutes]) -> None:
        self._settings, self._routes = settings, tuple(routes)
        self._written: bytes | None = None
        self._lock = threading.Lock()

    def json(self) -> bytes:
        with self._lock:
            if self._written is None:
                self._written = json.dumps(self._described(), ensure_ascii=False).encode()
            return self._written

    def _described(self) -> dict[str, Any]:
        """The document, without the 422 that flask-openapi3 adds and that OpenAI's paths never answer."""
        app = openapi_app(self._settings)  # Flask refuses new routes once an application serves
        for routes in self._routes:
            routes.describe()
            app.register_api(routes)
        document: dict[str, Any] = app.api_doc
        for path, operations in document["paths"].items():
            if is_openai_path(path):
                for operation in operations.values():
                    operation["responses"].pop("422", None)
        return document
