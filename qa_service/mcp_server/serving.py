"""`qa-service mcp`: opens the service and serves it over standard input and output or over HTTP."""

from __future__ import annotations

import logging
import shlex
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
from mcp.server import Server
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings
from starlette.middleware.cors import CORSMiddleware

from qa_service.errors import CollectionNotFound
from qa_service.mcp_server.guards import Guard
from qa_service.mcp_server.reading import which_there_are
from qa_service.mcp_server.server import create_server
from qa_service.service import Service
from qa_service.settings import Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ["PATH", "create_app", "serve_http", "serve_stdio"]

logger = logging.getLogger(__name__)

PATH = "/mcp"
LONGEST_BODY = 1024 * 1024
MOST_CONNECTIONS = 1000
GRACEFUL_SECONDS = 20
KEEP_ALIVE_SECONDS = 15
CORS_EXPOSED = ["Mcp-Session-Id", "Mcp-Protocol-Version", "WWW-Authenticate", "Retry-After"]


def serve_stdio(settings: Settings, collection: str) -> None:
    """Serve standard input until it ends. Standard output carries the protocol alone.

    Raises:
        QAServiceError: the service cannot be opened, for example because its model is not on disk.
    """
    # A thread waits for input while that is open, so Ctrl-C ends the process at once: nothing is being written.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    with _opened(settings, collection) as service:
        anyio.run(_answer_stdin, create_server(service, collection))


def serve_http(settings: Settings, collection: str) -> None:
    """Serve at `PATH` until SIGTERM or SIGINT. Running requests are answered first.

    Raises:
        SettingsError: the address is not free, or the service would be open to anyone.
        QAServiceError: the service cannot be opened.
    """
    from qa_service.web.server import check_exposure, listen

    check_exposure(settings)
    with listen(settings.model_copy(update={"port": settings.mcp_port})) as listener:
        host, port = listener.getsockname()[:2]
        with _opened(settings, collection) as service:
            logger.info("Listening at http://%s:%d%s", f"[{host}]" if ":" in host else host, port, PATH)
            logger.info("Ready.")
            _run(create_app(create_server(service, collection), settings), listener)


def create_app(server: Server[Any], settings: Settings) -> ASGIApp:
    """The ASGI application of `server`. It keeps nothing between requests, so that clients survive a restart."""
    inner = server.streamable_http_app(
        streamable_http_path=PATH,
        json_response=True,
        stateless_http=True,
        max_request_body_size=LONGEST_BODY,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),  # Guard does it
    )
    guarded = Guard(inner, settings)
    if not settings.allowed_origins:
        return guarded
    return CORSMiddleware(
        guarded,
        allow_origins=[o.lower().rstrip("/") for o in settings.allowed_origins],
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["*"],
        expose_headers=CORS_EXPOSED,
    )


async def _answer_stdin(server: Server[Any]) -> None:
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


def _run(app: ASGIApp, listener: socket.socket) -> None:
    import uvicorn

    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="on",
        ws="none",
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
    )
    # uvicorn raises the signal that stopped it again at its end, and the service is closed after that
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: None)
    uvicorn.Server(config).run(sockets=[listener])


@contextmanager
def _opened(settings: Settings, collection: str) -> Iterator[Service]:
    """The service with its model loaded. It only reads: a client that starts it in a wrong folder creates nothing.

    Raises:
        CollectionNotFound: the directory or the collection does not exist. The person who sets up a client learns it at
            once, before an agent does.
        QAServiceError: the service cannot be opened.
    """
    if not settings.index.is_dir():
        raise CollectionNotFound(
            f"The directory {settings.index.absolute()} does not exist, so there is no collection. "
            "Name the one that holds them with --index, or make it with: qa-service ingest PATH",
            param="index",
        )
    service = Service.open(settings)
    try:
        _check_there(service, collection, settings.index.absolute())
        service.start(writes=False)
        yield service
    finally:
        service.close()


def _check_there(service: Service, collection: str, index: Path) -> None:
    try:
        service.status(collection)
    except CollectionNotFound as error:
        # The path is absolute, because a client starts this in its own folder.
        words = [] if collection == "default" else ["--collection", collection]
        command = shlex.join(["qa-service", "ingest", "PATH", *words, "--index", str(index)])
        raise CollectionNotFound(
            f"{which_there_are(error, service).message} Name one with --collection, or make it with: {command}",
            param="collection",
        ) from None
