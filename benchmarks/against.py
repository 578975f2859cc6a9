"""Compare the time of a question with that of another commit.

    python -m benchmarks.against COMMIT [--set DIR] [--questions N]

The command takes the package of COMMIT out of git into a temporary folder and builds the collection with both packages.
It asks the same questions in two processes in turn, so that other load on the machine affects both. It prints the
median and the 95th percentile of both in milliseconds, and their ratio.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from benchmarks.shared import ROOT, SEEDS, beir, percentile, seeds

CHILD = """
import json, sys, time
from pathlib import Path
from qa_service.parsing import read_beir
from qa_service.records import Question
from qa_service.service import Service
from qa_service.settings import load_settings
index, folder = Path(sys.argv[1]), Path(sys.argv[2])
service = Service.open(load_settings({"index": index}))
if (folder / "corpus.jsonl").is_file():
    service.ingest_drafts(read_beir(folder))
else:
    service.ingest([folder])
print("ready", flush=True)
for line in sys.stdin:
    started = time.perf_counter()
    service.ask(Question(json.loads(line)))
    print((time.perf_counter() - started) * 1000, flush=True)
"""
WARM_UP = 5


class Other:
    """A process that asks questions with the package in the folder `package`."""

    def __init__(self, package: Path, index: Path, folder: Path) -> None:
        command = [sys.executable, "-c", CHILD, str(index), str(folder)]
        environment = {**os.environ, "PYTHONPATH": str(package)}
        self._process = subprocess.Popen(
            command, cwd=package, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._line()

    def ask(self, question: str) -> float:
        """The time of the question in milliseconds."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return float(self._line())

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the process ended; its error stands above")
        return line


def ratios(before: list[float], now: list[float]) -> str:
    """A line for the median and one for the 95th percentile."""
    lines = []
    for name, share in (("p50", 0.5), ("p95", 0.95)):
        then, here = percentile(before, share), percentile(now, share)
        lines.append(f"{name}  before {then:.1f} ms, now {here:.1f} ms, ratio {here / then:.2f}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.against", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("commit")
    parser.add_argument("--set", type=Path, metavar="DIR", help="a BEIR folder (default: the seeds)")
    parser.add_argument("--questions", type=int, default=194, metavar="N", help="ask the first N (default: 194)")
    chosen = parser.parse_args()
    asked = beir(chosen.set, chosen.questions) if chosen.set else seeds(chosen.questions)
    folder = (chosen.set or SEEDS).resolve()
    with tempfile.TemporaryDirectory(prefix="qa-against-") as name:
        place = Path(name)
        archive = subprocess.run(["git", "archive", chosen.commit], cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            tar.extractall(place / "before", filter="data")
        before = Other(place / "before", place / "index-before", folder)
        now = Other(ROOT, place / "index-now", folder)
        times: tuple[list[float], list[float]] = ([], [])
        for number, question in enumerate([*asked.questions[:WARM_UP], *asked.questions]):
            both = ((0, before), (1, now))
            for side, process in both if number % 2 else both[::-1]:
                taken = process.ask(question)
                if number >= WARM_UP:
                    times[side].append(taken)
        before.close()
        now.close()
    print(f"{asked.name}, {len(asked.questions)} questions against {chosen.commit}\n{ratios(*times)}")


if __name__ == "__main__":
    main()
