"""Error responses: one shape, and one table from domain errors to status and type."""

from __future__ import annotations

import logging
from typing import Any

import orjson
from flask import Flask, Response, current_app, render_template, request
from pydantic import BaseModel
from werkzeug.exceptions import (
    HTTPException,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
    TooManyRequests,
    Unauthorized,
)
from werkzeug.routing import RequestRedirect

from qa_service import errors
from qa_service.evaluation.run.evaluation_job import QueueFull
from qa_service.options.refusals import encodable
from qa_service.web.openai.errors import INSTEAD, is_openai_path, openai_refusal
from qa_service.web.requests import MOST_PARTS, request_id
from qa_service.web.schemas.responses import ErrorDetail, ErrorResponse

__all__ = ["install_error_handlers", "json_response", "refuse"]

log = logging.getLogger(__name__)

SETTING = "QA_MAX_UPLOAD_MB"

STATUS: dict[type[errors.QAServiceError], tuple[int, str]] = {
    errors.InvalidInput: (422, "invalid_request"),
    errors.SettingsError: (500, "internal_error"),
    errors.CollectionNotFound: (404, "collection_not_found"),
    errors.ArticleNotFound: (404, "article_not_found"),
    errors.JobNotFound: (404, "job_not_found"),
    errors.NotFound: (404, "not_found"),
    errors.Conflict: (409, "conflict"),
    errors.CollectionBusy: (503, "collection_busy"),
    errors.CollectionMismatch: (503, "collection_unavailable"),
    errors.CollectionCorrupt: (503, "collection_unavailable"),
    errors.ModelUnavailable: (503, "model_unavailable"),
    errors.NotReady: (503, "not_ready"),
    QueueFull: (503, "queue_full"),
}
"""The most specific class wins. An error without an entry is a 500."""

HTTP_TYPES = {
    400: "invalid_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid_request",
    429: "rate_limited",
    503: "unavailable",
}
RETRY_AFTER = {"collection_busy": 2, "not_ready": 1}
RETRY_AFTER_OTHERWISE = 60
NEUTRAL = "Something went wrong here; the request id is in the server's log."


def json_response(body: BaseModel | dict[str, Any], status: int = 200) -> Response:
    """`body` as UTF-8 JSON, with its fields in their order."""
    written = body.model_dump_json() if isinstance(body, BaseModel) else orjson.dumps(body)
    return Response(written, status, mimetype="application/json")


def refuse(status: int, kind: str, message: str, param: str | None = None) -> Response:
    """An error response: in our own shape, or on OpenAI's paths in OpenAI's."""
    if is_openai_path(request.path):
        response = openai_refusal(status, kind, encodable(message), param and encodable(param))
    else:
        response = _own_refusal(status, kind, message, param)
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER.get(kind, RETRY_AFTER_OTHERWISE))
    return response


def _own_refusal(status: int, kind: str, message: str, param: str | None) -> Response:
    detail = ErrorDetail(
        type=kind, message=encodable(message), param=param and encodable(param), request_id=request_id()
    )
    return json_response(ErrorResponse(error=detail), status)


def install_error_handlers(app: Flask) -> None:
    app.register_error_handler(errors.QAServiceError, _domain)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def _domain(error: errors.QAServiceError) -> Response:
    status, kind = next((STATUS[c] for c in type(error).__mro__ if c in STATUS), (500, "internal_error"))
    if status == 500:
        return _unexpected(error)
    if status == 503:
        log.warning("%s %s: %s", request.method, request.path, error.message)
    return refuse(status, kind, error.message, error.param)


def _too_large(allowed: int) -> str:
    mib = f"{allowed / 2**20:g} MiB"
    if request.mimetype == "multipart/form-data":
        files = f"{MOST_PARTS:,}".replace(",", " ")
        return f"The upload is larger than {mib} or has more than {files} files. Send fewer files, or raise {SETTING}."
    if allowed == current_app.config["MAX_CONTENT_LENGTH"]:
        return f"The body is larger than {mib}. Send less at once, or raise {SETTING}."
    return f"The body is larger than the {mib} allowed here."


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if isinstance(error, RequestRedirect) or status < 400:
        return error.get_response()  # type: ignore[return-value]  # werkzeug's own class, which Flask sends as well
    message = error.description or error.name
    if isinstance(error, NotFound):
        message = INSTEAD.get(request.path.rstrip("/"), "There is nothing at this address.")
    if isinstance(error, TooManyRequests):
        message = f"Too many requests: one client may send {message}. Try again a little later."
    if isinstance(error, RequestEntityTooLarge):
        message = _too_large(request.max_content_length or 0)
    if _opened_in_a_browser():
        response = Response(render_template("problem.html", status=status, message=message), status)
    else:
        kind = HTTP_TYPES.get(status, "invalid_request" if status < 500 else "internal_error")
        response = refuse(status, kind, message)
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    if isinstance(error, Unauthorized):
        response.headers["WWW-Authenticate"] = 'Bearer realm="qa-service"'
    return response


def _opened_in_a_browser() -> bool:
    """Whether a person reads the response: the client wants HTML, and the address is not the API's."""
    return "text/html" in request.headers.get("Accept", "") and not request.path.startswith("/v1/")


def _unexpected(error: Exception) -> Response:
    log.error("%s %s failed (request %s)", request.method, request.path, request_id(), exc_info=error)
    return refuse(500, "internal_error", NEUTRAL)
