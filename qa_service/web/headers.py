"""Headers that every response carries."""

from __future__ import annotations

import logging

from flask import Flask, Response, request

from qa_service.web.guards import OPEN_ENDPOINTS
from qa_service.web.requests import elapsed_ms, request_id

__all__ = ["install_headers"]

log = logging.getLogger(__name__)

NOTHING = "default-src 'none'; frame-ancestors 'none'"
PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
DOCS = PAGE.replace("img-src 'self'", "img-src 'self' data:")
"""Swagger UI has its icons in data: addresses. It needs no inline script or style."""


def install_headers(app: Flask) -> None:
    app.after_request(_headers)


def _headers(response: Response) -> Response:
    headers = response.headers
    headers["X-Request-ID"] = request_id()
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
        level, "%s %s %d %.1f ms %s", request.method, request.path, response.status_code, elapsed_ms(), request_id()
    )
    return response
