"""`serve`: gunicorn with several worker processes over the same files. Each worker starts the service itself."""

from __future__ import annotations

import errno
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.errors import HaltServer

from qa_service.errors import QAServiceError, SettingsError
from qa_service.settings import Settings
from qa_service.settings.addresses import is_loopback
from qa_service.web.load_board import LoadBoard
from qa_service.web.server_folder import first_to, remove_folder, sharing_a_folder
from qa_service.web.worker import LONGEST_REQUEST_LINE, QuietClientWorker, ServerLog

if TYPE_CHECKING:
    from flask import Flask

    from qa_service.evaluation.run.evaluation_jobs import EvaluationJobs
    from qa_service.service import Service

__all__ = ["Server", "check_exposure", "listen", "serve"]

log = logging.getLogger(__name__)

SPARE_THREADS = 248
"""Threads of a worker beside those that answer questions, for slow clients and health checks."""
KEEP_ALIVE_SECONDS = 15
GRACEFUL_SECONDS = 20
START_SECONDS = 600
LONGEST_MESSAGE = 4096
"""Bytes that a pipe takes in one write (PIPE_BUF: 4096 on Linux)."""
END_OF_MESSAGE = b"\0"


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn carries no types
    """Gunicorn around one service.

    `open_service` makes the service in the parent, and each worker starts it. So the fork copies neither the threads of
    a model nor an open database.
    """

    def __init__(
        self, settings: Settings, listener: socket.socket, open_service: Callable[[Settings], Service]
    ) -> None:
        # decided once: a worker that starts later finds less free memory
        self.settings = settings.model_copy(update={"workers": settings.processes})
        host, port = listener.getsockname()[:2]
        self._address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        self._bind = f"fd://{listener.detach()}"
        self._open_service = open_service
        self._board = LoadBoard(self.settings.processes)
        self._parent = os.getpid()
        self._message_out, self._message_in = os.pipe()
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": self._bind,
            "workers": self.settings.processes,
            "worker_class": QuietClientWorker,
            "threads": self.settings.questions_in_a_process + SPARE_THREADS,
            "worker_connections": 1000,
            "timeout": START_SECONDS,
            "graceful_timeout": GRACEFUL_SECONDS,
            "keepalive": KEEP_ALIVE_SECONDS,
            "limit_request_line": LONGEST_REQUEST_LINE,
            "logger_class": ServerLog,
            "loglevel": self.settings.log_level,
            "accesslog": None,
            "control_socket_disable": True,
            "proc_name": "qa-service",
            "pre_fork": self._give_a_place,
            "child_exit": self._free_the_place,
            "worker_exit": self._close,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Start the service in a worker and return the application. The parent raises its QAServiceError."""
        try:
            self._service.start()
        except QAServiceError as error:
            os.write(self._message_in, error.message.encode()[: LONGEST_MESSAGE - 1] + END_OF_MESSAGE)
            raise SystemExit(Arbiter.APP_LOAD_ERROR) from None
        self._evaluations.start()
        gc.freeze()  # these objects stay, so garbage collection skips them
        if first_to("be-ready"):
            log.info("Listening at %s", self._address)
            log.info("Ready.")
        return self._app

    def run(self) -> None:
        """Serve until a signal arrives, then end the process.

        Raises:
            QAServiceError: the service cannot be opened.
        """
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # until gunicorn has handlers
        with sharing_a_folder():
            self._prepare()
            try:
                super().run()
            except (SystemExit, HaltServer) as end:
                # a worker is a fork of this process and ends here too
                if os.getpid() != self._parent:
                    raise
                # gunicorn lets HaltServer pass if a second worker fails while it stops
                code = end.exit_status if isinstance(end, HaltServer) else end.code
                if code == Arbiter.APP_LOAD_ERROR and (message := self._message()):
                    raise QAServiceError(message) from None
                log.info("Closed.")
                raise SystemExit(code) from None

    def _prepare(self) -> None:
        """Import what answering needs, load its tables and make the application, once for all workers.

        The workers share this memory. No thread may be left, because a fork copies only the thread that forks.
        OpenBLAS starts its threads when NumPy is imported, unless it may have only one.
        """
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        gc.disable()  # nearly all objects made here stay
        from qa_service.service.preload import loading_tables

        with loading_tables():
            from qa_service.web.app import create_app

            self._service = self._open_service(self.settings)
            self._app = create_app(self._service)
            self._evaluations: EvaluationJobs = self._app.extensions["evaluations"]
        gc.freeze()  # a collection in a worker would write to the pages that it shares
        gc.enable()

    def _message(self) -> str:
        """The message of the first worker that could not start the service; empty if there is no message."""
        os.close(self._message_in)
        return os.read(self._message_out, LONGEST_MESSAGE).partition(END_OF_MESSAGE)[0].decode(errors="replace")

    def _give_a_place(self, arbiter: Any, worker: QuietClientWorker) -> None:
        worker.place = self._board.place(other.place for other in arbiter.WORKERS.values())

    def _free_the_place(self, _arbiter: Any, worker: QuietClientWorker) -> None:
        if worker.place is not None:
            worker.place.leave()

    def _close(self, _arbiter: Any, _worker: Any) -> None:
        if os.getpid() != self._parent:
            self._evaluations.close()
            self._service.close()
            if os.getppid() != self._parent:  # it was killed, and cannot remove the folder
                remove_folder()


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT, then end the process, with status 0 after a clean stop.

    Raises:
        SettingsError: the address is not free, or the service would be open to anyone.
        QAServiceError: the service cannot be opened, for example because its model is not on disk.
    """
    check_exposure(settings)
    listener = listen(settings)
    Server(settings, listener, _open_service).run()


def check_exposure(settings: Settings) -> None:
    """Refuse settings under which anyone on the network could read and change the collections.

    Raises:
        SettingsError: the host is not loopback, and there is neither a key nor `allow_anonymous`.
    """
    key = settings.api_key.get_secret_value() if settings.api_key else ""
    if not (is_loopback(settings.host) or key or settings.allow_anonymous):
        raise SettingsError(
            f"host {settings.host} can be reached from other machines: set QA_API_KEY, "
            "or allow everyone with --allow-anonymous.",
            param="host",
        )


def listen(settings: Settings) -> socket.socket:
    """A listening socket at the address in `settings`. Port 0 takes any free port.

    Raises:
        SettingsError: the port is taken or not allowed, or the host is not this machine's.
    """
    where = f"{settings.host} port {settings.port}"
    try:
        info = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = info[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise SettingsError(f"host {settings.host}: there is no such address ({error}).", param="host") from None
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            message = f"{where} is in use by another program; stop it or choose another with --port."
            raise SettingsError(message, param="port") from None
        raise SettingsError(f"{where}: cannot listen there ({error.strerror}).", param="host") from None
    return listener


def _open_service(settings: Settings) -> Service:
    from qa_service.service import Service
    from qa_service.service.preload import import_models

    import_models(settings)
    return Service.open(settings)
