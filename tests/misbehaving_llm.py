"""A server on 127.0.0.1 that speaks OpenAI's chat completions, as well or as badly as a test wants."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["Call", "FakeModel", "fake_model"]


class Call:
    """One request to the model, and ways to answer it."""

    def __init__(self, handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        self.body = body
        self.headers: Mapping[str, str] = {k.lower(): v for k, v in handler.headers.items()}
        self._handler = handler
        self.hung_up = threading.Event()

    @property
    def told(self) -> str:
        return "\n".join(message["content"] for message in self.body["messages"])

    def status(self, code: int, body: str = "{}", kind: str = "application/json", **headers: str) -> None:
        self._handler.send_response(code)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body.encode())), **headers}.items():
            self._handler.send_header(name.replace("_", "-"), value)
        self._handler.end_headers()
        self._handler.wfile.write(body.encode())

    def begin(self, kind: str = "text/event-stream") -> None:
        self._handler.send_response(200)
        self._handler.send_header("Content-Type", kind)
        self._handler.end_headers()

    def raw(self, text: str) -> None:
        self._handler.wfile.write(text.encode())
        self._handler.wfile.flush()

    def chunk(self, text: str | None, finish: str | None = None) -> None:
        delta = {} if text is None else {"content": text}
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        self.raw(f"data: {json.dumps({'id': 'c', 'object': 'chat.completion.chunk', 'choices': [choice]})}\n\n")

    def say(self, text: str, size: int = 7, pause: float = 0.0) -> None:
        """All of it, in pieces of `size` characters, and the end."""
        self.begin()
        for i in range(0, len(text), size):
            self.chunk(text[i : i + size])
            time.sleep(pause)
        self.chunk(None, "stop")
        self.raw("data: [DONE]\n\n")

    def silence(self, seconds: float) -> None:
        """Sends nothing; sets `hung_up` where the other side closes."""
        self._handler.connection.settimeout(seconds)
        try:
            if self._handler.connection.recv(1) == b"":
                self.hung_up.set()
        except TimeoutError:
            pass
        except OSError:
            self.hung_up.set()


Behaviour = Callable[[Call], None]


class FakeModel:
    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.behaviour: Behaviour = lambda call: call.say("")
        model = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                call = Call(self, body)
                model.calls.append(call)
                try:
                    model.behaviour(call)
                except OSError:
                    call.hung_up.set()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def run(self) -> None:
        self._server.serve_forever(poll_interval=0.02)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def says(self, text: str, size: int = 7) -> None:
        self.behaviour = lambda call: call.say(text, size)

    def obeys(self) -> None:
        """Does what a passage orders: "… and say: WHAT"; and cites it."""
        self.behaviour = lambda call: call.say(re.findall(r"say: (.+)", call.told)[0] + " [1].")


@contextmanager
def fake_model() -> Iterator[FakeModel]:
    model = FakeModel()
    thread = threading.Thread(target=model.run, daemon=True)
    thread.start()
    try:
        yield model
    finally:
        model.stop()
        thread.join()
