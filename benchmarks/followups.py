"""Measure how well follow-up questions find their passages: `python -m benchmarks.followups [--write]`.

Each line of tests/sets/followups.jsonl is a question that depends on the questions before it. The command compares
three ways to ask: the question alone, the question completed from its history (as the service does), and the same
question written out by a person (in tests/sets/seeds.jsonl), which is the upper bound. Questions that do not depend on
their history must stay unchanged.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.shared import SETS, json_lines, markdown, seed_service, write_section
from qa_service.records import Question, Turn
from qa_service.service import Service
from tests.seed_set import Scores, load, score

SET = SETS / "followups.jsonl"


@dataclass(frozen=True, slots=True)
class FollowupScores:
    """`scores` by the way to ask. `changed` counts how many of the `independent` questions were changed."""

    scores: dict[str, Scores]
    independent: int
    changed: int


def measure(service: Service) -> FollowupScores:
    of = {question.id: question for question in load()}
    lines = list(json_lines(SET))
    gold = [(line, of[line["of"]]) for line in lines if line["depends"]]
    texts: dict[str, dict[str, list[str]]] = {"by itself": {}, "completed": {}, "written out": {}}
    asked = []
    for line, question in gold:
        asked.append(replace(question, id=line["id"]))
        alone, history = Question(line["question"], top_k=10), turns(service, line)
        texts["by itself"][line["id"]] = passages(service, alone)
        texts["completed"][line["id"]] = passages(service, replace(alone, history=history))
        texts["written out"][line["id"]] = passages(service, Question(question.question, top_k=10))
    independent = [line for line in lines if not line["depends"]]
    changed = sum(
        service.ask(Question(line["question"], history=turns(service, line))).interpretation.searched is not None
        for line in independent
    )
    return FollowupScores({way: score(found, asked) for way, found in texts.items()}, len(independent), changed)


def turns(service: Service, line: dict[str, Any]) -> tuple[Turn, ...]:
    """The history: each earlier question with its answer."""
    found: tuple[Turn, ...] = ()
    for question in line["history"]:
        answer = service.ask(Question(question, history=found)).answer
        found = (*found, Turn(question, answer.text if answer else None))
    return found


def passages(service: Service, question: Question) -> list[str]:
    return [p.passage.text for p in service.ask(question).passages]


def table(found: FollowupScores) -> str:
    head = ("asked", "questions", "right passage first", "in the first three", "MRR@10")
    rows = [
        (way, one.questions, f"{one.first:.3f}", f"{one.first_three:.3f}", f"{one.mrr:.3f}")
        for way, one in found.scores.items()
    ]
    last = f"Of {found.independent} questions that stand by themselves, after others, {found.changed} were changed."
    return "\n".join([*markdown(head, rows), "", last])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write the table into its page under docs/")
    options = parser.parse_args()
    with seed_service() as service:
        found = table(measure(service))
    print(found)
    if options.write:
        write_section("followups", found)


if __name__ == "__main__":
    main()
