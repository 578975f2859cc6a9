"""Writes the figures of docs/reference/performance.md from the kept results: `python -m benchmarks.peers.page`."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.peers.bars import bars, figure
from benchmarks.peers.systems import NAMES
from benchmarks.shared import DOCS, markdown, write_section

__all__ = ["RESULTS", "drawings", "section", "write"]

RESULTS = Path(__file__).parent / "results.json"
SHORT = {"ours": "ours", "txtai": "txtai", "haystack": "Haystack"}

Measured = Mapping[str, Any]
"""The results of one system, or of all."""
Read = Callable[[Measured], float]
"""Reads a figure from the results of a system: the median of its rounds."""


def write(results: Measured, docs: Path = DOCS) -> Path:
    """Write the drawings and the section of the page below `docs`; returns the page."""
    for name, drawing in drawings(results).items():
        (docs / "images" / f"{name}.svg").write_text(drawing, encoding="utf-8")
    return write_section("peers", section(results), docs)


def section(results: Measured) -> str:
    """Machine, versions and tables, as Markdown."""
    systems = results["systems"]
    closed = {"per_s": "answers a second", "p50_ms": "p50, ms", "p95_ms": "p95, ms", "p99_ms": "p99, ms"}
    both = closed | {"client_cpu": "cores used by the clients"}
    parts = [
        _facts(results),
        ["### At a glance"],
        ["*Ours / txtai* is our figure divided by theirs."],
        _glance(systems),
        ["![Answers a second, by number of clients](../images/performance-throughput.svg)"],
        ["![95th percentile of the time of an answer, by number of clients](../images/performance-latency.svg)"],
        ["### Closed loop"],
        _loop(systems, "closed", "clients", both | {"cpu_ms": "CPU a question, ms"}),
        ["### Open loop"],
        _loop(systems, "open", "rate", closed | {"failed": "without answer", "due": "of"}),
        ["![95th percentile at a fixed rate of requests](../images/performance-rates.svg)"],
    ]
    return "\n\n".join("\n".join(part) for part in parts)


def drawings(results: Measured) -> dict[str, str]:
    """File name without suffix -> SVG."""
    systems = results["systems"]

    def groups(kind: str, level: str, name: str, title: Callable[[float], str]) -> dict[str, dict[str, float | None]]:
        return {
            title(at): {NAMES[s]: _in_time(own, kind, level, at, name) for s, own in systems.items()}
            for at in _levels(systems, kind, level)
        }

    per_s, p95 = (groups("closed", "clients", name, _clients) for name in ("per_s", "p95_ms"))
    rates = groups("open", "rate", "p95_ms", lambda at: f"{at:g} a second")
    return {
        "performance-throughput": bars("Answers a second (more is better)", per_s),
        "performance-latency": bars("95th percentile of the time of an answer, ms (less is better)", p95),
        "performance-rates": bars("95th percentile at a fixed rate of requests, ms", rates, "falls behind"),
    }


def _facts(results: Measured) -> list[str]:
    machine, ours = results["machine"], results["systems"]["ours"]
    facts = {
        "measured": f"{results['date']}, commit `{results['commit']}`",
        "processor": f"{machine['processor']}, {machine['cores']} cores, {', '.join(machine['instructions'])}",
        "memory, system": f"{machine['memory_gib']} GiB, {machine['system']}, Python {machine['python']}",
        "load average": f"{results['load_before']} before, {results['load_after']} after",
        "set": f"`{results['set']}`: {results['passages']} passages, {ours['quality']['questions']} questions",
        "each level": f"{results['seconds']:g} s in each of {len(ours['rounds'])} rounds",
        "more fields of a question to ours": f"`{json.dumps(results['extra'])}`",
    }
    for name, own in results["systems"].items():
        facts[NAMES[name]] = ", ".join(f"{package} {version}" for package, version in own["versions"].items())
    return markdown(("what", "value"), facts.items())


def _glance(systems: Measured) -> list[str]:
    """A row for each measure: the figure of each system, and ours divided by each peer's."""
    rows: dict[str, Read] = {}
    for clients in _levels(systems, "closed", "clients"):
        title = _clients(clients)
        at = partial(_level, kind="closed", level="clients", at=clients)
        rows[f"answers a second, {title}"] = partial(at, name="per_s")
        rows[f"p50, {title}, ms"] = partial(at, name="p50_ms")
        rows[f"p95, {title}, ms"] = partial(at, name="p95_ms")
        rows[f"CPU a question, {title}, ms"] = partial(at, name="cpu_ms")
    rows |= {
        "start to ready, s": lambda own: _median(own["rounds"], "ready_s"),
        "start to first answer, s": lambda own: _median(own["rounds"], "first_answer_s"),
        "memory of all processes (PSS), MiB": lambda own: _median([one["memory"] for one in own["rounds"]], "pss"),
        "memory of all processes (RSS), MiB": lambda own: _median([one["memory"] for one in own["rounds"]], "rss"),
        "processes": lambda own: _median([one["memory"] for one in own["rounds"]], "processes"),
        "passages ingested a second": lambda own: _median(own["ingest"], "passages_per_s"),
        "CPU a passage ingested, ms": lambda own: _median(own["ingest"], "cpu_ms"),
        "peak memory of the ingest, MiB": lambda own: _median(own["ingest"], "peak_mib"),
        "index on disk, MiB": lambda own: _median(own["ingest"], "disk_mib"),
        "nDCG@10": lambda own: float(own["quality"]["ndcg_10"]),
        "right article first": lambda own: float(own["quality"]["right_first"]),
    }
    peers = [name for name in systems if name != "ours"]
    lines = []
    for title, read in rows.items():
        values = {name: read(own) for name, own in systems.items()}
        shares = (values["ours"] / values[peer] for peer in peers)
        lines.append([title, *map(figure, values.values()), *(f"{share:.2f}" for share in shares)])
    head = ["", *(NAMES[name] for name in systems), *(f"ours / {SHORT[peer]}" for peer in peers)]
    return markdown(head, lines)


def _loop(systems: Measured, kind: str, level: str, columns: Mapping[str, str]) -> list[str]:
    rows = [
        [f"{at:g}", NAMES[name], *(figure(_level(own, kind, level, at, column)) for column in columns)]
        for at in _levels(systems, kind, level)
        for name, own in systems.items()
    ]
    return markdown(["requests a second" if level == "rate" else level, "system", *columns.values()], rows)


def _clients(number: float) -> str:
    return f"{number:g} client{'s' if number > 1 else ''}"


def _levels(systems: Measured, kind: str, level: str) -> list[float]:
    return [run[level] for run in systems["ours"]["rounds"][0][kind]]


def _level(own: Measured, kind: str, level: str, at: float, name: str) -> float:
    """The median over the rounds of a figure at one level; not a number if no request had an answer."""
    return _median([run for one in own["rounds"] for run in one[kind] if run[level] == at], name)


def _in_time(own: Measured, kind: str, level: str, at: float, name: str) -> float | None:
    """The figure at a level; None if the server left requests of an open loop without an answer."""
    late = kind == "open" and _level(own, kind, level, at, "failed") > 0
    return None if late else _level(own, kind, level, at, name)


def _median(runs: list[Measured], name: str) -> float:
    values = [run[name] for run in runs if run[name] is not None]
    return float(statistics.median(values)) if values else float("nan")


if __name__ == "__main__":
    print(write(json.loads(RESULTS.read_text(encoding="utf-8"))))
