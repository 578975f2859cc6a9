"""Measure the answers to the project's questions over the seeds: `python -m benchmarks.seed_questions [--json]`.

For each retriever it prints the share of questions with the right passage first, the share with a right passage among
the first three, and MRR@10. For the full ranking it prints the same by tag, and the shares of declined questions.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import Any

from benchmarks.shared import seed_service
from qa_service.records import Question
from qa_service.service import Service
from tests.seed_set import UNANSWERABLE_TAGS, Scores, SeedQuestion, load, score


def measure(service: Service, questions: list[SeedQuestion]) -> dict[str, Any]:
    """`rankings`: `Scores` by retriever. `declined`: share of declined questions, by kind."""
    rankings: dict[str, Scores] = {}
    declined: dict[str, list[bool]] = {}
    for retriever in ("lexical", "dense", "hybrid"):
        texts = {}
        for asked in questions:
            answer = service.ask(Question(asked.question, top_k=10, retriever=retriever))
            texts[asked.id] = [p.passage.text for p in answer.passages]
            if retriever == "hybrid":
                kind = next(iter(UNANSWERABLE_TAGS & set(asked.tags)), "answerable")
                declined.setdefault(kind, []).append(not answer.answerable)
        rankings[retriever] = score(texts, questions)
    return {"rankings": rankings, "declined": {kind: sum(d) / len(d) for kind, d in declined.items()}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    with seed_service() as service:
        found = measure(service, load())
    if options.json:
        print(json.dumps({**found, "rankings": {r: asdict(s) for r, s in found["rankings"].items()}}, indent=2))
        return
    print(f"{'':24} questions   first  in three  MRR@10")
    lines = dict(found["rankings"])
    lines |= {f"hybrid, {tag}": scores for tag, scores in found["rankings"]["hybrid"].by_tag.items()}
    for name, scores in lines.items():
        print(f"{name:24} {scores.questions:9} {scores.first:7.3f} {scores.first_three:9.3f} {scores.mrr:7.3f}")
    print("declined: " + ", ".join(f"{kind} {share:.2f}" for kind, share in sorted(found["declined"].items())))


if __name__ == "__main__":
    main()
