"""What all systems are given: the passages that our service cuts, and the questions with their judgements."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import ir_measures
from ir_measures import Success, nDCG

from benchmarks.shared import json_lines
from qa_service.evaluation.sets.qrels import read_qrels
from qa_service.service import Service

__all__ = ["Asked", "export", "quality", "read_questions"]

SEED = 20
NDCG, FIRST = nDCG @ 10, Success @ 1


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and the grades of its relevant articles."""

    id: str
    text: str
    grades: dict[str, int]


def read_questions(folder: Path, most: int) -> list[Asked]:
    """Up to `most` questions that have a relevant article, from a BEIR folder. The order depends on the set alone."""
    judged: dict[str, dict[str, int]] = {}
    for file in sorted((folder / "qrels").glob("*.tsv")):
        judged |= read_qrels(file).grades()
    relevant = {name: {a: grade for a, grade in own.items() if grade > 0} for name, own in judged.items()}
    rows = [row for row in json_lines(folder / "queries.jsonl") if relevant.get(str(row["_id"]))]
    random.Random(SEED).shuffle(rows)
    return [Asked(str(row["_id"]), str(row["text"]), relevant[str(row["_id"])]) for row in rows[:most]]


def export(index: Path, file: Path) -> dict[str, str]:
    """Write the passages of a collection for the peers: a JSON object a line. Returns passage id -> article id.

    The text begins with the article's title, as in our own index.
    """
    article_of = {}
    with closing(Service.open(index=index)) as service, file.open("w", encoding="utf-8") as lines:
        contents = service.contents()
        for article in contents.articles():
            title = f"{article.meta.title}\n" if article.meta.title else ""
            for passage in contents.passages_of(article.article_id):
                row = {"id": passage.passage_id, "article": article.article_id, "text": title + passage.text}
                lines.write(json.dumps(row) + "\n")
                article_of[passage.passage_id] = article.article_id
    return article_of


def quality(
    asked: Sequence[Asked], found: Sequence[Sequence[str]], article_of: Mapping[str, str]
) -> dict[str, float | int]:
    """nDCG@10 by article, and the share of questions whose first passage is of a relevant article.

    Args:
        found: passage ids, best first, for each question. An article takes the rank of its best passage.
    """
    run = {}
    for question, ids in zip(asked, found, strict=True):
        articles = dict.fromkeys(article_of[one] for one in ids)
        run[question.id] = {article: -float(rank) for rank, article in enumerate(articles)}
    measured = ir_measures.calc_aggregate([NDCG, FIRST], {one.id: one.grades for one in asked}, run)
    return {
        "questions": len(asked),
        "ndcg_10": round(float(measured[NDCG]), 4),
        "right_first": round(float(measured[FIRST]), 4),
    }
