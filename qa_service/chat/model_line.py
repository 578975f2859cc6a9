"""The line to a server that speaks OpenAI's protocol: what a model writes, as it comes, within bounds.

Nothing is taken from the environment, neither `OPENAI_*` nor proxies; no redirect is followed and nothing but the key
is told about this machine. The answer is read in a thread of its own: whoever waits for it can stop at any moment.
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

from qa_service.settings import Settings

__all__ = ["ModelFailed", "ModelLine"]

POLL_SECONDS = 0.2
CONNECT_SECONDS = 5.0
MOST_BYTES = 16 << 20
"""Of one answer with all that a protocol puts around it: a server may send without end."""
AHEAD = 256
_SENT = frozenset({"host", "content-type", "content-length", "accept", "connection", "user-agent"})
"""Headers that leave as they are; others, which the library takes from the machine and its environment, do not."""


class ModelFailed(Exception):
    """`reason` is told to who asked: it names neither key nor address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ModelLine:
    """One model on one server. Each answer has a connection of its own, to be shut alone."""

    def __init__(self, settings: Settings) -> None:
        assert settings.llm_base_url is not None and settings.llm_model is not None
        self._address, self._model = settings.llm_base_url, settings.llm_model
        self._key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else None
        self._seconds = settings.llm_timeout
        self._tls = httpx2.create_ssl_context(trust_env=False) if self._address.startswith("https") else None

    def pieces(self, messages: list[dict[str, str]], gone: Callable[[], bool]) -> Generator[str, None, None]:
        """What the model writes, piece by piece. Ends early where `gone()`.

        Raises:
            ModelFailed: it did not answer, or not to its end, or took longer than the setting allows.
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
        """In the thread: whatever goes wrong is told as one line."""
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
        except Exception:  # a line that is no JSON, a chunk of another shape: no detail of it is anyone's business
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

        transport = httpx2.HTTPTransport(verify=self._tls or False, retries=1, trust_env=False)
        times = httpx2.Timeout(self._seconds, connect=min(CONNECT_SECONDS, self._seconds))
        client = httpx2.Client(
            transport=_Bounded(transport),
            trust_env=False,
            timeout=times,
            follow_redirects=False,
            event_hooks={"request": [only_ours]},
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


class _Bounded(httpx2.BaseTransport):
    """Another transport, from which no answer longer than `MOST_BYTES` comes."""

    def __init__(self, inner: httpx2.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        response = self._inner.handle_request(request)
        assert isinstance(response.stream, httpx2.SyncByteStream)
        return httpx2.Response(
            response.status_code,
            headers=response.headers,
            stream=_BoundedStream(response.stream),
            extensions=response.extensions,
        )

    def close(self) -> None:
        self._inner.close()


class _BoundedStream(httpx2.SyncByteStream):
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
    """What the reading thread and the one that waits for it share."""

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
        """httpcore's hook: keeps the socket, whose shutdown is what wakes a thread that reads from it."""
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
        ModelFailed: it came to no end of its own.
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
    """A server may answer whole though it was asked for a stream."""
    choice = body["choices"][0]
    _check_end(choice.get("finish_reason"))
    content = choice["message"]["content"]
    if not isinstance(content, str):
        raise ModelFailed("malformed stream")
    return content


def _check_end(reason: str | None) -> None:
    if reason is None:
        raise ModelFailed("the stream broke off")
    if reason == "length":
        raise ModelFailed("reached its longest answer")
    if reason == "content_filter":
        raise ModelFailed("was stopped by its filter")
