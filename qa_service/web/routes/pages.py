"""The pages at `/`, `/add` and `/evaluations`, the reference at `/docs`, the document behind it, and `/widget.js`."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import flask_openapi3_swagger
from flask import Blueprint, Flask, Response, render_template, request, send_from_directory
from werkzeug.exceptions import NotFound

from qa_service.evaluation.report.assets import joined_modules
from qa_service.web.api_document import Document

__all__ = ["page_routes", "widget_script"]

SWAGGER = Path(flask_openapi3_swagger.__file__).parent / "templates" / "swagger"
SWAGGER_FILES = frozenset({"css/swagger-ui.css", "js/swagger-ui-bundle.js"})
STATIC = Path(__file__).parent.parent / "static"
MODULES = ("text.js", "widget/strings.js", "widget/ask.js", "widget/answer.js", "widget/chat.js")
"""Each module comes after those that it imports."""
FRESH = "public, max-age=300"
"""A page uses a new widget at most five minutes after the service changed, without a request in between."""


def page_routes(app: Flask, document: Document, *, guarded: bool) -> Blueprint:
    """The routes of the pages.

    If a key guards `/docs`, the page does not link there: a browser that follows a link cannot send a key.
    """
    pages = Blueprint("pages", __name__)
    script = widget_script().encode()
    digest = hashlib.sha256(script).hexdigest()

    def page() -> str:
        return render_template("page.html", guarded=guarded)

    def add_page() -> str:
        return render_template("add.html", guarded=guarded)

    def evaluations_page() -> str:
        return render_template("evaluations.html", guarded=guarded)

    @pages.get("/openapi.json")
    def openapi() -> Response:
        return Response(document.json(), mimetype="application/json")

    @pages.get("/docs")
    def docs() -> str:
        return render_template("docs.html")

    @pages.get("/docs/<path:name>")
    def docs_file(name: str) -> Response:
        if name not in SWAGGER_FILES:
            raise NotFound
        return send_from_directory(SWAGGER, name)

    def widget() -> Response:
        response = Response(script, mimetype="text/javascript")
        response.headers["Cache-Control"] = FRESH
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.set_etag(digest)
        response.make_conditional(request)
        return response

    app.add_url_rule("/widget.js", "widget", widget)
    app.add_url_rule("/", "page", page)
    app.add_url_rule("/add", "add_page", add_page)
    app.add_url_rule("/evaluations", "evaluations_page", evaluations_page)
    return pages


def widget_script() -> str:
    """A classic script: a page needs one tag, and the script knows its address. It is strict and has its own scope."""
    style = json.dumps((STATIC / "widget" / "widget.css").read_text(encoding="utf-8"))
    joined = joined_modules((STATIC / name).read_text(encoding="utf-8") for name in MODULES)
    return f'(() => {{\n"use strict";\nconst STYLE = {style};\n{joined}}})();\n'
