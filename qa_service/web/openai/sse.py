"""Server-sent events from slow work (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""

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
"""After so long without an event a comment is sent: only a write shows that a client hung up."""
KEEP_ALIVE = ": waiting\n\n"
AHEAD = 64
"""Events that may wait for a slow client."""

Events = Iterator[dict[str, Any]]


def event_stream(
    events: Events, *, slow: bool, named: bool, failed: Callable[[], Events], gone: threading.Event
) -> Response:
    """A response that streams `events`.

    Args:
        slow: the events wait for another server, so another thread makes them.
        named: each event's name is its type.
        failed: the events that end the stream after an error. The status is sent by then.
        gone: set when the client hangs up.
    """
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
    """The events as they arrive, and None after a pause. Closing this closes `events` before its next event."""
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
