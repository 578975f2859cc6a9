"""A website on another origin than the service, with a strict Content-Security-Policy."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

__all__ = ["Site", "running_site"]

STRICT = (
    "default-src 'none'; script-src {service}; connect-src {service}; img-src data:; base-uri 'none'; "
    "form-action 'none'; require-trusted-types-for 'script'"
)
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>A shop</title><link rel="icon" href="data:,"><script src="{service}/widget.js" defer></script></head>
<body><main><h1>A shop</h1><qa-chat {attributes}></qa-chat></main></body></html>"""


class Site:
    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.files: dict[str, tuple[str, str, str]] = {}

    def put(self, path: str, body: str, kind: str = "text/html", policy: str = "") -> str:
        """Serves `body` at `path` and returns its address."""
        self.files[path] = (body, kind, policy)
        return self.origin + path

    def with_widget(self, service: str, attributes: str = "") -> str:
        """The address of a page with the widget of `service`, under a strict policy."""
        body = PAGE.format(service=service, attributes=attributes)
        return self.put(f"/{len(self.files)}", body, policy=STRICT.format(service=service))


@contextmanager
def running_site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, kind, policy = site.files.get(self.path, ("", "", ""))
            self.send_response(200 if kind else 404)
            self.send_header("Content-Type", f"{kind or 'text/plain'}; charset=utf-8")
            if policy:
                self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site = Site(f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield site
        finally:
            server.shutdown()
