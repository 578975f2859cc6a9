"""Measure how well follow-up questions are answered: `python -m benchmarks.followups [--write]`.

Each line of tests/sets/followups.jsonl and followups_unseen.jsonl is a question after others, with the same question
written out by a person (in tests/sets/seeds.jsonl). The command compares three ways to ask: the question alone, after
its history (as the service gets it), and written out, which is the upper bound. An answer is right if it quotes a part
of the evidence.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.shared import SETS, json_lines, markdown, seed_service, write_section
from qa_service.records import Answer, Question, Turn
from qa_service.service import Service
from tests.seed_set import DEPTH, SeedQuestion, first_right, load

KINDS = {"followups": "seen", "followups_unseen": "unseen"}
HEAD = ("set", "questions", "asked", "number", "right passage first", "first three", "right", "wrong", "declined")


@dataclass(frozen=True, slots=True)
class Outcome:
    """`rank` is of the first right passage; None if there is none. `right` is None if the question was declined."""

    rank: int | None
    right: bool | None


def measure(service: Service) -> dict[tuple[str, str], dict[str, list[Outcome]]]:
    """By set and kind of question, the outcomes of each way to ask."""
    of = {question.id: question for question in load()}
    found: dict[tuple[str, str], dict[str, list[Outcome]]] = {}
    for name, label in KINDS.items():
        for line in json_lines(SETS / f"{name}.jsonl"):
            gold = of[line["of"]]
            kind = "depends" if line["depends"] else "stands by itself"
            ways = {
                "alone": Question(line["question"], top_k=DEPTH),
                "after its history": Question(line["question"], top_k=DEPTH, history=turns(service, line)),
                "written out": Question(gold.question, top_k=DEPTH),
            }
            own = found.setdefault((label, kind if gold.answerable else f"{kind}, no answer"), {})
            for way, asked in ways.items():
                own.setdefault(way, []).append(outcome(service, service.ask(asked), gold))
    return found


def outcome(service: Service, answer: Answer, gold: SeedQuestion) -> Outcome:
    rank = first_right(gold, [p.passage.text for p in answer.passages])
    if answer.answer is None:
        return Outcome(rank, None)
    texts = {article: service.article(article).text for article, _, _ in quoted(answer)}
    spans = [(a, at, at + len(e.text)) for e in gold.evidence for a, t in texts.items() if (at := t.find(e.text)) >= 0]
    return Outcome(rank, any(a == b and s < y and x < e for a, s, e in quoted(answer) for b, x, y in spans))


def quoted(answer: Answer) -> Iterator[tuple[str, int, int]]:
    """The quoted sentences: article, start and end."""
    texts = {answer.answer.text[a.start : a.end] for a in answer.answer.annotations} if answer.answer else set()
    for ranked in answer.passages:
        yield from ((ranked.passage.article_id, e.start, e.end) for e in ranked.evidence if e.text in texts)


def turns(service: Service, line: dict[str, Any]) -> tuple[Turn, ...]:
    """The history: each earlier question with its answer."""
    found: tuple[Turn, ...] = ()
    for question in line["history"]:
        answer = service.ask(Question(question, history=found)).answer
        found = (*found, Turn(question, answer.text if answer else None))
    return found


def table(found: dict[tuple[str, str], dict[str, list[Outcome]]]) -> str:
    rows = []
    for (label, kind), ways in found.items():
        for way, own in ways.items():
            first = [sum(one.rank is not None and one.rank <= most for one in own) for most in (1, 3)]
            counts = [sum(one.right is value for one in own) for value in (True, False, None)]
            rows.append((label, kind, way, len(own), *first, *counts))
    return "\n".join(markdown(HEAD, rows))


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
