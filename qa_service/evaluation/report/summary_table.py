"""The figures of an evaluation for a terminal, with intervals and numbers of questions, in at most 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from qa_service.evaluation.grade.bootstrap import tells
from qa_service.evaluation.report.measure_words import NO_INTERVAL, in_order

__all__ = ["summary_lines"]

RELEVANT = {
    "article": "a passage is relevant when its article is",
    "passage": "the passages that the set names are relevant",
    "evidence": "a passage is relevant when it covers {overlap:.0%} of a gold span",
    "answer": "a passage is relevant when it contains a gold answer string",
    "none": "all questions are unanswerable, so only declining is measured",
}
WIDTH = 80
LABEL = 12


def summary_lines(summary: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of a summary, which `evaluate` returns."""
    collection = _cut(summary["collection"], 30)
    by = "" if summary["relevance"] == "none" else f" by {summary['relevance']}"
    noun = "question" if summary["questions"] == 1 else "questions"
    questions = f"{summary['questions']} {noun}, {summary['with_gold']} with gold{by}"
    yield _cut(f"{_cut(summary['name'], 40)} on collection {collection}: {questions}", WIDTH)
    relevance = RELEVANT[summary["relevance"]].format(overlap=summary["overlap"])
    yield relevance if summary["relevance"] == "none" else f"relevance by {summary['relevance']}: {relevance}"
    for note in summary.get("notes") or ():
        yield from textwrap.wrap(f"NOTE: {note}", WIDTH, break_long_words=False)
    if summary["measures"]:
        yield ""
        yield from _measures(summary["measures"])
    if summary["relevance"] == "answer":
        left_out = "nDCG, AP and R are left out: the number of relevant passages in the collection is unknown."
        yield from ("", *textwrap.wrap(left_out, WIDTH))
    yield ""
    yield from _declining(summary["declining"])
    yield from _answers(summary["answers"])
    citations, times = summary["citations"], summary["times"]
    yield from _entry("citations", f"{citations['valid']} of {citations['checked']} hold")
    processes = "1 process" if times["workers"] == 1 else f"{times['workers']} processes"
    asked = f"{times['per_second']:.1f} questions/s with {processes}"
    percentiles = f"p50 {times['p50_ms']:.1f}, p95 {times['p95_ms']:.1f}, p99 {times['p99_ms']:.1f} ms"
    yield from _entry("time", f"{asked}; {percentiles}")


def _measures(measures: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    wide = max(len("measure"), *map(len, measures))
    yield f"{'measure':{wide}}    mean   95 % interval        n"
    empty = False
    for name in in_order(measures):
        row = measures[name]
        told = tells(row["n"], row["low"], row["high"])
        empty |= not told
        interval = f"{row['low']:.3f} to {row['high']:.3f}" if told else "-"
        yield f"{name:{wide}}  {row['mean']:6.3f}   {interval:14}  {row['n']:7}"
    if empty:
        yield from textwrap.wrap(f"- {NO_INTERVAL}", WIDTH)


def _declining(figures: Mapping[str, Any]) -> Iterator[str]:
    """The figures about declining and confidence that the set gives."""
    shares = [
        f"{figures[f'declined_{kind}']:.1%} of {figures[kind]} {kind}"
        for kind in ("answerable", "unanswerable")
        if figures[f"declined_{kind}"] is not None
    ]
    if shares:
        yield from _entry("declined", f"{', '.join(shares)}; threshold {figures['threshold']:g}")
    names = {"auroc_answerable": "AUROC answerable", "auroc_right": "AUROC right", "ece": "ECE", "brier": "Brier"}
    known = [f"{shown} {figures[name]:.3f}" for name, shown in names.items() if figures[name] is not None]
    if known:
        yield from _entry("confidence", ", ".join(known))


def _answers(figures: Mapping[str, Any]) -> Iterator[str]:
    """The figures about the answers that were given."""
    if not figures["given"]:
        return
    right = "" if figures["precision"] is None else f", {figures['precision']:.1%} of {figures['judged']} right"
    length = f"{figures['median_characters']:.0f} characters"
    yield from _entry("answers", f"{figures['given']} given{right}; median {length}")
    names = {"auroc_right": "AUROC right", "ece": "ECE", "brier": "Brier"}
    known = [f"{shown} {figures[name]:.3f}" for name, shown in names.items() if figures[name] is not None]
    if known:
        yield from _entry("", f"their confidence: {', '.join(known)}")


def _entry(name: str, text: str) -> list[str]:
    return textwrap.wrap(f"{name:{LABEL}}{text}", WIDTH, subsequent_indent=" " * LABEL)


def _cut(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
