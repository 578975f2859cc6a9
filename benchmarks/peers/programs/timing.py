"""What the ingest programs share: arguments, clock and report. The standard library alone, for any environment.

    python -m benchmarks.peers.programs.ingest_NAME SOURCE INDEX QUESTION

The last line of standard output is a JSON object of the figures.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any, Protocol

__all__ = ["Program", "read_passages", "report"]


class Program(Protocol):
    """An ingest. The model is loaded before the clock starts."""

    def load(self, index: Path) -> None:
        """Load the model. `index` does not exist yet."""

    def ingest(self, source: Path) -> int:
        """Make the passages of `source` searchable, with all data on disk. Returns their number."""

    def search(self, question: str) -> int:
        """Answer a question from what was ingested. Returns the number of passages found."""


def report(program: Program) -> None:
    """Ingest, ask one question and print the figures.

    Raises:
        SystemExit: the program ingested or found nothing.
    """
    source, index, question = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    program.load(index)
    started, cpu = time.perf_counter(), time.process_time()
    passages = program.ingest(source)
    found = program.search(question)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    if not (passages and found):
        raise SystemExit(f"{passages} passages were ingested, and a question found {found} of them")
    files = [index] if index.is_file() else [file for file in index.rglob("*") if file.is_file()]
    figures = {
        "passages": passages,
        "seconds": round(seconds, 3),
        "passages_per_s": round(passages / seconds, 2),
        "cpu_ms": round(cpu / passages * 1000, 2),
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "disk_mib": round(sum(file.stat().st_size for file in files) / 2**20, 1),
    }
    print(json.dumps(figures))


def read_passages(source: Path) -> list[dict[str, Any]]:
    """The exported passages, with `id`, `article` and `text` each."""
    with source.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
