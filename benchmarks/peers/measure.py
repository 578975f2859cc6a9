"""The measurements of one system's server: start-up, load, processor time, memory and quality."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from benchmarks.load import answers, closed_loop, open_loop
from benchmarks.peers.passages import Asked, quality
from benchmarks.peers.systems import System
from benchmarks.processes import cpu_seconds, memory_mib
from benchmarks.server import Server

__all__ = ["Plan", "measure_quality", "measure_round"]

K = 5
"""Passages of an answer under load."""
DEEP = 30
"""Passages of an answer for measuring quality: enough to come from ten articles."""
WARM_UP = 30
"""Questions asked before the clock starts."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What each round measures. Each level of clients and each rate takes `seconds`."""

    clients: tuple[int, ...]
    rates: tuple[float, ...]
    seconds: float


def measure_round(system: System, asked: Sequence[Asked], plan: Plan, number: int) -> dict[str, Any]:
    """Start the server and put it under load. All systems get the same order of questions."""
    questions = list(asked)
    random.Random(number).shuffle(questions)
    requests = [system.request(one.text, K) for one in questions]
    started = time.perf_counter()
    with system.server() as server:
        first = _check(system, answers(server.port, requests[:1]))
        start = {"ready_s": round(server.ready_s, 3), "first_answer_s": round(time.perf_counter() - started, 3)}
        idle = memory_mib(server.pid)
        answers(server.port, requests[:WARM_UP], clients=1)
        closed = [_with_cpu(server, requests, clients=n, seconds=plan.seconds) for n in plan.clients]
        opened = [_with_cpu(server, requests, rate=rate, seconds=plan.seconds) for rate in plan.rates]
        loaded = memory_mib(server.pid)
    return {**start, "passages": first, "memory_idle": idle, "memory": loaded, "closed": closed, "open": opened}


def measure_quality(system: System, asked: Sequence[Asked], article_of: dict[str, str]) -> dict[str, Any]:
    """Ask every question once over HTTP and grade the articles of the answers."""
    with system.server() as server:
        bodies = answers(server.port, [system.request(one.text, DEEP) for one in asked])
    return quality(asked, [system.ids(body) for body in bodies], article_of)


def _check(system: System, bodies: Sequence[bytes]) -> int:
    """The number of passages of the first answer. An empty answer would be quick and worthless."""
    found = len(system.ids(bodies[0]))
    if found != K:
        raise RuntimeError(f"{system.name}: the first answer has {found} passages instead of {K}: {bodies[0][:300]!r}")
    return found


def _with_cpu(server: Server, requests: Sequence[bytes], **level: Any) -> dict[str, Any]:
    """A closed or open loop, and the server's processor time for each answer in milliseconds."""
    run = closed_loop if "clients" in level else open_loop
    before = cpu_seconds(server.pid)
    figures = run(server.port, cycle(requests), **level)
    spent = cpu_seconds(server.pid) - before
    return figures | {"cpu_ms": round(spent / max(1, figures["answered"]) * 1000, 2)}
