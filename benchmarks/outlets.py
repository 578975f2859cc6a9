"""What `outlet_step` does: `python -m benchmarks.outlets [FOLDER…] [--questions N] [--write]`.

On the seeds: how many outlets are among the first five passages of the wordings in tests/sets/outlet_wordings.jsonl,
and whether the right passages of the seeds' questions stay in front. Of each FOLDER in BEIR's layout nDCG@10 by
article, with the sources that questions name preferred and without. An article without an outlet counts as one.
`--write` writes the table into docs/reference/measured.md.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks.marked import write
from qa_service.evaluation.gold import has_gold
from qa_service.evaluation.grading import grade
from qa_service.evaluation.measures import per_questions
from qa_service.evaluation.reading import open_questions
from qa_service.evaluation.records import Asked
from qa_service.records import Answer, Question, RankedPassage, outlet_key
from qa_service.service import Service
from qa_service.settings import Settings
from tests.seed_set import load, score

__all__ = ["STEPS", "outlets_among", "table", "wordings"]

ROOT = Path(__file__).parents[1]
STEPS = (0.0, 0.03, 0.05, 0.08)
FIRST = 5
NDCG = "nDCG@10"

Row = tuple[str, str, list[float], int]
"""A set, a measure, its value at each step, and its decimals."""


def wordings() -> list[str]:
    lines = (ROOT / "tests" / "sets" / "outlet_wordings.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines]


def outlets_among(passages: Sequence[RankedPassage]) -> int:
    """Of the first five."""
    own = (passage.citation for passage in passages[:FIRST])
    return len({(0, outlet_key(one.outlet)) if one.outlet else (1, one.article_id) for one in own})


def by_step(service: Service, question: Question) -> list[Answer]:
    variants = [service.settings.model_copy(update={"outlet_step": step}) for step in STEPS]
    return service.ask_under(question, variants, compare=False)


def measure_seeds(service: Service) -> Iterator[Row]:
    service.ingest([ROOT / "seeds"])
    asked = wordings()
    counts = np.array(
        [[outlets_among(a.passages) for a in by_step(service, Question(text, top_k=FIRST))] for text in asked]
    )
    name = f"seeds, {len(asked)} wordings"
    yield name, "three outlets in the first five", (counts >= 3).mean(axis=0).tolist(), 2
    yield name, "outlets in the first five", counts.mean(axis=0).tolist(), 2
    questions = [question for question in load() if question.answerable]
    texts: list[dict[str, list[str]]] = [{} for _ in STEPS]
    for question in questions:
        for own, answer in zip(texts, by_step(service, Question(question.question, top_k=10)), strict=True):
            own[question.id] = [ranked.passage.text for ranked in answer.passages]
    name = f"seeds, {len(questions)} questions"
    scores = [score(own, questions) for own in texts]
    yield name, "right passage first", [one.first for one in scores], 3
    yield name, "MRR@10, by evidence", [one.mrr for one in scores], 3


def measure_folder(service: Service, folder: Path, most: int) -> Iterator[Row]:
    service.ingest_beir(folder, folder.name)
    questions = list(islice((q for q in open_questions(folder, format="beir") if has_gold(q, "article")), most))
    for interpret in (True, False):
        values: list[list[float]] = []
        for question in questions:
            asked = Question(question.question, 10, folder.name, max_per_article=1, interpret=interpret)
            graded = [grade(Asked(question, answer, 0.0), "article") for answer in by_step(service, asked)]
            values.append([measured[NDCG] for measured in per_questions(graded, (NDCG,))])
        figures = np.array(values)
        name = f"{folder.name}, {len(questions)} questions" + ("" if interpret else ", `interpret` off")
        yield name, NDCG, figures.mean(axis=0).tolist(), 4
        yield name, "questions changed", (figures != figures[:, :1]).sum(axis=0).tolist(), 0


def table(rows: Sequence[Row]) -> str:
    lines = ["| set | measure | " + " | ".join(f"{step:g}" for step in STEPS) + " |", "|---|---|" + "---|" * len(STEPS)]
    lines += [
        f"| {name} | {measure} | " + " | ".join(f"{value:.{decimals}f}" for value in values) + " |"
        for name, measure, values, decimals in rows
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.outlets", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folders", type=Path, nargs="*", metavar="FOLDER")
    parser.add_argument("--questions", type=int, default=400, metavar="N", help="the first N of each (default: 400)")
    parser.add_argument("--write", action="store_true", help="write the table into docs/reference/measured.md")
    chosen = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as index,
        closing(Service.open(Settings(index=Path(index)))) as service,
    ):
        rows = list(measure_seeds(service))
        for folder in chosen.folders:
            rows += measure_folder(service, folder, chosen.questions)
    found = table(rows)
    print(found)
    if chosen.write:
        write("outlets", found)


if __name__ == "__main__":
    main()
