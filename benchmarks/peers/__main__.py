"""`make bench-peers SET=DIR`: measure our service beside txtai and Haystack, on the same passages and questions.

    python -m benchmarks.peers --set DIR [--root DIR] [--seconds 8] [--rounds 2] [--write]

All systems use the packaged model. Each system has a separate environment and index below `--root`; they are kept. The
systems take turns, in reverse order every second round. So a change of the machine's load affects all of them.
Run it on a machine without other load. The results go to results.json below `--root`; `--write` also keeps them beside
this command and writes docs/reference/performance.md.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.peers import environments, page
from benchmarks.peers.machine import commit, describe, load_average
from benchmarks.peers.measure import Plan, measure_quality, measure_round
from benchmarks.peers.passages import export, read_questions
from benchmarks.peers.systems import NAMES, System, open_system
from benchmarks.shared import note


def measure(systems: Sequence[System], chosen: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Yields the results so far after each step, so that a stopped run keeps them."""
    asked = read_questions(chosen.set, chosen.questions)
    plan = Plan(tuple(chosen.clients), tuple(chosen.rates), chosen.seconds)
    passages = chosen.root / "passages.jsonl"
    found: dict[str, dict[str, Any]] = {
        one.name: {"versions": environments.versions(one.python), "ingest": [], "rounds": []} for one in systems
    }
    results = {
        "date": time.strftime("%Y-%m-%d"),
        "commit": commit(),
        "machine": describe(),
        "load_before": load_average(),
        "set": chosen.set.name,
        "extra": chosen.ask,
        "seconds": chosen.seconds,
        "systems": found,
    }
    for number in range(chosen.ingest_rounds):
        for system in _turns(systems, number):
            note(f"{system.name}: ingesting …")
            source = chosen.set if system.name == "ours" else passages
            found[system.name]["ingest"].append(system.ingest(source.resolve(), asked[0].text))
            if system.name == "ours":
                export(system.index, passages)
            yield results
    article_of = export(systems[0].index, passages)
    results["passages"] = len(article_of)
    for system in systems:
        note(f"{system.name}: asking {len(asked)} questions …")
        found[system.name]["quality"] = measure_quality(system, asked, article_of)
        yield results
    for number in range(chosen.rounds):
        for system in _turns(systems, number):
            note(f"{system.name}: round {number + 1} of {chosen.rounds} …")
            found[system.name]["rounds"].append(measure_round(system, asked, plan, number))
            yield results
    results["load_after"] = load_average()
    yield results


def _turns(systems: Sequence[System], number: int) -> list[System]:
    """The systems in the order of a round. Ours begins the first round, because it cuts the passages for all."""
    return list(systems if number % 2 == 0 else reversed(systems))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=(__doc__ or "").split("\n")[0])
    add = parser.add_argument
    add("--set", type=Path, required=True, metavar="DIR", help="a BEIR folder")
    scratch = Path(tempfile.gettempdir()) / "qa-service-peers"
    add("--root", type=Path, default=scratch, metavar="DIR", help=f"environments and indexes (default: {scratch})")
    add("--systems", nargs="+", default=[*NAMES], choices=[*NAMES], help="ours is always among them (default: all)")
    add("--seconds", type=float, default=8.0, help="of each number of clients and each rate (default: 8)")
    add("--rounds", type=int, default=2, help="of start-up and load (default: 2)")
    add("--ingest-rounds", type=int, default=1, help="0 uses the indexes of the last run (default: 1)")
    add("--questions", type=int, default=500, help="ask so many of the set (default: 500)")
    add("--clients", type=int, nargs="+", default=[1, 8, 32], help="of the closed loop (default: 1 8 32)")
    add("--rates", type=float, nargs="+", default=[10, 20, 40, 80], help="requests a second (default: 10 20 40 80)")
    add("--ask", type=json.loads, default={}, metavar="JSON", help="more fields of each question to ours (default: {})")
    add("--torch-index", metavar="URL", help="a package index with CPU-only builds of PyTorch")
    add("--write", action="store_true", help="keep the results and write the page")
    chosen = parser.parse_args()
    if not (chosen.set / "corpus.jsonl").is_file() or not (chosen.set / "qrels").is_dir():
        parser.error(f"{chosen.set} is not a BEIR folder with judgements: it needs corpus.jsonl and qrels/")
    chosen.root = chosen.root.resolve()
    chosen.root.mkdir(parents=True, exist_ok=True)
    names = [name for name in NAMES if name == "ours" or name in chosen.systems]
    systems = [open_system(name, chosen.root, chosen.ask, chosen.torch_index) for name in names]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that `timeout` ends the servers too
    kept = chosen.root / "results.json"
    for results in measure(systems, chosen):
        kept.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    note(f"the results are in {kept}")
    if chosen.write:
        page.RESULTS.write_bytes(kept.read_bytes())
        page.write(results)
    print(page.section(results))


if __name__ == "__main__":
    main()
