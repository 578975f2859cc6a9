"""Judges the runs of a comparison by the same gold: a qrels file, or the gold of the first folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from pathlib import Path

import ir_measures

from qa_service.errors import InvalidInput
from qa_service.evaluation.compare.answer_runs import NO_ANSWER
from qa_service.evaluation.compare.compared_run import ComparedRun, lines_of
from qa_service.evaluation.compare.decisions import DECISIONS, decision_of
from qa_service.evaluation.compare.trec_runs import read_run
from qa_service.evaluation.grade.grading import Graded, falling
from qa_service.evaluation.grade.measures import measures_for, per_questions
from qa_service.evaluation.sets.qrels import read_qrels, trec_id

__all__ = ["judge", "judged_alike"]

BATCH = 500
"""Questions judged at once."""

LONGEST = 100
"""Documents of a run file that count if no folder gives a k."""


def judged_alike(
    runs: Sequence[ComparedRun], qrels: Path | None, *, any_relevance: bool = False
) -> tuple[list[ComparedRun], str | None, int]:
    """The judged runs, their relevance (None: judged by a file, or different kinds), and their common k.

    Raises:
        InvalidInput: folders have different relevance and `any_relevance` is false, a run file has no gold to be judged
            by, or a folder has no run.trec to judge by a qrels file.
    """
    depths = [run.top_k for run in runs if run.top_k]
    longest = max((len(ids) for run in runs for ids in run.documents.values()), default=LONGEST)
    k = min(depths) if depths else min(longest, LONGEST)
    folders = [run for run in runs if run.type == "folder"]
    if qrels is not None and any(run.type == "answers" for run in runs):
        message = "Answers of another system are judged by the gold answers of a folder; leave out --qrels."
        raise InvalidInput(message, param="qrels")
    if qrels is not None:
        grades = read_qrels(qrels).grades()
        return [_judged(_with_documents(run), grades, measures_for("article", k), k) for run in runs], None, k
    if not folders:
        message = "Only files of other systems are given; give a folder of evaluate too, or for TREC runs --qrels."
        raise InvalidInput(message, param="qrels")
    alike = len({run.relevance for run in folders}) == 1
    if not alike and not any_relevance:
        each = ", ".join(f"{run.path} by {run.relevance}" for run in folders)
        raise InvalidInput(
            f"The runs were judged by unlike relevance ({each}), so their figures do not compare. Evaluate them with "
            "the same --relevance, or judge all of them by --qrels FILE; --any-relevance compares them all the same.",
            param="runs",
        )
    folder = folders[0]
    relevance = folder.relevance if alike else None
    if len(folders) == len(runs):
        return list(runs), relevance, k
    known = {name for figures in folder.figures.values() for name in figures}.difference(DECISIONS)
    names = [name for name in measures_for(folder.relevance or "article", k) if name in known]
    names += sorted(name for name in known.difference(names) if _is_trec_measure(name))
    grades = _grades_of(folder) if any(run.type == "run" for run in runs) or folder.relevance != "answer" else {}
    judged = [
        run
        if run.type == "folder"
        else _judged(run, grades, names, k)
        if run.type == "run"
        else _judged_answers(run, folder, grades, names, k)
        for run in runs
    ]
    return judged, relevance, k


def judge(
    documents: Mapping[str, Sequence[str]],
    qrels: Mapping[str, Mapping[str, int]],
    names: Sequence[str],
    k: int,
    asked_ids: Set[str] | None = None,
    *,
    all_questions: bool = False,
) -> tuple[dict[str, dict[str, float]], dict[str, int | None]]:
    """Figures and first relevant ranks of the first k documents, for each question with relevant documents; with
    `all_questions` for every question.

    A question without documents counts as missed (trec_eval's -c), unless `asked_ids` lacks it. Ids may be
    percent-encoded on both sides.
    """
    wanted = [one for one, grades in qrels.items() if all_questions or any(grade > 0 for grade in grades.values())]
    figures: dict[str, dict[str, float]] = {}
    ranks: dict[str, int | None] = {}
    for start in range(0, len(wanted), BATCH):
        asked, batch = [], []
        for question in wanted[start : start + BATCH]:
            returned = documents.get(question, documents.get(trec_id(question)))
            if returned is None and asked_ids is not None and question not in asked_ids:
                continue
            plain = {trec_id(document): document for document in qrels[question]}
            ids = [plain.get(document, document) for document in (returned or ())[:k]]
            grades = tuple(qrels[question].get(document, 0) for document in ids)
            first = next((rank for rank, grade in enumerate(grades, 1) if grade > 0), None)
            asked.append(question)
            batch.append(Graded(falling(ids), qrels[question], grades, first))
        for question, graded, values in zip(asked, batch, per_questions(batch, names), strict=True):
            # The figures of a folder were rounded on disk; 1/3 and .333333 must tie.
            figures[question] = {name: round(value, 6) for name, value in values.items()}
            ranks[question] = graded.first_relevant
    return figures, ranks


def _is_trec_measure(name: str) -> bool:
    """Whether ir-measures computes it, so that a run file can have it too."""
    try:
        ir_measures.parse_measure(name)
    except (NameError, ValueError, SyntaxError):
        return False
    return True


def _judged(run: ComparedRun, qrels: Mapping[str, Mapping[str, int]], names: Sequence[str], k: int) -> ComparedRun:
    asked = {record["id"] for record in lines_of(run.path / "per_question.jsonl")} if run.type == "folder" else None
    figures, ranks = judge(run.documents, qrels, names, k, asked)
    for identity, known in run.figures.items():  # declining does not depend on judgements
        if decision := {name: known[name] for name in DECISIONS if name in known}:
            figures[identity] = figures.get(identity, {}) | decision
    return replace(run, figures=figures, ranks=ranks, gold={})


def _judged_answers(
    run: ComparedRun, folder: ComparedRun, grades: Mapping[str, Mapping[str, int]], names: Sequence[str], k: int
) -> ComparedRun:
    """Judge the answers of another system by the gold answers of the folder, and its passages by the folder's
    relevance."""
    reader = any(given.span is not None for given in run.answers.values())
    by_text: dict[str, Mapping[str, int]] = {}
    figures: dict[str, dict[str, float]] = {}
    words: dict[str, bytes] = {}
    for record in lines_of(folder.path / "per_question.jsonl"):
        identity, gold, answerable = record["id"], record["gold"].get("answers") or (), record.get("answerable")
        if identity not in folder.figures:
            continue
        given = run.answers.get(identity, NO_ANSWER)
        own = given.figures(gold, answerable, reader=reader)
        decision = decision_of({"answerable": answerable, "declined": given.answer is None})
        figures[identity] = {name: round(value, 6) for name, value in own.items()} | decision
        words[identity] = folder.words[identity]
        if record["measures"] and folder.relevance == "answer":
            by_text[identity] = given.grades(gold)
    named = any(given.named for given in run.answers.values())
    found = by_text if folder.relevance == "answer" else grades if named else {}
    measured, ranks = judge(run.documents, found, names, k, all_questions=True)
    for identity, values in measured.items():
        figures[identity] = figures.get(identity, {}) | values
    return replace(run, figures=figures, ranks=ranks, words=words, gold={})


def _with_documents(run: ComparedRun) -> ComparedRun:
    if run.type == "run":
        return run
    file = run.path / "run.trec"
    if not file.is_file():
        raise InvalidInput(f"{run.path} has no run.trec to judge by --qrels.", param="qrels")
    return replace(run, documents=read_run(file))


def _grades_of(folder: ComparedRun) -> dict[str, dict[str, int]]:
    """The grades of the folder: question id -> document id -> grade."""
    if folder.relevance == "answer":
        raise InvalidInput(
            f"{folder.path} was judged by answer strings, which a run file without texts cannot be; "
            "give the texts as a file of answers, give --qrels, or evaluate with gold by article, passage or evidence.",
            param="qrels",
        )
    kind = "articles" if folder.relevance == "article" else "passages"
    grades: dict[str, dict[str, int]] = {}
    for record in lines_of(folder.path / "per_question.jsonl"):
        if record["measures"]:
            # A returned passage that covers a gold span is relevant, also if the list lacks it.
            seen = {p["passage_id"]: p["grade"] for p in record["passages"] if p["grade"] > 0}
            extra = seen if folder.relevance == "evidence" else {}
            grades[record["id"]] = record["gold"][kind] | extra
    return grades
