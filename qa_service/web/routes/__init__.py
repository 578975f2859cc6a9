"""The endpoints. A view parses, calls the service once, and serialises."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask_openapi3 import Tag

from qa_service.web.schemas.responses import ErrorResponse

__all__ = ["ARTICLES", "ASKING", "OPERATION", "responses"]

ASKING = Tag(name="asking", description="A question in, ranked passages with checkable citations out.")
ARTICLES = Tag(name="articles", description="What is asked: collections, their articles, and work on them.")
OPERATION = Tag(name="operation", description="For whoever runs the service.")


def responses(*refusals: int, **successes: Any) -> dict[str | int | HTTPStatus, Any]:
    """The `responses` of an operation: its success classes by name, and its refusals in the shape of all errors."""
    codes = {"ok": "200", "created": "201", "accepted": "202"}
    documented: dict[str | int | HTTPStatus, Any] = {codes[name]: model for name, model in successes.items()}
    return documented | {str(status): ErrorResponse for status in (*refusals, 401, 403, 422, 429, 503)}
