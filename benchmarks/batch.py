"""Questions per second of a batch beside one by one, in one run on one machine: what `evaluate` gains by its processes.

    python -m benchmarks.batch [--set DIR] [--index DIR] [--questions N] [--workers N]

Both ask the same questions of the same collection, and their answers are compared. `batch, once started` leaves out the
seconds in which the other processes load their models; `with its start` leaves out nothing. `--index` keeps the
collection, so that another run need not build it again.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

from benchmarks.sets import QuestionSet, beir, seeds
from qa_service.evaluation.run.batch import Asking, Batch, cores
from qa_service.evaluation.run.standing import Standing
from qa_service.evaluation.sets.evaluation_question import Asked, EvaluationQuestion
from qa_service.service import Service
from qa_service.settings import Settings, load_settings

__all__ = ["main", "measure"]

WARM_UP = 5
ASKING = Asking()


def measure(chosen: QuestionSet, settings: Settings, workers: int) -> dict[str, float]:
    """Questions per second of each way, and whether both gave the same answers."""
    questions = [EvaluationQuestion(str(number), text) for number, text in enumerate(chosen.questions)]
    with closing(Service.open(settings)) as service:
        if not service.collections():
            chosen.ingest(service)
        for question in questions[:WARM_UP]:
            service.ask(ASKING.question(question))
        began = time.perf_counter()
        one_by_one = [service.ask(ASKING.question(question)) for question in questions]
        alone = time.perf_counter() - began

        began = time.perf_counter()
        with Batch(service, ASKING, workers) as batch:
            asked = list(batch.ask_all(questions, Standing(service, ASKING.collection)))
            whole = time.perf_counter() - began
            # the processes are ready now, so that this is what a longer set gets
            began = time.perf_counter()
            again = list(batch.ask_all(questions, Standing(service, ASKING.collection)))
            started = time.perf_counter() - began
    return {
        "questions": len(questions),
        "alone": len(questions) / alone,
        "whole": len(questions) / whole,
        "started": len(questions) / started,
        "equal": float(all(_equal(answers, one_by_one) for answers in (asked, again))),
    }


def _equal(asked: Iterable[Asked], answers: Sequence[object]) -> bool:
    return [one.answer for one in asked] == list(answers)


def table(figures: dict[str, float], workers: int) -> str:
    alone = figures["alone"]
    rows = [
        ("questions", f"{figures['questions']:.0f}"),
        ("one by one, in process", f"{alone:.1f}/s"),
        (f"batch, {workers} processes, once started", f"{figures['started']:.1f}/s, {figures['started'] / alone:.2f}x"),
        (f"batch, {workers} processes, with its start", f"{figures['whole']:.1f}/s, {figures['whole'] / alone:.2f}x"),
        ("same answers", "yes" if figures["equal"] else "NO"),
    ]
    wide = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:{wide}}  {value}" for name, value in rows)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Questions per second of a batch beside one by one.")
    parser.add_argument("--set", type=Path, dest="folder", help="a folder in BEIR's layout instead of the seeds")
    parser.add_argument("--index", type=Path, help="where the collection is kept; a temporary folder otherwise")
    parser.add_argument("--questions", type=int, default=2000, help="at most so many")
    parser.add_argument("--workers", type=int, default=cores(), help="processes, this one among them")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    chosen = seeds(given.questions) if given.folder is None else beir(given.folder, given.questions)
    with tempfile.TemporaryDirectory() as temporary:
        figures = measure(chosen, load_settings({"index": given.index or Path(temporary)}), given.workers)
    if given.json:
        sys.stdout.write(json.dumps(figures | {"cores": os.cpu_count(), "workers": given.workers}) + "\n")
    else:
        sys.stdout.write(table(figures, given.workers) + "\n")
    return 0 if figures["equal"] else 1


if __name__ == "__main__":
    sys.exit(main())
