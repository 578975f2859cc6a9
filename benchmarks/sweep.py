"""A sweep over many weightings beside one plain evaluation, in one run on one machine: what `tune` costs.

    python -m benchmarks.sweep [--set DIR] [--index DIR] [--questions N] [--weightings N]

Plain: each question asked once under one setting, one by one. Sweep: each question under all the weightings. Both are
judged for nDCG@10, in this process alone, and every figure of the sweep's first weighting must be the plain one's.
They take turns, eight questions at a time, and turns at being first, so that nothing favours one of them. `--index`
keeps the collection.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks.sets import ROOT
from qa_service.evaluation.sets import open_questions
from qa_service.evaluation.sets.gold_kinds import choose_kind
from qa_service.evaluation.tune.candidate_judging import Judging
from qa_service.evaluation.tune.candidates import Changes
from qa_service.evaluation.tune.sweep import Sweep, chunks
from qa_service.service import Service
from qa_service.settings import Settings, load_settings

__all__ = ["main", "measure", "weightings"]

WEIGHTS = ("dense_weight", "late_interaction_weight", "sentence_share", "source_weight", "date_weight")
HIGHEST = {"source_weight": 0.3, "date_weight": 0.3}


def weightings(settings: Settings, number: int) -> list[Changes]:
    """The settings as they are, then others drawn with a fixed seed."""
    rng = random.Random(0)
    drawn = [{name: round(rng.uniform(0, HIGHEST.get(name, 1.0)), 3) for name in WEIGHTS} for _ in range(number - 1)]
    return [{name: getattr(settings, name) for name in WEIGHTS}, *drawn]


def measure(folder: Path | None, settings: Settings, most: int, number: int) -> dict[str, float]:
    """Seconds of both ways, and whether they agree."""
    found = open_questions(folder or ROOT / "tests" / "sets" / "seeds.jsonl")
    gold = Counter[frozenset[str]]()
    for kinds, count in found.gold.items():
        gold[kinds - {"answer"}] += count  # by which there is no nDCG
    judging = Judging.of(choose_kind(gold), "nDCG@10", 10)
    with closing(Service.open(settings)) as service:
        service.ingest([ROOT / "seeds"]) if folder is None else service.ingest_beir(folder)
        variants = weightings(service.settings, number)
        plain, sweep = (Sweep(service, "default", judging, own) for own in (variants[:1], variants))
        waiting = list(chunks(islice(found, most)))
        plain.figures(waiting[0])
        seconds = {plain: 0.0, sweep: 0.0}
        equal = True
        for number_of_chunk, chunk in enumerate(waiting):
            values = {}
            for one in (plain, sweep) if number_of_chunk % 2 else (sweep, plain):
                began = time.perf_counter()
                values[one] = one.figures(chunk).values[:, 0]
                seconds[one] += time.perf_counter() - began
            equal &= np.array_equal(values[plain], values[sweep], equal_nan=True)
    return {
        "questions": sum(map(len, waiting)),
        "plain_s": seconds[plain],
        "sweep_s": seconds[sweep],
        "ratio": seconds[sweep] / seconds[plain],
        "equal": float(equal),
    }


def table(name: str, figures: dict[str, float], number: int) -> str:
    plain, sweep, each = figures["plain_s"], figures["sweep_s"], 1000 / figures["questions"]
    rows = [
        (name, f"{figures['questions']:.0f} questions"),
        ("plain evaluation", f"{plain:.2f} s, {plain * each:.1f} ms a question"),
        (f"sweep over {number} weightings", f"{sweep:.2f} s, {sweep * each:.1f} ms a question"),
        ("ratio", f"{figures['ratio']:.2f}"),
        ("same figures", "yes" if figures["equal"] else "NO"),
    ]
    wide = max(len(label) for label, _ in rows)
    return "\n".join(f"{label:{wide}}  {value}" for label, value in rows)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="A sweep over many weightings beside one plain evaluation.")
    parser.add_argument("--set", type=Path, dest="folder", help="a folder in BEIR's layout instead of the seeds")
    parser.add_argument("--index", type=Path, help="where the collection is kept; a temporary folder otherwise")
    parser.add_argument("--questions", type=int, default=200, help="at most so many")
    parser.add_argument("--weightings", type=int, default=50)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        settings = load_settings({"index": given.index or Path(temporary)})
        figures = measure(given.folder, settings, given.questions, given.weightings)
    if given.json:
        sys.stdout.write(json.dumps(figures | {"weightings": given.weightings}) + "\n")
    else:
        sys.stdout.write(table(given.folder.name if given.folder else "seeds", figures, given.weightings) + "\n")
    return 0 if figures["equal"] else 1


if __name__ == "__main__":
    sys.exit(main())
