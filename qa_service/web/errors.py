"""Errors as they go out: one shape, and one table from domain error to status and type."""

from __future__ import annotations

import logging
import re
from typing import NoReturn

from flask import Flask, Response, render_template, request
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
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
from qa_service.evaluation.run.job_records import QueueFull
from qa_service.web.openai import schemas as openai_schemas
from qa_service.web.openai.errors import is_openai_path, openai_refusal
from qa_service.web.requests import request_id
from qa_service.web.schemas import evaluations, requests
from qa_service.web.schemas.known import field_at, known_fields
from qa_service.web.schemas.responses import ErrorDetail, ErrorResponse

__all__ = ["install_error_handlers", "json_response", "refuse", "refuse_fields"]

log = logging.getLogger(__name__)

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
"""The most specific class wins; whatever is not here is a 500."""

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
KIND_MESSAGES = {
    "missing": "is required",
    "string_type": "must be a string",
    "string_unicode": "contains a lone surrogate, which no text can",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "model_type": "must be a JSON object",
    "model_attributes_type": "must be a JSON object",
}


def json_response(model: BaseModel, status: int = 200) -> Response:
    """`model` as UTF-8 JSON, its fields in the order of the class."""
    return Response(model.model_dump_json(), status, mimetype="application/json")


def refuse(status: int, kind: str, message: str, param: str | None = None) -> Response:
    """A response in the one error shape; on OpenAI's paths in OpenAI's."""
    if is_openai_path(request.path):
        response = openai_refusal(status, kind, _text(message), param and _text(param))
    else:
        response = _own_refusal(status, kind, message, param)
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER.get(kind, RETRY_AFTER_OTHERWISE))
    return response


def _own_refusal(status: int, kind: str, message: str, param: str | None) -> Response:
    detail = ErrorDetail(type=kind, message=_text(message), param=param and _text(param), request_id=request_id())
    return json_response(ErrorResponse(error=detail), status)


def refuse_fields(error: ValidationError) -> NoReturn:
    """The first thing wrong with a request, as a domain error that names the field."""
    first = error.errors(include_url=False, include_context=True)[0]
    param = ".".join(_text(str(part)) for part in first["loc"]) or None
    kind, name = first["type"], param or "The request"
    if kind == "extra_forbidden":
        known = known_fields(_model(error.title), first["loc"])
        message = f"{name}: there is no such field{errors.did_you_mean(str(first['loc'][-1]), known)}"
    elif first["input"] is None and kind in KIND_MESSAGES and kind != "missing":
        message = f"{name}: {KIND_MESSAGES[kind]}, not null{_instead(field_at(_model(error.title), first['loc']))}."
    elif kind == "value_error":
        message = f"{name}: {first['msg'].removeprefix('Value error, ')}."
    elif kind == "literal_error":
        message = f"{name}: must be {first['ctx']['expected']}."
    elif kind == "too_short" and not first["ctx"]["actual_length"]:
        message = f"{name}: must have at least {_items(first['ctx']['min_length'])}, but is empty."
    else:
        said = re.sub("^(Input|String|List) should", "must", first["msg"]).replace(" after validation", "")
        message = f"{name}: {KIND_MESSAGES.get(kind) or said}."
    raise errors.InvalidInput(message, param=param)


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


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if isinstance(error, RequestRedirect) or status < 400:
        return error.get_response()  # type: ignore[return-value]  # werkzeug's own class, which Flask sends as well
    message = error.description or error.name
    if isinstance(error, NotFound):
        message = "There is nothing at this address."
    if isinstance(error, TooManyRequests):
        message = f"Too many requests: one client may send {message}. Try again a little later."
    if isinstance(error, RequestEntityTooLarge):
        message = f"The body is larger than the {request.max_content_length} bytes allowed here, or has too many parts."
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
    """Whether a person will read the response: asked for as HTML, and no call of the API."""
    return "text/html" in request.headers.get("Accept", "") and not request.path.startswith("/v1/")


def _unexpected(error: Exception) -> Response:
    log.error("%s %s failed (request %s)", request.method, request.path, request_id(), exc_info=error)
    return refuse(500, "internal_error", NEUTRAL)


def _text(value: str) -> str:
    """`value` without what UTF-8 cannot carry: a client may have put a lone surrogate in a field's name."""
    return value.encode("utf-8", "backslashreplace").decode("utf-8")


def _model(name: str) -> type[BaseModel] | None:
    """The request that pydantic's error is titled with."""
    found = (getattr(module, name, None) for module in (requests, evaluations, openai_schemas))
    return next((one for one in found if one is not None), None)


def _instead(field: FieldInfo | None) -> str:
    """What to send in the place of null."""
    if field is None or field.is_required():
        return ""
    bounds = {kind: getattr(one, kind) for one in field.metadata for kind in ("ge", "le") if hasattr(one, kind)}
    return ": leave it out" + (f" or give {bounds['ge']} to {bounds['le']}" if len(bounds) == 2 else "")


def _items(number: int) -> str:
    return f"{number} item" if number == 1 else f"{number} items"
