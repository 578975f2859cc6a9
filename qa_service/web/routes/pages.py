"""The pages at `/` and `/evaluations`, the reference at `/docs`, and the document behind it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import flask_openapi3_swagger
from flask import Blueprint, Response, render_template, send_from_directory
from flask_openapi3 import OpenAPI
from werkzeug.exceptions import NotFound

from qa_service.web.openai.errors import is_openai_path

__all__ = ["page_routes"]

SWAGGER = Path(flask_openapi3_swagger.__file__).parent / "templates" / "swagger"
SWAGGER_FILES = frozenset({"css/swagger-ui.css", "js/swagger-ui-bundle.js"})


def page_routes(app: OpenAPI, *, guarded: bool) -> Blueprint:
    """The routes of the pages. Call it last, because the OpenAPI document describes the routes registered before it.

    If a key guards `/docs`, the page does not link there: a browser that follows a link cannot send a key.
    """
    pages = Blueprint("pages", __name__)
    document = json.dumps(_described(app), ensure_ascii=False).encode()

    def page() -> str:
        return render_template("page.html", guarded=guarded)

    def evaluations_page() -> str:
        return render_template("evaluations.html", guarded=guarded)

    @pages.get("/openapi.json")
    def openapi() -> Response:
        return Response(document, mimetype="application/json")

    @pages.get("/docs")
    def docs() -> str:
        return render_template("docs.html")

    @pages.get("/docs/<path:name>")
    def docs_file(name: str) -> Response:
        if name not in SWAGGER_FILES:
            raise NotFound
        return send_from_directory(SWAGGER, name)

    app.add_url_rule("/", "page", page)
    app.add_url_rule("/evaluations", "evaluations_page", evaluations_page)
    return pages


def _described(app: OpenAPI) -> dict[str, Any]:
    """The OpenAPI document, without the 422 that flask-openapi3 adds and that OpenAI's paths never answer."""
    document: dict[str, Any] = app.api_doc
    for path, operations in document["paths"].items():
        if is_openai_path(path):
            for operation in operations.values():
                operation["responses"].pop("422", None)
    return document
