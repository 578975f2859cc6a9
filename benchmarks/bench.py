"""`make bench`: measure speed and memory of the service, on the seeds or on a BEIR folder.

    python -m benchmarks.bench [--set DIR] [--questions 200] [--json]

The index is temporary. The server is a process of its own, on 127.0.0.1. Compare two runs only on the same machine,
without other load.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.load import ask_one_by_one, ask_over_http, ingest
from benchmarks.server import ServerProcess, start_up_times
from benchmarks.shared import ArticlesAndQuestions, beir, index_folder, note, seeds
from qa_service.settings import load_settings


def measure(chosen: ArticlesAndQuestions, index: Path) -> dict[str, Any]:
    """All figures by name: times in seconds, or in milliseconds if the name ends with `_ms`; memory in MiB."""
    settings = load_settings({"index": index})
    figures: dict[str, Any] = {
        "set": chosen.name,
        "questions": len(chosen.questions),
        "model": settings.model,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "torch": version("torch"),
    }
    note("ingesting …")
    figures["ingest"] = ingest(chosen, settings)
    note("asking in process …")
    figures["in_process"] = ask_one_by_one(chosen.questions, settings)
    figures["in_process"]["peak_mib"] = own_peak_mib()
    note("starting up …")
    figures["start_up"] = start_up_times(settings)
    note("asking over HTTP …")
    with ServerProcess(settings) as server:
        figures["http"] = [ask_over_http(server.port, chosen.questions, clients) for clients in (1, 8)]
        figures["server_peak_mib"] = tree_peak_mib(server.pid)
    return figures


def table(figures: dict[str, Any]) -> str:
    ingested, here, start = figures["ingest"], figures["in_process"], figures["start_up"]
    rows = [
        ("set", f"{figures['set']}, {figures['questions']} questions"),
        ("machine", f"{figures['cores']} cores, Python {figures['python']}, torch {figures['torch']}"),
        ("model", figures["model"]),
        (
            "ingest",
            f"{ingested['passages_per_s']:.1f} passages/s ({ingested['passages']} in {ingested['seconds']:.1f} s)",
        ),
        ("ask, in process", f"p50 {here['p50_ms']:.1f} ms, p95 {here['p95_ms']:.1f} ms"),
    ]
    for load in figures["http"]:
        name = f"ask, HTTP, {load['clients']} client{'s' if load['clients'] > 1 else ''}"
        rows.append((name, f"p50 {load['p50_ms']:.1f} ms, p95 {load['p95_ms']:.1f} ms, {load['per_s']:.1f}/s"))
    rows += [
        ("peak memory, ingest and ask", _mib(here["peak_mib"])),
        ("peak memory, server", _mib(figures["server_peak_mib"])),
        ("start-up to /readyz", f"{start['ready_s']:.2f} s"),
        ("import, load, encode once", f"{start['libraries_s']:.2f} s"),
        ("ratio", f"{start['ratio']:.2f}"),
    ]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in rows)


def _mib(value: float | None) -> str:
    return "not known on this system" if value is None else f"{value:.0f} MiB"


def own_peak_mib() -> float:
    """Peak resident memory of this process in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def tree_peak_mib(pid: int) -> float | None:
    """Sum of the peak memory of a process and its descendants in MiB; None without /proc.

    Shared pages count once for each process, so the sum is too high rather than too low.
    """
    if not Path("/proc/self/status").exists():
        return None
    children: dict[int, list[int]] = {}
    peaks: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            lines = (folder / "status").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            continue  # the process has ended
        fields = dict(line.split(":", 1) for line in lines if ":" in line)
        children.setdefault(int(fields["PPid"]), []).append(int(folder.name))
        peaks[int(folder.name)] = int(fields.get("VmHWM", "0 kB").split()[0])
    total, waiting = 0, [pid]
    while waiting:
        one = waiting.pop()
        total += peaks.get(one, 0)
        waiting += children.get(one, [])
    return total / 2**10


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
