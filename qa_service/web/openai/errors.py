"""Errors in OpenAI's shape, on its paths: `{"error": {"message", "type", "param", "code"}}`.

https://platform.openai.com/docs/guides/error-codes
"""

from __future__ import annotations

import json
from typing import Any

from flask import Response

__all__ = ["INSTEAD", "error_body", "is_openai_path", "openai_refusal"]

CODES = {
    "collection_not_found": (404, "invalid_request_error", "model_not_found"),
    "unauthorized": (401, "invalid_request_error", "invalid_api_key"),
    "rate_limited": (429, "requests", "rate_limit_exceeded"),
    "forbidden": (403, "invalid_request_error", "forbidden"),
}
"""Status, type and code for our error types. For other types the status decides."""


INSTEAD = {
    "/v1/completions": "Completions are not offered. Send `messages` to /v1/chat/completions.",
    "/v1/embeddings": "Embeddings are not offered. Ask at /v1/chat/completions, or /v1/ask for passages.",
}
"""What to use in place of OpenAI's paths that are not offered."""


def is_openai_path(path: str) -> bool:
    return path.startswith(("/v1/chat/", "/v1/models", "/v1/responses", *INSTEAD))


def openai_refusal(status: int, kind: str, message: str, param: str | None) -> Response:
    """An error response in OpenAI's shape. A refused field is 400, not 422."""
    status, *_ = CODES.get(kind, (400 if status == 422 else status, "", ""))
    body = {"error": error_body(status, kind, message, "model" if kind == "collection_not_found" else param)}
    return Response(json.dumps(body, ensure_ascii=False), status, mimetype="application/json")


def error_body(status: int, kind: str, message: str, param: str | None) -> dict[str, Any]:
    _, own, code = CODES.get(kind, (status, "invalid_request_error" if status < 500 else "server_error", None))
    return {"message": message, "type": own, "param": param, "code": code if code or status < 500 else kind}
