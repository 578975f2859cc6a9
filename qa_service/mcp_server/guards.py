"""Checks of HTTP requests before the body is read, by the same rules as `qa-service serve`."""

from __future__ import annotations

import hmac
import time
from typing import TYPE_CHECKING

from mcp.types import INVALID_REQUEST
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response

from qa_service.settings import Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["Guard"]


class Guard:
    """Checks host, web origin, rate, key and method of each request, in this order."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._settings = app, settings
        self._key = settings.api_key.get_secret_value() if settings.api_key else ""
        self._hosts = frozenset(h.lower().rstrip(".") for h in (*settings.allowed_hosts, settings.host))
        self._origins = frozenset(o.lower().rstrip("/") for o in settings.allowed_origins)
        self._rate = _Rate(settings.rate_limit) if settings.rate_limit else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = self._refusal(scope) if scope["type"] == "http" else None
        await (refused or self._app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        client = (scope.get("client") or ("", 0))[0]
        if not self._host_is_served(headers.get("host", "")):
            return _refuse(403, "This host name is not served here; QA_ALLOWED_HOSTS lists further ones.")
        if not self._origin_may_call(headers.get("origin"), headers.get("host", "")):
            return _refuse(403, "This web origin may not call; QA_ALLOWED_ORIGINS lists those that may.")
        if self._rate is not None and not self._rate.admits(client):
            message = f"Too many requests: one client may send {self._settings.rate_limit}. Try again a little later."
            return _refuse(429, message, {"Retry-After": str(self._rate.seconds(client))})
        if self._key and not self._has_key(headers.get("authorization", "")):
            message = "Send the key of this service as `Authorization: Bearer <key>`."
            return _refuse(401, message, {"WWW-Authenticate": 'Bearer realm="qa-service"'})
        if scope["method"] != "POST":
            # there are no notifications to stream and no sessions to end
            return _refuse(405, "Send each message of the protocol by POST.", {"Allow": "POST"})
        return None

    def _host_is_served(self, host: str) -> bool:
        from qa_service.web.guards import host_name, is_loopback

        name = host_name(host).lower()
        return "*" in self._settings.allowed_hosts or (bool(name) and (is_loopback(name) or name in self._hosts))

    def _origin_may_call(self, origin: str | None, host: str) -> bool:
        from qa_service.web.guards import same_origin

        if origin is None or "*" in self._origins or origin.lower() in self._origins:
            return True
        return same_origin(origin, host)

    def _has_key(self, authorization: str) -> bool:
        scheme, _, given = authorization.partition(" ")
        # bytes, because compare_digest refuses text outside ASCII, and headers arrive as Latin-1
        same = hmac.compare_digest(given.strip().encode("latin-1", "replace"), self._key.encode())
        return scheme.lower() == "bearer" and same


class _Rate:
    """Counts the requests of each client address, in memory."""

    def __init__(self, rate: str) -> None:
        from limits import parse_many
        from limits.storage import MemoryStorage
        from limits.strategies import MovingWindowRateLimiter

        self._limiter, self._limits = MovingWindowRateLimiter(MemoryStorage()), parse_many(rate)

    def admits(self, client: str) -> bool:
        return all([self._limiter.hit(limit, client) for limit in self._limits])

    def seconds(self, client: str) -> int:
        """Seconds until all limits admit the client again, at least 1."""
        ends = [self._limiter.get_window_stats(limit, client).reset_time for limit in self._limits]
        return max(1, int(max(ends) - time.time()) + 1)


def _refuse(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    """A JSON-RPC error without a request id."""
    error = {"code": INVALID_REQUEST, "message": message}
    return JSONResponse({"jsonrpc": "2.0", "id": None, "error": error}, status, headers)
