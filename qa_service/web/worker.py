"""The gunicorn worker. Slow clients cannot occupy the threads that answer questions."""

from __future__ import annotations

import json
import logging
import select
import socket
import struct
import sys
import time
import uuid
from typing import Any

from gunicorn.arbiter import Arbiter
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.http import message
from gunicorn.workers.gthread import TConn, ThreadWorker

from qa_service.web.load_board import Place

__all__ = ["LONGEST_REQUEST_LINE", "QuietClientWorker", "ServerLog"]

LONGEST_REQUEST_LINE = 65_536
"""Bytes. A question of 2000 emoji takes 24 000 bytes of an address. Gunicorn's own setting ends at 8190, and its "no
limit" would let a client send an endless line."""
message.MAX_REQUEST_LINE = LONGEST_REQUEST_LINE

IDLE_SECONDS = 15
"""A client that sends or takes nothing for this long within a request is dropped."""
NEXT_MILLISECONDS = 10
"""A thread waits this long for the next request of its connection. A program that asks in a loop sends it sooner."""
LINGER_SECONDS = 5.0
LINGER_BYTES = 256 * 1024 * 1024


class ServerLog(Logger):  # type: ignore[misc]  # gunicorn carries no types
    """Sends gunicorn's log lines through `logging`."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True
        # processes that start and end are of no interest until something is wrong
        self.error_log.setLevel(logging.DEBUG if cfg.loglevel == "debug" else logging.WARNING)

    def error(self, msg: str, *args: Any, **kwargs: Any) -> None:
        # `Server.run` reports once why a service cannot start; gunicorn's lines repeat it without the reason
        unopened = msg.startswith("Worker (pid") and args[-1:] == (Arbiter.APP_LOAD_ERROR,)
        if unopened or msg in ("Shutting down: %s", "Reason: %s"):
            self.debug(msg, *args, **kwargs)
        else:
            super().error(msg, *args, **kwargs)

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        if isinstance(sys.exc_info()[1], BlockingIOError):
            self.debug("A client sent half a request and fell silent.")
        else:
            super().exception(msg, *args, **kwargs)


class QuietClientWorker(ThreadWorker):  # type: ignore[misc]
    """Limits the silence of a client, and waits in a thread, not in the main loop, until a client has read a response.

    `place` shares connections with the other workers. The parent sets it before the fork.
    """

    place: Place | None = None

    def run(self) -> None:
        if self.place is not None:
            self.place.enter()
        super().run()

    def notify(self) -> None:
        """Called in each round of the main loop."""
        super().notify()
        self._show_load()

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        if not enabled and self.place is not None:
            self.place.leave()

    def accept(self, listener: socket.socket) -> None:
        if self.place is None or self.place.is_my_turn():
            super().accept(listener)
            self._show_load()

    @property
    def max_keepalived(self) -> int:
        """Most connections that stay open. Gunicorn asks before each response, which says whether it closes."""
        return 0 if self.place is not None and self.place.gives_away() else self._max_keepalived

    @max_keepalived.setter
    def max_keepalived(self, most: int) -> None:
        self._max_keepalived = most

    def _show_load(self) -> None:
        """A connection counts twice while its request is answered: idle ones stay for long, but need little."""
        if self.place is not None and self._accepting:
            idle = len(self.keepalived_conns) + len(self.pending_conns)
            self.place.show(2 * self.nr_conns - idle)

    def enqueue_req(self, conn: TConn) -> None:
        # Python's socket blocks, so the kernel sets the limit: recv and send then fail with EAGAIN.
        if not conn.initialized:
            bound = struct.pack("ll", IDLE_SECONDS, 0)
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, bound)
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, bound)
        super().enqueue_req(conn)

    def handle_quit(self, sig: int, frame: Any) -> None:
        """End in order on Ctrl-C, as on SIGTERM.

        Gunicorn shuts the thread pool down inside the signal handler. That waits for ever if the main thread holds the
        pool's lock when the signal arrives.
        """
        self.handle_exit(sig, frame)

    def handle(self, conn: TConn) -> Any:
        keep = super().handle(conn)
        while keep is True and self._next_has_come(conn):
            keep = super().handle(conn)
        if keep is False:
            _linger(conn.sock)
            # The socket is closed. Closing it again would fail, and gunicorn would count the connection off twice.
            conn.close = _do_nothing
        return keep

    def _next_has_come(self, conn: TConn) -> bool:
        """Whether this thread answers the connection's next request too.

        Gunicorn's main loop costs two changes of threads for each request. With more connections than threads, every
        request goes through it, so that no connection waits for a thread that stays with another connection.
        """
        if not self.alive or self.nr_conns > self.cfg.threads:
            return False
        if conn.parser.unreader.buf.getvalue():  # read together with this request
            return True
        waiting = select.poll()
        waiting.register(conn.sock, select.POLLIN)
        return bool(waiting.poll(NEXT_MILLISECONDS))

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Send what gunicorn refuses before the application sees it, in our error shape."""
        name = type(exc).__name__
        status, reason, kind = _REFUSALS.get(name, (400, "Bad Request", "invalid_request"))
        if not type(exc).__module__.startswith("gunicorn.http"):
            self.log.exception("Error outside the application")
            status, reason, kind = 500, "Internal Server Error", "internal_error"
        request_id = uuid.uuid4().hex
        text = f"The request cannot be read as HTTP ({name})." if status < 500 else "Something went wrong here."
        error = {"type": kind, "message": text, "param": None, "request_id": request_id}
        body = json.dumps({"error": error}).encode()
        head = (
            f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: application/json\r\n"
            f"X-Request-ID: {request_id}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        try:
            client.sendall(head.encode() + body)
        except OSError:
            self.log.debug("The client was gone before it could be told.")


_REFUSALS = {
    "LimitRequestLine": (414, "URI Too Long", "too_large"),
    "LimitRequestHeaders": (431, "Request Header Fields Too Large", "too_large"),
    "ExpectationFailed": (417, "Expectation Failed", "invalid_request"),
}


def _do_nothing(graceful: bool = False) -> None:
    pass


def _linger(sock: socket.socket) -> None:
    """End our side of the connection, and read what the client still sends.

    Closing over unread bytes would reset the connection and lose the response (RFC 9112, section 9.6). Gunicorn does
    this in its main loop, where it would block every client.
    """
    deadline = time.monotonic() + LINGER_SECONDS
    read = 0
    try:
        sock.shutdown(socket.SHUT_WR)
        while read < LINGER_BYTES and (left := deadline - time.monotonic()) > 0:
            sock.settimeout(left)
            got = len(sock.recv(65536))
            if not got:
                break
            read += got
    except OSError:
        pass
    finally:
        sock.close()
