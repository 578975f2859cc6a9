"""Measure the ingest: `python -m benchmarks.ingest_rate [--articles N] [--sizes N,N,…]`.

1. The rate of an ingest beside the rate of the encoder alone, over the same passages of the same articles, with the
   model of the settings. Ingesting includes parsing, cutting, committing and indexing.
2. The peak memory of an ingest of one JSON Lines file, for several numbers of articles, with the fake model: of the
   process that ingests, and of those that parse. Pages of the index's own files that the system keeps in memory count
   in the first figure and not in the second. Linux only.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

from benchmarks.shared import SEEDS, markdown
from qa_service.ingest.encode import open_encoder
from qa_service.service import Service
from qa_service.service.ingesting import chunking_of
from qa_service.settings import load_settings
from qa_service.text.basic.sentences import split_sentences

WANTED = 0.9
"""Smallest share of the encoder's rate."""
SENTENCES = 30
"""Sentences of an article, as in news."""
SHORT = 2
"""The same where memory is measured, because the fake model is slow."""
SAMPLE = 0.1
"""Seconds between two looks at the memory."""


def articles(number: int, sentences: int) -> Iterator[dict[str, str]]:
    """Different articles of sentences of the seeds."""
    known = [
        text[start:end].replace("\n", " ")
        for path in sorted(SEEDS.glob("*.txt"))
        for text in (path.read_text(encoding="utf-8"),)
        for start, end in split_sentences(text)
    ]
    for n in range(number):
        chosen = [known[(n * 7 + k * (1 + n % 5)) % len(known)] for k in range(sentences)]
        yield {"_id": f"a{n}", "title": f"Report {n}", "text": " ".join([f"Report {n} of the day.", *chosen])}


def write_rows(path: Path, number: int, sentences: int) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(one) + "\n" for one in articles(number, sentences))
    return path


def rates(folder: Path, number: int) -> tuple[float, float, int]:
    """Passages per second of the ingest and of the encoder alone, and the number of passages."""
    path = write_rows(folder / "articles.jsonl", number, SENTENCES)
    settings = load_settings({"index": str(folder / "index")})
    with closing(Service.open(settings)) as service:
        service.embedder.encode_query("The model is loaded by its first use.")
        began = time.perf_counter()
        report = service.ingest(path)
        ingest = report.passages / (time.perf_counter() - began)
        stored = [service.article(one.article_id) for one in report.files[0].articles]
        with open_encoder(service.embedder, chunking_of(settings)) as encoder:
            cut = encoder.cut(stored)
            inputs = [given for one in cut for given in one.inputs]
            began = time.perf_counter()
            encoder.encode_many(inputs)
            alone = len(inputs) / (time.perf_counter() - began)
    return ingest, alone, report.passages


def peaks(folder: Path, number: int) -> tuple[int, int, int, float]:
    """Peak memory in MiB of an ingest, the same without mapped files, and of its largest parsing process, and the
    seconds it took."""
    path = write_rows(folder / f"{number}.jsonl", number, SHORT)
    index = folder / f"index-{number}"
    command = [sys.executable, "-m", "qa_service", "ingest", str(path), "--index", str(index), "--json"]
    own = anonymous = child = 0
    began = time.perf_counter()
    with subprocess.Popen(command, env=_fake(), stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            own = max(own, _memory(process.pid, "VmHWM:"))
            anonymous = max(anonymous, _memory(process.pid, "RssAnon:"))
            child = max([child, *(_memory(pid, "VmHWM:") for pid in _children(process.pid))])
            time.sleep(SAMPLE)
    if process.returncode:
        raise RuntimeError(f"the ingest of {number} articles failed with exit code {process.returncode}")
    path.unlink()
    return own // 1024, anonymous // 1024, child // 1024, time.perf_counter() - began


def _fake() -> dict[str, str]:
    return os.environ | {"QA_MODEL": "fake"}


def _memory(pid: int, what: str) -> int:
    """A figure of a process's memory in KiB: `VmHWM:` is its peak, `RssAnon:` what is mapped from no file now."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(what):
                return int(line.split()[1])
    return 0


def _children(pid: int) -> list[int]:
    with suppress(OSError):
        found = Path(f"/proc/{pid}/task").glob("*/children")
        return [int(child) for one in found for child in one.read_text().split()]
    return []


def _print(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    sys.stdout.write("\n".join([*markdown(head, rows), "", ""]))


def main() -> None:
    """Print both tables. Exit code 1 if the ingest is slower than `WANTED`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ingest_rate", description=__doc__)
    parser.add_argument("--articles", type=int, default=400, help="articles for the rates; 0 leaves them out")
    parser.add_argument("--sizes", default="1000,10000,100000", help="articles for the memory; empty leaves it out")
    chosen = parser.parse_args()
    share = 1.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if chosen.articles:
            ingest, alone, passages = rates(folder, chosen.articles)
            share = ingest / alone
            cells = [(str(passages), f"{ingest:.1f}", f"{alone:.1f}", f"{share:.2f}")]
            _print(("passages", "ingest, passages/s", "encoder alone", "share"), cells)
        rows = []
        for size in filter(None, chosen.sizes.split(",")):
            own, anonymous, child, seconds = peaks(folder, int(size))
            rows.append((size, f"{own} MiB", f"{anonymous} MiB", f"{child} MiB", f"{seconds:.0f}"))
        if rows:
            _print(("articles", "peak of the ingest", "without mapped files", "of parsing", "seconds"), rows)
    sys.exit(0 if share >= WANTED else 1)


if __name__ == "__main__":
    main()
