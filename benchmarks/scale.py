"""Measure how the service grows: `python -m benchmarks.scale`.

    python -m benchmarks.scale --folder DIR [--sizes 10000,100000,1000000] [--set DIR] [--questions 200] [--keep]

`--folder` needs some 12 KB of disk per passage. The collections are made of sentences of the set (default: the seeds;
a BEIR folder is better), see `recombined`; no passage is encoded. A collection that the folder already has is used as
it is, so a second run measures again. The figures go to `scale.json` in the folder, and a table to standard output.
`--keep` keeps the collections.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.recombined import Sentences
from benchmarks.scale_build import COLLECTION, build, maintain
from benchmarks.scale_serve import serve
from benchmarks.shared import ArticlesAndQuestions, beir, markdown, note, seeds
from qa_service.service import Service
from qa_service.service.open_collections import choose_engine
from qa_service.settings import load_settings
from qa_service.storage.port import Engine

SIZES = (10_000, 100_000, 1_000_000)
VECTORS = "questions.npy"
FOR_RECALL = 40
"""Questions whose dense search is compared with an exact one."""
HEAD = ("passages", "ask p50 / p95", "to p50 of the first", "memory", "not page cache", "disk per passage", "commit",
        "found after", "merge", "rebuild", "open", "ready", "recall at 10 / 100 / 1000")  # fmt: skip


def rows(figures: dict[str, Any]) -> list[tuple[str, ...]]:
    """The rows of the table under `HEAD`, from the JSON that this command writes."""
    first = figures["sizes"][0]["serve"]["ask_p50_ms"]
    return [
        (
            f"{one['maintain']['passages']:,}".replace(",", " "),
            f"{one['serve']['ask_p50_ms']:.1f} / {one['serve']['ask_p95_ms']:.1f} ms",
            f"{one['serve']['ask_p50_ms'] / first:.2f}",
            f"{one['serve']['memory']['pss']:.0f} MiB",
            f"{one['serve']['memory']['anonymous']:.0f} MiB",
            f"{one['maintain']['disk_bytes_per_passage'] / 1000:.1f} KB",
            f"{one['maintain']['commit_ms']:.1f} ms (fsync {one['maintain']['fsync_ms']:.1f})",
            f"{one['serve']['found_ms']:.0f} ms",
            f"{one['maintain']['merge_s']:.1f} s",
            f"{one['maintain']['rebuild_s']:.1f} s",
            f"{one['maintain']['open_s']:.2f} s",
            f"{one['serve']['ready_s']:.2f} s",
            " / ".join(f"{share:.3f}" for share in one["maintain"]["recall"].values()),
        )
        for one in figures["sizes"]
    ]


def measure(folder: Path, sizes: list[int], chosen: ArticlesAndQuestions) -> dict[str, Any]:
    """Build the collections that the folder lacks, and measure all of them."""
    with closing(Service.open(load_settings({"index": folder / f"source-{chosen.name}"}))) as service:
        if COLLECTION not in _engine(folder / f"source-{chosen.name}").names():
            chosen.ingest(service)
        vectors = [service.embedder.encode_query(question).vector for question in chosen.questions[:FOR_RECALL]]
        np.save(folder / VECTORS, np.array(vectors))
    found: list[dict[str, Any]] = []
    for size in sizes:
        for step in ("build", "maintain"):
            note(f"{size} passages: {step} …")
            # a separate process, so that its peak memory counts this size alone
            command = [sys.executable, "-m", "benchmarks.scale", "--step", step, "--sizes", str(size)]
            done = subprocess.run(
                [*command, "--folder", str(folder), "--source", chosen.name], stdout=subprocess.PIPE, check=True
            )
            figures = json.loads(done.stdout)
            found.append({step: figures}) if step == "build" else found[-1].update({step: figures})
    note("serving …")
    for one, served in zip(found, serve([_index(folder, size) for size in sizes], chosen.questions), strict=True):
        one["serve"] = served
    return {"set": chosen.name, "questions": len(chosen.questions), "sizes": found}


def _step(step: str, folder: Path, name: str, size: int) -> dict[str, Any]:
    index = _index(folder, size)
    with closing(_engine(folder / f"source-{name}").open(COLLECTION)) as source:
        origin, sentences = source.origin, Sentences.read(source)
    if step == "maintain":
        return maintain(_engine(index), index, sentences, np.load(folder / VECTORS))
    if index.is_dir():
        return {}
    building = index.with_name(f"{index.name}.building")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    figures = build(_engine(building), origin, sentences, size)
    building.rename(index)
    return dict(figures)


def _index(folder: Path, size: int) -> Path:
    return folder / f"n{size}"


def _engine(index: Path) -> Engine:
    return choose_engine(load_settings({"index": index}))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--folder", type=Path, required=True, metavar="DIR", help="where the collections go")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), metavar="N,…", help="numbers of passages")
    parser.add_argument("--set", type=Path, metavar="DIR", help="a BEIR folder (default: the seeds)")
    parser.add_argument("--questions", type=int, default=200, metavar="N", help="ask the first N (default: 200)")
    parser.add_argument("--keep", action="store_true", help="keep the collections")
    parser.add_argument("--step", choices=("build", "maintain"), help=argparse.SUPPRESS)
    parser.add_argument("--source", help=argparse.SUPPRESS)
    options = parser.parse_args()
    try:
        sizes = [int(size) for size in options.sizes.split(",")]
    except ValueError:
        parser.error("--sizes must be numbers with commas between them")
    if min(sizes) < 1 or options.questions < 1:
        parser.error("--sizes and --questions must be 1 or more")
    if options.set is not None and not (options.set / "corpus.jsonl").is_file():
        parser.error(f"{options.set} is not a BEIR folder: it has no corpus.jsonl")
    if options.step:
        print(json.dumps(_step(options.step, options.folder, options.source, sizes[0])))
        return
    chosen = beir(options.set, options.questions) if options.set else seeds(options.questions)
    figures = measure(options.folder, sizes, chosen)
    (options.folder / "scale.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print("\n".join(markdown(HEAD, rows(figures))))
    if not options.keep:
        for size in sizes:
            shutil.rmtree(_index(options.folder, size))


if __name__ == "__main__":
    main()
