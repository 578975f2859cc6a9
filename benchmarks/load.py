"""The load generator: a closed loop of clients, an open loop at a fixed rate, and a plain list of requests.

The clients are one asyncio process on the measured machine and share its processor. So they parse only the length of a
response, and each result states their part of the processor (`client_cpu`, in cores).
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from typing import Any

from benchmarks.shared import percentile

__all__ = ["answers", "closed_loop", "get", "open_loop", "post"]

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
PATIENCE = 60.0
"""Seconds that a closed loop waits for its last answers."""


def post(path: str, body: Any) -> bytes:
    """A POST request of JSON, as it goes over the connection."""
    content = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content


def get(path: str) -> bytes:
    """A GET request; the path is quoted already."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


class Connection:
    """A lasting connection to a port of 127.0.0.1, opened by the first request."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> bytes:
        """The body of the response.

        Raises:
            RuntimeError: the status is not 200, or the response does not state its length.
        """
        if self._streams is not None and not self._streams[0].at_eof():
            try:
                return await self._exchange(*self._streams, request)
            except (asyncio.IncompleteReadError, ConnectionError):
                pass  # the server closed the idle connection at the same moment
        self.close()
        self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        return await self._exchange(*self._streams, request)

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
        self._streams = None

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> bytes:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = LENGTH.search(head)
        if length is None:
            raise RuntimeError(f"the response has no Content-Length: {head[:300]!r}")
        body = await reader.readexactly(int(length[1]))
        if not head.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(f"{head.splitlines()[0]!r}: {body[:300]!r}")
        return body


def answers(port: int, requests: Sequence[bytes], clients: int = 8) -> list[bytes]:
    """The bodies that answer the requests, in their order."""
    found = [b""] * len(requests)

    async def client(numbers: Iterable[int]) -> None:
        with closing(Connection(port)) as connection:
            for number in numbers:
                found[number] = await connection.ask(requests[number])

    async def all_clients() -> None:
        numbers = iter(range(len(requests)))  # the clients share it
        await asyncio.gather(*(client(numbers) for _ in range(clients)))

    asyncio.run(all_clients())
    return found


def closed_loop(port: int, requests: Iterable[bytes], clients: int, seconds: float) -> dict[str, Any]:
    """Send the requests from `clients` connections, each the next one after its answer, until `seconds` have passed.

    Raises:
        RuntimeError: an answer's status is not 200.
        TimeoutError: the last answers did not come within a minute.
    """
    times: list[float] = []

    async def client(shared: Iterable[bytes], end: float) -> None:
        with closing(Connection(port)) as connection:
            for request in shared:
                started = time.perf_counter()
                if started >= end:
                    break
                await connection.ask(request)
                times.append((time.perf_counter() - started) * 1000)

    async def all_clients() -> None:
        shared, end = iter(requests), time.perf_counter() + seconds
        async with asyncio.timeout(seconds + PATIENCE):
            await asyncio.gather(*(client(shared, end) for _ in range(clients)))

    began, cpu = time.perf_counter(), time.process_time()
    asyncio.run(all_clients())
    took = time.perf_counter() - began
    return {"clients": clients, **_figures(times, took, cpu)}


def open_loop(
    port: int, requests: Iterable[bytes], rate: float, seconds: float, patience: float = 5.0, seed: int = 7
) -> dict[str, Any]:
    """Send `rate` requests a second for `seconds`, whatever the server does.

    Exactly `rate * seconds` requests arrive, at times drawn uniformly: a Poisson process with a given number.

    The time of a request counts from the moment when it was due. So the times show when a server falls behind. A
    request without an answer `patience` seconds after the end has failed. So has a refusal, such as 503.
    """
    draw = random.Random(seed)
    due = sorted(draw.uniform(0, seconds) for _ in range(round(rate * seconds)))
    times: list[float] = []
    refused: list[str] = []
    connections: list[Connection] = []
    idle: list[Connection] = []

    async def one(request: bytes, when: float) -> None:
        await asyncio.sleep(when - time.perf_counter())
        if not idle:
            connections.append(Connection(port))
            idle.append(connections[-1])
        connection = idle.pop()
        try:
            await connection.ask(request)
            times.append((time.perf_counter() - when) * 1000)
        except (RuntimeError, OSError) as error:
            refused.append(str(error))
        idle.append(connection)

    async def all_requests() -> None:
        start = time.perf_counter()
        tasks = [asyncio.create_task(one(r, start + d)) for r, d in zip(requests, due, strict=False)]
        _, late = await asyncio.wait(tasks, timeout=seconds + patience)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        for connection in connections:
            connection.close()

    began, cpu = time.perf_counter(), time.process_time()
    asyncio.run(all_requests())
    took = time.perf_counter() - began
    figures = {"rate": rate, "due": len(due), "failed": len(due) - len(times), "refused": refused[:3]}
    return figures | _figures(times, took, cpu)


def _figures(times: Sequence[float], took: float, cpu: float) -> dict[str, Any]:
    """Number of answers, percentiles in milliseconds, answers a second, and the cores that the clients used."""
    shares = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}
    found = {name: round(percentile(times, share), 2) if times else None for name, share in shares.items()}
    client_cpu = round((time.process_time() - cpu) / took, 3)
    return {"answered": len(times), **found, "per_s": round(len(times) / took, 2), "client_cpu": client_cpu}
