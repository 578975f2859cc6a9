"""Measure the choice of evidence: `python -m benchmarks.evidence FOLDER… [--questions N] [--write]`.

Each FOLDER is a BEIR set with `metadata.answers` in its queries. The command asks the first answerable questions. A
sentence of a gold article is a gold sentence if it contains an answer. The threshold is 0, so that no question is
declined. Two baselines are the sentence with the highest cosine to the question, and the first sentence of the passage.
`--write` writes the tables into their page under docs/.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.shared import folder_name, gold_articles, json_lines, markdown, write_section
from qa_service.evaluation.grade.bootstrap import bootstrap_intervals
from qa_service.evaluation.grade.grading import best_f1
from qa_service.evaluation.sets.answer_strings import contained, normalise
from qa_service.records import Question, RankedPassage
from qa_service.service import Service
from qa_service.settings import Settings
from qa_service.text.basic.sentences import split_sentences

Span = tuple[int, int]
Vector = npt.NDArray[np.float32]
SHOWN = 3
HEAD = """A gold sentence is a sentence of a gold article with an answer. F1 counts characters, against the best gold
sentence. *answer* is the share of questions whose evidence contains an answer. Both are given for the first passage and
for the first three, with 95 % bootstrap intervals. No question is declined here.
"""
MEASURES = ("F1, first", "F1, of three", "answer, first", "answer, of three", "sentences", "characters")


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    question: str
    answers: tuple[str, ...]
    gold: Mapping[str, tuple[Span, ...]]
    """By article, the spans of the gold sentences."""


def gold_sentences(text: str, answers: Sequence[str]) -> tuple[Span, ...]:
    """The spans of the sentences that contain an answer."""
    spans = split_sentences(text)
    return tuple((start, end) for start, end in spans if any(contained(answers, normalise(text[start:end]))))


def questions_of(folder: Path, most: int) -> list[GoldQuestion]:
    """The first `most` questions with an answer within a sentence of a gold article."""
    texts = {row["_id"]: row["text"] for row in json_lines(folder / "corpus.jsonl")}
    articles = gold_articles(folder)
    found: list[GoldQuestion] = []
    for row in json_lines(folder / "queries.jsonl"):
        facts = row.get("metadata") or {}
        answers = tuple(facts.get("answers") or ())
        if not answers or facts.get("unanswerable") or row["_id"] not in articles:
            continue
        gold = {name: gold_sentences(texts[name], answers) for name in articles[row["_id"]]}
        if any(gold.values()):
            found.append(GoldQuestion(row["text"], answers, gold))
        if len(found) == most:
            break
    return found


def measure(
    asked: GoldQuestion, shown: Sequence[RankedPassage], choose: Callable[[RankedPassage], Sequence[Span]]
) -> list[float]:
    """The figures of one question, in the order of `MEASURES`."""
    scores, held, lengths, counts = [], [], [], []
    for ranked in shown[:SHOWN]:
        spans, passage = choose(ranked), ranked.passage
        texts = [passage.text[start - passage.start : end - passage.start] for start, end in spans]
        scores.append(best_f1(spans, asked.gold.get(passage.article_id, ())))
        held.append(any(contained(asked.answers, normalise(" ".join(texts)))))
        lengths.append(sum(map(len, texts)))
        counts.append(len(spans))
    if not scores:
        return [0.0] * len(MEASURES)
    return [scores[0], max(scores), float(held[0]), float(any(held)), float(counts[0]), float(lengths[0])]


def measure_set(folder: Path, most: int) -> dict[str, dict[str, tuple[float, float, float]]]:
    """Mean and 95 % interval of each measure, by the way of choosing."""
    values: dict[str, list[list[float]]] = {}
    with (
        tempfile.TemporaryDirectory() as index,
        closing(Service.open(Settings(index=Path(index), answerable_threshold=0))) as service,
    ):
        service.ingest_beir(folder)

        @cache
        def encode(text: str) -> Vector:
            return service.embedder.encode_query(text).vector

        for asked in questions_of(folder, most):
            vector = service.embedder.encode_query(asked.question).vector

            def nearest(ranked: RankedPassage, vector: Vector = vector) -> list[Span]:
                body = _body(ranked)
                texts = [ranked.passage.text[s - ranked.passage.start : e - ranked.passage.start] for s, e in body]
                return [body[int(np.argmax([encode(text) @ vector for text in texts]))]] if body else []

            ways: dict[str, Callable[[RankedPassage], Sequence[Span]]] = {
                "the service's": lambda ranked: [(one.start, one.end) for one in ranked.evidence],
                "nearest sentence": nearest,
                "first sentence": lambda ranked: _body(ranked)[:1],
            }
            shown = service.ask_under(Question(asked.question, top_k=SHOWN), [service.settings], compare=False)[0]
            for name, choose in ways.items():
                values.setdefault(name, []).append(measure(asked, shown.passages, choose))
    return {
        name: bootstrap_intervals(dict(zip(MEASURES, np.array(rows).T, strict=True))) for name, rows in values.items()
    } | {"questions": {"": (float(len(next(iter(values.values())))), 0.0, 0.0)}}


def table(figures: Mapping[str, Mapping[str, Mapping[str, tuple[float, float, float]]]]) -> str:
    rows = [
        (f"{name}, {int(ways['questions'][''][0])}", way, *(_shown(one, *measures[one]) for one in MEASURES))
        for name, ways in figures.items()
        for way, measures in ways.items()
        if way != "questions"
    ]
    return "\n".join(markdown(("set, questions", "chosen", *MEASURES), rows))


def _shown(name: str, mean: float, low: float, high: float) -> str:
    if name in ("sentences", "characters"):
        return f"{mean:.2f}" if name == "sentences" else f"{mean:.0f}"
    return f"{mean:.3f} ({low:.3f} to {high:.3f})"


def _body(ranked: RankedPassage) -> list[Span]:
    passage = ranked.passage
    headings = passage.headings or (False,) * len(passage.sentences)
    return [span for span, heading in zip(passage.sentences, headings, strict=True) if not heading]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.evidence", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--questions", type=int, default=400, metavar="N", help="the first N of each (default: 400)")
    parser.add_argument("--write", action="store_true", help="write the table into its page under docs/")
    chosen = parser.parse_args()
    found = table({folder_name(folder, "/"): measure_set(folder, chosen.questions) for folder in chosen.folders})
    print(found)
    if chosen.write:
        write_section("evidence", f"{HEAD}\n{found}")


if __name__ == "__main__":
    main()
