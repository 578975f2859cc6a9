"""`/widget.js`: one classic script with the widget's modules and its style, for the pages of other sites."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from flask import Flask, Response, request

from qa_service.evaluation.report.assets import joined_modules

__all__ = ["install_widget", "widget_script"]

STATIC = Path(__file__).parent / "static"
MODULES = ("text.js", "widget/strings.js", "widget/ask.js", "widget/answer.js", "widget/chat.js")
"""Each module after the modules that it imports."""
FRESH = "public, max-age=300"
"""A browser keeps the widget for 5 minutes: the first pages after an update of the service may have the old widget."""


def widget_script() -> str:
    """The script: strict, in its own scope. A classic script knows its address, so that a page needs one tag only."""
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
