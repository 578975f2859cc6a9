"""Runs of a comparison judged alike: by a qrels file, or a run file by the gold of the first folder beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from qa_service.errors import InvalidInput
from qa_service.evaluation.compared import ComparedRun, is_trec_measure, judge, lines_of
from qa_service.evaluation.measures import measures_for
from qa_service.evaluation.trec_files import read_qrels, read_run

__all__ = ["judged_alike"]

LONGEST = 100
"""Documents of a run file that count where no folder says how many."""


def judged_alike(runs: Sequence[ComparedRun], qrels: Path | None) -> tuple[list[ComparedRun], str | None, int]:
    """The runs with figures, the relevance they were judged by, and the k that is common to them.

    Raises:
        InvalidInput: there is nothing to judge a run file by, or a folder has no run.trec to judge by a qrels file.
    """
    depths = [run.top_k for run in runs if run.top_k]
    longest = max((len(ids) for run in runs for ids in run.documents.values()), default=LONGEST)
    k = min(depths) if depths else min(longest, LONGEST)
    folder = next((run for run in runs if run.type == "folder"), None)
    relevance = folder.relevance if folder else None
    if qrels is not None:
        grades = read_qrels(qrels)
        return [_judged(_with_documents(run), grades, measures_for("article", k), k) for run in runs], relevance, k
    if all(run.type == "folder" for run in runs):
        return list(runs), relevance, k
    if folder is None:
        raise InvalidInput("Only TREC run files are given; say with --qrels what is relevant.", param="qrels")
    known = {name for figures in folder.figures.values() for name in figures}
    names = [name for name in measures_for(relevance or "article", k) if name in known]
    names += sorted(name for name in known.difference(names) if is_trec_measure(name))
    grades = _grades_of(folder)
    return [run if run.type == "folder" else _judged(run, grades, names, k) for run in runs], relevance, k


def _judged(run: ComparedRun, qrels: Mapping[str, Mapping[str, int]], names: Sequence[str], k: int) -> ComparedRun:
    asked = {record["id"] for record in lines_of(run.path / "per_question.jsonl")} if run.type == "folder" else None
    figures, ranks = judge(run.documents, qrels, names, k, asked)
    return replace(run, figures=figures, ranks=ranks, gold={})


def _with_documents(run: ComparedRun) -> ComparedRun:
    if run.type == "run":
        return run
    file = run.path / "run.trec"
    if not file.is_file():
        raise InvalidInput(f"{run.path} has no run.trec to judge by --qrels.", param="qrels")
    return replace(run, documents=read_run(file))


def _grades_of(folder: ComparedRun) -> dict[str, dict[str, int]]:
    """Question id -> document id -> grade, as the folder's questions were judged."""
    if folder.relevance == "answer":
        raise InvalidInput(
            f"{folder.path} was judged by answer strings, which a run file without texts cannot be; "
            "give --qrels, or evaluate with gold by article, passage or evidence.",
            param="qrels",
        )
    kind = "articles" if folder.relevance == "article" else "passages"
    grades: dict[str, dict[str, int]] = {}
    for record in lines_of(folder.path / "per_question.jsonl"):
        if record["measures"]:
            # What was returned and found to cover a gold span is known to be relevant, whatever the list says.
            seen = {p["passage_id"]: p["grade"] for p in record["passages"] if p["grade"] > 0}
            extra = seen if folder.relevance == "evidence" else {}
            grades[record["id"]] = {document: grade for document, grade in (record["gold"][kind] | extra).items()}
    return grades
