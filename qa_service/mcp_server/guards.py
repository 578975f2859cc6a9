"""Checks of HTTP requests before the body is read, by the same rules as `qa-service serve`."""

from __future__ import annotations

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
        from qa_service.web.guards import Access

        self._app, self._access = app, Access(settings)
        self._rate = _Rate(settings.rate_limit) if settings.rate_limit else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = self._refusal(scope) if scope["type"] == "http" else None
        await (refused or self._app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        client = (scope.get("client") or ("", 0))[0]
        host, origin = headers.get("host", ""), headers.get("origin")
        if problem := self._access.host_problem(host) or self._access.origin_problem(origin, host):
            return _refuse(403, problem)
        if self._rate is not None and not self._rate.admits(client):
            message = f"Too many requests: one client may send {self._rate.rate}. Try again a little later."
            return _refuse(429, message, {"Retry-After": str(self._rate.seconds(client))})
        if problem := self._access.key_problem(headers.get("authorization", "")):
            return _refuse(401, problem, {"WWW-Authenticate": 'Bearer realm="qa-service"'})
        if scope["method"] != "POST":
            # there are no notifications to stream and no sessions to end
            return _refuse(405, "Send each message of the protocol by POST.", {"Allow": "POST"})
        return None


class _Rate:
    """Counts the requests of each client address, in memory."""

    def __init__(self, rate: str) -> None:
        from limits import parse_many
        from limits.storage import MemoryStorage
        from limits.strategies import MovingWindowRateLimiter

        self.rate = rate
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
