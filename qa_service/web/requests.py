"""How a request is read: with an id, a clock, strict JSON and limits of size."""

from __future__ import annotations

import json
import re
import time
import uuid
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any, NoReturn
from urllib.parse import unquote_to_bytes, urlsplit

from flask import Request, current_app, request
from werkzeug.exceptions import BadRequest, ClientDisconnected, UnsupportedMediaType

from qa_service.errors import InvalidInput
from qa_service.options.links import page_base
from qa_service.options.question import FILTER_OPTIONS
from qa_service.settings import Settings
from qa_service.web.spool import Spool

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

__all__ = [
    "ASK_BYTES", "ApiRequest", "check_query_string", "current_request", "elapsed_ms", "page_address", "request_id",
]  # fmt: skip

ASK_BYTES = 2 * 1024 * 1024
"""Largest body of a question, in bytes: 20 turns of 12 000 characters and a thousand filter values fit."""
CHAT_BYTES = 8 * 1024 * 1024
"""Largest body of OpenAI's protocol, in bytes: a whole conversation fits, with pictures that are ignored."""
UPLOADS = "/v1/articles"
SMALL_UPLOAD = 1024 * 1024
"""Bytes of an upload that stays in memory. A larger one goes to disk."""
MOST_PARTS = 20_000
"""Most files and fields of an upload."""
LONGEST_FIELD = 16 * 1024 * 1024
"""Bytes that all fields of an upload beside its files may have: the metadata of many files fit."""
LARGEST = {"/v1/ask": ASK_BYTES, "/v1/chat/completions": CHAT_BYTES, "/v1/responses": CHAT_BYTES}
PLAIN_JSON = "application/json"
INCOMPLETE = "The body is incomplete, or did not arrive in time."
REPEATABLE = frozenset(option.name for option in FILTER_OPTIONS if option.many)
SANE_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")


class ApiRequest(Request):
    """Has an id and a clock, and reads a JSON body strictly: it must be an object in UTF-8."""

    def __init__(self, environ: WSGIEnvironment, *arguments: Any, **named: Any) -> None:
        super().__init__(environ, *arguments, **named)
        self._started = time.perf_counter()
        given = environ.get("HTTP_X_REQUEST_ID", "")
        self.id: str = given if SANE_ID.fullmatch(given) else uuid.uuid4().hex
        """The response's `X-Request-ID` header has it too."""
        self._spool: Spool | None = None
        if self.path == UPLOADS:
            self.max_form_parts, self.max_form_memory_size = MOST_PARTS, LONGEST_FIELD

    def elapsed_ms(self) -> float:
        """Milliseconds since the request arrived."""
        return round((time.perf_counter() - self._started) * 1000, 3)

    def _get_file_stream(self, *_: Any, **__: Any) -> IO[bytes]:
        if self.path != UPLOADS or (self.content_length is not None and self.content_length <= SMALL_UPLOAD):
            return BytesIO()
        if self._spool is None:
            self._spool = Spool()
        return self._spool.part()  # type: ignore[return-value]  # it has all that Werkzeug and shutil call

    def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:
        """The body as a dict.

        Raises:
            UnsupportedMediaType: the body is not declared as JSON in UTF-8.
            BadRequest: it cannot be parsed, or is not an object.
            RequestEntityTooLarge: it is larger than allowed here.
        """
        if self.environ.get("CONTENT_TYPE") != PLAIN_JSON:  # most requests have just this
            charset = self.mimetype_params.get("charset", "utf-8").lower()
            if not self.is_json or charset not in ("utf-8", "utf8"):
                raise UnsupportedMediaType(f"Send the body as JSON in UTF-8, with Content-Type: {PLAIN_JSON}.")
        if self.environ.get("HTTP_CONTENT_ENCODING", "identity").lower() != "identity":
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
        if (most := LARGEST.get(self.path)) is not None:
            self.max_content_length = min(most, current_app.config["MAX_CONTENT_LENGTH"])
        try:
            body = self.get_data(cache=cache)
        except ClientDisconnected:
            raise BadRequest(INCOMPLETE) from None
        announced = self.content_length
        if announced is None:
            self.stream.read(1)  # Werkzeug cuts a body of unknown length at the limit; reading on raises the error
        elif len(body) != announced:
            raise BadRequest(INCOMPLETE)
        return body


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def current_request() -> ApiRequest:
    """The request that this thread answers. Each attribute of Flask's `request` would be looked up anew."""
    found: ApiRequest = request._get_current_object()  # type: ignore[attr-defined]  # Flask types its proxy as Request
    return found


def request_id() -> str:
    """The id of the current request."""
    return current_request().id


def elapsed_ms() -> float:
    """Milliseconds since the current request arrived."""
    return current_request().elapsed_ms()


def page_address(settings: Settings) -> str:
    """The address of the page: `QA_PUBLIC_URL`, or else the address of this request."""
    if settings.public_url:
        return page_base(settings)
    parts = urlsplit(request.host_url)
    return f"{parts.scheme}://{parts.netloc}"


def check_query_string() -> None:
    """Refuse a query string that is not UTF-8, repeats a single value, or stands beside a body.

    Raises:
        BadRequest: it is not UTF-8.
        InvalidInput: a field is repeated, or the request is a POST.
    """
    if not request.query_string or not request.path.startswith("/v1/"):
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
