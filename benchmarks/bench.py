"""`make bench`: measure speed and memory of the service, on the seeds or on a BEIR folder.

    python -m benchmarks.bench [--set DIR] [--questions 200] [--json]

The index is temporary. The server is a separate process on 127.0.0.1. Compare two runs only on the same machine,
without other load. `make bench-peers` compares with other services.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.load import answers, closed_loop, post
from benchmarks.processes import cpu_seconds, memory_mib
from benchmarks.server import ServerProcess
from benchmarks.shared import ArticlesAndQuestions, beir, index_folder, note, percentile, seeds
from qa_service.records import Question
from qa_service.service import Service
from qa_service.settings import Settings, load_settings

WARM_UP = 5
"""Questions that are asked first without timing, because of lazy set-up."""
STARTS = 3
LONGEST = 60.0
"""Most seconds of a closed loop."""


def measure(chosen: ArticlesAndQuestions, index: Path) -> dict[str, Any]:
    """All figures by name: times in seconds, or in milliseconds if the name ends with `_ms`; memory in MiB."""
    settings = load_settings({"index": index})
    figures: dict[str, Any] = {
        "set": chosen.name,
        "questions": len(chosen.questions),
        "model": settings.model,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }
    note("ingesting …")
    figures["ingest"] = ingest(chosen, settings)
    note("asking in process …")
    figures["in_process"] = ask_one_by_one(chosen.questions, settings)
    note("asking over HTTP …")
    requests = [post("/v1/ask", {"question": question}) for question in chosen.questions]
    ready, first = [], []
    for _ in range(STARTS):
        with ServerProcess(settings) as server:
            ready.append(server.ready_s)
            started = time.perf_counter()
            answers(server.port, requests[:1])
            first.append((time.perf_counter() - started) * 1000)
            if len(ready) == STARTS:
                answers(server.port, requests[:WARM_UP])
                cpu = cpu_seconds(server.pid)
                figures["http"] = [closed_loop(server.port, requests, clients, LONGEST) for clients in (1, 8)]
                asked = sum(load["answered"] for load in figures["http"])
                figures["http_cpu_ms"] = (cpu_seconds(server.pid) - cpu) / asked * 1000
                figures["memory_mib"] = memory_mib(server.pid)
    return figures | {"ready_s": statistics.median(ready), "first_answer_ms": statistics.median(first)}


def ingest(chosen: ArticlesAndQuestions, settings: Settings) -> dict[str, Any]:
    """Ingest a set and time it. The time includes committing and indexing, not loading the model."""
    with closing(Service.open(settings)) as service:
        service.embedder.encode_query("The model is loaded by its first use.")
        started = time.perf_counter()
        report = chosen.ingest(service)
        seconds = time.perf_counter() - started
    if not report.passages:
        raise RuntimeError(f"{chosen.name}: nothing was ingested: {report.files[:3]}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    counts = {"articles": report.articles, "passages": report.passages, "peak_mib": peak}
    return counts | {"seconds": seconds, "passages_per_s": report.passages / seconds}


def ask_one_by_one(questions: Sequence[str], settings: Settings) -> dict[str, Any]:
    """Ask in this process; median and 95th percentile in milliseconds, and the mean CPU time."""
    with closing(Service.open(settings)) as service:
        for question in questions[:WARM_UP]:
            service.ask(Question(question))
        times, cpu = [], time.process_time()
        for question in questions:
            started = time.perf_counter()
            service.ask(Question(question))
            times.append((time.perf_counter() - started) * 1000)
        cpu_ms = (time.process_time() - cpu) / len(questions) * 1000
    return {"p50_ms": percentile(times, 0.5), "p95_ms": percentile(times, 0.95), "cpu_ms": cpu_ms}


def table(figures: dict[str, Any]) -> str:
    ingested, here, memory = figures["ingest"], figures["in_process"], figures["memory_mib"]
    rows = [
        ("set", f"{figures['set']}, {figures['questions']} questions"),
        ("machine", f"{figures['cores']} cores, Python {figures['python']}"),
        ("model", figures["model"]),
        (
            "ingest",
            f"{ingested['passages_per_s']:.1f} passages/s ({ingested['passages']} in {ingested['seconds']:.1f} s)",
        ),
        ("peak memory, ingest", f"{ingested['peak_mib']:.0f} MiB"),
        ("ask, in process", f"p50 {here['p50_ms']:.1f} ms, p95 {here['p95_ms']:.1f} ms, CPU {here['cpu_ms']:.1f} ms"),
    ]
    for load in figures["http"]:
        name = f"ask, HTTP, {load['clients']} client{'s' if load['clients'] > 1 else ''}"
        rows.append((name, f"p50 {load['p50_ms']:.1f} ms, p95 {load['p95_ms']:.1f} ms, {load['per_s']:.1f}/s"))
    rows += [
        ("CPU a question, HTTP", f"{figures['http_cpu_ms']:.1f} ms"),
        (
            "memory, server",
            f"PSS {memory['pss']:.0f} MiB in {memory['processes']} processes, peak {memory['peak']:.0f}",
        ),
        ("start-up to /readyz", f"{figures['ready_s']:.2f} s"),
        ("first question", f"{figures['first_answer_ms']:.1f} ms"),
    ]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--set", type=Path, metavar="DIR", help="a BEIR folder (default: the seeds)")
    parser.add_argument("--questions", type=int, default=200, metavar="N", help="ask the first N (default: 200)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    chosen = parser.parse_args()
    if chosen.questions < 1:
        parser.error("--questions must be 1 or more")
    if chosen.set is not None and not (chosen.set / "corpus.jsonl").is_file():
        parser.error(f"{chosen.set} is not a BEIR folder: it has no corpus.jsonl")
    questions = beir(chosen.set, chosen.questions) if chosen.set else seeds(chosen.questions)
    with index_folder() as index:
        figures = measure(questions, index)
    print(json.dumps(figures, indent=2) if chosen.json else table(figures))


if __name__ == "__main__":
    main()
