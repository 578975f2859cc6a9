"""How a request is read: with an id, a clock, strict JSON and limits of size."""

from __future__ import annotations

import json
import re
import time
import uuid
from io import BytesIO
from typing import IO, Any, NoReturn
from urllib.parse import unquote_to_bytes

from flask import Flask, Request, current_app, g, request
from werkzeug.exceptions import BadRequest, ClientDisconnected, UnsupportedMediaType

from qa_service.errors import InvalidInput
from qa_service.options.question import FILTER_OPTIONS

__all__ = ["ASK_BYTES", "ApiRequest", "accept_requests", "check_query_string", "elapsed_ms", "request_id"]

ASK_BYTES = 2 * 1024 * 1024
"""Largest body of a question, in bytes: 20 turns of 12 000 characters and a thousand filter values fit."""
CHAT_BYTES = 8 * 1024 * 1024
"""Largest body of OpenAI's protocol, in bytes: a whole conversation fits, with pictures that are ignored."""
REPEATABLE = frozenset(option.name for option in FILTER_OPTIONS if option.many)
SANE_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")


class ApiRequest(Request):
    """Reads a JSON body strictly: it must be an object in UTF-8."""

    def _get_file_stream(self, *_: Any, **__: Any) -> IO[bytes]:
        # the service takes whole files, so a temporary file would only be read again
        return BytesIO()

    def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:
        """The body as a dict.

        Raises:
            UnsupportedMediaType: the body is not declared as JSON in UTF-8.
            BadRequest: it cannot be parsed, or is not an object.
            RequestEntityTooLarge: it is larger than allowed here.
        """
        charset = self.mimetype_params.get("charset", "utf-8").lower()
        if not self.is_json or charset not in ("utf-8", "utf8"):
            raise UnsupportedMediaType("Send the body as JSON in UTF-8, with Content-Type: application/json.")
        if self.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise UnsupportedMediaType("Send the body as it is: compressed bodies are not read.")
        try:
            text = self._whole_body(cache).decode("utf-8-sig")
        except UnicodeDecodeError:
            raise BadRequest("The body is not UTF-8.") from None
        if not text.strip():
            raise BadRequest("The body is empty; send a JSON object.")
        try:
            value = json.loads(text, parse_constant=_refuse_constant)
        except RecursionError:
            raise BadRequest("The body is nested too deeply.") from None
        except json.JSONDecodeError as error:
            raise BadRequest(
                f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
            ) from None
        except ValueError as error:  # NaN, or an integer of thousands of digits
            raise BadRequest(f"The body is not JSON that can be read: {error}.") from None
        if not isinstance(value, dict):
            raise BadRequest('The body must be a JSON object such as {"question": "…"}.')
        return value

    def _whole_body(self, cache: bool) -> bytes:
        incomplete = BadRequest("The body did not arrive in time, or not whole.")
        try:
            body = self.get_data(cache=cache)
        except ClientDisconnected:
            raise incomplete from None
        if self.content_length is None:
            self.stream.read(1)  # Werkzeug cuts a body of unknown length at the limit; reading on raises the error
        elif len(body) != self.content_length:
            raise incomplete
        return body


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def request_id() -> str:
    """The id of the current request. The response's `X-Request-ID` header has it too."""
    return str(g.request_id)


def elapsed_ms() -> float:
    """Milliseconds since the request arrived."""
    return round((time.perf_counter() - float(g.started)) * 1000, 3)


def accept_requests(app: Flask) -> None:
    """Make `app` read requests as this module says."""
    app.request_class = ApiRequest
    app.before_request(_begin)


def check_query_string() -> None:
    """Refuse a query string that is not UTF-8, repeats a single value, or stands beside a body.

    Raises:
        BadRequest: it is not UTF-8.
        InvalidInput: a field is repeated, or the request is a POST.
    """
    if not request.path.startswith("/v1/"):
        return
    try:
        unquote_to_bytes(request.query_string).decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest("The query string is not UTF-8.") from None
    for name, values in request.args.lists():
        if request.method == "POST":
            raise InvalidInput(f"{name}: a POST takes its fields in the body, not in the address.", param=name)
        if len(values) > 1 and name not in REPEATABLE:
            raise InvalidInput(f"{name}: is given {len(values)} times; give it once.", param=name)


def _begin() -> None:
    g.started = time.perf_counter()
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if SANE_ID.fullmatch(given) else uuid.uuid4().hex
    most = {"/v1/ask": ASK_BYTES, "/v1/chat/completions": CHAT_BYTES, "/v1/responses": CHAT_BYTES}.get(request.path)
    if most is not None:
        request.max_content_length = min(most, current_app.config["MAX_CONTENT_LENGTH"])
