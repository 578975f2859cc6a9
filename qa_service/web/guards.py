"""Checks of host name, web origin, rate and key, in this order. They run before the body is read."""

from __future__ import annotations

import hmac
import logging
import re
from functools import lru_cache
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.exceptions import Forbidden, Unauthorized

from qa_service.settings import Settings
from qa_service.settings.addresses import is_loopback
from qa_service.web.server_folder import server_folder

__all__ = ["OPEN_ENDPOINTS", "Access", "install_guards"]

OPEN_ENDPOINTS = frozenset(
    {"operation.live", "operation.ready", "page", "add_page", "evaluations_page", "static", "widget"}
)
"""Endpoints without key and rate limit: health checks, the page's files and the widget."""
CORS_METHODS = "GET, POST, DELETE"
CORS_HEADERS = "Authorization, Content-Type, X-Request-ID"
CLIENT_HEADER = re.compile(r"x-stainless-[a-z-]{1,40}")
"""Headers with which OpenAI's client describes itself. We ignore them, but a browser asks whether it may send them."""
HOSTS_REMEMBERED = 64
CORS_EXPOSED = "Location, Retry-After, X-Request-ID"


class Access:
    """Who may call, by the settings. Each check returns why a caller may not, or None."""

    def __init__(self, settings: Settings) -> None:
        self._key = settings.api_key.get_secret_value() if settings.api_key else ""
        self.guarded = bool(self._key)
        self._hosts = frozenset(h.lower().rstrip(".") for h in (*settings.allowed_hosts, settings.host))
        self.origins = frozenset(o.lower().rstrip("/") for o in settings.allowed_origins)

    def lists(self, origin: str) -> bool:
        return "*" in self.origins or origin.lower() in self.origins

    def host_problem(self, host: str) -> str | None:
        name = _host_name(host).lower()
        if "*" in self._hosts or (name and (is_loopback(name) or name in self._hosts)):
            return None
        return "This host name is not served here; QA_ALLOWED_HOSTS lists further ones."

    def origin_problem(self, origin: str | None, host: str) -> str | None:
        if origin is None or self.lists(origin) or _same_origin(origin, host):
            return None
        return "This web origin may not call; QA_ALLOWED_ORIGINS lists those that may."

    def key_problem(self, authorization: str) -> str | None:
        scheme, _, given = authorization.partition(" ")
        # bytes, because compare_digest refuses text outside ASCII, and headers arrive as Latin-1
        same = hmac.compare_digest(given.strip().encode("latin-1", "replace"), self._key.encode())
        if not self.guarded or (scheme.lower() == "bearer" and same):
            return None
        return "Send the key of this service as `Authorization: Bearer <key>`."


def install_guards(app: Flask, settings: Settings) -> None:
    """Check host, origin, rate and key before every request, in this order."""
    access = Access(settings)
    host_problem = lru_cache(HOSTS_REMEMBERED)(access.host_problem)

    def check_host() -> None:
        if problem := host_problem(request.host):
            raise Forbidden(problem)

    def check_origin() -> Response | None:
        origin = request.environ.get("HTTP_ORIGIN")
        if origin is None:
            return None
        if problem := access.origin_problem(origin, request.host):
            raise Forbidden(problem)
        asked = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        return _preflight() if asked else None

    def check_key() -> None:
        if request.endpoint in OPEN_ENDPOINTS:
            return
        if problem := access.key_problem(request.headers.get("Authorization", "")):
            raise Unauthorized(problem)

    def allow_origin(response: Response) -> Response:
        origin = request.headers.get("Origin")
        response.vary.add("Origin")
        if origin is not None and access.lists(origin):
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = CORS_EXPOSED
        return response

    app.before_request(check_host)
    app.before_request(check_origin)
    if settings.rate_limit:
        _install_rate_limit(app, settings.rate_limit)
    if access.guarded:
        app.before_request(check_key)
    if access.origins:
        app.after_request(allow_origin)


def _install_rate_limit(app: Flask, rate: str) -> None:
    app.after_request(_retry_where_it_helps)  # before the limiter is made, so that it runs after the limiter's own
    storage = "memory://"
    if (folder := server_folder()) is not None:
        from qa_service.web import shared_rates  # noqa: F401  it registers the storage

        storage = f"shared-rates://{folder}/rates.sqlite3"
    limiter = Limiter(
        get_remote_address,
        app=app,
        application_limits=[rate],
        storage_uri=storage,
        headers_enabled=True,
        strategy="moving-window",
    )
    limiter.request_filter(lambda: request.endpoint in OPEN_ENDPOINTS)
    logging.getLogger("flask-limiter").setLevel(logging.ERROR)


def _retry_where_it_helps(response: Response) -> Response:
    """Remove the limiter's `Retry-After` from responses for which waiting does not help."""
    if response.status_code not in (429, 503):
        response.headers.pop("Retry-After", None)
    return response


def _host_name(host: str) -> str:
    """The name in a `Host` header: `Example.org.:8000` -> `example.org`, `[::1]:8000` -> `::1`. Empty if invalid."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _same_origin(origin: str, host: str) -> bool:
    """Whether a web origin has the host and port of the `Host` header.

    The scheme may differ, because a proxy in front may end TLS.
    """
    try:
        parts = urlsplit(origin)
        port = parts.port or {"https": 443}.get(parts.scheme, 80)
        here = urlsplit(f"//{host}")
        here_ports = {here.port} if here.port else {80, 443}
    except ValueError:
        return False
    return bool(parts.hostname) and parts.hostname == here.hostname and port in here_ports


def _preflight() -> Response:
    response = current_app.response_class(status=204)
    response.headers["Access-Control-Allow-Methods"] = CORS_METHODS
    wanted = request.headers.get("Access-Control-Request-Headers", "").lower().replace(" ", "").split(",")
    ours = [CORS_HEADERS, *(name for name in wanted if CLIENT_HEADER.fullmatch(name))]
    response.headers["Access-Control-Allow-Headers"] = ", ".join(ours)
    response.headers["Access-Control-Max-Age"] = "600"
    return response
