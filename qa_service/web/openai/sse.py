"""Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html), from work that may be slow."""

from __future__ import annotations

import json
import logging
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any

from flask import Response

__all__ = ["KEEP_ALIVE_SECONDS", "event_stream"]

logger = logging.getLogger(__name__)

KEEP_ALIVE_SECONDS = 0.5
"""So long nothing is sent before a comment is: writing to a client that hung up is how one learns that it did."""
KEEP_ALIVE = ": waiting\n\n"
AHEAD = 64
"""Events that may wait for a client that reads slowly."""

Events = Iterator[dict[str, Any]]


def event_stream(
    events: Events, *, slow: bool, named: bool, failed: Callable[[], Events], gone: threading.Event
) -> Response:
    """`events` as a response. `slow`: they wait for another server, so they are made in a thread of their own, which
    learns by `gone` when the client hangs up. `named`: each has its type as the event's name. Where making one fails
    the status has long been sent: the stream ends in the events of `failed`."""
    made = _beside(events, gone) if slow else events
    response = Response(_frames(made, named, failed), mimetype="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _frames(events: Iterator[dict[str, Any] | None], named: bool, failed: Callable[[], Events]) -> Iterator[str]:
    try:
        for event in events:
            yield KEEP_ALIVE if event is None else _frame(event, named)
    except Exception:
        logger.exception("A stream broke off.")
        for event in failed():
            yield _frame(event, named)
    if not named:
        yield "data: [DONE]\n\n"


def _frame(event: dict[str, Any], named: bool) -> str:
    name = f"event: {event['type']}\n" if named else ""
    return f"{name}data: {json.dumps(event)}\n\n"


def _beside(events: Events, gone: threading.Event) -> Iterator[dict[str, Any] | None]:
    """The events as they come, None where none came for a while. Closing this closes `events` before its next one."""
    waiting: queue.Queue[dict[str, Any] | BaseException | None] = queue.Queue(AHEAD)

    def put(what: dict[str, Any] | BaseException | None) -> bool:
        while not gone.is_set():
            try:
                waiting.put(what, timeout=KEEP_ALIVE_SECONDS)
                return True
            except queue.Full:
                continue
        return False

    def make() -> None:
        try:
            for event in events:
                if not put(event):
                    return
            put(None)
        except BaseException as error:
            put(error)
        finally:
            close = getattr(events, "close", None)
            if close is not None:
                close()

    threading.Thread(target=make, name="stream", daemon=True).start()
    try:
        while True:
            try:
                event = waiting.get(timeout=KEEP_ALIVE_SECONDS)
            except queue.Empty:
                yield None
                continue
            if event is None:
                return
            if isinstance(event, BaseException):
                raise event
            yield event
    finally:
        gone.set()
