"""`/widget.js`: the widget's modules and style, joined into one classic script that another site includes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from flask import Flask, Response, request

from qa_service.evaluation.report.assets import joined_modules

__all__ = ["install_widget", "widget_script"]

STATIC = Path(__file__).parent / "static"
MODULES = ("text.js", "widget/strings.js", "widget/ask.js", "widget/answer.js", "widget/chat.js")
"""Each module comes after those that it imports."""
FRESH = "public, max-age=300"
"""A page uses a new widget at most five minutes after the service changed, without a request in between."""


def widget_script() -> str:
    """A classic script: a page needs one tag, and the script knows its address. It is strict and has its own scope."""
    style = json.dumps((STATIC / "widget" / "widget.css").read_text(encoding="utf-8"))
    joined = joined_modules((STATIC / name).read_text(encoding="utf-8") for name in MODULES)
    return f'(() => {{\n"use strict";\nconst STYLE = {style};\n{joined}}})();\n'


def install_widget(app: Flask) -> None:
    script = widget_script().encode()
    digest = hashlib.sha256(script).hexdigest()

    def widget() -> Response:
        response = Response(script, mimetype="text/javascript")
        response.headers["Cache-Control"] = FRESH
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.set_etag(digest)
        response.make_conditional(request)
        return response

    app.add_url_rule("/widget.js", "widget", widget)
