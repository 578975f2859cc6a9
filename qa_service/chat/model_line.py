"""A client of a server with OpenAI's protocol: streams the text that a model writes, within limits.

The client ignores the environment (`OPENAI_*`, proxies), follows no redirect, and sends nothing about this machine but
the key. A thread of its own reads each answer, so that the caller can stop at any moment.
"""

from __future__ import annotations

import json
import queue
import socket
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from typing import Any

import httpx2
import openai

from qa_service.chat.prompt import ModelFailed
from qa_service.settings import Settings

__all__ = ["ModelLine"]

POLL_SECONDS = 0.2
CONNECT_SECONDS = 5.0
MOST_BYTES = 16 << 20
"""Limit for one HTTP response, protocol included, because a server may never stop sending."""
AHEAD = 256
_SENT = frozenset({"host", "content-type", "content-length", "accept", "connection", "user-agent"})
"""Headers that are sent. The library adds others with facts of this machine; they are removed."""
_INCOMPLETE = {
    None: "the stream broke off",
    "length": "reached its longest answer",
    "content_filter": "was stopped by its filter",
}
"""Why an answer is incomplete, by its `finish_reason`."""


class ModelLine:
    """One model on one server. Each answer has a connection of its own, which can be closed alone."""

    def __init__(self, settings: Settings) -> None:
        assert settings.llm_base_url is not None and settings.llm_model is not None
        self._address, self._model = settings.llm_base_url, settings.llm_model
        self._key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else None
        self._seconds = settings.llm_timeout
        self._tls = httpx2.create_ssl_context(trust_env=False) if self._address.startswith("https") else None

    def pieces(self, messages: list[dict[str, str]], gone: Callable[[], bool]) -> Generator[str, None, None]:
        """The text that the model writes, piece by piece. Ends early when `gone()` is true.

        Raises:
            ModelFailed: the model did not answer, or not completely, or took longer than `llm_timeout`.
        """
        call = _Call()
        reader = threading.Thread(target=self._read, args=(messages, call), name="model", daemon=True)
        reader.start()
        started, first = time.monotonic(), True
        try:
            while not gone():
                passed = time.monotonic() - started
                limit = self._seconds / 2 if first else self._seconds
                if passed >= limit:
                    raise ModelFailed(f"timed out after {limit:g} s" + (" without a word" if first else ""))
                try:
                    piece = call.pieces.get(timeout=min(POLL_SECONDS, limit - passed))
                except queue.Empty:
                    continue
                if piece is None:
                    return
                if isinstance(piece, ModelFailed):
                    raise piece
                first = False
                yield piece
        finally:
            call.hang_up()

    def _read(self, messages: list[dict[str, str]], call: _Call) -> None:
        """Runs in the thread. Every error becomes a `ModelFailed` with a short reason."""
        try:
            with self._client(call) as client:
                for piece in _written(client, self._model, messages):
                    if not call.put(piece):
                        return
            call.put(None)
        except ModelFailed as failure:
            call.put(failure)
        except openai.APITimeoutError:
            call.put(ModelFailed("timed out"))
        except openai.APIStatusError as error:
            call.put(ModelFailed(f"HTTP {error.status_code}"))
        except openai.APIConnectionError:
            call.put(ModelFailed("the stream broke off" if call.connected else "its server cannot be reached"))
        except openai.APIError:
            call.put(ModelFailed("its server reported an error"))
        except Exception:  # a line without JSON, or a chunk of another shape; details may be private
            call.put(ModelFailed("malformed stream"))

    def _client(self, call: _Call) -> openai.OpenAI:
        def only_ours(request: httpx2.Request) -> None:
            for name in set(request.headers) - _SENT:
                del request.headers[name]
            request.headers["accept-encoding"] = "identity"
            request.headers["user-agent"] = "qa-service"
            if self._key is not None:
                request.headers["authorization"] = f"Bearer {self._key}"
            request.extensions["trace"] = call.trace

        def bounded(response: httpx2.Response) -> None:
            assert isinstance(response.stream, httpx2.SyncByteStream)
            response.stream = _BoundedStream(response.stream)

        times = httpx2.Timeout(self._seconds, connect=min(CONNECT_SECONDS, self._seconds))
        client = httpx2.Client(
            transport=httpx2.HTTPTransport(verify=self._tls or False, retries=1, trust_env=False),
            trust_env=False,
            timeout=times,
            follow_redirects=False,
            event_hooks={"request": [only_ours], "response": [bounded]},
        )
        return openai.OpenAI(
            api_key=self._key or "none",
            admin_api_key="none",
            organization="none",
            project="none",
            base_url=self._address,
            timeout=times,
            max_retries=0,
            http_client=client,
        )


class _BoundedStream(httpx2.SyncByteStream):
    """A response that fails after `MOST_BYTES`."""

    def __init__(self, inner: httpx2.SyncByteStream) -> None:
        self._inner = inner

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for piece in self._inner:
            size += len(piece)
            if size > MOST_BYTES:
                raise ModelFailed(f"sent more than {MOST_BYTES >> 20} MiB")
            yield piece

    def close(self) -> None:
        self._inner.close()


class _Call:
    """State that the reading thread and the waiting thread share."""

    def __init__(self) -> None:
        self.pieces: queue.Queue[str | ModelFailed | None] = queue.Queue(AHEAD)
        self.connected = False
        self._over = threading.Event()
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()

    def put(self, piece: str | ModelFailed | None) -> bool:
        while not self._over.is_set():
            with suppress(queue.Full):
                self.pieces.put(piece, timeout=POLL_SECONDS)
                return True
        return False

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """httpcore's hook. It keeps the socket, because only its shutdown wakes a thread that reads from it."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            with self._lock:
                self._socket = info["return_value"].get_extra_info("socket")
                self.connected = True
                if self._over.is_set():
                    self._shut()

    def hang_up(self) -> None:
        with self._lock:
            self._over.set()
            self._shut()

    def _shut(self) -> None:
        if self._socket is not None:
            with suppress(OSError, ValueError):
                self._socket.shutdown(socket.SHUT_RDWR)


def _written(client: openai.OpenAI, model: str, messages: list[dict[str, str]]) -> Iterator[str]:
    """The pieces of the text.

    Raises:
        ModelFailed: the answer is incomplete.
    """
    ended: str | None = None
    asked: Any = messages
    with client.chat.completions.create(model=model, messages=asked, temperature=0, stream=True) as stream:
        kind = stream.response.headers.get("content-type", "")
        if "json" in kind:
            yield _whole(json.loads(stream.response.read()))
            return
        if "event-stream" not in kind:
            raise ModelFailed("malformed stream")
        for chunk in stream:
            for choice in chunk.choices[:1]:
                if isinstance(choice.delta.content, str) and choice.delta.content:
                    yield choice.delta.content
                ended = choice.finish_reason or ended
    _check_end(ended)


def _whole(body: Any) -> str:
    """The text of a response that is not a stream: some servers ignore `stream`."""
    choice = body["choices"][0]
    _check_end(choice.get("finish_reason"))
    content = choice["message"]["content"]
    if not isinstance(content, str):
        raise ModelFailed("malformed stream")
    return content


def _check_end(reason: str | None) -> None:
    if reason in _INCOMPLETE:
        raise ModelFailed(_INCOMPLETE[reason])
