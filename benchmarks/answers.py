"""Measure the answers that are shown: `python -m benchmarks.answers FOLDER… [--questions N] [--write]`.

Each FOLDER is a BEIR set with `metadata.answers` in its queries. Answerable questions are asked without a reader, and
with readers that read fewer or more tokens. `--write` writes the table into its page under docs/.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.confidence_model import auroc, calibration_error
from benchmarks.confidence_questions import read_set
from benchmarks.shared import folder_name, index_folder, json_lines, markdown, write_section
from qa_service.evaluation.grade.bootstrap import bootstrap_intervals
from qa_service.evaluation.sets.answer_strings import contained, normalise
from qa_service.parsing import read_beir
from qa_service.records import Question
from qa_service.service import Service
from qa_service.settings import Settings

TOKENS = (300, 600, 1000)
DEPTH = 5
HEAD = """*In five*: share of the questions whose first five passages hold a gold string. *Answer* and *first
sentence*: share of those questions whose `answer.text` or first quoted sentence holds it, with 95 % bootstrap
intervals. *Declined* is the share of all questions. *CPU* is the median time of the process for a question. *AUROC* of
the confidence, over all questions: answers with a gold string against answers without. *ECE*: its calibration error.
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """What was shown for a question."""

    in_five: bool
    answer: bool
    first: bool
    declined: bool
    characters: int
    sentences: int
    cpu: float
    """Milliseconds."""
    confidence: float
    right: bool
    """Whether the answer that would be given at a threshold of 0 holds a gold string."""


def ask(service: Service, question: Question, answers: Sequence[str]) -> Shown:
    """Ask, and look for the gold strings."""
    began = time.process_time()
    never_declined = service.settings.model_copy(update={"answerable_threshold": 0.0})
    answer, given = service.ask_under(question, [service.settings, never_declined])
    cpu = 1000 * (time.process_time() - began)
    right = given.answer is not None and any(contained(answers, normalise(given.answer.text)))
    in_five = any(any(contained(answers, normalise(one.passage.text))) for one in answer.passages[:DEPTH])
    if answer.answer is None:
        return Shown(in_five, False, False, True, 0, 0, cpu, answer.confidence, right)
    text, notes = answer.answer.text, answer.answer.annotations
    first = text[notes[0].start : notes[0].end]
    held = [any(contained(answers, normalise(one))) for one in (text, first)]
    return Shown(in_five, held[0], held[1], False, len(text), len(notes), cpu, answer.confidence, right)


def measure(folder: Path, index: Path, most: int, tokens: Sequence[int]) -> list[tuple[object, ...]]:
    """A row for each number of tokens that a reader reads; 0 stands for no reader."""
    name = folder_name(folder)
    gold = {
        row["_id"]: tuple((row.get("metadata") or {}).get("answers") or ())
        for row in json_lines(folder / "queries.jsonl")
    }
    asked = [one for one in read_set(folder, name).questions if one.gold and gold.get(one.question_id)][-most:]
    rows: list[tuple[object, ...]] = []
    for count in (0, *tokens):
        changes = {"reader_tokens": count} if count else {"reader": "none"}
        with Service.open(Settings(index=index), **changes) as service:
            if name not in {info.name for info in service.collections()}:
                service.ingest_drafts(read_beir(folder), name)
            service.ask(asked[0].text, collection=name)
            found = [ask(service, Question(one.text, collection=name), gold[one.question_id]) for one in asked]
        held = [one for one in found if one.in_five]
        shares = bootstrap_intervals(
            {name: np.array([float(getattr(one, name)) for one in held]) for name in ("answer", "first")}
        )
        given = [one for one in found if not one.declined]
        rows.append(
            (
                f"{name}, {len(found)}",
                count or "no reader",
                f"{np.mean([one.in_five for one in found]):.3f}",
                *("{:.3f} ({:.3f} to {:.3f})".format(*shares[name]) for name in ("answer", "first")),
                f"{np.mean([one.declined for one in found]):.3f}",
                f"{statistics.median(one.characters for one in given):.0f}",
                f"{statistics.mean(one.sentences for one in given):.2f}",
                f"{statistics.median(one.cpu for one in found):.0f} ms",
                *_judged(found),
            )
        )
        print(rows[-1], flush=True)
    return rows


def _judged(found: Sequence[Shown]) -> tuple[str, str]:
    """AUROC of the confidence, right answers against wrong ones, and its calibration error."""
    p, right = np.array([one.confidence for one in found]), np.array([one.right for one in found])
    area = auroc(p[right], p[~right])
    return "-" if area is None else f"{area:.3f}", f"{calibration_error(p, right):.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.answers", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--index", type=Path, help="keep the collections here, and use those that are there already")
    parser.add_argument("--questions", type=int, default=300, metavar="N", help="the last N of each (default: 300)")
    parser.add_argument("--tokens", type=int, nargs="*", default=TOKENS, help="values of the setting reader_tokens")
    parser.add_argument("--write", action="store_true", help="write the table into its page under docs/")
    chosen = parser.parse_args()
    head = (
        "set, questions",
        "tokens",
        "in five",
        "answer",
        "first sentence",
        "declined",
        "characters",
        "sentences",
        "CPU",
        "AUROC",
        "ECE",
    )
    with index_folder(chosen.index) as index:
        rows = [row for folder in chosen.folders for row in measure(folder, index, chosen.questions, chosen.tokens)]
    text = f"{HEAD}\n" + "\n".join(markdown(head, rows))
    print(text)
    if chosen.write:
        write_section("answers", text)


if __name__ == "__main__":
    main()
