"""What copies of the articles do to confidence: `python -m benchmarks.copies_confidence [FOLDER…] [--write]`.

The questions over the seeds, asked of the seeds and of the seeds with copies of each article under outlets of their
own: printed as it is with a credit below, or in turn with a credit, without a paragraph, and edited lightly with
sentences of its own (`repetition_articles`). Each is asked as it is and with copies counted as passages of their own.
Of each FOLDER in BEIR's layout, which has no copies on purpose: of how many questions the confidence differs between
the two, and by how much at most. `--write` writes the tables into docs/reference/measured.md.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from unittest.mock import patch

import numpy as np
import numpy.typing as npt

from benchmarks.marked import DOCS, write
from benchmarks.repetition_articles import make
from benchmarks.sets import beir
from qa_service.ranking import signals
from qa_service.records import Answer, Article, ArticleDraft, Question
from qa_service.service import Service
from qa_service.settings import Settings
from qa_service.storage.local.snapshot import Snapshot
from tests.seed_set import UNANSWERABLE_TAGS, load

__all__ = ["Asked", "copies_of", "differing", "table"]

COPIES = (0, 1, 2, 4, 8)
SHAPES = ("as it is, with a credit", "with a credit, cut, edited in turn")


@dataclass(frozen=True, slots=True)
class Asked:
    """Confidence of each question and whether it was answered: those that are answered without copies, and those that
    nothing answers."""

    copies: int
    answered: Sequence[tuple[float, bool]]
    unanswerable: Sequence[tuple[float, bool]]


def copies_of(articles: Sequence[Article], most: int, *, edited: bool) -> list[list[ArticleDraft]]:
    """So many copies of all articles, lot by lot."""
    texts = [(article.title or "", [" ".join(p.split()) for p in article.text.split("\n\n")]) for article in articles]
    made = [one for one in make(texts * (1 + most // 3)) if one.outlet != "changed"]
    shapes = ("first", "cut", "edited") if edited else ("first",)
    lots: list[list[ArticleDraft]] = []
    for number in range(most):
        shape, turn = shapes[number % len(shapes)], number // len(shapes) if edited else 0
        own = [one for one in made if one.outlet == shape][turn * len(texts) :][: len(texts)]
        credit = f"\n\nReporting by Paper {number}." if shape == "first" else ""
        lots.append(
            [
                ArticleDraft(one.text + credit, f"copy-{number}-{at}", one.title, f"Paper {number}", language="en")
                for at, one in enumerate(own)
            ]
        )
    return lots


def _as_ranked(
    snapshot: Snapshot, rows: npt.NDArray[np.int64], terms: npt.NDArray[np.int64], most: int
) -> npt.NDArray[np.int64]:
    return np.arange(min(most, len(rows)))


def both(service: Service, question: str) -> tuple[Answer, Answer]:
    """With copies counted, and as it is."""
    with patch.object(signals, "distinct_head", _as_ranked):
        counted = _ask(service, question)
    return counted, _ask(service, question)


def _ask(service: Service, question: str) -> Answer:
    return service.ask_under(Question(question), [service.settings], compare=False)[0]


def measure_seeds(every: int, *, edited: bool) -> tuple[list[Asked], list[Asked]]:
    """For each number of copies, with copies counted and as it is."""
    questions = [(one.question, bool(UNANSWERABLE_TAGS & set(one.tags))) for one in load()[::every]]
    found: tuple[list[Asked], list[Asked]] = ([], [])
    answered: set[str] = set()
    with tempfile.TemporaryDirectory() as index, closing(Service.open(Settings(index=Path(index)))) as service:
        service.ingest([DOCS.parent / "seeds"])
        originals = [service.article(one.article_id) for one in service.articles().articles]
        lots = copies_of(originals, COPIES[-1], edited=edited)
        for before, copies in zip((0, *COPIES), COPIES, strict=False):
            service.ingest_drafts(one for lot in lots[before:copies] for one in lot)
            answers = [(text, unanswerable, both(service, text)) for text, unanswerable in questions]
            if not copies:
                answered = {text for text, unanswerable, (_, own) in answers if own.answerable and not unanswerable}
            for side in (0, 1):
                own = [(text, none, (two[side].confidence, two[side].answerable)) for text, none, two in answers]
                told = [figures for text, _, figures in own if text in answered]
                found[side].append(Asked(copies, told, [figures for _, none, figures in own if none]))
    return found


def table(counted: Sequence[Asked], own: Sequence[Asked]) -> str:
    """Mean confidence and share answered, with copies counted and then as it is, for each number of copies."""
    lines = [
        "| | " + " | ".join(f"{one.copies} copies" for one in own) + " |",
        "|---|" + "---|" * len(own),
    ]
    for name, asked in (("copies counted", counted), ("as it is", own)):
        for what, of in (("answered without copies", "answered"), ("that nothing answers", "unanswerable")):
            figures = [getattr(one, of) for one in asked]
            means = " | ".join(f"{fmean(c for c, _ in told):.3f}" for told in figures)
            shares = " | ".join(f"{fmean(a for _, a in told):.3f}" for told in figures)
            lines.append(f"| {name}, {what}: mean confidence | {means} |")
            lines.append(f"| {name}, {what}: share answered | {shares} |")
    return "\n".join(lines)


def measure_folder(folder: Path, most: int) -> str:
    """A line of the second table."""
    asked = beir(folder, most)
    with tempfile.TemporaryDirectory() as index, closing(Service.open(Settings(index=Path(index)))) as service:
        asked.ingest(service)
        pairs = [[answer.confidence for answer in both(service, text)] for text in asked.questions]
    return differing(asked.name, pairs)


def differing(name: str, pairs: Sequence[Sequence[float]]) -> str:
    apart = [abs(own - counted) for counted, own in pairs if own != counted]
    return f"| {name} | {len(pairs)} | {len(apart)} | {max(apart, default=0.0):.3f} |"


def _lines(folders: Sequence[Path], most: int, every: int) -> Iterator[str]:
    pairs: list[list[float]] = []
    for edited, shape in enumerate(SHAPES):
        counted, own = measure_seeds(every, edited=bool(edited))
        nothing, none = own[0].answered, own[0].unanswerable
        pairs = [
            [a, b]
            for (a, _), (b, _) in zip((*counted[0].answered, *counted[0].unanswerable), (*nothing, *none), strict=True)
        ]
        yield f"Copies of each seed article, {shape}; {len(nothing)} questions that are answered without"
        yield f"copies, {len(none)} that nothing answers:\n"
        yield f"{table(counted, own)}\n"
    yield "Nothing copied; questions whose confidence differs from that with copies counted:\n"
    yield "| set | questions | differ | by at most |\n|---|---|---|---|"
    yield differing("seeds", pairs)
    for folder in folders:
        yield measure_folder(folder, most)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.copies_confidence", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--questions", type=int, default=200, metavar="N", help="the first N of each (default: 200)")
    parser.add_argument(
        "--every", type=int, default=1, metavar="N", help="every Nth question of the seeds (default: 1)"
    )
    parser.add_argument("--write", action="store_true", help="write the tables into docs/reference/measured.md")
    chosen = parser.parse_args()
    found = "\n".join(_lines(chosen.folders, chosen.questions, chosen.every))
    print(found)
    if chosen.write:
        write("copies_confidence", found, DOCS / "reference" / "measured.md")


if __name__ == "__main__":
    main()
